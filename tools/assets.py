"""Copy what the pages need of the installed front-end packages, and build the icon sprite.

The result is git-ignored: third-party code is installed by locked version, never committed.
"""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
TARGET = ROOT / "hotline" / "doors" / "ui" / "static" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
}
ICONS = ROOT / "hotline" / "doors" / "ui" / "icons.txt"
BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=.*")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        text = (MODULES / source).read_text()
        (TARGET / name).write_text(SOURCE_MAP.sub("", text))
    (TARGET / "icons.svg").write_text(sprite(ICONS.read_text().split()))
    shutil.rmtree(ROOT / "static", ignore_errors=True)


def sprite(names: list[str]) -> str:
    """One file with a symbol for each icon named; raises FileNotFoundError for a misspelt one."""
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{_body(name)}</symbol>'
        for name in sorted(set(names))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _body(name: str) -> str:
    svg = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text()
    match = BODY.search(svg)
    if not match:
        raise ValueError(f"{name}.svg is not an icon")
    return " ".join(match[1].split())


if __name__ == "__main__":
    main()
