"""督办单: one at a time for a unit, answered by the unit, discharged by who oversees."""

import pytest

from hotline.base.refusals import Invalid, NotAllowed, Stale, WrongState
from hotline.cases.codes import State
from hotline.oversight import moves, queries
from hotline.oversight.models import SlipState, Supervision
from hotline.oversight.services import slips
from hotline.people.queries import actor_of
from hotline.worktime.clock import Unit
from tests.make import NOON, USUAL, a_case, an_actor, holder
from tests.oversight.at_hand import a_slip

pytestmark = pytest.mark.django_db


@pytest.fixture
def slip():
    return a_slip()


def test_a_slip_is_opened_by_hand_and_explained_within_a_working_day(slip):
    assert (slip.state, slip.level, slip.due_at) == (
        "OPEN",
        2,
        USUAL.after(NOON, 1, Unit.WORKING_DAY),
    )
    step = slip.case.steps.get(verb="supervise")
    assert (step.reason, step.text, step.facts["unit"]) == ("DB04", "请本周内办结", "houqin")


def test_opening_it_twice_raises_the_one_that_is_open(slip):
    again = slips.open_by_hand(
        slip.case, requirement="再次督办", reason="DB04", by=an_actor("R4"), at=NOON
    )
    assert again.pk == slip.pk


def test_the_way_of_a_slip_from_feedback_to_discharge(slip):
    contact, overseer = an_actor("R5", of="houqin"), an_actor("R9")
    slips.feed_back(slip, words="配件明日到货", by=contact, at=NOON)
    slips.ask_again(slip, words="请给出具体时间", by=overseer, at=NOON)
    assert slip.state == SlipState.OPEN and "请给出具体时间" in slip.requirement
    slips.feed_back(slip, words="周五完成", by=contact, at=NOON)
    slips.opine(slip, words="务必按时", by=an_actor("R8"), at=NOON)
    slips.discharge(slip, words="已办结", by=overseer, at=NOON)
    slip.refresh_from_db()
    assert (slip.state, slip.feedback, slip.opinion) == ("DISCHARGED", "周五完成", "务必按时")
    verbs = list(slip.case.steps.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["supervise", "explain", "chase", "explain", "discharge"]


@pytest.mark.parametrize(
    ("role", "of", "may"),
    [
        ("R5", "houqin", {"feed_back"}), ("R6", "houqin", {"feed_back"}), ("R5", "baowei", set()),
        ("R9", None, {"discharge"}), ("R4", None, {"discharge"}), ("R8", None, {"opine"}),
        ("R3", None, set()), ("R2", None, set()), ("R12", None, set()), ("R13", None, set()),
    ],
)  # fmt: skip
def test_who_may_do_what_with_an_open_slip(slip, role, of, may):
    assert moves.open_to(an_actor(role, of=of), moves.SLIP_MOVES, slip) == may
    acts = {"feed_back": slips.feed_back, "discharge": slips.discharge, "opine": slips.opine}
    for verb, act in acts.items():
        if verb not in may:
            with pytest.raises(NotAllowed):
                act(slip, words="试一试", by=an_actor(role, of=of), at=NOON)


def test_who_works_for_the_unit_neither_reads_nor_answers_a_slip_of_their_own_request():
    contact, colleague = holder("R5", of="houqin"), holder("R5", of="houqin")
    case = a_case(State.IN_PROGRESS, owner=contact, next_due_at=NOON)
    slip = slips.open_by_hand(case, requirement="请说明", reason="DB04", by=an_actor("R9"), at=NOON)
    for user, reads in ((contact, False), (colleague, True)):
        actor = actor_of(user, on=NOON.date())
        assert queries.unit_slips(actor).exists() is reads
        assert bool(moves.open_to(actor, moves.SLIP_MOVES, slip)) is reads
    with pytest.raises(NotAllowed):
        slips.feed_back(slip, words="已办", by=actor_of(contact, on=NOON.date()), at=NOON)


def test_what_is_discharged_stays_so(slip):
    slips.discharge(slip, words="已办结", by=an_actor("R9"), at=NOON)
    with pytest.raises(WrongState):
        slips.feed_back(slip, words="补充", by=an_actor("R5", of="houqin"), at=NOON)


def test_a_stale_form_and_an_empty_one_change_nothing(slip):
    contact = an_actor("R5", of="houqin")
    with pytest.raises(Stale):
        slips.feed_back(slip, words="说明", by=contact, at=NOON, version=slip.version + 1)
    with pytest.raises(Invalid):
        slips.feed_back(slip, words="  ", by=contact, at=NOON)
    assert Supervision.objects.get().state == "OPEN"


def test_a_request_without_a_unit_cannot_be_supervised():
    case = a_case(State.ACCEPTED, next_due_at=NOON)
    with pytest.raises(Invalid):
        slips.open_by_hand(case, requirement="请办理", reason="DB04", by=an_actor("R9"), at=NOON)


def test_numbers_of_a_month_have_no_gap(slip):
    others = [
        slips.open_by_hand(
            a_case(State.IN_PROGRESS, next_due_at=NOON), requirement="请办理", reason="DB04",
            by=an_actor("R9"), at=NOON,
        )
        for _ in range(3)
    ]  # fmt: skip
    assert [s.number for s in (slip, *others)] == [f"DB2606-00{n}" for n in range(1, 5)]
