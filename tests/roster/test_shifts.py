"""Who sits when: half-open hours, one main person, gaps, relief."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.people.models import Revision
from hotline.roster import queries, services
from hotline.roster.models import Shift
from hotline.roster.services import reminding, setup, shifts
from tests.make import NOON, holder
from tests.roster.duty import HOUR, manager, of, post, sits

pytestmark = pytest.mark.django_db


def told(template):
    jobs = ProcrastinateJob.objects.filter(task_name="notices.tell", args__template=template)
    return [job.args["people"] for job in jobs.order_by("id")]


def test_the_shipped_posts_are_loaded_once_and_a_schools_own_words_stay():
    hotline = post()
    hotline.name = "服务热线"
    setup.save_post(hotline, by=manager(), at=NOON)
    assert services.load_defaults() == 0
    assert post().name == "服务热线"


def test_a_shift_begins_at_its_start_and_is_over_at_its_end():
    first, second = holder("R2", name="甲"), holder("R2", name="乙")
    sits(first, 0)
    sits(second, 8)
    assert queries.on_duty(NOON, "hotline") == [first]
    assert queries.on_duty(NOON + 8 * HOUR, "hotline") == [second]
    assert queries.on_duty(NOON - HOUR / 60, "hotline") == []
    assert queries.on_duty(NOON + 16 * HOUR, "hotline") == []


def test_the_main_person_comes_first_and_a_night_shift_runs_past_midnight():
    main, second = holder("R2", name="主"), holder("R3", name="副")
    sits(second, 10, position="SECOND")  # 22:00
    sits(main, 11)
    midnight = NOON + 13 * HOUR
    assert queries.on_duty(midnight, "hotline") == [main, second]
    held = {h.post.code: [s.user for s in h.shifts] for h in queries.who_is_on(midnight)}
    assert held == {"hotline": [main, second], "crisis": [], "duty": []}


def test_who_is_on_costs_a_page_no_query_and_a_change_is_seen_at_once(django_assert_num_queries):
    user, other, boss = holder("R2"), holder("R3"), manager()
    shift = sits(user, 0, by=boss)
    assert queries.who_is_on(NOON)[0].shifts == (shift,)
    with django_assert_num_queries(1):  # the shelf asks whether it still stands
        queries.who_is_on(NOON + HOUR)
    shifts.change(shift, user=other, by=boss, at=NOON - HOUR)
    assert [s.user for s in queries.who_is_on(NOON)[0].shifts] == [other]


def test_a_post_has_one_main_person_at_a_moment():
    sits(holder("R2"), 0)
    with pytest.raises(Invalid, match="已经有主班"):
        sits(holder("R2"), 7)
    sits(holder("R2"), 7, position="SECOND")
    sits(holder("R12"), 0, code="crisis")
    assert Shift.objects.count() == 3


def test_the_database_itself_refuses_a_second_main_person():
    shift = sits(holder("R2"), 0)
    with pytest.raises(IntegrityError, match="one_main_person"), transaction.atomic():
        Shift.objects.create(
            post=shift.post, user=holder("R3"), from_at=NOON + 7 * HOUR, to_at=NOON + 9 * HOUR
        )
    Shift.objects.create(
        post=shift.post, user=holder("R3"), from_at=NOON + 8 * HOUR, to_at=NOON + 9 * HOUR
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_plan_the_same_hours_at_once_one_is_refused():
    boss, people, desk = manager(), [holder("R2"), holder("R3")], post()
    start = Barrier(2)

    def plan(user):
        try:
            start.wait(timeout=10)
            sits(user, 0, by=boss)
        except Invalid:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(plan, people)) == ["done", "refused"]
    assert desk.shifts.count() == 1


@pytest.mark.parametrize(
    ("start", "hours"),
    [(0, 7 * 24 + 1), (0, 24 * 3650), (-24 * 740, 8), (24 * 740, 8), (-24 * 739_000, 24 * 739_000)],
)
def test_a_shift_that_nobody_can_have_meant_is_refused(start, hours):
    with pytest.raises(Invalid) as refused:
        sits(holder("R2"), start, hours, at=NOON)
    assert set(refused.value.fields) in ({"from_at"}, {"to_at"})
    assert not Shift.objects.exists()


def test_a_shift_may_last_a_week_and_lie_a_year_ahead():
    sits(holder("R2"), 24 * 365, 7 * 24, at=NOON)
    assert Shift.objects.count() == 1


def test_a_shift_is_not_stretched_over_years_and_one_that_was_can_still_be_handed_over():
    shift = sits(holder("R2"), -1)
    with pytest.raises(Invalid):
        shifts.change(shift, to_at=NOON + 24 * 30 * HOUR, by=manager(), at=NOON)
    Shift.objects.update(from_at=NOON - 24 * 30 * HOUR)
    rest = shifts.relieve(shift, holder("R3"), by=manager(), at=NOON)
    assert (rest.from_at, rest.to_at) == (NOON, NOON + 7 * HOUR)


def test_only_planners_change_the_roster():
    shift = sits(holder("R2"), 24)
    clerk = of(shift.user)
    for act in (
        lambda: sits(holder("R2"), 48, by=clerk),
        lambda: shifts.change(shift, user=holder("R3"), by=clerk, at=NOON),
        lambda: shifts.relieve(shift, holder("R3"), by=clerk, at=NOON),
        lambda: shifts.remove(shift, by=clerk, at=NOON),
        lambda: setup.save_post(post(), by=clerk, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_crisis_group_is_held_by_the_crisis_team_only():
    with pytest.raises(Invalid, match="所需的角色"):
        sits(holder("R2", name="话务员赵雪"), 0, code="crisis")
    with pytest.raises(Invalid, match="不排班"):
        sits(holder("R4"), 0, code="duty")
    with pytest.raises(Invalid):
        setup.save_post(post("crisis"), [holder("R3")], by=manager(), at=NOON)


def test_a_posts_list_follows_whoever_is_on_duty_and_nobody_stands_there_twice():
    a, b, c = (holder("R12", name=name) for name in ("心一", "心二", "心三"))
    setup.save_post(post("crisis"), [c, a, b], by=manager(), at=NOON)
    sits(a, 0, code="crisis")
    assert queries.line_of(NOON, "crisis") == [a, c, b]
    assert queries.line_of(NOON + 9 * HOUR, "crisis") == [c, a, b]
    b.is_active = False
    b.save()
    assert queries.line_of(NOON + 9 * HOUR, "crisis") == [c, a]


def test_what_is_open_in_the_coming_days_is_told_and_no_more():
    sits(holder("R2"), -4, 8)
    sits(holder("R3"), 4, 8)
    sits(holder("R2"), 14, 10)
    sits(holder("R3"), 0, 48, position="SECOND")
    found = [
        (gap.from_at, gap.to_at)
        for gap in queries.gaps(NOON, NOON + 26 * HOUR)
        if gap.post.code == "hotline"
    ]
    assert found == [
        (NOON + 12 * HOUR, NOON + 14 * HOUR),
        (NOON + 24 * HOUR, NOON + 26 * HOUR),
    ]
    assert {gap.post.code for gap in queries.coming_gaps(NOON)} == {"hotline", "crisis"}


def test_relief_in_the_middle_keeps_what_has_been_sat_and_tells_both():
    user, other = holder("R2"), holder("R3")
    shift = sits(user, 0)
    rest = shifts.relieve(shift, other, by=manager(), at=NOON + 2 * HOUR)
    assert queries.on_duty(NOON + HOUR, "hotline") == [user]
    assert queries.on_duty(NOON + 2 * HOUR, "hotline") == [other]
    assert (rest.to_at, rest.source) == (NOON + 8 * HOUR, "RELIEF")
    assert told("shift_changed")[-1] == sorted([user.pk, other.pk])
    with pytest.raises(WrongState):
        shifts.relieve(rest, user, by=manager(), at=NOON + 8 * HOUR)


def test_what_has_begun_is_not_taken_out_and_every_change_is_on_record():
    boss, shift = manager(), sits(holder("R2"), 0)
    with pytest.raises(WrongState):
        shifts.remove(shift, by=boss, at=NOON)
    shifts.remove(shift, by=boss, at=NOON - HOUR)
    record = Revision.objects.filter(kind="roster.shift").order_by("id")
    assert [(r.data["before"] is None, r.data["after"] is None) for r in record] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert told("shift_changed") == [[shift.user_id]] * 2


def test_whoever_begins_within_twelve_hours_is_reminded():
    soon, later = sits(holder("R2"), 12), sits(holder("R2"), 21)
    assert reminding.remind(at=NOON) == 1
    assert told("shift_soon") == [[soon.user_id]]
    assert later.user_id != soon.user_id
