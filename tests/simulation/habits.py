"""What people do with a request that stands where it stands: lawful moves, and how often each.

Each habit is (weight, name, act); act() calls the real service. People are slow, late and fickle.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random

from hotline.cases.codes import LIVE_ORDERS, OrderState, Outcome, State
from hotline.cases.models import Case, WorkOrder
from hotline.cases.models.aftercare import VisitState
from hotline.cases.services import aftercare, dispatching, handling, intake, promising, triage
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.handling import Answer
from hotline.catalog.models import Category
from tests.make import category, type_, unit, urgency
from tests.simulation.cast import UNITS, Cast

Habit = tuple[int, str, Callable[[], object]]
GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
BAD = Opinion(result="DISSATISFIED", contacted=True, solved="NO", attitude="FAIR", words="没解决")
TYPES = ("ZX", "QZ", "YJ", "JY", "TS", "JB", "BY", "QT")
REFER = ("PETITION", "BS02")


def habits(case: Case, cast: Cast, at: datetime, chance: Random) -> list[Habit]:
    """Everything that somebody may do now with a request."""
    found = [*_requesters(case, cast, at, chance), *_offices(case, cast, at, chance)]
    for order in case.orders.filter(round=case.round, state__in=LIVE_ORDERS).order_by("id"):
        order.case = case
        found += _units(order, cast, at, chance)
    return found


MAIN_ROAD = frozenset({
    "supply", "accept", "dispatch", "instruct", "uphold", "sign", "interim", "grant", "resume", "reply",
    "close", "rate", "keep_promise", "rework", "end",
})  # fmt: skip


def towards_the_end(found: list[Habit]) -> list[Habit]:
    """What brings a request that has been through enough to its end."""
    return [habit for habit in found if habit[1] in MAIN_ROAD]


def _requesters(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    me = cast.owner_of(case.owner_id)
    if me is None:
        return
    state = case.state
    if state == State.NEED_INFO:
        yield 6, "supply", lambda: intake.supply(case, words="在三号楼二层", by=me, at=at)
    if state in OPEN_FOR_URGING:
        yield 2, "urge", lambda: intake.urge(case, words="", by=me, at=at)
    if state in OPEN_FOR_URGING | {State.NEED_INFO}:
        yield 1, "supplement", lambda: intake.supplement(case, words="还在漏", by=me, at=at)
        if chance.random() < 0.15:
            yield 1, "withdraw", lambda: intake.withdraw(case, reason="CH01", by=me, at=at)
    if state == State.CLOSED:
        yield 5, "rate", lambda: aftercare.rate(case, GOOD, by=me, at=at)
        yield 5, "contest", lambda: aftercare.rate(case, BAD, by=me, at=at)


OPEN_FOR_URGING = frozenset({
    State.SUBMITTED, State.ACCEPTED, State.AWAIT_INSTRUCTION, State.DISPATCHED, State.RETURN_REVIEW,
    State.IN_PROGRESS, State.ANSWERED,
})  # fmt: skip


def _offices(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    stage = {
        State.SUBMITTED: _submitted,
        State.ACCEPTED: _accepted,
        State.AWAIT_INSTRUCTION: _awaiting,
        State.RETURN_REVIEW: _returned,
        State.ANSWERED: _answered,
        State.CLOSED: _closed,
        State.DISSATISFIED: _dissatisfied,
        State.ARCHIVED: _archived,
    }.get(State(case.state))
    if stage is not None:
        yield from stage(case, cast, at, chance)


def _orders(chance: Random) -> Orders:
    target = chance.choice(UNITS)
    return Orders(
        unit(target), joint=_helpers(target, chance), joint_opinion="请协助",
        shown_title="漏水", shown_body="水管一直漏水",
    )  # fmt: skip


def _submitted(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    clerk = cast.clerk
    yield 8, "accept", lambda: _accept(case, cast, at, chance)
    yield 2, "ask", lambda: triage.ask(case, words="请补充楼号", by=clerk, at=at)
    if chance.random() < 0.3:
        yield 1, "decline", lambda: triage.decline(
            case, reason="BS05", words="不归我们", by=clerk, at=at
        )  # fmt: skip


def _accepted(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    clerk, boss = cast.clerk, cast.managers[0]
    orders = _orders(chance)
    yield 9, "dispatch", lambda: dispatching.dispatch(case, orders, by=clerk, at=at)
    if case.type is not None and case.type.is_consultation:
        yield 3, "answer", lambda: triage.answer(case, words="可以", basis="办法", by=clerk, at=at)
    yield 1, "seek", lambda: dispatching.seek_instruction(case, words="请示", by=boss, at=at)
    if chance.random() < 0.2:
        to, reason = REFER
        yield 1, "refer", lambda: triage.refer(
            case, to=to, reason=reason, words="转信访", by=boss, at=at
        )  # fmt: skip


def _awaiting(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    orders = _orders(chance)
    due = chance.choice([None, (at + timedelta(days=chance.randint(1, 20))).date()])
    yield 5, "instruct", lambda: dispatching.instruct(
        case, orders, words="速办", due=due, by=cast.leader, at=at
    )  # fmt: skip


def _returned(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    boss = cast.managers[0]
    others = [code for code in UNITS if case.lead_unit is None or code != case.lead_unit.code]
    to = unit(chance.choice(others))
    yield 4, "uphold", lambda: dispatching.uphold(case, words="归你们", by=boss, at=at)
    yield 5, "reassign", lambda: dispatching.reassign(
        case, to=to, words="改派", designate=case.hops >= 1, by=boss, at=at
    )  # fmt: skip


def _answered(case: Case, cast: Cast, at: datetime, _chance: Random) -> Iterator[Habit]:
    boss = cast.managers[0]
    yield 3, "return_answer", lambda: aftercare.return_answer(
        case, reason="CB02", words="不清楚", by=boss, at=at
    )  # fmt: skip
    yield 7, "close", lambda: aftercare.close(
        case, checked=CHECKLIST, leaks_seen=True, by=boss, at=at
    )  # fmt: skip


def _closed(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    yield from _planned(case, cast, at)
    visit = case.visits.filter(state=VisitState.PENDING).first()
    if visit is not None:
        visit.case = case
        opinion = chance.choice([GOOD, BAD])
        yield 3, "visit", lambda: aftercare.record_visit(
            visit, reached=True, words="好", opinion=opinion, by=cast.agent, at=at
        )  # fmt: skip


def _dissatisfied(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    boss, second = cast.managers
    to = None if case.lead_unit else unit(chance.choice(UNITS))
    yield 6, "rework", lambda: dispatching.rework(
        case, reason="CB05", words="重办", by=boss, at=at, to=to
    )  # fmt: skip
    yield 1, "seek", lambda: dispatching.seek_instruction(case, words="请示", by=boss, at=at)
    yield 1, "end", lambda: (
        aftercare.propose_end(case, words="已解释", by=boss, at=at),
        aftercare.end(case, words="同意", by=second, at=at),
    )  # fmt: skip


def _archived(case: Case, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    yield from _planned(case, cast, at)
    if case.closed_at and chance.random() < 0.1:
        to = unit(chance.choice(UNITS))
        yield 1, "reopen", lambda: dispatching.reopen(
            case, words="又坏了", to=to, by=cast.managers[0], at=at
        )  # fmt: skip


def _planned(case: Case, cast: Cast, at: datetime) -> Iterator[Habit]:
    keeper = cast.contacts.get(case.lead_unit.code) if case.lead_unit else None
    if case.outcome == Outcome.PLANNED and keeper is not None:
        yield 2, "keep_promise", lambda: promising.keep_promise(
            case, words="已经办好", by=keeper, at=at
        )  # fmt: skip


def _accept(case: Case, cast: Cast, at: datetime, chance: Random) -> None:
    codes = list(
        Category.objects.filter(enabled=True).order_by("code").values_list("code", flat=True)
    )
    found = category(chance.choice([code for code in codes if not code.startswith("X")]))
    usual = found.urgency.code if found.urgency.rank else "U1"
    pressing = chance.choice([usual, usual, "U1", "U2", "U3"])
    triage.accept(
        case, category=found, type=type_(chance.choice([found.type.code, *TYPES])),
        urgency=urgency(pressing), by=cast.managers[0], at=at,
    )  # fmt: skip


def _helpers(lead: str, chance: Random) -> list[object]:
    others = [code for code in UNITS if code != lead]
    return [unit(code) for code in chance.sample(others, chance.choice([0, 0, 0, 1, 2]))]


def _units(order: WorkOrder, cast: Cast, at: datetime, chance: Random) -> Iterator[Habit]:
    case, state = order.case, order.state
    me, head, boss = cast.contacts[order.unit.code], cast.heads[order.unit.code], cast.managers[0]
    if not order.is_lead:
        yield from _joints(order, cast, at)
        return
    until = (at + timedelta(days=chance.randint(1, 25))).date()
    if state in {OrderState.SENT, OrderState.HANDLING} and not case.designated:
        yield (
            2,
            "send_back",
            lambda: handling.send_back(order, reason="TD03", words="不归我们", by=me, at=at),
        )
    if state == OrderState.SENT:
        yield 8, "sign", lambda: handling.sign(order, by=me, at=at)
    if state in {OrderState.SENT, OrderState.HANDLING} and chance.random() < 0.3:
        more = [unit(chance.choice(UNITS))]
        yield (
            1,
            "add_joint",
            lambda: dispatching.add_joint(order, units=more, words="协助", by=me, at=at),
        )
    if state == OrderState.HANDLING:
        yield (
            4,
            "contact",
            lambda: handling.contact(
                order,
                means="PHONE",
                reached=chance.choice(["YES", "YES", "NO"]),
                words="",
                by=me,
                at=at,
            ),
        )
        yield 2, "interim", lambda: handling.interim(order, words="正在办", by=me, at=at)
        yield (
            3,
            "suspend",
            lambda: handling.suspend(
                order, reason="GQ03", words="封闭", until=until, by=boss, at=at
            ),
        )
        if at < order.due_at and not order.extensions.exists():
            later = (order.due_at + timedelta(days=chance.randint(1, 14))).date()
            yield (
                4,
                "ask_extension",
                lambda: handling.ask_extension(
                    order, reason="YQ01", words="采购", interim="在采购", until=later, by=me, at=at
                ),
            )
        yield (
            3,
            "submit_reply",
            lambda: handling.submit_reply(order, _answer(at, chance), by=me, at=at),
        )
        yield 5, "reply", lambda: handling.reply(order, _answer(at, chance), by=head, at=at)
    if state == OrderState.EXTENSION_REVIEW:
        yield (
            6,
            "grant",
            lambda: handling.decide_extension(order, grant=True, words="", by=boss, at=at),
        )
        yield (
            2,
            "refuse",
            lambda: handling.decide_extension(order, grant=False, words="不", by=boss, at=at),
        )
    if state == OrderState.SUSPENDED:
        yield 2, "resume", lambda: handling.resume(order, by=boss, at=at)
    if state == OrderState.HEAD_REVIEW:
        yield 2, "return_reply", lambda: handling.return_reply(order, words="改", by=head, at=at)
        yield 6, "reply", lambda: handling.reply(order, _answer(at, chance), by=head, at=at)


def _joints(order: WorkOrder, cast: Cast, at: datetime) -> Iterator[Habit]:
    me, boss = cast.contacts[order.unit.code], cast.managers[0]
    if order.state == OrderState.SENT:
        yield 2, "joint_sign", lambda: handling.sign(order, by=me, at=at)
    if order.state in {OrderState.SENT, OrderState.HANDLING} and not order.designated:
        yield (
            1,
            "joint_back",
            lambda: handling.send_back(order, reason="TD03", words="不归我们", by=me, at=at),
        )
    if order.state == OrderState.HANDLING:
        yield (
            1,
            "joint_contact",
            lambda: handling.contact(order, means="PHONE", reached="YES", words="", by=me, at=at),
        )
        yield 2, "joint_reply", lambda: handling.reply(order, Answer("已配合"), by=me, at=at)
    if order.state == OrderState.RETURN_REVIEW:
        yield (
            3,
            "joint_out",
            lambda: dispatching.decide_joint(order, agree=True, words="可", by=boss, at=at),
        )
        yield (
            3,
            "joint_stays",
            lambda: dispatching.decide_joint(order, agree=False, words="否", by=boss, at=at),
        )


def _answer(at: datetime, chance: Random) -> Answer:
    if chance.random() < 0.1:
        day = (at + timedelta(days=chance.randint(1, 30))).date()
        return Answer("已列入计划", Outcome.PLANNED, promise_date=day, without_parts=True)
    return Answer("已修好", Outcome.RESOLVED, without_parts=True)
