"""Tied to the event at birth: still a request of its own, and never one of those that stay alone."""

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Mode, Seal, State
from hotline.cases.models import Case
from hotline.people.actor import SYSTEM
from hotline.surge.policies import why_alone
from hotline.surge.services import joining, switch
from tests.make import NOON, a_case, an_actor, category, type_, unit, urgency
from tests.surge.at_hand import BODY, a_lead, a_surge, asked, belongs, words

pytestmark = pytest.mark.django_db

ALONE = {
    "a cry for help": {"body": "六号楼停水了，我不想活了，正站在楼顶上。"},
    "a weaker sign": {"body": "六号楼停水，我最近非常绝望，觉得撑不下去了。"},
    "a complaint": {"type_": "TS"},
    "about a unit": {"target": "houqin"},
    "保密": {"mode": Mode.CONFIDENTIAL},
    "a sensitive class": {"class_": "L104"},
    "about a person": {"body": "六号楼停水，宿管王建国老师拒绝开门，请问为什么？"},
}


def told(surge, *, type_="ZX", target="", class_="H204", **more):
    from tests import make

    return asked(
        surge, type=make.type_(type_), category=category(class_),
        target_unit=unit(target) if target else None, **more,
    )  # fmt: skip


def test_it_has_its_own_number_and_says_that_it_belongs():
    surge = a_surge()
    lead = a_lead(surge)
    case = asked(surge)
    case.refresh_from_db()
    assert belongs(case)
    assert case.number and case.number != lead.number
    assert case.event == lead.leads_event
    assert case.state == State.SUBMITTED and case.merged_into is None
    assert case.steps.get(verb="submit").facts["surge"] == surge.pk


def test_also_before_there_is_a_lead_and_without_a_name():
    surge = a_surge()
    case = asked(surge, mode=Mode.ANONYMOUS)
    assert belongs(case) and case.event is None
    assert case.steps.get(verb="submit").by is None


@pytest.mark.parametrize("what", ALONE)
def test_what_must_be_dealt_with_alone_is_never_tied_and_never_lost(what):
    surge = a_surge()
    a_lead(surge)
    case = told(surge, **ALONE[what])
    case.refresh_from_db()
    assert case.number
    assert case.event is None and not belongs(case)
    assert "surge" not in case.steps.get(verb="submit").facts
    with pytest.raises((Invalid, NotAllowed)):
        joining.bring_in(surge, case, by=an_actor("R3"), at=NOON)
    with pytest.raises((Invalid, NotAllowed)):
        switch.name_lead(surge, case, by=an_actor("R3"), at=NOON)


@pytest.mark.parametrize("code", ["U0", "U1"])
def test_what_a_clerk_finds_urgent_is_alone_from_then_on(code):
    surge = a_surge()
    case = asked(surge)
    assert why_alone(case) == ""
    case.urgency = urgency(code)
    assert why_alone(case) == "URGENT"


def test_after_the_end_or_of_another_surge_it_is_a_request_like_any_other():
    surge = a_surge()
    switch.turn_off(surge, by=SYSTEM, at=NOON)
    for about in (surge.pk, surge.pk + 7, None):
        by = asked(surge).owner  # anybody
        case = joining.submit(words(), about=about, by=an_actor("R3"), at=NOON).case
        assert by and case.number and not belongs(case)
    assert Case.objects.filter(event__isnull=False).count() == 0


def test_a_clerk_brings_in_and_takes_out_and_both_stand_in_the_history():
    surge, clerk = a_surge(), an_actor("R3")
    a_lead(surge)
    case = a_case(State.SUBMITTED, body=BODY)
    joining.bring_in(surge, case, by=clerk, at=NOON)
    assert belongs(case) and case.event is not None
    joining.take_out(case, by=clerk, at=NOON)
    case.refresh_from_db()
    assert not belongs(case) and case.event is None
    assert [(s.verb, s.by) for s in case.steps.order_by("seq")] == [("note", clerk.user)] * 2
    joining.bring_in(surge, case, by=clerk, at=NOON)
    assert belongs(case)


@pytest.mark.parametrize("role", ["R2", "R5", "R9", "R13"])
def test_nobody_but_a_clerk_does(role):
    surge = a_surge()
    case, mine = a_case(State.SUBMITTED, body=BODY), asked(surge)
    by = an_actor(role, of="houqin" if role == "R5" else None)
    with pytest.raises(NotAllowed):
        joining.bring_in(surge, case, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        joining.take_out(mine, by=by, at=NOON)


def test_a_sealed_request_may_not_lead():
    surge = a_surge()
    case = a_case(State.REFERRED, seal=Seal.DISCIPLINE)
    with pytest.raises(Invalid):
        switch.name_lead(surge, case, by=an_actor("R3"), at=NOON)
    closed = a_case(State.CLOSED, body=BODY)
    with pytest.raises(WrongState):
        switch.name_lead(surge, closed, by=an_actor("R3"), at=NOON)
    assert type_("ZX").is_consultation
