"""Names and numbers of people as people write them: in full width, with spaces, a title, an office."""

import re
import unicodedata
from collections.abc import Iterable

LEAST = 2  # characters of a name: one alone is anybody's
ASIDE = re.compile(r"[(\[{<《〈【〔「][^()\[\]{}<>《》〈〉【】〔〕「」]*[)\]}>》〉】〕」]")
OFFICES = re.compile(r"^.{2,}(?:中心|学院|书院|学部|[处部办院馆所队科室组系])(?=.{2,4}$)")
TITLES = re.compile(
    r"(?<=..)(?:老师|同志|先生|女士|小姐|师傅|教授|讲师|导师|博士|医生|大夫|护士|辅导员|班主任|主任|处长|科长|部长|"
    r"院长|所长|校长|馆长|队长|组长|站长|书记|秘书|干事|助理|会计|经理|接线员|话务员|保安|宿管|阿姨|叔叔|[副正])$"
)


def squeezed(text: str) -> str:
    """Letters, characters and digits alone, in their usual width and small."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, plain))


def usual(text: str) -> str:
    """A name or number as it would stand by itself: 信息中心 王 晓强老师（热线办） is 王晓强."""
    bare = squeezed(ASIDE.sub("", unicodedata.normalize("NFKC", text))) or squeezed(text)
    bare = OFFICES.sub("", _untitled(bare))
    return _untitled(bare) or text


def _untitled(name: str) -> str:
    shorter = TITLES.sub("", name)
    return name if shorter == name else _untitled(shorter)


def meant(text: str, called: Iterable[tuple[int, str, str]]) -> set[int]:
    """Whom of many (id, number, name) a text names: whose number or name it contains.

    Of names within others the longest: 王晓强 is not 王晓 as well. All who share a name are meant.
    """
    spaced = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    held = squeezed(text)
    by_number, by_name = set[int](), dict[int, str]()
    for pk, number, name in called:
        if _stands_in(squeezed(number), spaced, held):
            by_number.add(pk)
        elif len(plain := squeezed(name)) >= LEAST and plain in held:
            by_name[pk] = plain
    longest = [n for n in set(by_name.values()) if not _within(n, by_name.values())]
    return by_number | {pk for pk, name in by_name.items() if name in longest}


def _stands_in(number: str, *texts: str) -> bool:
    """Does it stand there by itself, and not within a longer number?"""
    if len(number) < LEAST:
        return False
    alone = re.compile(rf"(?<![0-9a-z]){re.escape(number)}(?![0-9a-z])")
    return any(number in text and alone.search(text) for text in texts)


def _within(name: str, names: Iterable[str]) -> bool:
    return any(name != other and name in other for other in names)
