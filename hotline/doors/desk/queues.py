"""The office's boards: which requests wait for whom, and how many."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotline.cases import queries
from hotline.cases.codes import OrderState, Outcome, Part, State
from hotline.cases.models import Proposal, WorkOrder
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE

S = State


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


def _states(*states: State) -> Callable[[datetime], Q]:
    return lambda now: Q(state__in=states)


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
    return Q(
        outcome=Outcome.PLANNED,
        promise_date__lt=now.astimezone(ZONE).date(),
        state__in=[S.CLOSED, S.ARCHIVED],
    )


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
    Queue("suspended", _("挂起"), "player-pause", _waiting(OrderState.SUSPENDED), _needs(P.DECIDE)),
    Queue("promises", _("承诺到期"), "calendar", _promised, _needs(P.DECIDE)),
    Queue("merged", _("已并单"), "copy", _states(S.MERGED), _needs(P.TRIAGE), counted=False),
    Queue("closed", _("已办结待评价"), "circle-check", _states(S.CLOSED), _needs(P.READ_ALL), counted=False, newest=True),
)  # fmt: skip
BY_CODE = {queue.code: queue for queue in QUEUES}


def open_to(actor: Actor) -> list[Queue]:
    return [queue for queue in QUEUES if queue.needs & actor.permissions]


def counts(actor: Actor, now: datetime) -> dict[str, dict[str, int]]:
    """How many wait on each board, and how many of them are late: one query over what is open."""
    wanted = [queue for queue in open_to(actor) if queue.counted]
    if not wanted:
        return {}
    late = Q(next_due_at__lt=now)
    sums = {
        queue.code: Count("pk", filter=queue.where(now))
        for queue in wanted
        if queue.code != "promises"
    }
    sums |= {
        f"{queue.code}_late": Count("pk", filter=queue.where(now) & late)
        for queue in wanted
        if queue.code != "promises"
    }
    rows = queries.office_list(actor).filter(state__in=WORKING)
    found = rows.aggregate(**sums)
    if any(queue.code == "promises" for queue in wanted):
        found["promises"] = queries.office_list(actor).filter(_promised(now)).count()
    return {
        queue.code: {"all": found[queue.code], "late": found.get(f"{queue.code}_late", 0)}
        for queue in wanted
    }


WORKING = [
    S.SUBMITTED, S.NEED_INFO, S.ACCEPTED, S.AWAIT_INSTRUCTION, S.DISPATCHED, S.RETURN_REVIEW,
    S.IN_PROGRESS, S.ANSWERED, S.DISSATISFIED,
]  # fmt: skip
