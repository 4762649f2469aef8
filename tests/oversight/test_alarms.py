"""The crisis lane rings until somebody has it: order, times, races, crashes, drills."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import NotAllowed, WrongState
from hotline.cases.codes import State
from hotline.cases.services import crisis
from hotline.catalog.models import Term
from hotline.notices import tasks as notices
from hotline.notices.models import Message
from hotline.oversight.alarms import answering, calling
from hotline.oversight.models import Alarm
from hotline.people.models import User
from hotline.roster.models import Post
from hotline.roster.services import setup
from tests.make import NOON, a_case, holder, type_
from tests.roster.duty import manager, of, post, sits

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def told():
    """The messages that the jobs of the room next door make of an alarm, and take back."""
    for job in jobs("notices.tell") + jobs("notices.take_back"):
        {"notices.tell": notices.tell, "notices.take_back": notices.take_back}[job.task_name](**job.args)  # fmt: skip
    return Message.objects.filter(template__in=["crisis_alarm", "drill_alarm"])


@pytest.fixture
def group():
    """Three of the crisis team: the first on duty, all on the list in this order."""
    team = [holder("R12", name=name) for name in ("心一", "心二", "心三")]
    boss = manager()
    duty = post("duty")
    duty.phone = "8110"
    setup.save_post(duty, by=boss, at=NOON)
    setup.save_post(post("crisis"), [team[1], team[2]], by=boss, at=NOON)
    sits(team[0], -2, 24, code="crisis", by=boss)
    return {"team": team, "boss": boss.user}


def cry():
    """A request in the crisis lane, as the office puts it there."""
    case = a_case(State.SUBMITTED)
    crisis.alarm(case, by=of(holder("R3")), at=NOON)
    return case


def raised(case):
    alarm = calling.raise_alarm(case, at=NOON)
    assert alarm is not None
    return alarm


def called(alarm):
    return [(c.rung, c.user and c.user.name, c.why, c.at) for c in alarm.calls.order_by("id")]


def jobs(name, **args):
    found = ProcrastinateJob.objects.filter(task_name=name)
    return [job for job in found.order_by("id") if args.items() <= job.args.items()]


def test_a_cry_queues_the_alarm_in_the_same_transaction():
    case = cry()
    assert [job.args for job in jobs("oversight.alarm")] == [{"case_id": case.pk}]


def test_whoever_is_on_duty_is_called_first_by_every_channel_with_the_number_alone(group):
    case = cry()
    alarm = raised(case)
    assert called(alarm) == [(1, "心一", "ON_DUTY", NOON)]
    (job,) = jobs("notices.tell", template="crisis_alarm")
    assert job.args["people"] == [group["team"][0].pk]
    assert job.args["urgent"] and job.args["every_channel"]
    assert set(job.args["facts"]) == {"number", "time"}
    (later,) = jobs("oversight.chase_alarm")
    assert (later.args, later.scheduled_at) == ({"alarm_id": alarm.pk}, NOON + 5 * MINUTE)


def test_every_five_minutes_the_next_name_then_the_managers_and_the_duty_office_then_everyone(
    group,
):
    alarm = raised(cry())
    for n in range(1, 6):
        assert not calling.call_next(alarm.pk, at=NOON + (5 * n) * MINUTE - timedelta(seconds=1))
        assert calling.call_next(alarm.pk, at=NOON + 5 * n * MINUTE)
    told = [(rung, name, why, (at - NOON) // MINUTE) for rung, name, why, at in called(alarm)]
    assert told[:5] == [
        (1, "心一", "ON_DUTY", 0), (2, "心二", "LISTED", 5), (3, "心三", "LISTED", 10),
        (4, "主任陈立", "MANAGER", 15), (4, None, "DUTY_OFFICE", 15),
    ]  # fmt: skip
    again = {name for rung, name, why, _at in told if rung == 5}
    assert again == {"心一", "心二", "心三", "主任陈立"}
    assert alarm.calls.get(why="DUTY_OFFICE").phone == "8110"


def test_in_earnest_everyone_is_called_again_until_somebody_has_it_more_slowly_after_two_hours(
    group,
):
    alarm = raised(cry())
    for minute in range(1, 6 * 60 + 1):
        calling.sweep(at=NOON + minute * MINUTE)
    minutes = sorted({(at - NOON) // MINUTE for *_call, at in called(alarm)})
    assert minutes == [*range(0, 120, 5), *range(145, 361, 30)]
    late = {name for _rung, name, why, _at in called(alarm) if why == "AGAIN"}
    assert late == {"心一", "心二", "心三", "主任陈立"}
    assert answering.acknowledge(alarm, by=of(group["team"][2]), at=NOON + 361 * MINUTE)
    assert calling.sweep(at=NOON + 24 * 60 * MINUTE) == 0


def test_a_slow_school_is_not_called_faster_after_two_hours():
    Term.objects.create(code="alarm_minutes", value="45")
    holder("R12")
    alarm = raised(cry())
    Alarm.objects.update(rung=calling.BRISK)
    assert calling.call_next(alarm.pk, at=NOON + 45 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.next_at == NOON + 90 * MINUTE


def test_whoever_is_the_first_to_join_an_empty_team_is_called():
    case = cry()
    alarm = raised(case)
    assert called(alarm) == []
    newcomer = holder("R12")
    assert calling.sweep(at=NOON + 5 * MINUTE) == 1
    assert [c.user for c in alarm.calls.all()] == [newcomer]


def test_with_nobody_on_a_list_the_whole_team_is_called():
    a, b = holder("R12"), holder("R12")
    alarm = raised(cry())
    assert {c.user for c in alarm.calls.all()} == {a, b}
    assert {c.why for c in alarm.calls.all()} == {"TEAM"}


def test_with_no_team_at_all_the_managers_are_called_at_once():
    boss = holder("R4", name="主任")
    assert called(raised(cry()))[0][1:3] == (boss.name, "MANAGER")


def test_somebody_on_the_roster_who_has_left_the_team_is_passed_over(group):
    group["team"][0].memberships.all().delete()
    assert called(raised(cry()))[0][1] == "心二"


def test_an_acknowledgement_ends_the_calling(group):
    alarm = raised(cry())
    assert answering.acknowledge(alarm, by=of(group["team"][0]), at=NOON + 2 * MINUTE)
    assert not calling.call_next(alarm.pk, at=NOON + 5 * MINUTE)
    assert calling.sweep(at=NOON + 30 * MINUTE) == 0
    assert len(called(alarm)) == 1
    assert alarm.calls.get().answered_at == NOON + 2 * MINUTE


@pytest.mark.django_db(transaction=True)
def test_of_two_who_acknowledge_at_once_one_has_it_and_both_are_on_record(group):
    alarm = raised(cry())
    start = Barrier(2)

    def take(user):
        try:
            start.wait(timeout=10)
            return answering.acknowledge(Alarm.objects.get(pk=alarm.pk), by=of(user), at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, group["team"][:2])) == [False, True]
    assert alarm.views.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_with_the_same_call_make_it_once(group):
    alarm = raised(cry())
    start = Barrier(2)

    def chase(_n):
        try:
            start.wait(timeout=10)
            return calling.call_next(alarm.pk, at=NOON + 5 * MINUTE)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(chase, range(2))) == [False, True]
    assert [name for _rung, name, *_rest in called(alarm)] == ["心一", "心二"]


def test_the_job_run_twice_raises_one_alarm_and_calls_once(group):
    case = cry()
    raised(case)
    raised(case)
    assert Alarm.objects.count() == 1
    assert len(jobs("notices.tell", template="crisis_alarm")) == 1


def test_after_a_crash_the_sweep_makes_the_call_that_is_overdue_and_the_alarm_that_is_missing(
    group,
):
    alarm = raised(cry())
    assert calling.sweep(at=NOON + 4 * MINUTE) == 0
    assert calling.sweep(at=NOON + 7 * MINUTE) == 1
    assert called(alarm)[-1] == (2, "心二", "LISTED", NOON + 7 * MINUTE)
    forgotten = cry()
    assert calling.sweep(at=NOON + 8 * MINUTE) == 1
    assert forgotten.alarms.get().rung == 1


def test_what_has_left_the_lane_calls_nobody(group):
    case = cry()
    alarm = raised(case)
    crisis.stand_down(
        case,
        title="宿舍调换",
        remaining="希望调换宿舍。",
        by=of(group["team"][0]),
        at=NOON + MINUTE,
    )
    assert not calling.call_next(alarm.pk, at=NOON + 5 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.closed_at == NOON + 5 * MINUTE
    assert calling.raise_alarm(case, at=NOON + 6 * MINUTE) is None


def test_a_second_cry_of_the_same_request_is_an_alarm_of_its_own(group):
    case = cry()
    first = raised(case)
    crisis.stand_down(
        case,
        title="宿舍调换",
        remaining="希望调换宿舍。",
        by=of(group["team"][0]),
        at=NOON + MINUTE,
    )
    crisis.alarm(case, by=of(holder("R3")), at=NOON + 2 * MINUTE)
    second = calling.raise_alarm(case, at=NOON + 2 * MINUTE)
    assert second is not None and second.pk != first.pk


def test_how_long_somebody_has_is_the_schools_to_say(group):
    Term.objects.create(code="alarm_minutes", value="3")
    alarm = raised(cry())
    assert calling.call_next(alarm.pk, at=NOON + 3 * MINUTE)


def test_only_the_team_and_whoever_was_called_may_see_or_take_it(group):
    alarm = raised(cry())
    for role in ("R2", "R3", "R4", "R8", "R9", "R13"):
        with pytest.raises(NotAllowed):
            answering.see(alarm, by=of(holder(role)), at=NOON)
        with pytest.raises(NotAllowed):
            answering.acknowledge(alarm, by=of(holder(role)), at=NOON)
    for n in (1, 2, 3):
        calling.call_next(alarm.pk, at=NOON + 5 * n * MINUTE)
    assert answering.acknowledge(alarm, by=of(group["boss"]), at=NOON + 16 * MINUTE)


def test_whoever_was_called_and_has_left_since_neither_sees_nor_silences_it(group):
    alarm = raised(cry())
    former = group["team"][0]
    former.memberships.all().delete()
    assert not answering.visible_to(of(former)).exists()
    for act in (answering.see, answering.acknowledge):
        with pytest.raises(NotAllowed):
            act(alarm, by=of(former), at=NOON)


def test_nobody_is_called_to_their_own_crisis_or_can_see_or_take_it(group):
    for owner in (group["team"][0], group["boss"]):
        case = a_case(State.SUBMITTED, owner=owner)
        crisis.alarm(case, by=of(holder("R3")), at=NOON)
        alarm = raised(case)
        for n in range(1, 8):
            calling.call_next(alarm.pk, at=NOON + 5 * n * MINUTE)
        names = {name for _rung, name, *_rest in called(alarm)}
        assert names == {"心一", "心二", "心三", "主任陈立", None} - {owner.name}
        assert not answering.visible_to(of(owner)).filter(pk=alarm.pk).exists()
        with pytest.raises(NotAllowed):
            answering.acknowledge(alarm, by=of(owner), at=NOON)
        assert answering.visible_to(of(group["team"][1])).filter(pk=alarm.pk).exists()


def test_while_it_is_a_crisis_nothing_ordinary_can_be_done_with_it(group):
    from hotline.cases import queries

    case = cry()
    for role in ("R2", "R3", "R4", "R8", "R9"):
        assert (
            queries.verbs_open_to(of(holder(role)), case)
            & {"dispatch", "accept", "answer", "refer"}
            == set()
        )
    assert "dispatch" not in queries.verbs_open_to(of(group["team"][0]), case)
    with pytest.raises(WrongState):
        from hotline.cases.services import triage

        triage.accept(case, type=type_(), category=None, urgency=None, by=of(holder("R3")), at=NOON)


# --- Drills -------------------------------------------------------------------------------


def test_a_drill_calls_in_the_same_order_says_that_it_is_one_and_tells_how_long_it_took(group):
    alarm = answering.drill(by=of(group["boss"]), at=NOON)
    assert alarm.is_drill
    calling.call_next(alarm.pk, at=NOON + 5 * MINUTE)
    assert [(n, w) for _r, n, w, _at in called(alarm)] == [("心一", "ON_DUTY"), ("心二", "LISTED")]
    assert {
        job.args["template"] for job in jobs("notices.tell") if job.args["key"].startswith("alarm")
    } == {"drill_alarm"}
    assert answering.acknowledge(alarm, by=of(group["team"][1]), at=NOON + 7 * MINUTE)
    assert alarm.acknowledged_at - alarm.opened_at == 7 * MINUTE
    assert alarm.closed_at is not None


def test_a_drill_that_nobody_answers_ends_by_itself_after_one_round(group):
    alarm = answering.drill(by=of(group["boss"]), at=NOON)
    at = NOON
    while calling.call_next(alarm.pk, at=(at := at + 5 * MINUTE)):
        pass
    alarm.refresh_from_db()
    assert alarm.closed_at == NOON + 20 * MINUTE and alarm.acknowledged_at is None
    assert "AGAIN" not in {why for _r, _n, why, _at in called(alarm)}


def test_one_drill_at_a_time_and_not_by_everyone(group):
    alarm = answering.drill(by=of(group["team"][2]), at=NOON)
    with pytest.raises(WrongState):
        answering.drill(by=of(group["boss"]), at=NOON)
    answering.stop_drill(alarm, by=of(group["boss"]), at=NOON + MINUTE)
    with pytest.raises(NotAllowed):
        answering.drill(by=of(holder("R3")), at=NOON)


@pytest.mark.django_db(transaction=True)
def test_of_three_who_start_a_drill_at_once_one_does_even_without_a_post_of_the_group():
    holder("R12")
    Post.objects.all().delete()
    start, planners = Barrier(3), [holder("R4") for _ in range(3)]

    def rehearse(user):
        try:
            start.wait(timeout=10)
            answering.drill(by=of(user), at=NOON)
        except WrongState:
            return "refused"
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(rehearse, planners)) == ["begun", "refused", "refused"]
    assert Alarm.objects.count() == 1


def test_a_drill_leaves_no_request_and_no_step(group):
    from hotline.cases.models import Case, Step

    answering.drill(by=of(group["boss"]), at=NOON)
    assert not Case.objects.exists() and not Step.objects.exists()


# --- The whole way ------------------------------------------------------------------------


def test_who_is_called_again_is_rung_up_once_and_nobody_once_somebody_has_it(group):
    alarm = raised(cry())
    for number in range(1, 6):
        calling.call_next(alarm.pk, at=NOON + number * 5 * MINUTE)
    waiting = told().filter(channel="CALL", state="READY")
    people = list(waiting.values_list("user__name", flat=True))
    assert len(people) == len(set(people)) > 3
    assert waiting.filter(user=group["boss"]).count() == 1
    message = waiting.first()
    waiting.filter(pk=message.pk).update(done_by=group["boss"])
    answering.acknowledge(alarm, by=of(group["team"][0]), at=NOON + 26 * MINUTE)
    assert list(told().filter(state="READY")) == [message], "a clerk is ringing them already"


def test_a_drill_that_is_stopped_rings_nobody_any_more(group):
    alarm = answering.drill(by=of(group["boss"]), at=NOON)
    assert told().filter(state="READY").exists()
    answering.stop_drill(alarm, by=of(group["boss"]), at=NOON + MINUTE)
    assert not told().filter(state="READY").exists()


def test_the_message_that_arrives_holds_number_and_time_and_a_drill_says_drill(group):
    case = cry()
    raised(case)
    answering.drill(by=of(group["boss"]), at=NOON)
    for job in jobs("notices.tell"):
        if job.args["template"].endswith("_alarm"):
            notices.tell(**job.args)
    told = Message.objects.filter(user=group["team"][0], template__endswith="_alarm")
    texts = {m.template: m.text for m in told.exclude(text="")}
    assert case.number in texts["crisis_alarm"]
    assert "演练" in texts["drill_alarm"]
    for message in told:
        assert "水龙头" not in message.text and "张三" not in message.text
    assert told.filter(template="crisis_alarm").values("channel").distinct().count() > 1
    assert User.objects.filter(pk__in=told.values("user")).count() == 1
