"""No sequence of calls, lawful or not, by anybody, breaks what must always hold."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.base.refusals import Refusal
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.numbers import written
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    handling,
    intake,
    merging,
    sweeping,
    triage,
)
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.handling import Answer
from hotline.cases.services.turn import adopt
from tests.make import NOON, a_case, a_requester, an_actor, category, type_, unit, urgency
from tools.proofs.invariants import broken

pytestmark = pytest.mark.django_db

UNITS = ("houqin", "baowei", "jijian")
GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
BAD = Opinion(result="DISSATISFIED", contacted=True, solved="NO", attitude="FAIR", words="没解决")


def day(at, days):
    return (at + timedelta(days=days)).date()


# Each takes (case, order, by, at, u): u is a unit drawn along.
CASE_CALLS = {
    "accept": lambda c, o, by, at, u: triage.accept(
        c, category=category("F102"), type=type_("TS"), urgency=urgency("U2"), by=by, at=at),
    "accept_question": lambda c, o, by, at, u: triage.accept(
        c, category=category("L302"), type=type_("ZX"), urgency=urgency("U3"), by=by, at=at),
    "ask": lambda c, o, by, at, u: triage.ask(c, words="补充", by=by, at=at),
    "supply": lambda c, o, by, at, u: intake.supply(c, words="补充内容", by=by, at=at),
    "supplement": lambda c, o, by, at, u: intake.supplement(c, words="又漏了", by=by, at=at),
    "urge": lambda c, o, by, at, u: intake.urge(c, words="", by=by, at=at),
    "hide": lambda c, o, by, at, u: intake.hide(c, by=by, at=at),
    "withdraw": lambda c, o, by, at, u: intake.withdraw(c, reason="CH01", by=by, at=at),
    "propose_decline": lambda c, o, by, at, u: triage.propose_decline(
        c, reason="BS05", words="不归", by=by, at=at),
    "decline": lambda c, o, by, at, u: triage.decline(c, reason="BS05", words="不归", by=by, at=at),
    "keep": lambda c, o, by, at, u: triage.keep(c, words="归", by=by, at=at),
    "answer": lambda c, o, by, at, u: triage.answer(c, words="可以", basis="办法", by=by, at=at),
    "redact": lambda c, o, by, at, u: triage.redacted(c, title="漏水", body="漏水", by=by, at=at),
    "refer": lambda c, o, by, at, u: triage.refer(
        c, to="PETITION", reason="BS02", words="转信访", by=by, at=at),
    "dispatch": lambda c, o, by, at, u: dispatching.dispatch(
        c, Orders(u, joint=[unit("jijian")], shown_title="漏水", shown_body="漏水"), by=by, at=at),
    "uphold": lambda c, o, by, at, u: dispatching.uphold(c, words="归", by=by, at=at),
    "reassign": lambda c, o, by, at, u: dispatching.reassign(
        c, to=u, words="改", designate=c.hops >= 1, by=by, at=at),
    "seek": lambda c, o, by, at, u: dispatching.seek_instruction(c, words="请示", by=by, at=at),
    "instruct": lambda c, o, by, at, u: dispatching.instruct(
        c, Orders(u, shown_title="漏水", shown_body="漏水"), words="速办", due=None, by=by, at=at),
    "return_answer": lambda c, o, by, at, u: aftercare.return_answer(
        c, reason="CB02", words="不清楚", by=by, at=at),
    "close": lambda c, o, by, at, u: aftercare.close(
        c, checked=CHECKLIST, leaks_seen=True, by=by, at=at),
    "rate": lambda c, o, by, at, u: aftercare.rate(c, GOOD, by=by, at=at),
    "contest": lambda c, o, by, at, u: aftercare.rate(c, BAD, by=by, at=at),
    "rework": lambda c, o, by, at, u: dispatching.rework(
        c, reason="CB05", words="重办", to=None if c.lead_unit else u, by=by, at=at),
    "propose_end": lambda c, o, by, at, u: aftercare.propose_end(c, words="解释", by=by, at=at),
    "end": lambda c, o, by, at, u: aftercare.end(c, words="同意", by=by, at=at),
    "reopen": lambda c, o, by, at, u: dispatching.reopen(c, words="新情况", to=u, by=by, at=at),
    "alarm": lambda c, o, by, at, u: crisis.alarm(c, by=by, at=at),
    "stand_down": lambda c, o, by, at, u: crisis.stand_down(
        c, title="漏水", remaining="漏水", by=by, at=at),
    "seal": lambda c, o, by, at, u: crisis.seal(c, words="结束", by=by, at=at),
    "merge": lambda c, o, by, at, u: merging.merge(
        c, into=a_case(State.ACCEPTED), reason="BD02", by=by, at=at),
    "unmerge": lambda c, o, by, at, u: merging.unmerge(c, words="不同", by=by, at=at),
    "visit": lambda c, o, by, at, u: aftercare.record_visit(
        c.visits.get(state="PENDING"), reached=True, words="好", opinion=BAD, by=by, at=at),
    "sweep": lambda c, o, by, at, u: sweeping.sweep(at=at),
}  # fmt: skip
ORDER_CALLS = {
    "sign": lambda c, o, by, at, u: handling.sign(o, by=by, at=at),
    "interim": lambda c, o, by, at, u: handling.interim(o, words="正在办", by=by, at=at),
    "contact": lambda c, o, by, at, u: handling.contact(
        o, means="PHONE", reached="YES", words="", by=by, at=at),
    "send_back": lambda c, o, by, at, u: handling.send_back(
        o, reason="TD03", words="不清", by=by, at=at),
    "ask_extension": lambda c, o, by, at, u: handling.ask_extension(
        o, reason="YQ01", words="采购", interim="在采购", until=day(o.due_at, 2), by=by, at=at),
    "grant": lambda c, o, by, at, u: handling.decide_extension(o, grant=True, words="", by=by, at=at),
    "refuse": lambda c, o, by, at, u: handling.decide_extension(
        o, grant=False, words="不", by=by, at=at),
    "suspend": lambda c, o, by, at, u: handling.suspend(
        o, reason="GQ03", words="封闭", until=day(at, 5), by=by, at=at),
    "resume": lambda c, o, by, at, u: handling.resume(o, by=by, at=at),
    "add_joint": lambda c, o, by, at, u: dispatching.add_joint(o, units=[u], words="协助", by=by, at=at),
    "joint_out": lambda c, o, by, at, u: dispatching.decide_joint(
        o, agree=True, words="可", by=by, at=at),
    "joint_stays": lambda c, o, by, at, u: dispatching.decide_joint(
        o, agree=False, words="否", by=by, at=at),
    "submit_reply": lambda c, o, by, at, u: handling.submit_reply(
        o, Answer("已修好", "RESOLVED", without_parts=True), by=by, at=at),
    "return_reply": lambda c, o, by, at, u: handling.return_reply(o, words="改", by=by, at=at),
    "reply": lambda c, o, by, at, u: handling.reply(
        o, Answer("已修好", "RESOLVED", without_parts=True), by=by, at=at),
}  # fmt: skip
CALLS = CASE_CALLS | ORDER_CALLS


def check(case):
    assert not list(broken(case))


class Stop(Exception):
    """Rolls an example back."""


@pytest.fixture
def everyone():
    """One of each: the owner, a stranger, the office, three units with their heads."""
    owner = a_requester()
    office = [an_actor(role) for role in ("R2", "R3", "R4", "R4", "R8", "R12")]
    units = [an_actor(role, of=of) for of in UNITS for role in ("R5", "R6")]
    return owner, [owner, a_requester(), *office, *units]


moves = st.lists(
    st.tuples(
        st.sampled_from(sorted(CALLS)),
        st.integers(0, 13),  # who
        st.sampled_from([1, 30, 300, 3000, 20000]),  # minutes later
        st.sampled_from(UNITS),
        st.integers(0, 5),  # which order
    ),
    max_size=40,
)


def call(name, case, who, at, to, which):
    orders = list(case.orders.order_by("-round", "-part", "id"))
    order = orders[which % len(orders)] if orders else None
    if name in ORDER_CALLS and order is None:
        return
    if order is not None:
        order.case = case
    try:
        CALLS[name](case, order, who, at, unit(to))
    except (Refusal, Case.DoesNotExist):
        pass
    except Exception as error:
        if type(error).__name__ != "DoesNotExist":  # no visit, no extension pending
            raise


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves)
def test_no_sequence_of_calls_breaks_an_invariant(everyone, walk):
    owner, people = everyone
    with pytest.raises(Stop), transaction.atomic():
        case = fresh(owner)
        at = NOON
        for name, who, minutes, to, which in walk:
            at += timedelta(minutes=minutes)
            call(name, case, people[who % len(people)], at, to, which)
            check(case)
        raise Stop


def fresh(owner):
    # Always the same number: it draws the sample of call-backs, and a walk is walked again alike.
    number = written("2606", 1)
    case = a_case(
        State.SUBMITTED, owner=owner.user, type=type_("TS"), next_due_at=NOON, number=number
    )
    adopt(case, at=NOON)
    return case


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.sampled_from([5, 60, 600, 5000])),
        min_size=10,
        max_size=60,
    ),
    st.data(),
)
def test_whoever_follows_the_buttons_always_gets_somewhere(everyone, walk, data):
    """Only lawful calls: each walk reaches deep, and every state met has a way out."""
    owner, people = everyone
    with pytest.raises(Stop), transaction.atomic():
        case = fresh(owner)
        at = NOON
        for pick, minutes in walk:
            at += timedelta(minutes=minutes)
            open_ = sorted(openings(case, people))
            names = [name for name in sorted({o[0] for o in open_}) for _ in range(weight(name))]
            if not names:
                assert case.state == State.ARCHIVED, f"no way out of {case.state}"
                break
            chosen = [o for o in open_ if o[0] == names[pick % len(names)]]
            name, who, which = chosen[data.draw(st.integers(0, len(chosen) - 1))]
            call(name, case, people[who], at, data.draw(st.sampled_from(UNITS)), which)
            check(case)
        raise Stop


SIDE_ROADS = {
    "alarm",
    "withdraw",
    "refer",
    "hide",
    "urge",
    "merge",
    "decline",
    "supplement",
    "redact",
}


def weight(name):
    """The main road is walked more often than the ways off it, or no walk would get far."""
    return 1 if name in SIDE_ROADS else 6


def openings(case, people):
    """What the law lets anyone do now."""
    alias = {"accept_question": "accept", "seek": "seek_instruction", "visit": "visit"}
    for name in CASE_CALLS:
        verb = alias.get(name, name)
        law = MOVES.get(verb)
        if law and case.state in law.sources:
            yield from ((name, n, 0) for n, who in enumerate(people) if law.may(who, case))
    joint = {"joint_out": "release", "joint_stays": "uphold", "grant": "grant_extension", "refuse": "refuse_extension"}  # fmt: skip
    for which, order in enumerate(case.orders.order_by("-round", "-part", "id")):
        order.case = case
        for name in ORDER_CALLS:
            law = ORDER_MOVES[joint.get(name, name)]
            if order.state in law.sources:
                yield from ((name, n, which) for n, who in enumerate(people) if law.may(who, order))


def test_the_calls_of_these_walks_name_every_verb_that_moves_something():
    named = set(CALLS) | {"seek_instruction", "grant_extension", "refuse_extension", "release"}
    moving = {verb for verb, law in MOVES.items() if law.target is not None}
    by_sweep = {"expire", "lapse", "archive"}
    by_others = {
        "recall",
        "take_back",
        "hand_back",
        "submit",
        "close_merged",
        "visit_rate",
        "visit_contest",
    }
    assert moving - named - by_sweep - by_others == set()
