"""Lines of a unit's inbox: of the request only what units read, drawn in one pass."""

from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hotline.cases import folder
from hotline.cases.codes import Mode, OrderState, Part
from hotline.cases.models import WorkOrder
from hotline.cases.sight import REWRITTEN, Sight, Viewer, rewritten
from hotline.catalog import shelf
from hotline.doors.desk.rows import SECRET, URGENT, due_tag
from hotline.doors.ui import moments

FIELDS = (
    "id", "part", "state", "round", "section", "assignee", "sent_at", "ended_at", "respond_due_at", "due_at",
    "case__number", "case__shown_title", "case__mode", "case__category", "case__urgency", "case__round",
)  # fmt: skip
UNTIMED = {OrderState.DONE, OrderState.ANSWERED, OrderState.SUSPENDED}
CELLS = (  # see rows.py for why it is here
    '<td class="number"><a href="{url}">{number}</a></td>'
    '<td class="main"><a href="{url}">{title}</a><div class="sub">{tags}{about}</div></td>'
    '<td>{part}</td><td><span class="state state-{state}">{state_label}</span></td>'
    '<td>{section}</td><td class="nowrap" data-label="{sent_label}">{sent}</td><td>{due}</td>'
)


class Line(TypedDict):
    """A work order on one line, as it is drawn."""

    pk: int
    cells: SafeString


def lean(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Only what a line shows."""
    return rows.select_related("case").only(*FIELDS)


def lines(orders: Iterable[WorkOrder], now: datetime) -> list[Line]:
    rows, kept, words = list(orders), shelf.current(), _Words()
    kept.attach(rows, "section")
    kept.attach([row.case for row in rows], "category", "urgency")
    folder.join_people(rows, "assignee")
    gone = rewritten(rows)
    return [
        Line(pk=row.pk, cells=SafeString(_cells(row, now, words, gone=row.pk in gone)))
        for row in rows
    ]


class _Words:
    """Labels in the reader's language."""

    def __init__(self) -> None:
        self.states = {code: str(label) for code, label in OrderState.choices}
        self.parts = {code: str(label) for code, label in Part.choices}
        self.modes = {code: str(label) for code, label in Mode.choices}
        self.sent = pgettext("done", "派单")


def _cells(order: WorkOrder, now: datetime, words: _Words, *, gone: bool) -> str:
    case = order.case
    viewer = Viewer.UNIT_SECRET if case.hides_requester else Viewer.UNIT
    due = order.respond_due_at if order.state == OrderState.SENT else order.due_at
    return CELLS.format(
        url=reverse("desk:order", args=[order.pk]),
        number=escape(case.number or ""),
        title=escape(str(REWRITTEN) if gone else Sight(case, viewer, now, order).title),
        tags=_tags(order, words),
        about=escape(_about(order)),
        part=words.parts[order.part],
        state=order.state.lower(),
        state_label=words.states[order.state],
        section=escape(" ".join(str(x) for x in (order.section, order.assignee) if x)),
        sent_label=words.sent,
        sent=moments.brief(order.sent_at, now),
        due=due_tag(None if order.state in UNTIMED else due, now),
    )


def _tags(order: WorkOrder, words: _Words) -> str:
    case = order.case
    urgent = case.urgency is not None and case.urgency.code == "U1"
    return (URGENT.format("U1") if urgent else "") + (
        SECRET.format(words.modes[case.mode]) if case.hides_requester else ""
    )


def _about(order: WorkOrder) -> str:
    later = _("第 %(n)s 轮") % {"n": order.round} if order.round > 1 else ""
    return " · ".join(part for part in (str(order.case.category or ""), later) if part)
