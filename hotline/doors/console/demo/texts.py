"""What people say: loaded from the texts beside this file, filled in for one request at a time.

``[a|b|c]`` is one of them by chance; ``[1:a|b]`` the one at the place that every other choice
with this digit takes in the request; ``{dorm}`` a slot that stays the same all through it. So
the title and the answer speak of what was asked about.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "texts"
CHOICE = re.compile(r"\[(?:(\d):)?([^\[\]|]*(?:\|[^\[\]|]*)+)\]")
SLOT = re.compile(r"\{(\w+)\}")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where there is one


@dataclass(frozen=True)
class Ask:
    """One thing that somebody may ask, with the answer it gets."""

    category: str
    title: str
    ask: str
    answer: str
    t: str  # type code
    o: str = "RESOLVED"  # outcome
    u: str = ""  # urgency other than the category's own
    basis: str = ""  # of a direct answer
    who: str = "student"
    lead: str = ""  # another unit than the directory has
    joint: tuple[str, ...] = ()
    target: str = ""  # the unit complained of
    hidden: float = 0.0  # how often its requester stays hidden
    months: tuple[int, ...] = ()  # only then; empty is always
    english: bool = False
    odd: bool = False  # not from one of the demo's own accounts


@dataclass(frozen=True)
class Happening:
    """Something that many people tell of at once: one category, many voices, one answer."""

    code: str
    asks: list[Ask]
    months: tuple[int, ...] = ()
    campus: str = ""  # only there


@dataclass(frozen=True)
class Books:
    """Everything that can be said."""

    asks: Mapping[str, list[Ask]]  # by category
    english: Mapping[str, list[Ask]]
    surge: list[Happening]
    happenings: list[Happening]
    odd: Mapping[str, list[dict[str, Any]]]
    phrases: Mapping[str, Any]

    @cached_property
    def typos(self) -> list[tuple[str, str]]:
        return [(right, wrong) for right, wrong in self.phrases["typos"]]


@dataclass
class Slots:
    """The particulars of one request, made when a text first asks for them."""

    makers: Mapping[str, Callable[[], str]]
    made: dict[str, str] = field(default_factory=dict)
    linked: dict[str, float] = field(default_factory=dict)

    def chosen(self, link: str, words: list[str], rng: Random) -> str:
        """One of the words: by chance, or where the other choices of this link are."""
        if not link:
            return rng.choice(words)
        place = self.linked.setdefault(link, rng.random())
        return words[int(place * len(words))]

    def __getitem__(self, name: str) -> str:
        if name not in self.made:
            self.made[name] = self.makers[name]()
        return self.made[name]


def fill(text: str, slots: Slots, rng: Random) -> str:
    """A text with its choices made and its slots filled, the innermost choices first."""
    while CHOICE.search(text):
        text = CHOICE.sub(lambda found: slots.chosen(found[1], found[2].split("|"), rng), text)
    return SLOT.sub(lambda found: slots[found[1]], text)


def mistype(text: str, pairs: list[tuple[str, str]], rng: Random) -> str:
    """One slip of the kind that an input method makes."""
    present = [pair for pair in pairs if pair[0] in text]
    return text.replace(*rng.choice(present), 1) if present else text


def load() -> Books:
    """Read all texts. Raises KeyError or TypeError when one of them is not whole."""
    asks: dict[str, list[Ask]] = {}
    for path in sorted(FOLDER.glob("asks-*.yaml")):
        for category, rows in _read(path).items():
            asks[category] = [_ask(category, row) for row in rows]
    english = {
        category: [_ask(category, row | {"english": True, "who": "international"}) for row in rows]
        for category, rows in _read(FOLDER / "english.yaml").items()
    }
    return Books(
        asks=asks,
        english=english,
        surge=[_happening(row) for row in _read(FOLDER / "surge.yaml")],
        happenings=[_happening(row) for row in _read(FOLDER / "happenings.yaml")],
        odd=_read(FOLDER / "odd.yaml"),
        phrases=_read(FOLDER / "phrases.yaml"),
    )


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe loader


def _ask(category: str, row: Mapping[str, Any]) -> Ask:
    rest: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in row.items()
    }
    return Ask(category=category, **rest)


def _happening(row: Mapping[str, Any]) -> Happening:
    shared = {"answer": row["answer"], "t": row["t"]}
    asks = [_ask(row["category"], shared | ask) for ask in row["asks"]]
    return Happening(row["code"], asks, tuple(row.get("months", ())), row.get("campus", ""))
