"""Text as people type it, made fit to store."""

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid

LONGEST = 10_000  # characters of a request or of an answer
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # Unicode's Cc without tab and line end


def clean(text: str, *, most: int = LONGEST, field: str = "text") -> str:
    """Normalise line ends and composition (NFC), drop control characters and outer space.

    Characters outside the BMP stay whole. Raises Invalid when longer than ``most`` characters.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = CONTROL.sub("", text).strip()
    if len(text) > most:
        words = _("最多 %(most)d 字，现有 %(now)d 字。") % {
            "most": most,
            "now": len(text),
        }
        raise Invalid(words, **{field: words})
    return text


def reason(text: str, *, least: int, most: int = 500, field: str = "words") -> str:
    """Why somebody does something, cleaned. Raises Invalid for fewer than ``least`` characters, or more
    than ``most``."""
    said = clean(text, most=most, field=field)
    if len(said) < least:
        words = _("请写明理由，至少 %(least)d 个字。") % {"least": least}
        raise Invalid(words, **{field: words})
    return said


def one_line(text: str, *, most: int, field: str) -> str:
    """Cleaned as ``clean`` does, and on one line: a title, a code. Raises Invalid as it does."""
    return clean(" ".join(text.split()), most=most, field=field)


def listed(words: Iterable[object]) -> str:
    """Words one after another, as the reader's language lists them: 甲、乙 or A, B."""
    return _("、").join(str(word) for word in words)


def shorten(text: str, most: int) -> str:
    """The first ``most`` characters on one line, with an ellipsis where it was cut."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
