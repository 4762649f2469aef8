"""One act for many, each by the service that deals with one, after a minute in which it can be undone."""

from datetime import timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from hotline.cases.services import merging, triage
from hotline.surge.models import Item
from hotline.surge.services import answers, batches
from tests.make import NOON, a_case, an_actor, category, holder, type_, urgency
from tests.surge.at_hand import BODY, a_lead, a_surge, an_answer, asked

pytestmark = pytest.mark.django_db
SOON = NOON + batches.UNDO
R, W = Item.Result, Item.Why


def results(batch):
    return {item.case_id: (item.result, item.why) for item in batch.items.all()}


def test_everybody_gets_the_answer_as_an_ordinary_direct_answer():
    surge, clerk = a_surge(), an_actor("R3")
    answer = an_answer(surge)
    cases = [asked(surge) for _ in range(3)]
    before = {case.pk: case.next_due_at for case in cases}
    batch = batches.begin(surge, [c.pk for c in cases], by=clerk, at=NOON, answer=answer)
    job = ProcrastinateJob.objects.get(task_name="surge.carry_out")
    assert (job.args, job.scheduled_at) == ({"batch_id": batch.pk}, SOON)
    batches.carry_out(batch, at=NOON + timedelta(seconds=30))  # too soon: nothing happens
    assert set(Case.objects.filter(pk__in=before).values_list("state", flat=True)) == {"SUBMITTED"}
    batches.carry_out(batch, at=SOON)
    batches.carry_out(batch, at=SOON)  # twice is once
    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.answer, case.basis) == (State.CLOSED, answer.text, answer.basis)
        assert case.direct
        verbs = [(s.verb, s.by) for s in case.steps.order_by("seq")]
        assert verbs[1:] == [("accept", clerk.user), ("answer", clerk.user)]
    batch.refresh_from_db()
    assert batch.done_at == SOON
    assert set(results(batch).values()) == {(R.DONE, "")}


def test_the_chosen_are_merged_into_the_lead_and_answered_with_it_each_on_its_own():
    surge, clerk = a_surge(), an_actor("R3")
    lead = a_lead(surge)
    cases = [asked(surge, type=type_("QZ")) for _ in range(3)]
    batch = batches.begin(surge, [c.pk for c in cases], by=clerk, at=NOON)
    batches.carry_out(batch, at=SOON)
    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.merged_into, case.event) == (State.MERGED, lead, lead.leads_event)
        assert case.steps.get(verb="merge").reason == "BD02"
    Case.objects.filter(pk=lead.pk).update(
        state=State.CLOSED, answer="水已恢复。", outcome="RESOLVED", closed_at=SOON, first_closed_at=SOON
    )  # fmt: skip
    lead.refresh_from_db()
    merging.close_merged(lead, at=SOON)
    for case in cases:
        case.refresh_from_db()
        assert (case.state, case.answer) == (State.CLOSED, "水已恢复。")


def test_it_can_be_undone_before_it_begins_and_stopped_in_between():
    surge, clerk = a_surge(), an_actor("R3")
    answer, cases = an_answer(surge), [asked(surge) for _ in range(2)]
    batch = batches.begin(surge, [c.pk for c in cases], by=clerk, at=NOON, answer=answer)
    with pytest.raises(NotAllowed):
        batches.stop(batch, by=an_actor("R3"), at=NOON)  # somebody else's
    assert batches.stop(batch, by=clerk, at=NOON) == 2
    batch.refresh_from_db()
    batches.carry_out(batch, at=SOON)
    assert set(Case.objects.filter(pk__in=[c.pk for c in cases]).values_list("state", flat=True)) == {"SUBMITTED"}  # fmt: skip
    assert set(results(batch).values()) == {(R.STOPPED, "")}
    assert batches.stop(batch, by=an_actor("R4"), at=SOON) == 0  # a manager may, in vain


ALONE = {
    "COMPLAINT": {"type": "TS"},
    "CONFIDENTIAL": {"mode": Mode.CONFIDENTIAL},
    "SEALED": {"flagged": True},
    "URGENT": {"urgency": "U1"},
    "SENSITIVE": {"category": "L104"},
    "NAMES": {"body": "六号楼停水，宿管王建国老师拒绝开门，请问为什么？"},
}


@pytest.mark.parametrize("why", ALONE)
@pytest.mark.parametrize("way", ["answer", "merge"])
def test_what_must_be_dealt_with_alone_is_never_in_a_batch(why, way):
    surge, clerk = a_surge(), an_actor("R3")
    a_lead(surge)
    answer = an_answer(surge) if way == "answer" else None
    fields = {"type": "ZX"} | ALONE[why]
    made = {"type": type_, "urgency": urgency, "category": category}
    fields = {name: made.get(name, lambda x: x)(value) for name, value in fields.items()}
    case = a_case(State.SUBMITTED, **{"body": BODY} | fields)
    batch = batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=answer)
    assert results(batch) == {case.pk: (R.REFUSED, W[why])}
    batches.carry_out(batch, at=SOON)
    case.refresh_from_db()
    assert case.state == State.SUBMITTED and case.steps.count() == 0
    # and what becomes one of those after it was chosen
    plain = asked(surge)
    batch = batches.begin(surge, [plain.pk], by=clerk, at=NOON, answer=answer)
    Case.objects.filter(pk=plain.pk).update(**fields)
    batches.carry_out(batch, at=SOON)
    plain.refresh_from_db()
    assert plain.state == State.SUBMITTED
    assert results(batch) == {plain.pk: (R.REFUSED, W[why])}


def test_a_class_that_makes_it_urgent_undoes_the_acceptance():
    surge, clerk = a_surge(), an_actor("R3")
    answer = an_answer(surge)
    urgent = category("H205")
    urgent.urgency = urgency("U1")
    urgent.save()
    case = asked(surge, category=urgent)
    batch = batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=answer)
    batches.carry_out(batch, at=SOON)
    case.refresh_from_db()
    assert results(batch) == {case.pk: (R.REFUSED, W.URGENT)}
    assert case.state == State.SUBMITTED
    assert [s.verb for s in case.steps.all()] == ["submit"]


def test_only_a_question_is_answered_so_and_nobody_s_own():
    surge = a_surge()
    clerk_user = holder("R3")
    from hotline.people.queries import actor_of

    clerk = actor_of(clerk_user, on=NOON.date())
    answer = an_answer(surge)
    wish, own, gone = asked(surge, type=type_("QZ")), asked(surge, by=clerk), asked(surge)
    chosen = [wish.pk, own.pk, gone.pk]
    batch = batches.begin(surge, chosen, by=clerk, at=NOON, answer=answer)
    triage.accept(gone, category=category(), type=type_("ZX"), urgency=urgency(), by=an_actor("R3"), at=NOON)  # fmt: skip
    triage.answer(gone, words="已恢复", basis="通知", by=an_actor("R3"), at=NOON)
    batches.carry_out(batch, at=SOON)
    assert results(batch) == {
        wish.pk: (R.REFUSED, W.NO_QUESTION),
        own.pk: (R.REFUSED, W.NOT_ALLOWED),
        gone.pk: (R.REFUSED, W.STATE),
    }


def test_whoever_has_lost_the_role_meanwhile_does_nothing_more():
    surge = a_surge()
    user = holder("R3")
    from hotline.people.models import Membership
    from hotline.people.queries import actor_of

    case = asked(surge)
    batch = batches.begin(
        surge, [case.pk], by=actor_of(user, on=NOON.date()), at=NOON, answer=an_answer(surge)
    )
    Membership.objects.filter(user=user).update(to_date=NOON.date() - timedelta(days=1))
    batches.carry_out(batch, at=SOON)
    assert results(batch) == {case.pk: (R.REFUSED, W.NOT_ALLOWED)}


def test_an_answer_is_used_only_after_another_has_passed_it():
    surge, clerk = a_surge(), an_actor("R3")
    manager = an_actor("R4")
    mine = an_answer(surge, passed=False, by=manager)
    case = asked(surge)
    with pytest.raises(WrongState):
        batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=mine)
    with pytest.raises(NotAllowed):
        answers.pass_(mine, by=manager, at=NOON)  # who wrote it
    with pytest.raises(NotAllowed):
        answers.pass_(mine, by=clerk, at=NOON)  # who may not review
    answers.pass_(mine, by=an_actor("R4"), at=NOON)
    batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=mine)
    answers.withdraw(mine, by=manager, at=NOON)
    with pytest.raises(WrongState):
        batches.begin(surge, [case.pk], by=clerk, at=NOON, answer=mine)


@pytest.mark.parametrize("text", ["请联系张老师，电话 13955550123。", "张建国老师会答复您。"])
def test_an_answer_for_many_names_nobody(text):
    surge = a_surge()
    with pytest.raises(Invalid) as refused:
        answers.write(surge, title="停水", text=text, basis="通知", category=category(), by=an_actor("R3"), at=NOON)  # fmt: skip
    assert set(refused.value.fields) == {"text"}


def test_nobody_chooses_what_they_may_not_list_nor_too_many():
    surge = a_surge()
    answer, case = an_answer(surge), asked(surge)
    crisis = a_case(State.CRISIS)
    batch = batches.begin(surge, [case.pk, crisis.pk], by=an_actor("R3"), at=NOON, answer=answer)
    assert set(results(batch)) == {case.pk}
    for role in ("R5", "R8", "R9", "R13"):
        with pytest.raises(NotAllowed):
            batches.begin(surge, [case.pk], by=an_actor(role, of="houqin" if role == "R5" else None), at=NOON, answer=answer)  # fmt: skip
    with pytest.raises(Invalid):
        batches.begin(surge, range(1, batches.MOST + 2), by=an_actor("R3"), at=NOON, answer=answer)
    with pytest.raises(Invalid):
        batches.begin(surge, [], by=an_actor("R3"), at=NOON, answer=answer)


def test_promises_stay_as_they_are():
    surge = a_surge()
    alone, tied = a_case(State.SUBMITTED, body=BODY, at=NOON), asked(surge)
    from hotline.cases.services import intake
    from tests.make import a_requester
    from tests.surge.at_hand import words

    plain = intake.submit(words(), by=a_requester(), at=NOON).case
    assert tied.next_due_at == plain.next_due_at
    assert {c.kind: c.due_at for c in tied.clocks.all()} == {c.kind: c.due_at for c in plain.clocks.all()}  # fmt: skip
    assert alone.pk
