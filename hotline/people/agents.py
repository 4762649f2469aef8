"""What a browser says of itself, in two words: enough to know one's own again, no more is kept."""

import re

# The first that fits: others pretend to be the ones further down.
BROWSERS = (
    ("WeChat", r"MicroMessenger|wxwork"), ("Edge", r"Edg(?:e|A|iOS)?/"), ("QQ", r"QQBrowser|MQQBrowser"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/"), ("Safari", r"Safari/"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"), ("Android", r"Android"), ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"), ("macOS", r"Macintosh|Mac OS X"), ("Linux", r"Linux"),
)  # fmt: skip


def told(agent: str) -> tuple[str, str]:
    """Browser and system; empty where they are none that we know."""
    return _first(BROWSERS, agent), _first(SYSTEMS, agent)


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in known if re.search(pattern, agent)), "")
