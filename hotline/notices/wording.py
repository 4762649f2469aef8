"""What a message says: shipped words or the school's own, checked variables, and what fits an SMS.

An SMS is counted in UTF-16 units, as carriers do: a letter outside the BMP is two.
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, Words
from hotline.catalog import shelf, terms
from hotline.notices.codes import CARRIED, Channel
from hotline.notices.models import Template

LIMIT = 66  # of an SMS with its signature
TITLE_MOST, TITLE_LEAST = (
    24,
    4,
)  # of a short title: elsewhere than in an SMS, and in the fullest one
THING_MOST, PHRASE_MOST = 20, 5  # of a WeChat message's "thing" and "phrase"
SIGNATURE_MOST = 12
ONE_LINE = frozenset({Channel.SMS})
LANGUAGES = ("zh-hans", "en")
DATA = Path(__file__).parent / "data" / "templates.yaml"


@dataclass(frozen=True)
class Variable:
    """Something a template may name: its label, its longest lawful value, and a sample."""

    label: Words
    longest: int
    sample: str


VARIABLES: Mapping[str, Variable] = {
    "number": Variable(gettext_lazy("受理编号"), 16, "RX2606-0142-7"),
    "title": Variable(
        gettext_lazy("短标题（按余下字数缩短）"), TITLE_LEAST, "三号楼二层水龙头一直漏水"
    ),
    "time": Variable(gettext_lazy("时间"), 12, "6月5日 18:00"),
    "count": Variable(gettext_lazy("条数"), 3, "5"),
    "open": Variable(gettext_lazy("在办件数"), 5, "12"),
    "late": Variable(gettext_lazy("超期件数"), 5, "1"),
    "today": Variable(gettext_lazy("今日到期件数"), 5, "3"),
    "received": Variable(gettext_lazy("受理件数"), 5, "52"),
    "closed": Variable(gettext_lazy("办结件数"), 5, "49"),
}


@dataclass(frozen=True)
class Spec:
    """One message as shipped: for whom, which variables it may name."""

    code: str
    name: str
    name_en: str
    to_requester: bool
    variables: tuple[str, ...]
    words: Mapping[tuple[str, str], tuple[str, str]]  # (channel, language): title, text

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name

    @property
    def channels(self) -> tuple[Channel, ...]:
        return tuple(c for c in CARRIED if self.to_requester or c != Channel.WECHAT)


@dataclass(frozen=True)
class Wording:
    """The words in force for one channel and language."""

    spec: Spec
    channel: str
    language: str
    title: str
    text: str
    carrier_code: str = ""
    own: bool = False  # the school's


@cache
def specs() -> Mapping[str, Spec]:
    """Every message by code, as shipped."""
    rows = yaml.safe_load(DATA.read_text(encoding="utf-8"))["templates"]
    return {row["code"]: _spec(row) for row in rows}


WECHAT = "character_string1: {{number}}\nthing2: {title}\nphrase3: {head}"


def _spec(row: Mapping[str, Any]) -> Spec:
    words: dict[tuple[str, str], tuple[str, str]] = {}
    for language, tail in zip(LANGUAGES, ("", "_en"), strict=True):
        head, sms = str(row["head" + tail]), str(row["sms" + tail])
        text = str(row.get("text" + tail, sms))
        titled = "{title}" if "title" in row["variables"] else head
        words |= {(c, language): (head, text) for c in (Channel.WECOM, Channel.MAIL)}
        words[Channel.SMS, language] = ("", sms)
        words[Channel.WECHAT, language] = (head, WECHAT.format(title=titled, head=head))
    variables: tuple[str, ...] = tuple(row["variables"])
    return Spec(
        str(row["code"]),
        str(row["name"]),
        str(row["name_en"]),
        row["for"] == "requester",
        variables,
        words,
    )


def code_of(code: str, channel: str, language: str) -> str:
    """Under which code a school's own words are kept."""
    return f"{code}.{channel}.{language}"


def own() -> Mapping[str, Template]:
    """The school's own words, by code; read anew when one changes."""
    return shelf.current().once(
        "notices.templates", lambda: {row.code: row for row in Template.objects.all()}
    )


def wording(code: str, channel: str, language: str) -> Wording:
    """The words in force. Raises KeyError for a message that there is not."""
    spec = specs()[code]
    language = language if language in LANGUAGES else LANGUAGES[0]
    channel = channel if channel in CARRIED else Channel.SMS
    row = own().get(code_of(code, channel, language))
    if row is not None:
        return Wording(spec, channel, language, row.title, row.text, row.carrier_code, own=True)
    return Wording(spec, channel, language, *spec.words[channel, language])


def heading(code: str, language: str) -> str:
    """What a message is about in a word or two, whichever way it goes."""
    return wording(code, Channel.WECOM, language).title or specs()[code].label


# --- Filling in --------------------------------------------------------------------------


def length(text: str) -> int:
    """Characters as an SMS counts them."""
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, most: int) -> str:
    """The beginning of a text on one line in at most ``most`` SMS characters, whole letters only.

    A letter keeps the marks that belong to it; an ellipsis stands where something was cut.
    """
    line = " ".join(text.split())
    if length(line) <= most:
        return line
    if most < 1:
        return ""
    kept, used = "", 0
    for letter in line:
        used += length(letter)
        if used > most - 1:
            break
        kept += letter
    rest = line[len(kept) :]
    while kept and (_joins(rest[0]) or kept[-1] == "\u200d"):
        kept, rest = kept[:-1], kept[-1] + rest
    return kept + "…"


def _joins(letter: str) -> bool:
    """Does it only change the letter before it?"""
    return bool(unicodedata.combining(letter)) or letter in "\u200d\ufe0e\ufe0f"


def signature() -> str:
    """What stands before every SMS."""
    return f"【{cut(terms.current().sms_signature, SIGNATURE_MOST)}】"


def fill(words: Wording, values: Mapping[str, str]) -> str:
    """The text with its values; the title as long as there is room. Missing values are empty."""
    most = TITLE_MOST
    if words.channel == Channel.SMS:
        bare = words.text.format_map({**dict.fromkeys(VARIABLES, ""), **values, "title": ""})
        room = LIMIT - length(signature()) - length(bare)
        most = min(most, room // max(_names(words.text).count("title"), 1))
    short = {**values, "title": cut(values.get("title", ""), most)}
    return _untitled(words.text, short)


def _untitled(text: str, values: Mapping[str, str]) -> str:
    """Where there is no title its quotation marks go with it."""
    if not values.get("title"):
        text = text.replace("“{title}”", "").replace("「{title}」", "")
    return text.format_map({**dict.fromkeys(VARIABLES, ""), **values})


def parameters(words: Wording, values: Mapping[str, str]) -> dict[str, str]:
    """What a carrier with templates of its own fills in: WeChat's fields, else our variables."""
    if words.channel != Channel.WECHAT:
        given = {name: values.get(name, "") for name in _names(words.text)}
        return given | ({"title": cut(given["title"], TITLE_MOST)} if "title" in given else {})
    fields = (line.partition(":") for line in words.text.splitlines() if ":" in line)
    return {
        name.strip(): _wechat(
            name.strip(), text.strip().format_map({**dict.fromkeys(VARIABLES, ""), **values})
        )
        for name, _colon, text in fields
    }


def _wechat(name: str, value: str) -> str:
    """WeChat refuses an empty field and one that is too long."""
    most = PHRASE_MOST if name.startswith("phrase") else THING_MOST
    return cut(value, most) or "—" if name.startswith(("thing", "phrase")) else value or "—"


# --- Checking what a school writes -------------------------------------------------------


def _names(text: str) -> list[str]:
    return [
        name for _text, name, _spec, _conv in string.Formatter().parse(text) if name is not None
    ]


def check(spec: Spec, channel: str, text: str) -> None:
    """Raises Invalid for unknown variables, stray braces, and an SMS that could grow too long.

    Of a WeChat message each line is a field by itself, and must be in order by itself.
    """
    parsed = _parsed(text)
    if channel == Channel.WECHAT:
        _check_fields(text)
    named = [name for _t, name, _s, _c in parsed if name is not None]
    strange = [name for name in named if name not in spec.variables]
    if strange or any(fmt or conv for _t, _n, fmt, conv in parsed):
        words = _("这条消息没有变量 %(names)s，可用的是 %(known)s。") % {
            "names": _listed(strange) or "!:", "known": _listed(spec.variables),
        }  # fmt: skip
        raise Invalid(words, text=words)
    if channel == Channel.SMS and (most := longest(text)) > LIMIT:
        words = _("按变量的最长值计算为 %(now)d 字，含签名最多 %(most)d 字，请缩短。") % {
            "now": most, "most": LIMIT,
        }  # fmt: skip
        raise Invalid(words, text=words)


def _parsed(text: str) -> list[Any]:
    try:
        return list(string.Formatter().parse(text))
    except ValueError:
        words = _("花括号须成对出现，只用来写变量，例如 {number}。")
        raise Invalid(words, text=words) from None


def _check_fields(text: str) -> None:
    for line in filter(str.strip, text.splitlines()):
        name, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"\w+", name.strip(), re.ASCII):
            words = _("每行写一个字段，例如 thing2: {title}。")
            raise Invalid(words, text=words)
        _parsed(value)


def longest(text: str) -> int:
    """How long an SMS can become, signature included; the title at its shortest."""
    bare = text.format_map(dict.fromkeys(VARIABLES, ""))
    values = sum(VARIABLES[name].longest for name in _names(text))
    return length(signature()) + length(bare) + values


def preview(words: Wording) -> str:
    """The text with sample values."""
    return fill(words, {name: variable.sample for name, variable in VARIABLES.items()})


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in names)
