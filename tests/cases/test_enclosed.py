"""Complaints about the hotline office: its people learn of none, their receivers handle them whole."""

from datetime import timedelta

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import queries
from hotline.cases.codes import Mode, Seal, State
from hotline.cases.models import Step, Visit
from hotline.cases.seals import is_asked
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    enclosing,
    handling,
    intake,
    merging,
    overseeing,
    recusing,
    triage,
)
from hotline.cases.services.aftercare import CHECKLIST
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Person, Words
from hotline.cases.services.handling import Answer
from hotline.cases.sight import Viewer
from hotline.catalog.models import Category
from hotline.notices.models import Message
from hotline.notices.services import fan_out
from hotline.notices.stories import story_of
from hotline.oversight.models import Rung, Supervision
from hotline.oversight.services import watching
from hotline.people.actor import SYSTEM
from hotline.people.models import User
from hotline.people.queries import actor_of
from tests.cases.at_hand import CRY, GOOD, HOUR, fresh, seen_by
from tests.make import (
    NOON,
    a_case,
    a_requester,
    an_actor,
    category,
    holder,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db

SAID = "热线办的话务员接电话态度很差，两次挂断我的电话。"
WHY = "来件反映的是接线人员的态度"
OFFICE = ["R2", "R3", "R4", "R8", "R10", "R11", "R12", "R13", "R13A", "R14"]


def submitted(owner=None, **more):
    words = Words(body=SAID, type=type_("TS"), **more)
    return intake.submit(words, by=owner or a_requester(), at=NOON).case


def accepted(case, by):
    triage.accept(
        case, category=category(), type=type_("TS"), urgency=urgency(), by=by, at=NOON
    )  # fmt: skip


def dispatched(case, by, to="renshi"):
    orders = Orders(unit(to), opinion="请核实", shown_title="态度", shown_body="接电话态度差")
    return dispatching.dispatch(case, orders, by=by, at=NOON)


def tell(case):
    for step in Step.objects.filter(case=case).order_by("seq"):
        fan_out(story_of(step.pk, at=NOON))


@pytest.mark.parametrize("how", ["said", "unit", "category", "clerk"])
def test_what_is_about_the_office_is_closed_to_it_from_the_first_moment(how):
    if how == "category":
        Category.objects.filter(code="H204").update(about_office=True)
    more = {
        "said": {"about_office": True}, "unit": {"target_unit": unit("hotline")},
        "category": {"category": category()}, "clerk": {"about_office": True},
    }[how]  # fmt: skip
    clerk = an_actor("R3")
    if how == "clerk":
        words = Words(body=SAID, type=type_("TS"), channel="PHONE", **more)
        case = intake.submit(words, by=clerk, at=NOON, person=Person(phone="13800000000")).case
    else:
        case = submitted(**more)
    assert (case.seal, case.target_unit, case.mode) == (
        Seal.OFFICE, unit("hotline"), Mode.CONFIDENTIAL,
    )  # fmt: skip
    for role in OFFICE:
        actor = clerk if role == "R3" else an_actor(role)
        assert queries.visible(actor, case.number) is None, role
        assert seen_by(actor, case).viewer is Viewer.NOBODY, role
        assert queries.verbs_open_to(actor, case) <= {"alarm"}, role
    receiver = an_actor("R9")
    assert queries.visible(receiver, case.number) == case
    assert seen_by(receiver, case).viewer is Viewer.OVER_OFFICE


def test_a_clerk_who_finds_in_triage_that_it_is_about_the_office_loses_it():
    clerk = an_actor("R3")
    case = submitted()
    triage.accept(
        case, category=category(), type=type_("TS"), urgency=urgency(), by=clerk, at=NOON,
        target_unit=unit("hotline"),
    )  # fmt: skip
    assert fresh(case).seal == Seal.OFFICE
    assert queries.visible(clerk, case.number) is None


def test_the_receivers_lead_it_from_the_first_word_to_the_rating_and_the_requester_follows():
    owner, receiver = a_requester(), an_actor("R9")
    case = submitted(owner, about_office=True)
    accepted(case, receiver)
    order = dispatched(case, receiver)
    contact = an_actor("R5", of="renshi")
    assert queries.visible(contact, case.number) == case
    assert seen_by(contact, case).viewer is Viewer.UNIT_SECRET
    handling.sign(order, by=contact, at=NOON)
    handling.interim(order, words="正在核实", by=contact, at=NOON)
    order.refresh_from_db()
    handling.reply(
        order, Answer("已核实并整改。", "RESOLVED"), by=an_actor("R6", of="renshi"), at=NOON
    )
    with pytest.raises(NotAllowed):
        aftercare.close(case, checked=CHECKLIST, leaks_seen=True, by=an_actor("R4"), at=NOON)
    aftercare.close(case, checked=CHECKLIST, leaks_seen=True, by=receiver, at=NOON)
    assert not Visit.objects.filter(case=case).exists()  # a call-back is the office's
    aftercare.rate(fresh(case), GOOD, by=owner, at=NOON)
    assert fresh(case).state == State.ARCHIVED
    sides = dict(case.steps.values_list("verb", "side"))
    assert (sides["accept"], sides["reply"], sides["rate"]) == ("RECEIVER", "UNIT", "REQUESTER")


def test_the_office_is_never_the_unit_that_answers_for_itself():
    receiver = an_actor("R9")
    case = submitted(about_office=True, target_unit=unit("renshi"))
    accepted(case, receiver)
    with pytest.raises(Invalid):
        dispatched(case, receiver, to="hotline")
    orders = Orders(unit("jiwei"), [unit("hotline")], "请核实", "协助", "态度", "接电话态度差")
    with pytest.raises(Invalid):
        dispatching.dispatch(case, orders, by=receiver, at=NOON)


def test_nobody_of_the_office_is_told_and_the_receivers_and_units_are():
    people = {role: holder(role) for role in [*OFFICE, "R9"]}
    head, contact = holder("R6", of="renshi"), holder("R5", of="renshi")
    owner, receiver = a_requester(), an_actor("R9")
    case = submitted(owner, about_office=True)
    accepted(case, receiver)
    dispatched(case, receiver)
    rung = Rung.objects.filter(opens_slip=True).first()
    watching.record(case, rung, at=NOON)
    overseeing.raise_to(
        case, 3, by=SYSTEM, at=NOON, reason="DB01", to=["LEADER", "SUPERVISOR", "OFFICE"]
    )
    tell(case)
    told = set(Message.objects.filter(case=case).values_list("user", flat=True))
    allowed = {people["R9"].pk, receiver.user_id, head.pk, contact.pk, owner.user_id}
    assert told <= allowed
    assert {people["R9"].pk, contact.pk, owner.user_id} <= told
    assert not Supervision.objects.filter(case=case).exists()


def test_what_clerks_were_told_before_it_was_closed_loses_its_words():
    manager = holder("R4")
    case = a_case(State.ANSWERED)
    case.steps.create(
        seq=1, verb="reply", before=case.state, after=case.state, side="UNIT", at=NOON
    )
    case.version = 1
    case.save()
    tell(case)
    assert Message.objects.get(case=case, user=manager).text
    enclosing.enclose(case, words=WHY, by=an_actor("R9"), at=NOON)
    tell(case)
    assert Message.objects.get(case=case, user=manager).text == ""


@pytest.mark.parametrize(
    "state", [State.SUBMITTED, State.ACCEPTED, State.IN_PROGRESS, State.CLOSED]
)
def test_a_request_that_turns_out_to_be_about_the_office_is_closed_and_called_back(state):
    receiver, clerk = an_actor("R9"), an_actor("R3")
    case = a_case(state)
    with pytest.raises(Invalid):
        enclosing.enclose(case, words="短", by=receiver, at=NOON)
    enclosing.enclose(case, words=WHY, by=clerk, at=NOON)
    case = fresh(case)
    assert case.seal == Seal.OFFICE
    assert case.state == (State.ACCEPTED if state == State.IN_PROGRESS else state)
    assert case.mode == Mode.CONFIDENTIAL
    assert queries.visible(clerk, case.number) is None
    if state == State.IN_PROGRESS:
        assert queries.visible(an_actor("R5", of="houqin"), case.number) is None
    assert queries.visible(receiver, case.number) == case


def test_it_is_opened_to_the_office_only_with_the_word_of_whoever_asked_for_the_room():
    owner, receiver, clerk = a_requester(), an_actor("R9"), an_actor("R3")
    case = submitted(owner, about_office=True)
    with pytest.raises(WrongState):
        enclosing.open_up(case, by=owner, at=NOON)
    enclosing.ask_to_open(case, words="说的是后勤的值班电话，不是热线", by=receiver, at=NOON)
    assert {"open_up", "refuse_open"} <= queries.verbs_open_to(owner, fresh(case))
    assert queries.visible(clerk, case.number) is None
    enclosing.refuse_to_open(case, by=owner, at=NOON)
    assert not is_asked(fresh(case))
    assert fresh(case).seal == Seal.OFFICE
    enclosing.ask_to_open(case, words="再次核对，确实是后勤的电话", by=receiver, at=NOON + HOUR)
    with pytest.raises(WrongState):
        enclosing.ask_to_open(case, words="再次核对，确实是后勤的电话", by=receiver, at=NOON + HOUR)
    enclosing.open_up(case, by=owner, at=NOON + HOUR)
    case = fresh(case)
    assert (case.seal, case.target_unit) == (Seal.NONE, None)
    assert queries.visible(clerk, case.number) == case
    accepted(case, clerk)  # and it is not closed again
    assert fresh(case).seal == Seal.NONE


def test_a_receiver_writes_down_why_when_the_requester_agreed_by_telephone():
    receiver = an_actor("R9")
    case = submitted(about_office=True)
    with pytest.raises(Invalid):
        enclosing.open_up(case, by=receiver, at=NOON)
    enclosing.open_up(case, words="电话征得本人同意，反映的是后勤", by=receiver, at=NOON)
    assert fresh(case).seal == Seal.NONE
    assert case.steps.get(verb="open_up").side == "RECEIVER"


def test_a_cry_for_help_in_it_goes_to_the_crisis_team_and_back_into_the_room():
    owner, team, clerk = a_requester(), an_actor("R12"), an_actor("R3")
    case = submitted(owner, about_office=True)
    intake.supplement(case, words=CRY, by=owner, at=NOON)
    assert fresh(case).seal == Seal.CRISIS
    assert queries.visible(an_actor("R9"), case.number) is None
    crisis.stand_down(case, title="态度问题", remaining="接电话态度差", by=team, at=NOON)
    assert fresh(case).seal == Seal.OFFICE
    assert queries.visible(clerk, case.number) is None


def test_a_weak_sign_in_it_is_the_crisis_team_s_to_judge_all_the_same():
    case = submitted(about_office=True)
    team = an_actor("R12")
    assert queries.visible(team, case.number) is None
    type(case).objects.filter(pk=case.pk).update(flagged=True)
    assert queries.visible(team, case.number) == case
    assert "alarm" in queries.verbs_open_to(team, fresh(case))
    crisis.alarm(fresh(case), by=team, at=NOON)


def test_it_is_neither_merged_nor_laid_before_leaders():
    receiver = an_actor("R9")
    case, other = submitted(about_office=True), a_case(State.ACCEPTED)
    accepted(case, receiver)
    with pytest.raises(NotAllowed):
        merging.merge(case, into=other, reason="BD02", by=receiver, at=NOON)
    with pytest.raises(NotAllowed):
        dispatching.seek_instruction(case, words="请批示", by=receiver, at=NOON)
    assert not {"merge", "seek_instruction", "instruct", "direct", "supervise", "enclose"} & (
        queries.verbs_open_to(receiver, fresh(case))
    )


def a_lead(state=State.ACCEPTED, **more):
    """A request and one that was merged into it."""
    lead, child = a_case(State.ACCEPTED, **more), a_case(State.ACCEPTED)
    merging.merge(child, into=lead, reason="BD02", by=an_actor("R3"), at=NOON)
    type(lead).objects.filter(pk=lead.pk).update(state=state)
    return fresh(lead), fresh(child)


@pytest.mark.parametrize("how", ["enclosed", "classified", "raised"])
def test_what_is_merged_into_it_goes_into_the_room_with_it_and_says_so(how):
    clerk, lead_child = holder("R3"), a_lead()
    lead, child = lead_child
    by = actor_of(clerk, on=NOON.date())
    if how == "enclosed":
        enclosing.enclose(lead, words=WHY, by=by, at=NOON)
    elif how == "classified":
        triage.reclassify(
            lead, category=category(), type=type_("TS"), urgency=urgency(), by=by, at=NOON,
            target_unit=unit("hotline"),
        )  # fmt: skip
    else:
        everybody = User.objects.filter(memberships__role__code="R3")
        names = "，".join(user.account for user in everybody)
        recusing.name_people(lead, names=names, by=SYSTEM, at=NOON)
    child = fresh(child)
    assert (child.seal, child.mode, child.state) == (
        Seal.OFFICE, Mode.CONFIDENTIAL, State.MERGED,
    )  # fmt: skip
    assert child.steps.get(verb="enclose").text
    assert queries.visible(by, child.number) is None
    assert queries.visible(an_actor("R9"), child.number) == child


def test_what_was_answered_with_it_goes_into_the_room_as_well_and_is_called_back_by_nobody():
    lead, child = a_lead()
    at = {"closed_at": NOON, "first_closed_at": NOON, "answer": "已核实。"}
    type(lead).objects.filter(pk__in=[lead.pk, child.pk]).update(state=State.CLOSED, **at)
    Visit.objects.create(case=child, round=1, why="SAMPLE", due_at=NOON)
    enclosing.enclose(fresh(lead), words=WHY, by=an_actor("R3"), at=NOON)
    assert fresh(child).seal == Seal.OFFICE
    assert Visit.objects.get().state == "CANCELLED"


def test_what_went_into_the_room_with_it_comes_out_with_it():
    lead, child = a_lead()
    enclosing.enclose(lead, words=WHY, by=an_actor("R3"), at=NOON)
    receiver = an_actor("R9")
    assert "open_up" not in queries.verbs_open_to(receiver, fresh(child))
    enclosing.open_up(lead, words="电话征得本人同意，反映的是后勤", by=receiver, at=NOON)
    assert (fresh(child).seal, fresh(child).state) == (Seal.NONE, State.MERGED)
    assert child.steps.get(verb="open_up").text
    assert queries.visible(an_actor("R3"), child.number) == child


def test_what_was_closed_for_itself_stays_closed_when_it_is_opened():
    lead, child = a_lead()
    at = {"closed_at": NOON, "first_closed_at": NOON, "answer": "已核实。"}
    type(lead).objects.filter(pk=child.pk).update(state=State.CLOSED, **at)
    enclosing.enclose(fresh(child), words=WHY, by=an_actor("R3"), at=NOON)
    enclosing.enclose(fresh(lead), words=WHY, by=an_actor("R3"), at=NOON)
    enclosing.open_up(
        lead, words="电话征得本人同意，反映的是后勤", by=an_actor("R9"), at=NOON
    )  # fmt: skip
    assert fresh(child).seal == Seal.OFFICE


def test_where_the_receivers_must_keep_away_what_is_merged_goes_to_the_leaders_too():
    lead, child = a_lead()
    holder("R8")
    receiver = holder("R9")
    enclosing.enclose(lead, words=WHY, by=an_actor("R3"), at=NOON)
    recusing.name_people(lead, names=receiver.account, by=SYSTEM, at=NOON)
    assert (fresh(lead).seal, fresh(child).seal) == (Seal.LEADERS, Seal.LEADERS)


def test_a_receiver_s_own_complaint_is_for_the_others():
    receiver = an_actor("R9")
    case = submitted(receiver, about_office=True)
    assert seen_by(receiver, case).is_self
    assert "accept" not in queries.verbs_open_to(receiver, case)
    with pytest.raises(NotAllowed):
        accepted(case, receiver)


def test_a_broken_promise_in_it_is_found_like_any_other():
    from hotline.cases.services import sweeping

    day = (NOON - timedelta(days=2)).date()
    case = a_case(
        State.CLOSED, lead="renshi", seal=Seal.OFFICE, outcome="PLANNED", promise_date=day
    )
    sweeping.sweep(at=NOON)
    assert case.steps.filter(verb="ask_back").exists()


def test_what_waited_for_the_leaders_after_an_answer_is_sent_anew_in_a_round_of_its_own():
    case = a_case(State.DISSATISFIED)
    dispatching.seek_instruction(case, words="请批示", by=an_actor("R4"), at=NOON)
    enclosing.enclose(case, words=WHY, by=an_actor("R9"), at=NOON)
    case = fresh(case)
    assert (case.state, case.round, case.closed_at) == (State.ACCEPTED, 2, None)
    assert dispatched(case, an_actor("R9")).round == 2


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DISSATISFIED])
def test_what_waited_for_the_leaders_when_it_was_found_to_be_about_the_office_is_sent_anew(state):
    clerk = an_actor("R4")
    case = a_case(state)
    dispatching.seek_instruction(case, words="请批示", by=clerk, at=NOON)
    triage.reclassify(
        case, category=category(), type=type_("TS"), urgency=urgency(), by=clerk, at=NOON,
        target_unit=unit("hotline"),
    )  # fmt: skip
    case = fresh(case)
    assert (case.state, case.seal, case.closed_at) == (State.ACCEPTED, Seal.OFFICE, None)
    assert case.steps.get(verb="take_back").text
    assert dispatched(case, an_actor("R9")).round == case.round


def test_what_waits_for_leaders_in_the_room_since_before_is_brought_back_by_the_nightly_look():
    case = a_case(State.AWAIT_INSTRUCTION, seal=Seal.OFFICE)
    recusing.relieve(case, at=NOON)
    assert fresh(case).state == State.ACCEPTED
