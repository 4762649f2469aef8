"""The sweep: finds clocks whose next rung has come, and records what is reached.

It reads only clocks that have something to come (``next_at``), writes when the next comes, and
is safe to run twice, late, and in several workers at once: each request is decided under its
own lock. When it was down for a while, only the highest rung of each clock is recorded.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from hotline.cases.codes import PROMISED
from hotline.cases.models import Case, Clock, ClockPause
from hotline.cases.services import overseeing
from hotline.catalog import calendars, shelf
from hotline.catalog.models import ReasonKind
from hotline.oversight import ladder
from hotline.oversight.ladder import Moment, Promise
from hotline.oversight.models import Level, Rung, Trigger
from hotline.oversight.services import slips
from hotline.people.actor import SYSTEM
from hotline.people.models import Unit
from hotline.worktime.calendar import Calendar

log = logging.getLogger(__name__)
BATCH = 2_000
OTHER = "DB08"  # 其他督办事项
AGAIN = timedelta(hours=1)
ROUND = ("rework", "reopen", "dispatch", "instruct")
# The step that a rung tells of; any other stands once a round.
TOLD_BY: dict[str, tuple[str, ...]] = {
    Trigger.REWORK: ("rework",),
    Trigger.SECOND_REWORK: ("rework",),
    Trigger.BROKEN: ("reopen",),
}
PROGRESS = ("contact", "interim", "reply", "ask_extension", "submit_reply")


def rungs() -> list[Rung]:
    """The ladder as it stands, kept with the catalogue."""
    return shelf.current().once("rungs", lambda: list(Rung.objects.filter(enabled=True)))


def sweep(*, at: datetime) -> int:
    """Record every rung that has been reached; return how many."""
    raised = 0
    while batch := list(_due(at)[:BATCH]):
        found = _looked(batch, at)
        _put_off([look for look in found if not look.reached])
        for look in found:
            if look.reached:
                raised += _tried(look.clock, at)
    return raised


def _looked(rows: Sequence[Clock], at: datetime) -> list["Look"]:
    """Look at many at once; where one of them cannot be looked at, at each by itself."""
    try:
        return _look(rows, at)
    except Exception as error:  # noqa: BLE001 - one must not hold up the others
        if len(rows) > 1:
            return [look for row in rows for look in _looked([row], at)]
        _leave(rows[0], error, at)
        return []


def _leave(clock: Clock, error: Exception, at: datetime) -> None:
    """What cannot be watched now waits an hour, and holds nobody else up."""
    log.warning("clock %s waits an hour: %s", clock.pk, type(error).__name__)
    Clock.objects.filter(pk=clock.pk, stopped_at=None).update(next_at=at + AGAIN)


@dataclass(frozen=True)
class Look:
    """One clock, the rungs it has reached, and when the next comes."""

    clock: Clock
    reached: list[Moment]
    next_at: datetime | None


def pending(*, at: datetime) -> Iterable[Look]:
    """What a sweep would raise now, and would not put off; for a dry run."""
    return [look for look in _look(list(_due(at)), at) if look.reached]


def _due(at: datetime) -> QuerySet[Clock]:
    return Clock.objects.filter(stopped_at=None, next_at__lte=at).order_by("next_at", "id")


@shelf.steady()
def _look(rows: Sequence[Clock], at: datetime) -> list[Look]:
    urgencies = dict(
        Case.objects.filter(pk__in={row.case_id for row in rows}).values_list("pk", "urgency_id")
    )
    pauses: dict[int, list[tuple[datetime, datetime]]] = {}
    over = ClockPause.objects.filter(clock__in=[row.pk for row in rows], to_at__isnull=False)
    for clock, start, end in over.values_list("clock_id", "from_at", "to_at"):
        if end is not None:
            pauses.setdefault(clock, []).append((start, end))
    kept, found = shelf.current().urgencies, calendars.current()
    looks = []
    for row in rows:
        urgency = kept.get(urgencies[row.case_id] or 0)
        calendar = found.counting(row.amount, urgency, natural=row.natural)
        looks.append(_one(row, pauses.get(row.pk, []), calendar, at))
    return looks


def _one(
    row: Clock, pauses: list[tuple[datetime, datetime]], calendar: Calendar, at: datetime
) -> Look:
    if row.due_at is None or row.next_at is None:
        return Look(row, [], None)
    promise = Promise(row.kind, row.started_at, row.due_at, row.natural, pauses)
    found = ladder.moments(promise, rungs(), calendar, until=at)
    return Look(row, ladder.reached(found, row.next_at, at), ladder.next_after(found, at))


def _put_off(looks: Sequence[Look]) -> None:
    """Write when to look again, in one statement; a clock that has moved meanwhile is left."""
    if not looks:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_clock AS c SET next_at = n.later FROM unnest(%s::bigint[], %s::timestamptz[], "
            "%s::timestamptz[]) AS n(id, seen, later) WHERE c.id = n.id AND c.next_at = n.seen",
            [
                [look.clock.pk for look in looks],
                [look.clock.next_at for look in looks],
                [look.next_at for look in looks],
            ],
        )


def _tried(clock: Clock, at: datetime) -> int:
    """Raise what a clock has reached; one that cannot be raised now must not hold up the others."""
    try:
        return _raise(clock.pk, at)
    except Exception as error:  # noqa: BLE001 - its reason code was disabled, say
        _leave(clock, error, at)
        return 0


@shelf.steady()
def _raise(clock_id: int, at: datetime) -> int:
    """Record the highest rung that a clock has reached, under its request's lock; 0 if none."""
    with transaction.atomic():
        case_id = Clock.objects.filter(pk=clock_id).values_list("case_id", flat=True).get()
        case = Case.objects.select_for_update().get(pk=case_id)
        clock = Clock.objects.get(pk=clock_id)
        if clock.stopped_at is not None or clock.next_at is None or clock.next_at > at:
            return 0  # another worker was quicker, or it stopped
        look = _look([clock], at)[0]
        known = {rung.code: rung for rung in rungs()}
        fitting = [m for m in look.reached if _fits(known[m.code], clock)]
        Clock.objects.filter(pk=clock_id).update(next_at=look.next_at)
        if not fitting or case.state not in PROMISED:
            return 0  # a crisis has people of its own to call
        highest = max(fitting, key=lambda moment: (moment.level, moment.at))
        record(case, known[highest.code], at=at, clock=clock, reached_at=highest.at)
    return 1


def _fits(rung: Rung, clock: Clock) -> bool:
    """A rung for want of progress is not reached where there has been some."""
    if not rung.unless_progress or clock.order_id is None:
        return True
    steps = clock.case.steps.filter(order=clock.order_id, verb__in=PROGRESS)
    return not steps.filter(at__gte=clock.started_at).exists()


def record(
    case: Case,
    rung: Rung,
    *,
    at: datetime,
    clock: Clock | None = None,
    reached_at: datetime | None = None,
    unit: Unit | None = None,
    **about: Any,
) -> None:
    """Put a rung on record as a step and on its clock; open or raise the unit's slip where it says so.

    ``unit`` is that of the clock's order, else the lead, unless another is named.
    """
    if unit is None:
        unit = clock.order.unit if clock is not None and clock.order is not None else case.lead_unit
    facts: dict[str, Any] = {"rung": rung.code, "to": list(rung.to), **about}
    if reached_at is not None:
        facts["reached"] = reached_at.isoformat()
    if unit is not None:
        facts["unit"] = unit.code
    reason = _reason(rung) if rung.level >= Level.SUPERVISE or rung.opens_slip else ""
    if clock is not None:
        Clock.objects.filter(pk=clock.pk).update(level=max(clock.level, rung.level))
    overseeing.raise_to(case, rung.level, by=SYSTEM, at=at, clock=clock, reason=reason, **facts)
    if rung.opens_slip and unit is not None and not case.seal:  # no ledger may name it
        slips.open_by_rung(case, unit, rung, reason, at=at)


def _reason(rung: Rung) -> str:
    """The rung's code; where it has none, or a school has disabled it, one that accuses nobody."""
    codes = [row.code for row in shelf.current().reasons_of(ReasonKind.SUPERVISE)]
    return next((code for code in (rung.reason, OTHER) if code in codes), next(iter(codes), ""))


@shelf.steady()
def happened(case: Case, *, at: datetime) -> int:
    """Record the rungs that no clock tells of: sent back unsatisfied, many people, a broken promise."""
    raised = 0
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        for rung in rungs():
            if _has_happened(rung, case) and not _is_on_record(rung, case):
                record(case, rung, at=at)
                raised += 1
    return raised


def _has_happened(rung: Rung, case: Case) -> bool:
    match rung.trigger:
        case Trigger.REWORK:
            return _reworks(case) == 1
        case Trigger.SECOND_REWORK:
            return _reworks(case) >= 2
        case Trigger.BROKEN:
            last = case.steps.filter(verb="reopen").order_by("-seq").first()
            return (
                last is not None
                and bool(last.facts.get("broken_promise"))
                and case.closed_at is None
            )
        case Trigger.MANY:
            if case.event_id is None or case.merged_into_id is not None:
                return False
            open_ = Case.objects.filter(event=case.event_id, closed_at=None, left_at=None)
            return open_.count() >= rung.amount
    return False


def _reworks(case: Case) -> int:
    return case.steps.filter(verb="rework").count()


def _is_on_record(rung: Rung, case: Case) -> bool:
    """Once for what it tells of, however often somebody looks."""
    steps = case.steps.filter(verb__in=TOLD_BY.get(rung.trigger, ROUND)).order_by("-seq")
    since = steps.values_list("seq", flat=True).first() or 0
    return case.steps.filter(facts__rung=rung.code, seq__gt=since).exists()
