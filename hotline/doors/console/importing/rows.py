"""One row of the spreadsheet: checked, and turned into a request of the past."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from hotline.base.masking import redact
from hotline.base.words import LONGEST, clean, shorten
from hotline.cases.codes import Channel, Score
from hotline.cases.services.history import Past
from hotline.catalog.models import Category, RequestType
from hotline.doors.console.importing import columns as c
from hotline.doors.console.importing import words
from hotline.doors.console.importing.sources import Cell, Unfit
from hotline.people.models import Unit, UnitKind
from hotline.worktime.clock import ZONE

V = TypeVar("V", bound=Hashable)
VALUE_MOST = 20  # characters of a value that a report repeats


class Fault(NamedTuple):
    """What is wrong in a row: in which column, and why; the value only where it is nobody's own."""

    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True)
class Lookup:
    """What the words of a spreadsheet mean here: looked up once, in three queries."""

    channels: Mapping[str, Channel]
    scores: Mapping[str, Score]
    types: Mapping[str, RequestType | None]
    categories: Mapping[str, Category | None]
    units: Mapping[str, Unit | None]

    @classmethod
    def load(cls) -> "Lookup":
        """Everything, what is disabled too: history may speak of it."""
        types = {row.code: row for row in RequestType.objects.all()}
        spelled = words.spelled({code: words.TYPES.get(code, "") for code in types})
        named = [(row.name, row) for row in types.values()]
        units = Unit.objects.exclude(kind=UnitKind.SECTION)
        return cls(
            channels=words.spelled(words.CHANNELS),
            scores=words.spelled(words.SCORES),
            types=_by_key([*((word, types[code]) for word, code in spelled.items()), *named]),
            categories=_by_key(
                (row.code, row) for row in Category.objects.select_related("urgency")
            ),
            units=_by_key(
                (name, unit) for unit in units for name in (unit.code, unit.name, unit.short)
            ),
        )


def _by_key(pairs: Iterable[tuple[str, V]]) -> dict[str, V | None]:
    """Rows by what they are called; None where a name is that of two of them."""
    rows: defaultdict[str, set[V]] = defaultdict(set)
    for name, row in pairs:
        rows[words.key(name)].add(row)
    return {name: row.pop() if len(row) == 1 else None for name, row in rows.items()}


@dataclass
class Row:
    """Reads cells, and notes every fault instead of stopping at the first."""

    cells: Mapping[str, Cell]
    lookup: Lookup
    at: datetime
    faults: list[Fault] = field(default_factory=list)

    def number(self) -> str:
        """The old system's number: what makes a row the same row when it comes again."""
        return self._word(c.NUMBER, most=60, needed=True)

    def past(self, number: str) -> Past | None:
        """The request that the row tells of; None when there are faults."""
        name, phone = self._word(c.NAME, most=60), self._text(c.PHONE, most=200)
        unit = self._one_of(c.UNIT, self.lookup.units, needed=False)
        score = self._score()
        heard, sent, closed = self._moments()
        values: dict[str, Any] = {
            "number": number, "channel": self._one_of(c.CHANNEL, self.lookup.channels),
            "type": self._one_of(c.TYPE, self.lookup.types),
            "category": self._one_of(c.CATEGORY, self.lookup.categories),
            "title": self._text(c.TITLE, most=80, made=words.one_line),
            "body": self._text(c.BODY, needed=True), "answer": self._text(c.ANSWER),
            "name": "" if name in words.NOBODY | words.SECRET else name,
            "phone": "" if phone in words.NOBODY | words.SECRET else words.phone_number(phone),
            "secret": bool({name, phone} & words.SECRET), "unit": unit, "score": score,
            "heard_at": heard, "sent_at": sent, "closed_at": closed,
            "city_number": self._word(c.CITY, most=60),
        }  # fmt: skip
        self._agree(unit, sent, closed, score)
        return None if self.faults else Past(**values)

    def note(self, column: str, reason: str) -> None:
        """Note a fault. Names, numbers and what people wrote are not repeated."""
        value = "" if column in c.PRIVATE else self.shown(column)
        self.faults.append(Fault(column, reason, value))

    def shown(self, column: str, kinds: frozenset[str] | None = None) -> str:
        """A cell as a report may repeat it: short, and without what it tells of people."""
        value = self.cells.get(column, "")
        people = [str(self.cells.get(name, "")) for name in (c.NAME, c.PHONE)]
        text = value[:200] if isinstance(value, str) else ""
        return shorten(redact(text, known=people, kinds=kinds), VALUE_MOST)

    # --- Cells ----------------------------------------------------------------------------

    def _text(
        self,
        column: str,
        *,
        most: int = LONGEST,
        needed: bool = False,
        made: Callable[[str], str] = str,
    ) -> str:
        """A text, ``made`` fit to store, of at most ``most`` characters then."""
        cell = self.cells.get(column, "")
        if isinstance(cell, Unfit):
            self.note(column, cell.reason)
            return ""
        text = cell if isinstance(cell, str) else cell.isoformat(" ", "minutes")
        if "\0" in text:
            self.note(column, "contains a NUL character")
        text = made(clean(text, most=len(text) * 3))  # as long as NFC can make it: we count below
        if len(text) > most:
            self.note(column, f"is longer than {most:,} characters: {len(text):,}")
        elif needed and not text:
            self.note(column, "is empty")
        return text

    def _word(self, column: str, *, most: int, needed: bool = False) -> str:
        """A short text in usual widths, on one line."""
        return self._text(column, most=most, needed=needed, made=words.plain)

    def _one_of(
        self, column: str, known: Mapping[str, V | None], *, needed: bool = True
    ) -> V | None:
        """What a word stands for; None where it says nothing, or nothing that we know."""
        word = words.key(self._text(column, needed=needed))
        found = known.get(word)
        if word and found is None:
            self.note(column, "means more than one thing" if word in known else UNKNOWN[column])
        return found

    def _score(self) -> Any:
        unrated = words.key(str(self.cells.get(c.SCORE, ""))) in words.UNRATED
        return None if unrated else self._one_of(c.SCORE, self.lookup.scores)

    def _moment(self, column: str, *, needed: bool = False) -> datetime | None:
        """A moment that has been; of Asia/Shanghai unless it says otherwise."""
        cell = self.cells.get(column, "")
        if isinstance(cell, datetime):
            found = cell.replace(tzinfo=ZONE)
        else:
            text = self._text(column, needed=needed)
            if not text:
                return None
            try:
                found = words.moment(text)
            except ValueError:
                self.note(column, "is not a time such as 2022-06-27 14:05")
                return None
        if not words.EARLIEST <= found <= self.at:
            self.note(column, "is in the future" if found > self.at else "is before 1990")
            return None
        return found

    # --- What must agree ------------------------------------------------------------------

    def _moments(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        """受理, 派单 and 办结, in that order in time. A day without a time of day begins it."""
        heard, sent, closed = (
            self._moment(name, needed=name == c.HEARD) for name in (c.HEARD, c.SENT, c.CLOSED)
        )
        if heard and sent and sent < heard:
            self.note(c.SENT, f"is before {c.HEARD}")
        for name, earlier in ((c.HEARD, heard), (c.SENT, sent)):
            if closed and earlier and closed < earlier:
                self.note(c.CLOSED, f"is before {name}")
                break
        return heard, sent, closed

    def _agree(
        self, unit: Unit | None, sent: datetime | None, closed: datetime | None, score: Any
    ) -> None:
        """What one column says of another. A column with a fault of its own says nothing."""
        faulty = {fault.column for fault in self.faults}
        if sent and unit is None and c.UNIT not in faulty:
            self.note(c.UNIT, f"is empty, but {c.SENT} is not")
        if score and closed is None and c.CLOSED not in faulty:
            self.note(c.SCORE, f"is given, but {c.CLOSED} is empty")
        if unit and not unit.enabled and closed is None and c.CLOSED not in faulty:
            self.note(c.UNIT, "is disabled: name the unit that has it now")


UNKNOWN = {
    c.CHANNEL: "is not a channel",
    c.TYPE: "is not a type of request",
    c.CATEGORY: "is not in the catalogue",
    c.UNIT: "is not a unit of the directory",
    c.SCORE: "is none of 满意, 基本满意, 不满意",
}
