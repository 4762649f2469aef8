"""A new calendar is in force: running promises are counted again.

What was provisional becomes what it should have been. What was certain is only ever moved
later: an order that was in time is never made late by a change of the calendar.
"""

import logging
from datetime import datetime

from hotline.cases.models import Case, Clock, ClockKind, WorkOrder
from hotline.cases.services.clocks import past
from hotline.cases.services.dispatching import JOINT_SHARE
from hotline.cases.services.turn import move
from hotline.catalog import calendars, shelf
from hotline.catalog.calendars import Calendars
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import day_of

log = logging.getLogger(__name__)
BATCH = 500


def recount_all(*, at: datetime) -> int:
    """Count every running promise again that working time decides; return how many moved.

    A request a transaction: after a crash it is simply done again.
    """
    moved, last = 0, 0
    running = Clock.objects.filter(stopped_at=None, natural=False, due_at__isnull=False)
    while True:
        batch = list(
            running.filter(case__gt=last)
            .order_by("case")
            .values_list("case", flat=True)
            .distinct()[:BATCH]
        )
        if not batch:
            return moved
        last = batch[-1]
        for case in Case.objects.filter(pk__in=batch).select_related("urgency").order_by("id"):
            try:
                moved += recount(case, at=at)
            except Exception as error:  # noqa: BLE001 - it has moved on, say
                log.warning("recount left %s: %s", case.pk, type(error).__name__)


@shelf.steady()
def recount(case: Case, *, at: datetime) -> int:
    """Count the promises of one request again; return how many moved, each of them on record."""
    found = calendars.current()
    new = _moved(case, found, at)
    if not new:
        return 0
    with move(case, "recount", by=SYSTEM, at=at, clocks=len(new)) as turn:
        new = _moved(case, found, turn.at)
        for clock, due in new:
            _apply(case, clock, due, found, turn.at)
        if case.due_at:
            turn.facts["due"] = case.due_at.isoformat()
    return len(new)


def _moved(case: Case, found: Calendars, at: datetime) -> list[tuple[Clock, datetime]]:
    rows = case.clocks.filter(stopped_at=None, natural=False, due_at__isnull=False)
    leads: dict[int, datetime] = {}
    changed = []
    for row in rows.select_related("order").order_by("id"):
        due = _due(row, case, found, leads)
        if row.order and row.order.is_lead and row.kind == ClockKind.UNIT:
            leads[row.order.round] = due or row.due_at or at
        if due is None or row.due_at is None:
            continue
        due = _kind(row, due, at)
        if due != row.due_at:
            changed.append((row, due))
    return changed


def _kind(row: Clock, due: datetime, at: datetime) -> datetime:
    """The due time that harms nobody: earlier only where it was provisional and not yet over."""
    was = row.due_at
    if was is None or due >= was:
        return due
    return max(due, at) if row.provisional and was > at else was


def _due(row: Clock, case: Case, found: Calendars, leads: dict[int, datetime]) -> datetime | None:
    """What a limit comes to by the calendar in force; None for a day that somebody named."""
    calendar, limit = found.of(case.urgency), row.amount
    if row.is_share and row.order and row.order.round in leads:
        due = calendar.share(row.started_at, leads[row.order.round], *JOINT_SHARE)
    elif limit is None:
        return None
    else:
        due = found.after(row.started_at, limit, case.urgency)
    for start, end in row.pauses.values_list("from_at", "to_at"):
        due = past(start, end, calendar, natural=False)(due) if end else due
    return due


def _apply(case: Case, clock: Clock, due: datetime, found: Calendars, at: datetime) -> None:
    calendar = found.of(case.urgency)
    clock.due_at, clock.calendar_id = due, found.number
    clock.next_at = at if clock.next_at is not None else None
    clock.provisional = not calendar.knows(day_of(clock.started_at), day_of(due))
    clock.save(update_fields=["due_at", "calendar_id", "next_at", "provisional"])
    if clock.kind == ClockKind.REQUESTER:
        case.promised_at = due if case.round == 1 else case.promised_at
    elif clock.kind in {ClockKind.OFFICE, ClockKind.SUPPLY} and clock.order_id is None:
        case.next_due_at = due
    elif clock.order is not None:
        _apply_to_order(case, clock.order, clock.kind, due)


def _apply_to_order(case: Case, order: WorkOrder, kind: str, due: datetime) -> None:
    """The order and its request tell the same time as the clock."""
    if kind == ClockKind.CONTACT:
        order.respond_due_at = due
        if order.is_lead and case.state == "DISPATCHED":
            case.next_due_at = due
    elif kind == ClockKind.UNIT:
        order.due_at = due
        if order.is_lead:
            case.due_at = due
            case.next_due_at = due if case.state == "IN_PROGRESS" else case.next_due_at
    order.save(update_fields=["respond_due_at", "due_at"])
