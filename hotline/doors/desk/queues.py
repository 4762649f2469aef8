"""The office's boards: which requests wait for whom, and how many."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.cases import queries
from hotline.cases.codes import OrderState, Outcome, Part, State
from hotline.cases.models import Case, Proposal, WorkOrder
from hotline.cases.prepared import Prepared
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime import clock

S = State


@dataclass(frozen=True)
class _InStates:
    states: tuple[State, ...]

    def __call__(self, now: datetime) -> Q:
        return Q(state__in=self.states)


@dataclass(frozen=True)
class Queue:
    """A board: its rows as a condition, and the permission that makes it somebody's work."""

    code: str
    label: str | Promise
    icon: str
    where: Callable[[datetime], Q]
    needs: frozenset[P]
    empty: str | Promise = _("没有等待处理的诉求。")
    counted: bool = True
    newest: bool = False  # newest first, instead of the most urgent

    @property
    def states(self) -> tuple[State, ...]:
        """The states it consists of, where it is nothing more than that."""
        return self.where.states if isinstance(self.where, _InStates) else ()

    def holds(self, now: datetime) -> Q:
        """Its condition; only a promise may lapse on a request that is over."""
        over = self.code == "promises" or self.states
        return self.where(now) if over else self.where(now) & Q(state__in=WORKING)


def _states(*states: State) -> _InStates:
    return _InStates(states)


def _waiting(order_state: OrderState, part: Part | None = None) -> Callable[[datetime], Q]:
    orders = WorkOrder.objects.filter(case=OuterRef("pk"), state=order_state)
    if part is not None:
        orders = orders.filter(part=part)
    return lambda now: Q(Exists(orders))


def _proposed(now: datetime) -> Q:
    return Q(Exists(Proposal.objects.filter(case=OuterRef("pk"), accepted=None)))


def _returned(now: datetime) -> Q:
    return Q(state=S.RETURN_REVIEW) | _waiting(OrderState.RETURN_REVIEW, Part.JOINT)(now)


def _promised(now: datetime) -> Q:
    return _lapsed(clock.day_of(now))


def _lapsed(day: date) -> Q:
    ended = [S.CLOSED, S.ARCHIVED]
    return Q(outcome=Outcome.PLANNED, promise_date__lt=day, state__in=ended)


def _needs(*permissions: P) -> frozenset[P]:
    return frozenset(permissions)


QUEUES = (
    Queue("triage", _("待受理"), "inbox", _states(S.SUBMITTED), _needs(P.TRIAGE, P.READ_OPEN)),
    Queue("dispatch", _("待派单"), "send", _states(S.ACCEPTED), _needs(P.DISPATCH)),
    Queue("review", _("待审核答复"), "clipboard-list", _states(S.ANSWERED), _needs(P.REVIEW)),
    Queue("returns", _("退单待审"), "arrow-back-up", _returned, _needs(P.DECIDE)),
    Queue("extensions", _("延期待审"), "clock", _waiting(OrderState.EXTENSION_REVIEW), _needs(P.DECIDE)),
    Queue("dissatisfied", _("不满意待定"), "alert-triangle", _states(S.DISSATISFIED), _needs(P.DECIDE)),
    Queue("proposals", _("待第二人确认"), "users", _proposed, _needs(P.CONFIRM)),
    Queue("instruction", _("待批示"), "flag", _states(S.AWAIT_INSTRUCTION), _needs(P.INSTRUCT, P.DECIDE)),
    Queue("with_units", _("单位办理中"), "building", _states(S.DISPATCHED, S.IN_PROGRESS), _needs(P.READ_ALL)),
    Queue("need_info", _("待诉求人补充"), "help", _states(S.NEED_INFO), _needs(P.TRIAGE, P.READ_OPEN)),
    Queue("suspended", pgettext_lazy("done", "挂起"), "player-pause", _waiting(OrderState.SUSPENDED), _needs(P.DECIDE)),
    Queue("promises", _("承诺到期"), "calendar", _promised, _needs(P.DECIDE)),
    Queue("merged", _("已并单"), "copy", _states(S.MERGED), _needs(P.TRIAGE), counted=False),
    Queue("closed", _("已办结待评价"), "circle-check", _states(S.CLOSED), _needs(P.READ_ALL), counted=False, newest=True),
)  # fmt: skip
BY_CODE = {queue.code: queue for queue in QUEUES}


def open_to(actor: Actor) -> list[Queue]:
    return [queue for queue in QUEUES if queue.needs & actor.permissions]


def counts(actor: Actor, now: datetime) -> dict[str, dict[str, int]]:
    """How many wait on each board, and how many of them are late: one query over what is open."""
    wanted = _counted(actor)
    if not wanted:
        return {}
    sums = {key: (count, late) for key, count, late in SUMS.rows(actor, now=now)}
    if BY_CODE["promises"] in wanted:
        sums["promises"] = (LAPSED.count(actor, day=clock.day_of(now)), 0)
    return {queue.code: _count(queue, sums) for queue in wanted}


def _counted(actor: Actor) -> list[Queue]:
    return [queue for queue in open_to(actor) if queue.counted]


def _all_sums(actor: Actor, now: datetime) -> QuerySet[Case, Any]:
    rows = queries.office_list(actor).filter(state__in=WORKING)
    own = [queue for queue in _counted(actor) if not queue.states and queue.code != "promises"]
    parts = [_sums(rows.filter(queue.where(now)), queue, now) for queue in own]
    found = _sums(rows, None, now)
    return found.union(*parts, all=True) if parts else found


SUMS = Prepared(_all_sums, now=datetime)
LAPSED = Prepared(
    lambda actor, day: queries.office_list(actor).filter(_lapsed(day)).order_by().values("pk"),
    day=date,
)


def _sums(rows: QuerySet[Case], queue: Queue | None, now: datetime) -> QuerySet[Case, Any]:
    """Rows of (state, or the code of a board; how many; how many late)."""
    key: Any = Value(queue.code) if queue else F("state")
    keyed = rows.order_by().annotate(key=Cast(key, CharField())).values_list("key")
    return keyed.annotate(Count("pk"), late=Count("pk", filter=Q(next_due_at__lt=now)))


def _count(queue: Queue, sums: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    found = [sums.get(key, (0, 0)) for key in queue.states or (queue.code,)]
    return {key: sum(pair[n] for pair in found) for n, key in enumerate(("all", "late"))}


WORKING = [
    S.SUBMITTED, S.NEED_INFO, S.ACCEPTED, S.AWAIT_INSTRUCTION, S.DISPATCHED, S.RETURN_REVIEW,
    S.IN_PROGRESS, S.ANSWERED, S.DISSATISFIED,
]  # fmt: skip
