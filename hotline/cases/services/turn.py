"""The one writer of state. Lock, check, change, save, record, queue: written once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.compiled import Compiled
from hotline.base.refusals import Invalid, NotAllowed, Stale, WrongState
from hotline.base.words import clean
from hotline.cases import policies, seals
from hotline.cases.codes import LIVE_ORDERS, OrderState, Seal, State
from hotline.cases.models import Case, Step, WorkOrder
from hotline.cases.models.aftercare import VisitState
from hotline.cases.models.record import Side
from hotline.cases.moves import ASIDE, MOVES, ORDER_MOVES, PROPOSED_IN, Move
from hotline.cases.services import clocks
from hotline.catalog import calendars, policy, shelf
from hotline.catalog.calendars import Calendars
from hotline.catalog.models import Reason
from hotline.catalog.policy import Promise, Rules
from hotline.catalog.terms import Terms
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import Limit, Unit

Values = dict[str, Any]


@dataclass
class Turn:
    """What a service has in hand while it moves a request."""

    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)  # ids and codes for the step; no words
    reason: str = ""
    text: str = ""
    lead: WorkOrder | None = None  # the lead order, where the service made or holds it
    policy: int | None = None  # the limits that the request was promised under; None: none yet
    promises: dict[int, Promise] = field(default_factory=dict)  # of the orders sent by this move
    granted_at: datetime | None = None  # until when more time was granted
    brought_forward: bool = False  # to a day that a leader named
    rested: Callable[[datetime], datetime] | None = None  # moves a due time past a pause's end

    case: Case | None = None

    @property
    def calendars(self) -> Calendars:
        return calendars.current()

    @property
    def calendar(self) -> Calendar:
        """What working time is counted with: ordinary matters rest in vacations."""
        return self.calendars.of(self.case.urgency if self.case else None)

    @property
    def rules(self) -> Rules:
        return policy.of(self.policy)

    @cached_property
    def terms(self) -> Terms:
        return self.rules.terms


@contextmanager
def move(
    case: Case,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    order: WorkOrder | None = None,
    version: int | None = None,
    reason: str = "",
    text: str = "",
    **facts: Any,
) -> Iterator[Turn]:
    """One move: what the caller changes on ``case`` and ``order`` inside is saved with its Step.

    ``version`` is that of the form the person filled in: an older one raises Stale. Raises
    WrongState and NotAllowed by the law, Invalid when a mandatory reason or text is missing.
    """
    law = MOVES[verb]
    with shelf.steady(), transaction.atomic():
        _lock(case, order)
        if case.erased_at is not None:
            raise WrongState(_("这件诉求已匿名化，不能再变动。"))
        if version is not None and version != case.version and _moved_on(case, version):
            raise Stale
        moment = _not_before(case, at)
        turn = Turn(moment, dict(facts), reason, clean(text), order, policy=case.policy_id)
        turn.case = case
        alone = order is not None and not order.is_lead
        if not alone:
            check(law.sources, case.state)
        if order is not None:
            check(ORDER_MOVES[verb].sources, order.state)
            if not ORDER_MOVES[verb].may(by, order):
                raise NotAllowed(_("您没有执行此操作的权限。"))
        if not alone and not law.may(by, case):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        _demand(law, turn)
        before, fresh = (_values(case), case.state), case.state == State.DRAFT
        order_before = _values(order) if order else None

        yield turn

        if law.target and not alone:
            _enter(case, law.target, turn)
            case.urged_at = None  # the requester reads what has become of it
        if order is not None and order_before is not None:
            order.state = ORDER_MOVES[verb].target or order.state
            _save(order, order_before)
        _note_seal(case, before[0]["seal"], turn)
        case.version += 1
        _save(case, before[0])
        if _moves_clocks(verb):
            _keep_clocks(case, turn, fresh=fresh)
        _record(case, order, verb, law, before[1], by, turn)


def _note_seal(case: Case, before: str, turn: Turn) -> None:
    """Whichever move closes a request to those who have read of it says so: notices goes by that."""
    if case.seal and case.seal != before:
        turn.facts["sealed"] = case.seal


def _moved_on(case: Case, version: int) -> bool:
    """Has anything happened since that somebody with a form in hand should know of?"""
    return (
        version > case.version
        or case.steps.filter(seq__gt=version).exclude(verb__in=ASIDE).exists()
    )


def follow(order: WorkOrder, verb: str, *, at: datetime) -> None:
    """Move a work order because its request moves. Raises WrongState by the order's law."""
    law = ORDER_MOVES[verb]
    check(law.sources, order.state)
    before = _values(order)
    order.state = law.target or order.state
    if order.state in (OrderState.DONE, OrderState.CANCELLED, OrderState.RETURNED):
        order.ended_at = at
    _save(order, before)


def cancel_orders(case: Case, *, at: datetime) -> None:
    """Call off whatever units still have in hand: the request has left them, and so has an answer
    that nobody has passed."""
    for order in live_orders(case):
        if order.is_lead and order.state == OrderState.SUSPENDED and order.suspended_at:
            pause(case, order.suspended_at, at)
        follow(order, "cancel", at=at)
    if case.closed_at is None:
        forget_answer(case)


def cancel_visits(case: Case, *, at: datetime, **which: Any) -> None:
    """Take call-backs that still wait off the list: all of a request, or ``which`` of them."""
    waiting = case.visits.filter(state=VisitState.PENDING, **which)
    waiting.update(state=VisitState.CANCELLED, ended_at=at)


def forget_answer(case: Case) -> None:
    """What a unit wrote is the requester's to read only once it has passed the audit."""
    case.answer, case.outcome, case.promise_date = "", "", None
    case.promise_due_at = None


LIVE = Compiled(
    lambda case: WorkOrder.objects.filter(case=case, state__in=LIVE_ORDERS).order_by("-part", "id"),
    case=int,
)


def live_orders(case: Case) -> list[WorkOrder]:
    """Work orders of the present round that units still hold, the lead's first."""
    rows = LIVE.instances(case=case.pk)
    return [_with_case(order, case) for order in rows if order.round == case.round]


def lead_order(case: Case) -> WorkOrder:
    """The present round's lead order. Raises WrongState when there is none."""
    for order in case.orders.filter(round=case.round, part="LEAD").order_by("-id"):
        if order.state not in (OrderState.RETURNED, OrderState.CANCELLED):
            return _with_case(order, case)
    raise WrongState(_("这件诉求目前没有主办工单。"))


def _with_case(order: WorkOrder, case: Case) -> WorkOrder:
    order.case = case
    return order


def next_round(case: Case, at: datetime) -> None:
    """Begin another round on a request that is being moved: it is open again."""
    for order in live_orders(case):
        follow(order, "cancel", at=at)
    cancel_visits(case, at=at)
    case.round += 1
    case.hops, case.designated = 0, False
    case.closed_at = case.merged_into = None  # what was merged goes its own way from here
    forget_answer(case)


def hold(case: int) -> None:
    """Lock a request (its id) until the transaction ends. Whoever moves it then reads it fresh."""
    list(Case.objects.select_for_update().filter(pk=case).values("pk"))


LOCKED = Compiled(lambda pk: Case.objects.filter(pk=pk).select_for_update(), pk=int)
FRESH = Compiled(lambda pk: WorkOrder.objects.filter(pk=pk), pk=int)


def _lock(case: Case, order: WorkOrder | None) -> None:
    """Take the request's row, fresh. The lock on it covers its orders as well."""
    if case.pk is not None:
        _reread(case, LOCKED)
        shelf.current().attach([case], "type", "category", "urgency")
    if order is not None:
        _reread(order, FRESH)
        order.case = case


def _reread(row: Case | WorkOrder, query: Compiled) -> None:
    """What refresh_from_db does, at a third of its cost. Raises DoesNotExist for a row that is gone."""
    found = query.instances(pk=row.pk)
    if not found:
        raise type(row).DoesNotExist
    row._state.fields_cache.clear()
    for name in _values(row):
        setattr(row, name, getattr(found[0], name))


LAST = Compiled(
    lambda case: Step.objects.filter(case=case).order_by("-seq").values_list("at")[:1], case=int
)


def _not_before(case: Case, at: datetime) -> datetime:
    """A server's clock may be behind another's, or set back; a request's time never runs backwards."""
    last = LAST.rows(case=case.pk) if case.pk and case.version else []
    known = [moment for moment in (case.stage_at, *(step_at for (step_at,) in last)) if moment]
    return max(at, *known) if known else at


def check(sources: frozenset[Any], state: str) -> None:
    """Raises WrongState unless the law has a way from here."""
    if state not in sources:
        raise WrongState(_("这件诉求当前的状态不能执行此操作，请刷新页面查看最新情况。"))


def _demand(law: Move, turn: Turn) -> None:
    if law.reason:
        known = Reason.objects.filter(kind=law.reason, code=turn.reason, enabled=True)
        if not known.exists():
            raise Invalid(_("请选择原因。"), reason=_("请选择原因。"))
    if law.words and not turn.text:
        raise Invalid(_("请填写说明。"), text=_("请填写说明。"))


def _values(row: models.Model) -> Values:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def _save(row: models.Model, before: Values) -> None:
    """Write only what has changed; a new row whole."""
    if row.pk is None:
        row.save(force_insert=True)
    elif changed := [name for name, value in _values(row).items() if before[name] != value]:
        row.save(update_fields=changed)


def _enter(case: Case, state: State, turn: Turn) -> None:
    """Arrive in a state: since when, and until when at the latest."""
    if case.state == State.NEED_INFO:
        pause(case, case.stage_at, turn.at)
    if case.state in PROPOSED_IN and case.state != state:
        # What was proposed was about the state that ends here.
        case.proposals.filter(accepted=None).update(accepted=False, decided_at=turn.at)
    case.state = state
    case.stage_at = turn.at
    case.next_due_at = _next_due(case, turn)


def pause(case: Case, start: datetime, end: datetime) -> None:
    """The requester's clock stood still in between: natural minutes, and working ones of them."""
    case.paused_minutes += int((end - start) / timedelta(minutes=1))
    case.paused_working_minutes += calendars.office().between(start, end)


def _next_due(case: Case, turn: Turn) -> datetime | None:
    """By when whoever has the request now must have moved it on: the terms name the limits."""
    limit = _limits(case, turn).get(case.state)
    if limit is not None:
        return _after(turn.calendars, turn.at, limit, case)
    days = {
        State.CLOSED: turn.terms.unrated_days,
        State.REJECTED: turn.terms.archive_days,
        State.WITHDRAWN: turn.terms.archive_days,
        State.REFERRED: turn.terms.archive_days,
    }
    if case.state in days:
        return turn.at + timedelta(days=days[State(case.state)])
    if case.state == State.DISPATCHED:
        return (turn.lead or lead_order(case)).respond_due_at
    return case.due_at if case.state == State.IN_PROGRESS else None


def _limits(case: Case, turn: Turn) -> dict[str, Limit]:
    """How long the office, or whoever was asked, has in each state that waits for them."""
    terms, accept = turn.terms, _accept_limit(case, turn.terms)
    return {
        State.SUBMITTED: accept,
        State.ACCEPTED: accept,
        State.NEED_INFO: terms.need_info_limit,
        State.AWAIT_INSTRUCTION: terms.instruct_limit,
        State.RETURN_REVIEW: terms.decide_limit,
        State.ANSWERED: terms.review_limit,
        State.DISSATISFIED: terms.dissatisfied_limit,
        State.CRISIS: terms.crisis_limit,
        clocks.EXTENSION: terms.extension_decide_limit,
        clocks.JOINT_RETURN: terms.decide_limit,
        clocks.URGED: terms.urge_answer_limit,
    }


def _accept_limit(case: Case, terms: Terms) -> Limit:
    return terms.urgent_accept_limit if case.is_urgent else terms.accept_limit


def accept_due(case: Case, terms: Terms, at: datetime) -> datetime:
    """By when the office must have accepted, or sent out, what it has had since ``at``."""
    return _after(calendars.current(), at, _accept_limit(case, terms), case)


def _natural(limit: Limit, case: Case) -> bool:
    """Does it run at night? Minutes are those of staffed hours, save where harm may be done."""
    if limit.unit is Unit.MINUTE:
        return case.is_urgent or case.state == State.CRISIS
    return limit.unit is Unit.HOUR


def _after(kept: Calendars, at: datetime, limit: Limit, case: Case) -> datetime:
    return kept.after(at, limit, case.urgency, natural=_natural(limit, case))


# Said or passed on inside a unit, these change no promise.
TIMELESS = frozenset(
    {"assign", "hand_over", "unit_note", "submit_reply", "return_reply", "unit_step_aside"}
)
# Said beside the moves, these begin or move a clock all the same.
TIMED = frozenset({"urge", "direct"})


def adopt(case: Case, *, at: datetime) -> None:
    """Give a request its clocks that came without: from an older release, or brought along."""
    with transaction.atomic():
        _lock(case, None)
        _keep_clocks(case, Turn(at, policy=case.policy_id, case=case), fresh=False)


def _moves_clocks(verb: str) -> bool:
    """Does it move the request or an order, or is it one of those beside the moves that do?"""
    moves = MOVES[verb].target is not None or verb in ORDER_MOVES or verb in TIMED
    return moves and verb not in TIMELESS


def _keep_clocks(case: Case, turn: Turn, *, fresh: bool) -> None:
    limits = _limits(case, turn)
    change = clocks.Change(
        at=turn.at,
        policy=turn.policy,
        calendar=turn.calendar,
        publication=turn.calendars.number,
        limits=limits,
        natural=frozenset(s for s, limit in limits.items() if _natural(limit, case)),
        dues={s: _after(turn.calendars, turn.at, limits[s], case) for s in clocks.ASKED_OF},
        promises=turn.promises,
        granted_at=turn.granted_at,
        brought_forward=turn.brought_forward,
        reason=turn.reason,
        rested=turn.rested,
    )
    clocks.keep(case, [] if fresh else live_orders(case), change, fresh=fresh)


def _record(
    case: Case,
    order: WorkOrder | None,
    verb: str,
    law: Move,
    before: str,
    by: Actor,
    turn: Turn,
) -> None:
    step = Step.objects.create(
        case=case,
        order=order,
        seq=case.version,
        verb=verb,
        before=before,
        after=case.state,
        order_after=order.state if order else "",
        side=_side(law, case, order, by, turn),
        by=signature(by, case),
        at=turn.at,
        reason=turn.reason,
        text=turn.text,
        facts=turn.facts,
    )
    jobs.defer("notices.fan_out", step_id=step.pk)
    for job in law.queues:
        jobs.defer(job, case_id=case.pk)


def signature(by: Actor, case: Case) -> User | None:
    """Whose name stands under it. A bearer of number and code stays unknown, even when signed in."""
    return None if case.pk in by.bearer_of and case.owner_id != by.user_id else by.user


def _side(law: Move, case: Case, order: WorkOrder | None, by: Actor, turn: Turn) -> Side:
    if by.is_system:
        return Side.SYSTEM
    if (law.side == Side.UNIT and order is not None and not policies.handler(by, order)) or (
        law.side == Side.REQUESTER and by.is_staff and not policies.is_requester(by, case)
    ):
        side = Side.OFFICE
    else:
        side = law.side
    apart = next((s for s in (case.seal, turn.facts.get("seal")) if s in seals.APART), None)
    if side == Side.OFFICE and apart is not None:  # it is in their room, or was until now
        if policies.is_requester(by, case):
            return Side.REQUESTER
        return Side.RECEIVER if by.may(seals.KEYS[Seal(apart)]) else side
    return side
