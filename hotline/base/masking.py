"""Hiding what identifies a person: in a field, and inside a running text."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, Protocol

HIDDEN = "███"
BETWEEN = "_.·•()[]/+\t"  # what people put into a number or a name, beside spaces and dashes
APART = frozenset({"Zs", "Pd", "Cf", "Mn"})  # spaces, dashes, what is not seen; marks of writing
KNOWN = frozenset({"known"})  # what a person is called alone: a number that looks like one stays
COUNTRY = re.compile(r"86\d{11}")

# Mainland mobiles, with the spaces or dashes people type; landlines with an area code.
MOBILE = r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)"
LANDLINE = r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"
# The resident identity number of GB 11643: 17 digits and a check character.
IDENTITY = r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?![\dA-Za-z])"
EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
ACCOUNT = r"(?<![\dA-Za-z-])[A-Za-z]{0,2}\d{8,14}(?![\dA-Za-z-])"
HANDLE = r"(?:微信|QQ|qq|WeChat|wechat)号?[:：\s]*[A-Za-z0-9_-]{5,20}"
ROOM = (
    r"(?:[东西南北中]?[A-Za-z]?\d{1,3}|[东西南北中]?[一二三四五六七八九十]{1,3}|[\u4e00-\u9fff]{2})"
    r"(?:号楼|号公寓|栋|舍|公寓)\s*[A-Za-z]?\d{3,4}(?:室|房|寝室|宿舍)?"
)
PERSONAL = {
    "identity": re.compile(IDENTITY),
    "phone": re.compile(f"{MOBILE}|{LANDLINE}"),
    "email": re.compile(EMAIL),
    "handle": re.compile(HANDLE),
    "account": re.compile(ACCOUNT),
    "room": re.compile(ROOM),
}

# Names are looked for only where the words around them say that a name stands there.
SURNAMES = (
    "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|"
    "[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭郎鲁韦昌马苗方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于傅皮卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄米贝明臧戴宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪解应宗丁宣邓郁单洪包左石崔龚"
    "程邢裴陆荣翁荀甄曲家封储靳段富巫焦牧隗谷车侯班秋仲宫宁仇栾甘厉祖武符刘景詹束龙叶司韶黎乔苍双闻党谭贡姬申冉桑桂牛"
    "寿通燕浦尚温庄晏瞿阎连习容向古易廖耿满匡国文寇广欧沃利越隆师巩聂晁敖冷辛阚简饶曾沙鞠丰关]"
)
GIVEN = "[\u4e00-\u9fff\U00020000-\U0003ffff]"
TITLED = re.compile(
    rf"(?:{SURNAMES}){GIVEN}{{1,2}}(?=老师|同学|师傅|教授|主任|院长|处长|科长|辅导员|医生|阿姨|先生|女士)"
    rf"|(?:{SURNAMES})(?=老师|同学|师傅|教授|主任|院长|处长|科长|辅导员|医生|某|姓)"
)
INTRODUCED = re.compile(
    rf"(?:我叫|我是|姓名[:：]?|本人|名叫|联系人[:：]?)\s*((?:{SURNAMES}){GIVEN}{{1,2}})"
)


class Find(NamedTuple):
    """A piece of a text that may identify a person."""

    kind: str
    start: int
    end: int
    text: str


class Identified(Protocol):
    """Whoever can be told by these: a requester on record, or one who is just asking."""

    @property
    def name(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def phone(self) -> str: ...


def words_of(person: Identified) -> list[str]:
    """The words that give a person away in a text."""
    return [word for word in (person.name, person.account, person.phone) if word]


def mask_name(name: str) -> str:
    """Keep the first character of a Chinese name, the initials of a Latin one: 张**, J. S."""
    name = name.strip()
    if not name:
        return ""
    if name.isascii():
        return " ".join(f"{part[0]}." for part in name.split())
    return name[0] + "*" * (len(name) - 1 if len(name) > 1 else 1)


def mask_phone(phone: str) -> str:
    """Keep the first three and the last four digits: 199****0000."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def mask_account(account: str) -> str:
    """Keep the first four characters, which carry the year of entry: 2023******."""
    return account[:4] + "*" * max(len(account) - 4, 2) if account else ""


def find_personal(
    text: str, *, known: Iterable[str] = (), kinds: frozenset[str] | None = None
) -> list[Find]:
    """Places in ``text`` that look like personal data, or are one of the ``known`` words.

    Tuned for recall: a person looks at every find. What overlaps is one find, under the kind of
    the first. Where only some ``kinds`` are looked for, one of another kind hides none of them: a
    room may begin with a name.
    """
    wanted = (find for find in _candidates(text, known) if kinds is None or find.kind in kinds)
    finds = sorted(wanted, key=lambda find: (find.start, -find.end))
    kept: list[Find] = []
    for find in finds:
        last = kept[-1] if kept else None
        if last is None or find.start >= last.end:
            kept.append(find)
        elif find.end > last.end:  # left out, its tail would stay in the text
            kept[-1] = Find(last.kind, last.start, find.end, text[last.start : find.end])
    return kept


def redact(
    text: str,
    *,
    known: Iterable[str] = (),
    kinds: frozenset[str] | None = None,
    spare: Iterable[str] = (),
) -> str:
    """``text`` with finds blacked out: a proposal that a clerk then confirms.

    ``kinds`` limits it to some kinds of finds, ``spare`` lists words that may stay.
    """
    pieces, at, spared = [], 0, set(spare)
    for find in find_personal(text, known=known, kinds=kinds):
        if find.text not in spared:
            pieces += [text[at : find.start], HIDDEN]
            at = find.end
    return "".join([*pieces, text[at:]])


def _places(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where known words stand, also in full width, with spaces or dashes between, or small for capital."""
    words = [word for word in known if len(word) >= 2]
    flat = _flattened(text) if words else Flat("", [])
    for word in words:
        for match in re.finditer(re.escape(word), text, re.IGNORECASE):
            yield match.span()
        for spelt in _spellings(word):
            for match in re.finditer(spelt, flat.text):
                yield flat.places[match.start()], flat.places[match.end() - 1] + 1


class Flat(NamedTuple):
    """A text in usual width and small, without what people put between, and where each character was."""

    text: str
    places: list[int]


def _flattened(text: str) -> Flat:
    pairs = [(flat, place) for place, char in enumerate(text) for flat in _usual(char)]
    return Flat("".join(flat for flat, _ in pairs), [place for _, place in pairs])


@lru_cache(maxsize=8192)
def _usual(char: str) -> str:
    plain = unicodedata.normalize("NFKC", char).casefold()
    return "".join(c for c in plain if c not in BETWEEN and unicodedata.category(c) not in APART)


def _spellings(word: str) -> Iterator[str]:
    """Patterns of a known word in a flattened text: a number without its country too, and of letters
    alone not what is the middle of another word."""
    flat = _flattened(word).text
    if len(flat) < 2:
        return
    yield rf"(?<![a-z]){flat}(?![a-z])" if flat.isascii() and flat.isalpha() else re.escape(flat)
    if COUNTRY.fullmatch(flat):
        yield flat[2:]


def _candidates(text: str, known: Iterable[str]) -> Iterator[Find]:
    for start, end in _places(text, known):
        yield Find("known", start, end, text[start:end])
    for kind, pattern in PERSONAL.items():
        for match in pattern.finditer(text):
            yield Find(kind, *match.span(), match.group())
    for match in TITLED.finditer(text):
        yield Find("name", *match.span(), match.group())
    for match in INTRODUCED.finditer(text):
        yield Find("name", *match.span(1), match.group(1))
