"""Who reads what of a request on its way: units now and before, joint units, the unit complained of."""

import pytest

from hotline.base.refusals import Invalid, NotAllowed
from hotline.cases import queries
from hotline.cases.codes import Mode, OrderState, Part, State
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    handling,
    intake,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.catalog import services as catalog
from hotline.people.models import Membership, Role
from hotline.people.queries import actor_of
from tests.cases.at_hand import BAD, BODY, DAY, HOUR, close, draft, fresh, pdf, seen_by, words_for
from tests.make import (
    BEGAN,
    NOON,
    a_case,
    a_requester,
    an_actor,
    an_order,
    category,
    holder,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("leave", ["withdraw", "alarm"])
def test_an_answer_that_was_sent_back_or_never_audited_is_nobodys_to_read(leave):
    owner = a_requester()
    case = a_case(State.IN_PROGRESS, owner=owner.user)
    handling.reply(
        case.orders.get(), Answer("王某住在3号楼201", "RESOLVED"), by=an_actor("R5", of="houqin"), at=NOON
    )  # fmt: skip
    if leave == "withdraw":
        aftercare.return_answer(case, reason="CB06", words="泄露", by=an_actor("R4"), at=NOON)
        assert fresh(case).answer == ""
        intake.withdraw(case, reason="CH01", by=owner, at=NOON)
    else:
        crisis.alarm(case, by=an_actor("R3"), at=NOON)
    assert (fresh(case).answer, fresh(case).outcome) == ("", "")


def test_a_joint_unit_reads_no_name_even_where_the_requester_signed():
    owner = a_requester(name="欧阳若兰", phone="13812345678")
    case = a_case(
        State.ACCEPTED, owner=owner.user, title="欧阳若兰反映漏水", body="我是欧阳若兰，电话13812345678，漏水。"
    )  # fmt: skip
    dispatching.dispatch(
        case, Orders(unit("houqin"), joint=[unit("jijian")]), by=an_actor("R3"), at=NOON
    )
    intake.supplement(case, words="我是欧阳若兰，还在漏", by=owner, at=NOON)
    assistant = an_actor("R5", of="jijian")
    sight = seen_by(assistant, case)
    told = [sight.title, sight.body, *words_for(assistant, case)]
    assert "漏" in "".join(told)
    assert not any("若兰" in text or "13812345678" in text for text in told)


def test_the_unit_complained_of_is_no_joint_unit_of_a_named_complaint():
    case = a_case(State.ACCEPTED, target_unit=unit("jijian"))
    with pytest.raises(Invalid):
        dispatching.dispatch(
            case, Orders(unit("houqin"), joint=[unit("jijian")]), by=an_actor("R3"), at=NOON
        )


def test_what_was_said_before_a_request_became_confidential_waits_for_a_clerk():
    owner, clerk = a_requester(name="欧阳若兰"), an_actor("R3")
    case = a_case(State.SUBMITTED, owner=owner.user)
    intake.supplement(case, words="我是欧阳若兰，住3号楼201", by=owner, at=NOON)
    forced = category("L104")
    triage.accept(case, category=forced, type=type_("JB"), urgency=urgency("U2"), by=clerk, at=NOON)
    assert fresh(case).mode == Mode.CONFIDENTIAL
    dispatching.dispatch(
        case, Orders(forced.lead, shown_title="x", shown_body="y"), by=clerk, at=NOON
    )
    assert not any("欧阳" in w for w in words_for(an_actor("R5", of=forced.lead.code), case))


def test_a_unit_that_gave_somebody_away_reads_nothing_of_the_next_round():
    owner = a_requester()
    case = a_case(State.CLOSED, owner=owner.user)
    case.orders.update(ended_at=NOON)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    dispatching.rework(
        case, reason="CB06", words="改派", to=unit("baowei"), by=an_actor("R4"), at=NOON + HOUR
    )
    intake.supplement(case, words="别让后勤知道", by=owner, at=NOON + 2 * HOUR)
    before = an_actor("R5", of="houqin")
    sight = seen_by(before, case, at=NOON + 3 * HOUR)
    assert (sight.phone, sight.remarks) == ("", [])
    assert all(sight.score_of(row) == "" for row in case.ratings.all())


def test_an_order_is_given_only_to_people_of_the_unit_and_leaves_them_when_they_leave_it():
    case = a_case(State.IN_PROGRESS)
    order, contact = case.orders.get(), an_actor("R5", of="houqin")
    with pytest.raises(Invalid):
        handling.assign(order, assignee=holder("R5", of="baowei"), by=contact, at=NOON)
    person = holder("R5", of="houqin")
    handling.assign(order, assignee=person, by=contact, at=NOON)
    Membership.objects.filter(user=person).update(to_date=NOON.date())
    Membership.objects.create(
        user=person, role=Role.objects.get(code="R5"), unit=unit("baowei"), from_date=BEGAN
    )
    moved = actor_of(person, on=NOON.date() + 5 * DAY)
    assert not queries.orders_of(moved).filter(pk=order.pk).exists()
    with pytest.raises(NotAllowed):
        handling.interim(order, words="仍以后勤名义", by=moved, at=NOON + 5 * DAY)


def test_the_score_of_a_confidential_request_reaches_the_unit_when_the_terms_say():
    case = a_case(State.ARCHIVED, mode=Mode.CONFIDENTIAL)
    rating = case.ratings.create(round=1, result="SATISFIED", source="REQUESTER", at=NOON)
    reader = an_actor("R5", of="houqin")
    assert seen_by(reader, case, at=NOON + 8 * DAY).score_of(rating)
    catalog.set_term("unit_rating_days", "30", by=an_actor("R13"), at=NOON)
    assert seen_by(reader, case, at=NOON + 8 * DAY).score_of(rating) == ""


def test_a_joint_unit_answers_to_the_lead_and_not_to_the_requester():
    case = a_case(State.IN_PROGRESS)
    part = an_order(case, unit="jijian", part=Part.JOINT)
    with pytest.raises(NotAllowed):
        handling.interim(part, words="找后勤", by=an_actor("R5", of="jijian"), at=NOON)


def test_a_clerk_of_some_categories_is_shown_nothing_of_the_others_beside_a_request():
    owner = a_requester()
    case = a_case(State.ACCEPTED, owner=owner.user, category=category("H204"))
    outside = a_case(State.ACCEPTED, owner=owner.user, category=category("F102"))
    clerk = an_actor("R3", categories=["H"])
    assert outside not in queries.same_person(case, clerk, at=NOON)
    assert outside in queries.same_person(case, an_actor("R3"), at=NOON)


@pytest.mark.parametrize("mode", [Mode.CONFIDENTIAL, Mode.ANONYMOUS])
def test_a_document_of_a_draft_is_withheld_when_the_draft_is_sent_hidden(mode):
    owner = a_requester()
    kept = draft(owner, files=[pdf()])
    case = intake.submit(
        Words(body=BODY, type=type_(), mode=mode), by=owner, at=NOON, draft=kept
    ).case
    assert case.attachments.get().withheld


def test_a_document_that_nobody_has_looked_at_is_not_released():
    owner, clerk = a_requester(), an_actor("R3")
    case = a_case(State.ACCEPTED, owner=owner.user, mode=Mode.CONFIDENTIAL)
    intake.supplement(case, words="见附件", uploads=[pdf()], by=owner, at=NOON)
    orders = Orders(unit("houqin"), shown_title="x", shown_body="y", looked_at=[0])
    dispatching.dispatch(case, orders, by=clerk, at=NOON)
    assert case.attachments.get().withheld


def test_a_joint_unit_of_an_earlier_round_sees_no_more_than_before():
    owner = a_requester()
    case = a_case(State.CLOSED, owner=owner.user, mode=Mode.CONFIDENTIAL)
    case.orders.update(ended_at=NOON)
    part = an_order(case, unit="jijian", part=Part.JOINT, state=OrderState.DONE, opinion="看排水")
    part.ended_at = NOON
    part.save()
    assistant = an_actor("R5", of="jijian")
    assert seen_by(assistant, case).body == "看排水"
    aftercare.rate(case, BAD, by=owner, at=NOON)
    dispatching.rework(case, reason="CB05", words="重办", by=an_actor("R4"), at=NOON + HOUR)
    assert seen_by(assistant, case, at=NOON + HOUR).body == "看排水"


def test_a_unit_of_an_earlier_round_does_not_read_what_was_written_for_the_next():
    owner = a_requester()
    case = a_case(State.CLOSED, owner=owner.user, mode=Mode.CONFIDENTIAL)
    case.orders.update(ended_at=NOON)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    dispatching.rework(
        case, reason="CB06", words="改派", to=unit("baowei"), by=an_actor("R4"), at=NOON + HOUR
    )
    before = an_actor("R5", of="houqin")
    assert seen_by(before, case, at=NOON + HOUR).body == case.shown_body
    triage.redacted(case, title="新", body="原单位打击报复", by=an_actor("R3"), at=NOON + 2 * HOUR)
    sight = seen_by(before, case, at=NOON + 3 * HOUR)
    assert "报复" not in sight.body + sight.title


def test_files_of_an_answer_that_was_sent_back_do_not_reach_the_requester():
    owner = a_requester()
    case = a_case(State.IN_PROGRESS, owner=owner.user)
    order = case.orders.get()
    contact, head = an_actor("R5", of="houqin"), an_actor("R6", of="houqin")
    handling.submit_reply(
        order, Answer("已处理。", "RESOLVED"), uploads=[pdf()], by=contact, at=NOON
    )
    handling.return_reply(order, words="名单不能给", by=head, at=NOON)
    handling.reply(order, Answer("已处理。", "RESOLVED"), by=contact, at=NOON)
    close(case)
    assert seen_by(owner, case).answer_files == []


def test_a_joint_unit_that_may_not_read_the_text_is_told_what_to_do():
    case = a_case(State.ACCEPTED, mode=Mode.CONFIDENTIAL)
    orders = Orders(unit("houqin"), joint=[unit("jijian")], shown_title="x", shown_body="y")
    with pytest.raises(Invalid):
        dispatching.dispatch(case, orders, by=an_actor("R3"), at=NOON)
