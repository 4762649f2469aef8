"""Where two rules meet: what a request may not tell, hold back or lose on its way."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import queries
from hotline.cases.codes import Mode, OrderState, Part, Referral, State
from hotline.cases.models import Case, CrisisFile, Visit
from hotline.cases.models.aftercare import VisitState
from hotline.cases.screen import Sign, screen
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    drafting,
    handling,
    intake,
    merging,
    sweeping,
    triage,
)
from hotline.cases.services.aftercare import CHECKLIST, Opinion
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.cases.sight import sight_of
from hotline.catalog import services as catalog
from hotline.people.actor import SYSTEM
from hotline.people.models import Membership, Role
from hotline.people.queries import actor_of
from hotline.worktime.clock import ZONE
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

GOOD = Opinion(result="SATISFIED", contacted=True, solved="YES", attitude="SATISFIED")
BAD = Opinion(result="DISSATISFIED", contacted=False, solved="NO", attitude="FAIR", words="没人来")
CRY = "我真的不想活了，今晚就结束"
BODY = "浴室没有热水已经两天了，请尽快处理。"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def seen_by(actor, case, at=NOON):
    return sight_of(actor, fresh(case), at=at)


def words_for(actor, case, at=NOON):
    sight = seen_by(actor, case, at)
    return [sight.words_of(row) for row in sight.remarks]


def close(case, at=NOON):
    aftercare.close(case, checked=CHECKLIST, leaks_seen=True, by=an_actor("R4"), at=at)


def answered_again(case, at=NOON):
    """The round after a rework, up to its audit."""
    order = case.orders.get(round=case.round)
    contact, head = an_actor("R5", of="houqin"), an_actor("R6", of="houqin")
    handling.sign(order, by=contact, at=at)
    handling.interim(order, words="正在处理", by=contact, at=at)
    handling.reply(order, Answer("已处理。", "RESOLVED"), by=head, at=at)


# --- Answers that nobody has passed ------------------------------------------------------


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


# --- Crisis ------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.SUBMITTED, State.IN_PROGRESS])
def test_a_cry_for_help_in_a_supplement_opens_the_crisis_lane_before_a_unit_reads_it(state):
    owner = a_requester()
    case = a_case(state, owner=owner.user)
    intake.supplement(case, words=CRY, by=owner, at=NOON)
    assert fresh(case).state == State.CRISIS
    assert words_for(an_actor("R5", of="houqin"), case) == []
    assert CRY in words_for(an_actor("R12"), case)


def test_a_cry_for_help_in_a_rating_opens_it_too():
    owner = a_requester()
    case = a_case(State.CLOSED, owner=owner.user)
    aftercare.rate(case, Opinion("DISSATISFIED", True, "NO", "FAIR", CRY), by=owner, at=NOON)
    assert fresh(case).state == State.CRISIS


def test_what_was_said_before_an_alarm_stays_sealed_after_it():
    owner, team, clerk = a_requester(), an_actor("R12"), an_actor("R3")
    case = a_case(State.SUBMITTED, owner=owner.user)
    intake.supplement(case, words="最近压力很大，撑不住", by=owner, at=NOON)
    crisis.alarm(case, by=clerk, at=NOON)
    crisis.stand_down(case, title="漏水", remaining="漏水", by=team, at=NOON)
    intake.supplement(case, words="还在漏水", by=owner, at=NOON + HOUR)
    assert words_for(clerk, case) == ["还在漏水"]
    assert len(words_for(owner, case)) == 2


def test_a_second_alarm_keeps_what_remained_after_the_first():
    case, team, clerk = a_case(State.SUBMITTED), an_actor("R12"), an_actor("R3")
    first = case.body
    crisis.alarm(case, by=clerk, at=NOON)
    crisis.stand_down(case, title="剩余", remaining="剩余事项的文字", by=team, at=NOON)
    crisis.alarm(case, by=clerk, at=NOON)
    body = CrisisFile.objects.get(case=case).body
    assert first in body and "剩余事项的文字" in body and "剩余" in body


def test_who_asked_reads_their_own_words_though_they_are_sealed_and_no_note_of_the_team():
    owner = a_requester()
    case = intake.submit(Words(body=CRY, type=type_()), by=owner, at=NOON).case
    crisis.note(case, words="已到宿舍", by=an_actor("R12"), at=NOON)
    sight = seen_by(owner, case)
    assert sight.body == CRY and sight.remarks == []


def test_a_weak_sign_shows_the_team_the_words_and_no_identity():
    owner = a_requester(name="欧阳若兰", phone="13812345678")
    case = intake.submit(
        Words(body="压力太大快撑不下去了，宿舍太吵。", type=type_()), by=owner, at=NOON
    ).case
    sight = seen_by(an_actor("R12"), case)
    assert case.flagged and sight.body
    assert "若兰" not in sight.name and sight.phone != "13812345678"


def test_a_system_that_crashes_is_no_crisis():
    case = intake.submit(
        Words(body="选课系统又崩溃了，请尽快修复一下。", type=type_()), by=a_requester(), at=NOON
    ).case
    assert not case.flagged


def test_an_alarm_during_a_suspension_counts_the_pause_until_then():
    case = a_case(State.IN_PROGRESS)
    handling.suspend(
        case.orders.get(), reason="GQ03", words="封闭", until=date(2026, 6, 20), by=an_actor("R4"), at=NOON
    )  # fmt: skip
    crisis.alarm(case, by=an_actor("R4"), at=NOON + 5 * DAY)
    assert fresh(case).paused_minutes == 5 * 24 * 60


def test_a_crisis_between_two_handlings_is_one_round():
    owner, boss = a_requester(), an_actor("R4")
    case = a_case(State.CLOSED, owner=owner.user)
    crisis.alarm(case, by=boss, at=NOON)
    crisis.stand_down(case, title="x", remaining="剩余事项", by=an_actor("R12"), at=NOON)
    triage.reclassify(case, category=category(), type=type_(), urgency=urgency(), by=boss, at=NOON)
    dispatching.seek_instruction(case, words="请示", by=boss, at=NOON)
    dispatching.instruct(
        case, Orders(unit("houqin"), shown_title="x", shown_body="y"), words="办", due=None,
        by=an_actor("R8"), at=NOON,
    )  # fmt: skip
    assert case.round == 2


# --- Who reads what ----------------------------------------------------------------------


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


# --- Merging -----------------------------------------------------------------------------


def merged(child, into):
    merging.merge(child, into=into, reason="BD02", by=an_actor("R3"), at=NOON)


def test_requests_are_merged_and_taken_apart_in_any_order():
    one, two, three = (a_case(State.ACCEPTED) for _ in range(3))
    for child, into in ((one, two), (two, three)):
        merged(child, into)
        merging.unmerge(child, words="不同", by=an_actor("R3"), at=NOON)
        child.refresh_from_db(), into.refresh_from_db()
    merged(one, two)
    assert fresh(one).state == State.MERGED
    assert fresh(two).steps.filter(verb="absorb").count() == 2


@pytest.mark.parametrize("how", ["decline", "expire"])
def test_what_was_merged_into_a_request_that_is_refused_goes_on_alone(how):
    master = a_case(State.SUBMITTED if how == "decline" else State.NEED_INFO)
    child = a_case(State.ACCEPTED)
    merged(child, master)
    if how == "decline":
        triage.decline(master, reason="BS05", words="不受理", by=an_actor("R3"), at=NOON)
    else:
        triage.expire(master, by=SYSTEM, at=NOON)
    master.refresh_from_db()
    assert merging.free_merged(master, at=NOON + 61 * DAY) == 1
    assert fresh(child).state == State.ACCEPTED


def test_a_merged_complaint_is_called_back_and_goes_its_own_way_after_a_rework():
    owner = a_requester()
    master = a_case(State.ANSWERED)
    child = a_case(State.ACCEPTED, owner=owner.user, type=type_("TS"))
    merged(child, master)
    close(master)
    merging.close_merged(master, at=NOON)
    assert child.visits.get().state == VisitState.PENDING
    child.refresh_from_db()
    aftercare.rate(child, BAD, by=owner, at=NOON)
    dispatching.rework(
        child, reason="CB05", words="重办", to=unit("houqin"), by=an_actor("R4"), at=NOON
    )
    assert child.visits.get().state == VisitState.CANCELLED
    answered_again(child)
    close(child)
    assert child.merged_into is None
    assert child.visits.filter(state=VisitState.PENDING).count() == 1


def test_a_sealed_request_leaves_the_page_of_the_one_it_was_merged_into():
    from tests.doors.people import client_of

    owner = a_requester()
    master = a_case(State.ANSWERED)
    child = a_case(State.ACCEPTED, owner=owner.user, title="某某受贿", type=type_("JB"))
    merged(child, master)
    close(master)
    merging.close_merged(master, at=NOON)
    assert "某某受贿" in client_of("R3").get(f"/desk/cases/{master.number}/").content.decode()
    child.refresh_from_db()
    aftercare.rate(child, BAD, by=owner, at=NOON)
    triage.refer(
        child, to=Referral.DISCIPLINE, reason="BS02", words="已转", by=an_actor("R4"), at=NOON
    )
    assert "某某受贿" not in client_of("R3").get(f"/desk/cases/{master.number}/").content.decode()


# --- Proposals ---------------------------------------------------------------------------


def test_a_proposal_ends_with_the_state_it_was_about():
    owner, boss, other = a_requester(), an_actor("R4"), an_actor("R4")
    case = a_case(State.CLOSED, owner=owner.user)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    aftercare.propose_end(case, words="第一轮", by=boss, at=NOON)
    dispatching.rework(case, reason="CB05", words="重办", by=boss, at=NOON)
    answered_again(case)
    close(case)
    aftercare.rate(case, BAD, by=owner, at=NOON)
    with pytest.raises(WrongState):
        aftercare.end(case, words="同意", by=other, at=NOON)
    aftercare.propose_end(case, words="第二轮", by=boss, at=NOON)
    aftercare.end(case, words="同意", by=other, at=NOON)


# --- Visits ------------------------------------------------------------------------------


def a_visit():
    case = a_case(State.ANSWERED, type=type_("TS"), owner=a_requester(phone="13812345678").user)
    close(case)
    return case.visits.get()


def test_a_call_back_has_one_claimant_for_a_day_and_it_is_on_record():
    visit, one, two = a_visit(), an_actor("R2"), an_actor("R2")
    aftercare.claim(visit, by=one, at=NOON)
    again = Visit.objects.get(pk=visit.pk)
    with pytest.raises(WrongState):
        aftercare.claim(again, by=two, at=NOON + HOUR)
    with pytest.raises(NotAllowed):
        aftercare.claim(again, by=a_requester(), at=NOON + HOUR)
    with pytest.raises(WrongState):
        aftercare.record_visit(again, reached=True, words="", by=two, at=NOON + HOUR)
    assert seen_by(one, visit.case, at=NOON + HOUR).phone == "13812345678"
    assert seen_by(one, visit.case, at=NOON + 25 * HOUR).phone == "138****5678"
    aftercare.claim(again, by=two, at=NOON + 25 * HOUR)
    assert visit.case.steps.filter(verb="claim_visit").count() == 2


def test_a_call_back_is_done_once():
    visit, one, two = a_visit(), an_actor("R2"), an_actor("R2")
    stale = Visit.objects.get(pk=visit.pk)
    aftercare.record_visit(visit, reached=True, words="好", opinion=GOOD, by=one, at=NOON)
    with pytest.raises(WrongState):
        aftercare.record_visit(stale, reached=True, words="又打", by=two, at=NOON + 2 * HOUR)
    assert visit.tries.count() == 1


def test_a_call_after_the_days_for_rating_is_kept_though_its_opinion_cannot_count():
    visit = a_visit()
    sweeping.sweep(at=NOON + 8 * DAY)
    aftercare.record_visit(
        Visit.objects.get(pk=visit.pk), reached=True, words="接通", opinion=BAD, by=an_actor("R2"),
        at=NOON + 8 * DAY,
    )  # fmt: skip
    assert visit.tries.get().words == "接通 没人来"
    assert not visit.case.ratings.exists()


def test_closing_and_planning_the_call_back_are_one_thing(monkeypatch):
    case = a_case(State.ANSWERED, type=type_("TS"))

    def fail(*args, **more):
        raise RuntimeError

    monkeypatch.setattr(aftercare, "schedule_visit", fail)
    with pytest.raises(RuntimeError):
        close(case)
    assert fresh(case).state == State.ANSWERED


# --- Clocks ------------------------------------------------------------------------------


def test_an_urgent_request_goes_on_by_the_clock_on_the_wall():
    monday = datetime(2026, 6, 1, 10, tzinfo=ZONE)
    case = a_case(State.ACCEPTED, urgency=urgency("U1"), at=monday)
    order = dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=monday)
    assert order.natural and order.due_at == monday + 24 * HOUR
    handling.sign(order, by=an_actor("R5", of="houqin"), at=monday)
    handling.suspend(
        order, reason="GQ03", words="封闭", until=date(2026, 6, 10), by=an_actor("R4"), at=monday + HOUR
    )  # fmt: skip
    friday = datetime(2026, 6, 5, 17, tzinfo=ZONE)
    handling.resume(order, by=an_actor("R4"), at=friday)
    assert order.due_at == friday + 23 * HOUR


def test_a_joint_unit_has_two_thirds_of_an_urgent_day_and_night():
    friday = datetime(2026, 6, 5, 17, tzinfo=ZONE)
    case = a_case(State.ACCEPTED, urgency=urgency("U1"), at=friday)
    dispatching.dispatch(
        case, Orders(unit("houqin"), joint=[unit("jijian")]), by=an_actor("R3"), at=friday
    )
    assert case.orders.get(part=Part.JOINT).due_at == friday + 16 * HOUR


def test_a_unit_that_is_late_stays_late_though_it_sends_the_order_back():
    case = a_case(State.ACCEPTED)
    order = dispatching.dispatch(case, Orders(unit("houqin")), by=an_actor("R3"), at=NOON)
    due, late = order.due_at, order.due_at + 3 * DAY
    handling.send_back(order, reason="TD03", words="不清", by=an_actor("R5", of="houqin"), at=late)
    dispatching.uphold(case, words="是你们的", by=an_actor("R4"), at=late)
    order.refresh_from_db()
    assert order.due_at == fresh(case).due_at == due


def test_a_joint_unit_that_was_held_to_its_part_does_not_return_it_again():
    case = a_case(State.IN_PROGRESS)
    part = an_order(case, unit="baowei", part=Part.JOINT, state=OrderState.SENT)
    contact = an_actor("R5", of="baowei")
    handling.send_back(part, reason="TD03", words="不清", by=contact, at=NOON)
    dispatching.decide_joint(part, agree=False, words="须协办", by=an_actor("R4"), at=NOON)
    with pytest.raises(Invalid):
        handling.send_back(part, reason="TD03", words="不清", by=contact, at=NOON + HOUR)


def test_a_limit_of_the_terms_may_be_in_any_unit():
    catalog.set_term("accept_limit", "2wh", by=an_actor("R13"), at=NOON)
    morning = datetime(2026, 6, 3, 9, tzinfo=ZONE)
    case = intake.submit(Words(body=BODY, type=type_()), by=a_requester(), at=morning).case
    assert case.next_due_at - case.submitted_at == 2 * HOUR


def test_a_promise_is_broken_when_its_day_is_over_in_shanghai():
    at = datetime(2026, 7, 1, 17, 30, tzinfo=UTC)  # 01:30 on the 2nd
    case = a_case(State.ARCHIVED, outcome="PLANNED", promise_date=date(2026, 7, 1))
    dispatching.reopen(case, words="未兑现", by=an_actor("R4"), at=at)
    assert case.steps.get(verb="reopen").reason == "DB06"


# --- On record ---------------------------------------------------------------------------


def test_a_referral_says_on_what_ground():
    with pytest.raises(Invalid):
        triage.refer(
            a_case(State.ACCEPTED), to=Referral.COURT, reason="", words="x", by=an_actor("R4"), at=NOON
        )  # fmt: skip


def test_a_joint_unit_that_the_office_brings_in_is_brought_in_by_the_office():
    case = a_case(State.IN_PROGRESS)
    dispatching.add_joint(
        case.orders.get(), units=[unit("jijian")], words="协助", by=an_actor("R3"), at=NOON
    )
    assert case.steps.get(verb="add_joint").side == "OFFICE"


# --- Drafts ------------------------------------------------------------------------------


def pdf():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4 x", content_type="application/pdf")


def draft(owner, at=NOON, **more):
    return drafting.keep(Words(body=BODY, type=type_(), **more), by=owner, at=at)


def test_a_draft_that_nobody_comes_back_to_is_forgotten_with_its_files():
    owner = a_requester()
    left = draft(owner, files=[pdf()])
    edited = draft(owner)
    drafting.keep(Words(body=BODY), by=owner, at=NOON + 30 * DAY, draft=edited)
    sweeping.tidy(at=NOON + 31 * DAY)
    assert list(Case.objects.values_list("pk", flat=True)) == [edited.pk]
    assert left.pk != edited.pk


def test_what_was_submitted_meanwhile_is_neither_overwritten_nor_loses_a_file():
    owner = a_requester()
    kept = draft(owner, files=[pdf()])
    stale, key = fresh(kept), kept.attachments.get().key
    intake.submit(Words(body=BODY, type=type_()), by=owner, at=NOON, draft=fresh(kept))
    for again in (
        lambda: drafting.keep(Words(body="改"), by=owner, at=NOON, draft=stale),
        lambda: drafting.drop_files(stale, [key], by=owner),
        lambda: drafting.discard(stale, by=owner),
        lambda: intake.submit(
            Words(body=BODY, type=type_(), mode=Mode.ANONYMOUS), by=owner, at=NOON, draft=stale
        ),
    ):
        with pytest.raises(WrongState):
            again()
    case = Case.objects.get()
    assert (case.state, case.body, case.attachments.count()) == (State.SUBMITTED, BODY, 1)


# --- What the second look found ------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "I do not want to live any more, everything is pointless",
        "My roommate wants to hurt himself tonight", "我要从楼上跳下去", "有人拿刀追我，在三号楼",
        "准备从这里跳下去",
    ],
)  # fmt: skip
def test_a_plain_statement_of_danger_is_understood(words):
    assert screen(words) is Sign.STRONG


@pytest.mark.parametrize(
    "words", ["I do not want to live in this dorm", "水从三楼流下来", "食堂的刀很钝"]
)
def test_what_only_sounds_alike_is_no_statement(words):
    assert screen(words) is not Sign.STRONG


@pytest.mark.parametrize("how", ["visit", "place"])
def test_a_cry_for_help_is_heard_wherever_it_is_said(how):
    if how == "place":
        words = Words(body=BODY, type=type_(), place_detail="天台，准备从这里跳下去")
        case = intake.submit(words, by=a_requester(), at=NOON).case
    else:
        visit = a_visit()
        aftercare.record_visit(visit, reached=True, words=CRY, by=an_actor("R2"), at=NOON)
        case = visit.case
    assert fresh(case).state == State.CRISIS


def test_what_clerks_and_units_had_written_down_is_sealed_with_the_rest():
    clerk = an_actor("R3")
    case = a_case(State.IN_PROGRESS, place_detail="三号楼天台")
    handling.note(case.orders.get(), words="学生说想跳楼", by=an_actor("R5", of="houqin"), at=NOON)
    case.drafts.create(by=clerk.user, form="dispatches", data={"shown_body": CRY}, at=NOON)
    crisis.alarm(case, by=clerk, at=NOON)
    crisis.stand_down(case, title="漏水", remaining="漏水", by=an_actor("R12"), at=NOON)
    assert words_for(clerk, case) == [] and not case.drafts.exists()
    assert seen_by(clerk, case).place == "" and "天台" in CrisisFile.objects.get().body


def test_somebody_in_crisis_may_go_on_speaking_to_the_team():
    owner = a_requester()
    case = a_case(State.SUBMITTED, owner=owner.user)
    crisis.alarm(case, by=an_actor("R3"), at=NOON)
    intake.supplement(case, words="我在天台", by=owner, at=NOON)
    assert words_for(an_actor("R12"), case) == ["我在天台"]
    with pytest.raises(NotAllowed):
        intake.supplement(case, words="代录", by=an_actor("R3"), at=NOON)
    crisis.stand_down(case, title="漏水", remaining="漏水", by=an_actor("R12"), at=NOON)
    assert words_for(an_actor("R3"), case) == []


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


def test_bytes_of_a_supplement_that_fails_are_not_left_behind(monkeypatch, settings, tmp_path):
    settings.FILES = tmp_path
    owner = a_requester()
    case = a_case(State.SUBMITTED, owner=owner.user)

    def fail(*args, **more):
        raise RuntimeError

    monkeypatch.setattr(crisis, "alarm", fail)
    with pytest.raises(RuntimeError):
        intake.supplement(case, words=CRY, uploads=[pdf()], by=owner, at=NOON)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_key_of_another_request_does_not_get_into_a_draft():
    owner = a_requester()
    one, two = draft(owner, files=[]), uuid4()
    drafting.keep(Words(body="乙"), by=owner, at=NOON, key=two)
    kept = drafting.keep(Words(body="甲"), by=owner, at=NOON, key=two, draft=one)
    assert kept.pk == one.pk and kept.form_key != two
