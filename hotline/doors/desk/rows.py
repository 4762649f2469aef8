"""Lines of a list, each as its reader may see it: formatted in one pass, names from the shelf."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from html import escape
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hotline.cases import folder
from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case
from hotline.cases.sight import discreet, reads_names
from hotline.catalog import calendars, shelf
from hotline.catalog.models import Category
from hotline.doors.ui import moments
from hotline.people.actor import Actor
from hotline.people.models import Named

FIELDS = (
    "pk", "id", "number", "title", "shown_title", "state", "mode", "channel", "flagged",
    "submitted_at", "next_due_at", "closed_at", "category", "lead_unit", "urgency", "type",
)  # fmt: skip

# Drawn here and not in a template, which takes more time for fifty lines than for all else.
# What comes from people is escaped; states, moments and our own labels need it not.
LINE = (
    '<tr>{choice}<td class="number">{number}</td>'
    '<td class="main">{title}<div class="sub">{tags}{about}</div></td>'
    '<td><span class="state state-{state}">{state_label}</span></td><td class="unit">{unit}</td>'
    '<td class="nowrap" data-label="{submitted_label}">{submitted}</td><td>{due}</td></tr>'
)
CHOICE = '<td><input class="form-check-input" type="checkbox" name="case" value="{}" aria-label="{}"{}></td>'
URGENT, SECRET = (
    '<span class="tag tag-urgent">{}</span> ',
    '<span class="tag tag-secret">{}</span> ',
)
OVER = {State.REJECTED, State.WITHDRAWN, State.REFERRED}  # only to be filed away: nobody's to hurry
DUE = '<time class="due due-{}" datetime="{}" data-due>{}</time>'


class Row(NamedTuple):
    """One request in words, in the reader's language; no row says who asks."""

    pk: int
    number: str
    title: str
    url: str
    state: str
    state_label: str
    type: str
    category: str
    unit: str
    urgency: str
    is_urgent: bool
    mode: str
    mode_label: str
    channel: str
    flagged: bool
    submitted_at: datetime | None
    due: datetime | None
    closed_at: datetime | None


def lean(rows: QuerySet[Case], *more: str) -> QuerySet[Case, Any]:
    """Only what a line shows, without a join and without models: names are on the shelf."""
    lean: QuerySet[Case, Any] = rows.values_list(*FIELDS, *more, named=True)
    return lean


def office_rows(found: Iterable[Any], *, by: Actor) -> list[Row]:
    """For those who read the originals. ``found`` comes from a lean query.

    People sign what they write: who must not know the name reads the titles without it.
    """
    found = list(found)
    blind = [line.pk for line in found if not reads_names(by, _class_of(line))]
    known = folder.words_of_requesters(blind)
    return _rows(found, lambda line: discreet(line.title, known.get(line.pk, ())))


def sealed_rows(found: Iterable[Any]) -> list[Row]:
    """For a closed room, whose people read all of it."""
    return _rows(found, lambda line: line.title)


def _rows(found: Iterable[Any], title: Callable[[Any], str]) -> list[Row]:
    address, words = Address("desk:case"), _Words()
    return [words.row(line, title(line), address.of(line.number)) for line in found]


def _class_of(line: Any) -> str | None:
    category = shelf.current().categories.get(line.category or 0)
    return category.code if category else None


def promised_rows(found: Iterable[Any], *, by: Actor) -> list[Row]:
    """The same, due when the day is over on which something was promised."""
    found, office = list(found), calendars.office()
    rows = zip(office_rows(found, by=by), found, strict=True)
    return [row._replace(due=office.end_of(line.promise_date)) for row, line in rows]


def unit_rows(found: Iterable[Any]) -> list[Row]:
    """For a unit: the copies that units read, each leading to the unit's own ``order``."""
    address, words, found = Address("desk:order"), _Words(), list(found)
    known = folder.words_of_requesters([line.pk for line in found if line.mode != Mode.NAMED])
    return [
        words.row(
            line, discreet(line.shown_title, known.get(line.pk, ())),
            address.of(line.order) if line.order else "",
        )
        for line in found
    ]  # fmt: skip


def drawn(
    rows: Iterable[Row], now: datetime, *, bulk: bool = False, chosen: bool = False
) -> SafeString:
    """The rows as lines of a table; with ``bulk``, each with a box to choose it by, which ``chosen``
    has ticked."""
    flagged, submitted = _("疑似危机"), pgettext("done", "提交")
    box = CHOICE.format("{}", "{}", " checked" if chosen else "") if bulk else ""
    return SafeString("".join(_line(row, now, box, flagged, submitted) for row in rows))


def _line(row: Row, now: datetime, box: str, flagged: str, submitted: str) -> str:
    return LINE.format(
        choice=box.format(row.pk, row.number),
        number=_link(row.url, row.number),
        title=_link(row.url, row.title),
        tags=_tags(row, flagged),
        about=escape(" · ".join(part for part in (row.type, row.category, row.channel) if part)),
        state=row.state.lower(),
        state_label=row.state_label,
        unit=escape(row.unit),
        submitted_label=submitted,
        submitted=moments.brief(row.submitted_at, now),
        due=due_tag(row.due, now),
    )


def _link(url: str, text: str) -> str:
    return f'<a href="{url}">{escape(text)}</a>' if url else escape(text)


def _tags(row: Row, flagged: str) -> str:
    """What has to strike the eye."""
    tags = [URGENT.format(flagged)] if row.flagged else []
    if row.is_urgent:
        tags.append(URGENT.format(escape(row.urgency)))
    if row.mode != Mode.NAMED:
        tags.append(SECRET.format(row.mode_label))
    return "".join(tags)


def due_tag(due: datetime | None, now: datetime) -> SafeString:
    """How long is left, or since when it is late."""
    if due is None:
        return SafeString("")
    return SafeString(DUE.format(moments.tone(due, now), due.isoformat(), moments.left(due, now)))


class Address:
    """The addresses of many rows: resolved once, each then only filled in."""

    def __init__(self, view: str, example: str = "0") -> None:
        """``example`` is a key as the address takes it."""
        self._before, _key, self._after = reverse(view, args=[example]).rpartition(example)

    def of(self, key: str | int | None) -> str:
        """``key`` is one of ours: it needs no quoting."""
        return f"{self._before}{key}{self._after}"


class _Words:
    """Labels and names in the reader's language, each put into words once a page."""

    def __init__(self) -> None:
        self._kept = shelf.current()
        self._states = {code: str(label) for code, label in State.choices}
        self._modes = {code: str(label) for code, label in Mode.choices}
        self._channels = {code: str(label) for code, label in Channel.choices}
        self._names: dict[Any, str] = {}

    def row(self, line: Any, title: str, url: str) -> Row:
        kept = self._kept
        urgency = kept.urgencies.get(line.urgency)
        return Row(
            line.pk, line.number or "", title, url, line.state, self._states[line.state],
            self._name(kept.types, line.type), self._name(kept.categories, line.category),
            self._name(kept.units, line.lead_unit),
            f"{urgency.code} {urgency}" if urgency else "", urgency is not None and urgency.is_urgent,
            line.mode, self._modes[line.mode], self._channels.get(line.channel, ""), line.flagged,
            line.submitted_at, None if line.state in OVER else line.next_due_at, line.closed_at,
        )  # fmt: skip

    def _name(self, rows: Mapping[int, Named], pk: int | None) -> str:
        row = rows.get(pk or 0)
        if row is None:
            return ""
        key = type(row), pk
        if key not in self._names:
            self._names[key] = f"{row.code} {row}" if isinstance(row, Category) else str(row)
        return self._names[key]
