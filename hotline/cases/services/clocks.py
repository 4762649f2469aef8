"""Keeps the clocks of a request as the request itself stands: after every move, in one place.

What should run is told from the request and its orders alone (``wanted``); rows are opened,
paused, moved and stopped to agree with it. The request's own moments stay the source, so a
clock can never tell another story than the steps.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from hotline.base.compiled import Compiled
from hotline.cases.codes import PROMISED, OrderState, State
from hotline.cases.models import Case, Clock, ClockKind, ClockPause, WorkOrder
from hotline.catalog.policy import Promise
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import NATURAL, Limit, day_of

Key = tuple[str, str, int | None]  # kind, stage, order
OFFICE_STAGES = frozenset({
    State.SUBMITTED, State.ACCEPTED, State.AWAIT_INSTRUCTION, State.RETURN_REVIEW, State.ANSWERED,
    State.DISSATISFIED, State.CRISIS,
})  # fmt: skip
UNIT_WORKS = frozenset({
    OrderState.SENT, OrderState.HANDLING, OrderState.EXTENSION_REVIEW, OrderState.HEAD_REVIEW,
    OrderState.SUSPENDED,
})  # fmt: skip
EXTENSION, JOINT_RETURN, URGED = ASKED_OF = ("EXTENSION", "JOINT_RETURN", "URGED")
# ^ what waits for an answer beside the state of the request: decisions about an order, an urging
RESTS, ASKED = "GQ", "GQ01"  # why a clock stands still: the office let it rest, facts are missing


@dataclass(frozen=True)
class Change:
    """What a move says about promises."""

    at: datetime
    calendar: Calendar
    publication: int | None = None
    policy: int | None = None
    limits: dict[str, Limit] = field(default_factory=dict)  # of the office, by stage
    natural: Collection[str] = ()  # the stages of the office that run at night
    dues: dict[str, datetime] = field(default_factory=dict)  # of its decisions about orders
    promises: dict[int, Promise] = field(default_factory=dict)  # of the orders that it sends
    granted_at: datetime | None = None  # until when it grants more time
    brought_forward: bool = False  # it names a day that is sooner
    reason: str = ""  # for which it lets something rest
    rested: Callable[[datetime], datetime] | None = None  # moves a due time past a rest


@dataclass(frozen=True)
class Wanted:
    """A clock that should run now. A due time of None stays what it was."""

    kind: ClockKind
    started_at: datetime
    due_at: datetime | None
    stage: str = ""
    order: int | None = None
    limit: str = ""
    natural: bool = False
    rests: str = ""  # the reason for which it stands still

    @property
    def key(self) -> Key:
        return self.kind, self.stage, self.order


def wanted(case: Case, orders: Iterable[WorkOrder], change: Change) -> Iterator[Wanted]:
    """The clocks that should run for a request and its live orders as they stand."""
    orders = list(orders)
    if case.state in PROMISED and case.closed_at is None:
        lead = next((order for order in orders if order.is_lead), None)
        yield _requesters(case, lead, change)
    if case.state in OFFICE_STAGES or case.state == State.NEED_INFO:
        asked = case.state == State.NEED_INFO
        yield Wanted(
            ClockKind.SUPPLY if asked else ClockKind.OFFICE,
            case.stage_at,
            case.next_due_at,
            stage="" if asked else case.state,
            limit=str(change.limits.get(case.state, "")),
            natural=case.state in change.natural,
        )
    if case.urged_at is not None and case.state in PROMISED:
        limit, due = str(change.limits.get(URGED, "")), change.dues.get(URGED)
        yield Wanted(ClockKind.URGE, case.urged_at, due, limit=limit)
    for order in orders:
        yield from _units(order, change)


def _requesters(case: Case, lead: WorkOrder | None, change: Change) -> Wanted:
    """What the person was told at first; in a later round, what the unit has to keep."""
    promise = change.promises.get(lead.pk) if lead else None
    rests = ASKED if case.state == State.NEED_INFO else ""
    if lead is not None and lead.state == OrderState.SUSPENDED:
        rests = RESTS
    first = case.round == 1
    return Wanted(
        ClockKind.REQUESTER,
        (case.submitted_at or case.created_at) if first else case.stage_at,
        case.promised_at if first or lead is None else lead.due_at,
        limit=promise.resolve if promise else "",
        natural=lead.natural if lead else False,
        rests=rests,
    )


def _units(order: WorkOrder, change: Change) -> Iterator[Wanted]:
    promise = change.promises.get(order.pk)
    sign, respond, resolve = (
        (promise.sign, promise.respond, promise.resolve) if promise else ("", "", "")
    )
    pk, sent = order.pk, order.sent_at
    if order.state == OrderState.SENT:
        due = promise and promise.sign_at
        yield Wanted(ClockKind.SIGN, sent, due, "", pk, sign, _natural(sign))
    if order.state in UNIT_WORKS:
        rests = RESTS if order.state == OrderState.SUSPENDED else ""
        if order.contacted_at is None and order.is_lead:
            due = order.respond_due_at
            yield Wanted(ClockKind.CONTACT, sent, due, "", pk, respond, _natural(respond), rests)
        yield Wanted(ClockKind.UNIT, sent, order.due_at, "", pk, resolve, order.natural, rests)
    if order.state == OrderState.EXTENSION_REVIEW:
        yield _decision(EXTENSION, order, change)
    if order.state == OrderState.RETURN_REVIEW and not order.is_lead:
        yield _decision(JOINT_RETURN, order, change)


def _natural(limit: str) -> bool:
    return bool(limit) and Limit.parse(limit).unit in NATURAL


def _decision(stage: str, order: WorkOrder, change: Change) -> Wanted:
    limit, due = str(change.limits.get(stage, "")), change.dues.get(stage)
    return Wanted(ClockKind.OFFICE, change.at, due, stage, order.pk, limit)


RUNNING = Compiled(
    lambda case: Clock.objects.filter(case=case, stopped_at=None).order_by("id"), case=int
)


def keep(case: Case, orders: Iterable[WorkOrder], change: Change, *, fresh: bool = False) -> None:
    """Open, move, rest and stop clocks until they agree with the request, inside its move.

    ``fresh`` says that the request is new and can have none yet.
    """
    running = {} if fresh else {_key(row): row for row in RUNNING.instances(case=case.pk)}
    opened = []
    for want in wanted(case, orders, change):
        row = running.get(want.key)
        if row is None or not _same(row, want, case):
            row = None if fresh else _again(case, want, change)
        else:
            del running[want.key]
        if row is None:
            opened.append((_new(case, want, change), want.rests))
        else:
            _agree(row, want, change)
    for row in running.values():
        _stop(row, change.at)
    if opened:
        Clock.objects.bulk_create([row for row, _rests in opened])
        for row, rests in opened:
            if rests:
                ClockPause.objects.create(clock=row, reason=rests, from_at=change.at)


def _key(row: Clock) -> Key:
    return row.kind, row.stage, row.order_id


def _same(row: Clock, want: Wanted, case: Case) -> bool:
    """Is this the clock that is wanted, or one of an earlier round or an earlier sending?"""
    if row.kind == ClockKind.REQUESTER:
        return row.round == case.round
    return row.stage in ASKED_OF or row.started_at == want.started_at


def _again(case: Case, want: Wanted, change: Change) -> Clock | None:
    """A clock that goes on as if it had not stopped: an answer that did not pass, a return refused."""
    if want.started_at >= change.at or want.kind == ClockKind.OFFICE:
        return None
    stopped = case.clocks.filter(kind=want.kind, order=want.order, stopped_at__isnull=False)
    row = stopped.order_by("-id").first()
    if row is None or not _same(row, want, case):
        return None
    row.stopped_at, row.next_at = None, change.at
    row.save(update_fields=["stopped_at", "next_at"])
    return row


def _new(case: Case, want: Wanted, change: Change) -> Clock:
    row = Clock(
        case=case, order_id=want.order, kind=want.kind, stage=want.stage, round=case.round,
        limit=want.limit, natural=want.natural, policy_id=change.policy,
        started_at=want.started_at, due_at=want.due_at,
        next_at=change.at if want.due_at and not want.rests else None,
    )  # fmt: skip
    _mark(row, change)
    return row


def _mark(row: Clock, change: Change) -> None:
    """Note what a due time was counted with, and whether a year that decides it is not yet known."""
    row.calendar_id = change.publication
    if row.natural or row.due_at is None:
        row.provisional = False
    else:
        row.provisional = not change.calendar.knows(day_of(row.started_at), day_of(row.due_at))


FIELDS = (
    "due_at", "next_at", "limit", "natural", "level", "policy_id", "calendar_id", "provisional",
)  # fmt: skip


def _agree(row: Clock, want: Wanted, change: Change) -> None:
    """Let a running clock rest or go on, and move its due time where that has moved."""
    before = [getattr(row, name) for name in FIELDS]
    resumed = _rest(row, want, change)
    due = _due(row, want, change, resumed=resumed)
    if due != row.due_at:
        granted = change.granted_at is not None
        row.due_at, row.policy_id = due, change.policy
        if want.limit or row.kind in {ClockKind.UNIT, ClockKind.REQUESTER}:
            row.natural = want.natural  # else nobody says otherwise than when it began
        fixed = granted or change.brought_forward  # a day that somebody named, not a limit
        row.limit = "" if fixed else want.limit or row.limit
        row.level = 0 if granted else row.level
        _mark(row, change)
        row.next_at = change.at
    if resumed:
        row.next_at = change.at
    if want.rests or row.due_at is None:
        row.next_at = None
    if before != [getattr(row, name) for name in FIELDS]:
        row.save(update_fields=FIELDS)


def _due(row: Clock, want: Wanted, change: Change, *, resumed: bool) -> datetime | None:
    """Where a running clock is due now. What the requester was told stays, save where it rested,
    or more time was granted and they were told so."""
    if row.stage in ASKED_OF or row.kind == ClockKind.URGE:
        return row.due_at  # counted from the asking, whatever else has happened since
    if row.kind != ClockKind.REQUESTER or row.due_at is None:
        return want.due_at or row.due_at
    if change.granted_at is not None:
        return max(row.due_at, change.granted_at)
    if resumed and change.rested is not None:
        return change.rested(row.due_at)
    return row.due_at


def _rest(row: Clock, want: Wanted, change: Change) -> bool:
    """Begin a rest where one is wanted; else end the one that is on, and say whether there was."""
    if want.rests:
        start = {"reason": _reason(want, change), "from_at": max(change.at, row.started_at)}
        ClockPause.objects.get_or_create(clock=row, to_at=None, defaults=start)
        return False
    if row.next_at is not None:
        return False  # it has not been resting
    return bool(row.pauses.filter(to_at=None).update(to_at=change.at))


def _reason(want: Wanted, change: Change) -> str:
    return change.reason if want.rests == RESTS and change.reason else want.rests


def _stop(row: Clock, at: datetime) -> None:
    row.pauses.filter(to_at=None).update(to_at=at)
    row.stopped_at, row.next_at = max(at, row.started_at), None
    row.save(update_fields=["stopped_at", "next_at"])


def past(
    stopped: datetime, resumed: datetime, calendar: Calendar, *, natural: bool
) -> Callable[[datetime], datetime]:
    """Moves a due time past a rest: as much working or natural time is left as at the stop.

    One that had passed before the stop stays passed.
    """

    def moved(due: datetime) -> datetime:
        if due <= stopped:
            return due
        left = 0 if natural else calendar.between(stopped, due)
        return calendar.after_working_minutes(resumed, left) if left else due + (resumed - stopped)

    return moved
