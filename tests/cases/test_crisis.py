"""A cry for help: heard wherever it is said, and sealed with all that was said before it."""

from datetime import date

import pytest

from hotline.base.refusals import NotAllowed
from hotline.cases.codes import State
from hotline.cases.models import CrisisFile
from hotline.cases.screen import Sign, screen
from hotline.cases.services import (
    aftercare,
    crisis,
    dispatching,
    handling,
    intake,
    triage,
)
from hotline.cases.services.aftercare import Opinion
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from tests.cases.at_hand import BODY, CRY, DAY, HOUR, a_visit, fresh, seen_by, words_for
from tests.make import (
    NOON,
    a_case,
    a_requester,
    an_actor,
    category,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db


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
