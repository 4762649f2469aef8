"""Titles: of a request whose writer gave none, and none that says who wrote it.

Lists are read by people who must not know who asks (docs/domain.md, 1.2), so a name stays in the
text, where sight.py takes it out, and never gets into a title.
"""

import re
from collections.abc import Iterable

from hotline.base.masking import Find, find_personal
from hotline.base.words import shorten

LEAST, MOST, MOST_LATIN = 8, 24, 60  # characters
CLAUSE_ENDS = re.compile(r"[。！？；，：!?;,\n]+|[.:](?=\s|$)")
GREETING = re.compile(
    r"(?:尊敬的|亲爱的)?(?:各位|老师|领导|同学|大家|热线|您|你|们|的)*(?:早上|上午|中午|下午|晚上)?好.?"
    r"|(?:尊敬的|亲爱的).*|谢谢.*|请问|hello|hi|dear\b.*",
    re.IGNORECASE,
)
ABOUT_ME = re.compile(
    r"我叫|我是|本人|^.{0,14}(?:学院|系|专业|级)的?.{0,6}(?:学生|同学|本科生|研究生|新生)$|姓名|学号|工号|电话|手机|联系方式|my name|i am an? |i'm an? |my (?:phone|student)",
    re.IGNORECASE,
)
GIVES_AWAY = {"identity", "phone", "email", "handle", "account", "known"}


def entitle(title: str, body: str, *, known: Iterable[str] = ()) -> str:
    """The title that was given, on one line and without the ``known`` words; else a headline."""
    title, known = " ".join(title.split()), [*known]
    if _gives_away(title, known, {"known"}):
        title = headline(title, known=known)
    return title or headline(body, known=known)


def headline(body: str, *, known: Iterable[str] = ()) -> str:
    """At most 24 characters (60 of a Latin text), without greetings and self-introductions.

    A clause with a number, an address or one of the ``known`` words in it is passed over.
    """
    most = MOST_LATIN if body.isascii() else MOST
    words: list[str] = []
    known = [*known]
    for clause in (piece.strip() for piece in CLAUSE_ENDS.split(body)):
        if not clause or _says_nothing(clause, known):
            if words:
                break
            continue
        words.append(clause)
        if sum(map(len, words)) >= LEAST:
            break
    joined = (", " if body.isascii() else "，").join(words)
    return shorten(joined, most)


def _says_nothing(clause: str, known: list[str]) -> bool:
    """A greeting, or something about the writer rather than about the matter."""
    if GREETING.fullmatch(clause) or ABOUT_ME.search(clause):
        return True
    return _gives_away(clause, known, GIVES_AWAY)


def _gives_away(text: str, known: list[str], kinds: set[str]) -> bool:
    finds = find_personal(text, known=known)
    return any(find.kind in kinds and not _is_part(find, text) for find in finds)


def _is_part(find: Find, text: str) -> bool:
    """A name in Latin letters inside a longer word: Li is not in Lights."""
    around = text[max(find.start - 1, 0) : find.start] + text[find.end : find.end + 1]
    latin = find.text.isascii() and find.text.isalpha()
    return latin and any(letter.isascii() and letter.isalpha() for letter in around)
