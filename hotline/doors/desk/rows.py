"""Lines of a list, each as its reader may see it: formatted in one pass, names from the shelf."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any, TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case
from hotline.catalog import shelf
from hotline.catalog.models import Category
from hotline.doors.ui import moments
from hotline.people.models import Named

NAMED = ("category", "lead_unit", "urgency", "type")
LIST_FIELDS = (
    "id", "number", "title", "shown_title", "state", "mode", "channel", "flagged", "submitted_at",
    "next_due_at", *NAMED,
)  # fmt: skip


# Drawn here and not in a template, which takes more time for fifty lines than for all else.
# What comes from people is escaped; states, moments and our own labels need it not.
CELLS = (
    '<td class="number">{number}</td><td class="main">{title}<div class="sub">{tags}{about}</div></td>'
    '<td><span class="state state-{state}">{state_label}</span></td><td class="unit">{unit}</td>'
    '<td class="nowrap" data-label="{submitted_label}">{submitted}</td><td>{due}</td>'
)
URGENT, SECRET = (
    '<span class="tag tag-urgent">{}</span> ',
    '<span class="tag tag-secret">{}</span> ',
)
DUE = '<time class="due due-{}" datetime="{}" data-due>{}</time>'


class Row(TypedDict):
    """One request on one line: the cells as they are drawn, and by what it is chosen."""

    pk: int
    number: str
    cells: SafeString


def lean(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Only what a line shows, without a join: names are on the shelf."""
    return rows.select_related(None).only(*LIST_FIELDS)


def office_rows(cases: Iterable[Case], now: datetime) -> list[Row]:
    """For those who read the originals. No line shows who asks."""
    address = _Address("desk:case")
    return _rows([(case, case.title, address.of(case.number)) for case in cases], now)


def unit_rows(cases: Iterable[Case], now: datetime) -> list[Row]:
    """For a unit: the copies that units read, each leading to the unit's own order."""
    address = _Address("desk:order")
    lines = [
        (
            case,
            case.shown_title,
            address.of(order) if (order := getattr(case, "order", None)) else "",
        )
        for case in cases
    ]
    return _rows(lines, now)


class _Address:
    """The addresses of many rows: resolved once, each then only filled in."""

    def __init__(self, view: str) -> None:
        self._before, _zero, self._after = reverse(view, args=[0]).rpartition("0")

    def of(self, key: str | int | None) -> str:
        """``key`` is one of ours: it needs no quoting."""
        return f"{self._before}{key}{self._after}"


def _rows(lines: list[tuple[Case, str, str]], now: datetime) -> list[Row]:
    shelf.current().attach([case for case, _title, _url in lines], *NAMED)
    words = _Words()
    return [_row(case, title, url, now, words) for case, title, url in lines]


class _Words:
    """Labels and names in the reader's language, each put into words once a page."""

    def __init__(self) -> None:
        self.states = {code: str(label) for code, label in State.choices}
        self.modes = {code: str(label) for code, label in Mode.choices}
        self.channels = {code: str(label) for code, label in Channel.choices}
        self.flagged, self.submitted = _("疑似危机"), _("提交")
        self._names: dict[Any, str] = {}

    def of(self, row: Named | None) -> str:
        if row is None:
            return ""
        key = type(row), row.pk
        if key not in self._names:
            self._names[key] = f"{row.code} {row}" if isinstance(row, Category) else str(row)
        return self._names[key]


def _row(case: Case, title: str, url: str, now: datetime, words: _Words) -> Row:
    number = case.number or ""
    about = (words.of(case.type), words.of(case.category), words.channels.get(case.channel, ""))
    cells = CELLS.format(
        number=_link(url, number),
        title=_link(url, title),
        tags=_tags(case, words),
        about=escape(" · ".join(part for part in about if part)),
        state=case.state.lower(),
        state_label=words.states[case.state],
        unit=escape(words.of(case.lead_unit)),
        submitted_label=words.submitted,
        submitted=moments.brief(case.submitted_at, now),
        due=due_tag(case.next_due_at, now),
    )
    return Row(pk=case.pk, number=number, cells=SafeString(cells))


def _link(url: str, text: str) -> str:
    return f'<a href="{url}">{escape(text)}</a>' if url else escape(text)


def _tags(case: Case, words: _Words) -> str:
    """What has to strike the eye."""
    tags = [URGENT.format(words.flagged)] if case.flagged else []
    if case.urgency and case.urgency.code in {"U0", "U1"}:
        tags.append(URGENT.format(case.urgency.code))
    if case.mode != Mode.NAMED:
        tags.append(SECRET.format(words.modes[case.mode]))
    return "".join(tags)


def due_tag(due: datetime | None, now: datetime) -> SafeString:
    """How long is left, or since when it is late."""
    if due is None:
        return SafeString("")
    return SafeString(DUE.format(moments.tone(due, now), due.isoformat(), moments.left(due, now)))
