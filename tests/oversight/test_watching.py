"""The ladder and the sweep that climbs it: each rung once, at its moment, for those it names."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotline.cases.codes import State
from hotline.cases.models import Clock
from hotline.cases.services import (
    aftercare,
    dispatching,
    handling,
    intake,
    merging,
    sweeping,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.catalog import calendars, shelf
from hotline.catalog.models import Reason
from hotline.oversight import ladder
from hotline.oversight.models import Rung, Supervision
from hotline.oversight.services import watching
from hotline.people.actor import SYSTEM
from hotline.people.queries import actor_of
from tests.cases.at_hand import BAD, answered_again, close
from tests.make import (
    NOON,
    USUAL,
    a_case,
    a_requester,
    an_actor,
    category,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def dispatched(at=NOON, **fields):
    case = a_case(State.ACCEPTED, at=at, next_due_at=at, **fields)
    return case, dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=at)


def raised(case, since=0):
    """Level and rung of what was recorded, in order."""
    steps = case.steps.filter(verb__in=["remind", "chase", "supervise", "escalate"]).order_by("seq")
    return [(s.verb, s.facts["rung"]) for s in steps][since:]


def sweep_through(until, start=NOON, step=30 * MINUTE):
    """Time passes, and the sweep runs as it does."""
    at = start
    while at < until:
        at += step
        watching.sweep(at=at)


def watch_only(*kinds):
    """Take the rungs of other clocks away: a test is about one."""
    for rung in Rung.objects.all():
        if not set(rung.kinds) & set(kinds):
            rung.enabled = False
            rung.save()
    shelf.forget()


def test_a_unit_that_does_nothing_climbs_the_whole_ladder():
    watch_only("UNIT")
    case, order = dispatched()  # three working days: until 06-08 18:00
    sweep_through(order.due_at + 10 * DAY)
    assert raised(case)[:5] == [
        ("remind", "A1"), ("chase", "A2"), ("supervise", "A3"), ("supervise", "A4"), ("escalate", "A5"),
    ]  # fmt: skip
    assert {rung for _verb, rung in raised(case)[5:]} == {"A5"}, "and it is said again every week"
    moments = [
        datetime.fromisoformat(s.facts["reached"])
        for s in case.steps.filter(facts__has_key="reached").order_by("seq")
    ]
    total = USUAL.between(NOON, order.due_at)
    assert moments[0] == USUAL.after_working_minutes(NOON, total // 2)
    assert moments[3] == order.due_at + MINUTE


def test_progress_spares_the_unit_the_yellow_card_but_not_the_orange_one():
    watch_only("UNIT")
    case, order = dispatched()
    contact = an_actor("R5", of="houqin")
    handling.sign(order, by=contact, at=NOON + HOUR)
    handling.interim(order, words="正在处理", by=contact, at=NOON + 2 * HOUR)
    sweep_through(order.due_at)
    assert raised(case) == [("remind", "A1"), ("supervise", "A3")]


def test_what_is_not_signed_in_time_is_chased():
    watch_only("SIGN")
    case, _order = dispatched()
    sign = Clock.objects.get(case=case, kind="SIGN")
    watching.sweep(at=sign.due_at)
    assert raised(case) == []
    watching.sweep(at=sign.due_at + MINUTE)
    assert raised(case) == [("chase", "B1")]
    assert case.steps.get(verb="chase").facts["to"] == ["CONTACT", "HEAD"]


def test_a_first_contact_that_is_missed_and_an_urging_unanswered_are_chased():
    watch_only("CONTACT", "URGE")
    owner = a_requester()
    case, order = dispatched(owner=owner.user)
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    intake.urge(case, words="", by=owner, at=NOON)
    sweep_through(NOON + DAY)
    assert set(raised(case)) == {("chase", "B3"), ("chase", "B4")}


def test_who_is_asked_for_facts_is_reminded_twice():
    watch_only("SUPPLY")
    case = a_case(next_due_at=NOON)
    triage.ask(case, words="请补充楼号", by=an_actor("R3"), at=NOON)
    sweep_through(NOON + 6 * DAY)
    assert raised(case) == [("remind", "C1"), ("remind", "C2")]
    assert case.steps.filter(verb="remind").first().facts["to"] == ["REQUESTER"]


def test_half_the_time_is_used_once_though_it_is_still_half_after_a_rest():
    watch_only("UNIT")
    case, order = dispatched(at=NOON + 6 * HOUR + 30 * MINUTE)  # half is used on Friday at noon
    boss, friday = an_actor("R4"), NOON + 2 * DAY
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON + 7 * HOUR)
    sweep_through(friday, start=NOON + 7 * HOUR)
    assert raised(case) == [("remind", "A1")]
    until = date(2026, 6, 12)
    handling.suspend(order, reason="GQ03", words="封闭", until=until, by=boss, at=friday + HOUR)
    monday = friday + 3 * DAY - 2 * HOUR  # 10:00, in office hours
    handling.resume(order, by=boss, at=monday)
    sweep_through(monday + HOUR, start=monday - MINUTE, step=MINUTE)
    assert raised(case) == [("remind", "A1")]


def test_nothing_is_raised_while_a_request_rests_and_the_rest_is_not_counted():
    watch_only("UNIT")
    case, order = dispatched()
    half = USUAL.between(NOON, order.due_at) // 2
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    handling.suspend(
        order,
        reason="GQ03",
        words="封闭",
        until=date(2026, 6, 12),
        by=an_actor("R4"),
        at=NOON + HOUR,
    )
    end = order.suspended_until
    sweep_through(end - MINUTE)
    assert raised(case) == []
    sweeping.sweep(at=end)
    order.refresh_from_db()
    sweep_through(order.due_at - MINUTE, start=end, step=10 * MINUTE)
    first = case.steps.filter(verb="remind").get()
    assert first.facts["rung"] == "A1"
    assert datetime.fromisoformat(first.facts["reached"]) == USUAL.after_working_minutes(end, half)


def test_after_a_night_without_a_worker_only_the_highest_rung_is_recorded():
    watch_only("UNIT")
    case, order = dispatched()
    watching.sweep(at=order.due_at + HOUR)
    assert raised(case) == [("supervise", "A4")]
    watching.sweep(at=order.due_at + HOUR)
    assert raised(case) == [("supervise", "A4")], "and a second sweep adds nothing"


def test_an_answer_ends_the_watch():
    watch_only("UNIT", "SIGN", "CONTACT")
    case, order = dispatched()
    head = an_actor("R6", of="houqin")
    handling.sign(order, by=head, at=NOON)
    handling.interim(order, words="正在处理", by=head, at=NOON)
    handling.reply(order, handling.Answer("已修好", "RESOLVED"), by=head, at=NOON + HOUR)
    sweep_through(NOON + 10 * DAY, step=5 * HOUR)
    assert raised(case) == []


def test_the_office_is_watched_as_well():
    watch_only("OFFICE")
    case = a_case(State.ANSWERED, next_due_at=NOON)
    sweeping.tidy(at=NOON)
    Clock.objects.filter(case=case, kind="OFFICE").update(due_at=USUAL.after(NOON, 4))
    sweep_through(NOON + 3 * DAY)
    assert [rung for _v, rung in raised(case)][:3] == ["D1", "D2", "D3"]


def test_a_rung_that_is_due_opens_one_slip_and_a_higher_one_raises_it():
    watch_only("UNIT")
    _case, order = dispatched()
    sweep_through(order.due_at + HOUR)
    slip = Supervision.objects.get()
    assert (slip.unit, slip.level, slip.state, slip.reason) == (unit(), 2, "OPEN", "DB02")
    assert slip.number == "DB2606-001"
    sweep_through(order.due_at + 5 * DAY, start=order.due_at + HOUR)
    slip.refresh_from_db()
    assert (slip.level, Supervision.objects.count()) == (3, 1)


def test_an_urgent_request_is_watched_by_the_clock_on_the_wall():
    watch_only("UNIT")
    case, order = dispatched(urgency=urgency("U1"), category=category("H204"))
    assert order.natural
    sweep_through(NOON + 13 * HOUR, step=MINUTE * 20)
    assert raised(case)[0] == ("remind", "A1")
    reached = datetime.fromisoformat(case.steps.get(verb="remind").facts["reached"])
    assert reached == NOON + 12 * HOUR


# --- What no clock tells of -----------------------------------------------------------------


def dissatisfied(case):
    owner = an_actor_of(case)
    aftercare.rate(case, BAD, by=owner, at=NOON)


def an_actor_of(case):
    return actor_of(case.owner, on=NOON.date())


def test_the_first_rework_is_supervised_and_the_second_goes_before_a_leader():
    case = a_case(State.CLOSED, next_due_at=NOON)
    dissatisfied(case)
    manager = an_actor("R4")
    dispatching.rework(case, reason="CB05", words="重办", by=manager, at=NOON)
    assert watching.happened(case, at=NOON) == 1
    assert watching.happened(case, at=NOON) == 0, "once a round"
    assert raised(case) == [("supervise", "F1")]
    answered_again(case)
    close(case)
    case.refresh_from_db()
    dissatisfied(case)
    dispatching.rework(case, reason="CB05", words="再重办", by=manager, at=NOON)
    watching.happened(case, at=NOON)
    assert raised(case)[-1] == ("escalate", "F2")
    assert Supervision.objects.get().level == 3


def test_what_was_sent_back_once_is_not_supervised_for_it_again_when_it_is_reopened():
    case = a_case(State.CLOSED, next_due_at=NOON)
    dissatisfied(case)
    dispatching.rework(case, reason="CB05", words="重办", by=an_actor("R4"), at=NOON)
    watching.happened(case, at=NOON)
    answered_again(case)
    close(case)
    case.refresh_from_db()
    aftercare.lapse(case, by=SYSTEM, at=NOON)
    dispatching.reopen(case, words="又漏了", by=an_actor("R4"), at=NOON)
    assert watching.happened(case, at=NOON) == 0
    assert raised(case) == [("supervise", "F1")]


def test_three_people_with_one_unsolved_matter_are_supervised():
    clerk = an_actor("R3")
    master, _order = dispatched()
    for n in range(2):
        other = a_case(State.ACCEPTED, next_due_at=NOON)
        merging.merge(other, into=master, reason="BD02", by=clerk, at=NOON)
        master.refresh_from_db()
        assert watching.happened(master, at=NOON) == (n == 1)
    assert raised(master) == [("supervise", "F3")]


def test_a_broken_promise_goes_before_a_leader():
    case = a_case(
        State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date() - DAY, type=type_("QZ")
    )
    dispatching.reopen(case, words="承诺到期未办", by=SYSTEM, at=NOON)
    watching.happened(case, at=NOON)
    assert raised(case) == [("escalate", "F4")]
    assert Supervision.objects.get().reason == "DB06"


def test_a_reason_that_a_school_has_disabled_holds_nothing_up():
    watch_only("UNIT")
    Reason.objects.filter(code="DB02").update(enabled=False)
    shelf.forget()
    case, order = dispatched()
    watching.sweep(at=order.due_at + HOUR)
    assert raised(case) == [("supervise", "A4")]
    assert case.steps.get(verb="supervise").reason == "DB08", "one that accuses nobody"


def test_where_no_reason_is_left_the_other_requests_are_watched_all_the_same():
    watch_only("UNIT")
    Reason.objects.filter(kind="SUPERVISE").update(enabled=False)
    shelf.forget()
    late, order = dispatched()
    other, _order = dispatched()
    Clock.objects.filter(case=other, kind="UNIT").update(due_at=order.due_at + DAY)
    assert watching.sweep(at=order.due_at - 12 * HOUR) == 2
    watching.sweep(at=order.due_at + HOUR)
    assert [verb for verb, _rung in raised(late)] == ["chase"]
    assert Clock.objects.get(case=late, kind="UNIT").next_at == order.due_at + 2 * HOUR


def test_a_clock_that_cannot_be_looked_at_waits_an_hour_and_holds_nobody_up():
    bad, _order = dispatched()
    watch_only("UNIT")
    _late, order = dispatched()
    spoilt = Clock.objects.get(case=bad, kind="UNIT")
    Clock.objects.filter(pk=spoilt.pk).update(due_at=datetime.max.replace(tzinfo=UTC))
    assert watching.sweep(at=order.due_at - 12 * HOUR) == 1
    spoilt.refresh_from_db()
    assert spoilt.next_at == order.due_at - 11 * HOUR


def test_a_sweep_that_puts_clocks_off_asks_no_more_for_many_than_for_one():
    def questions():
        Clock.objects.filter(stopped_at=None).update(next_at=NOON)
        with CaptureQueriesContext(connection) as asked:
            assert watching.sweep(at=NOON + MINUTE) == 0
        return len(asked)

    dispatched()
    questions()  # reads what is kept from then on
    one = questions()
    for _ in range(3):
        dispatched()
    assert questions() == one


def test_a_rung_that_is_raised_looks_for_a_new_catalogue_once_in_each_piece():
    watch_only("UNIT")
    _case, order = dispatched()
    with CaptureQueriesContext(connection) as asked:
        assert watching.sweep(at=order.due_at + HOUR) == 1
    looks = [query for query in asked if "people_revision" in query["sql"]]
    assert len(looks) <= 3, "the batch, the clock under its lock, and the batch that is empty"


def test_an_operator_sees_what_would_be_raised_and_raises_it():
    watch_only("UNIT")
    case, _order = dispatched()  # long ago by today's clock
    out = StringIO()
    call_command("oversight", "--dry-run", stdout=out)
    assert f"{case.pk}  UNIT" in out.getvalue() and not raised(case)
    call_command("oversight", stdout=StringIO())
    assert raised(case)[0][0] == "escalate"


def test_what_is_late_for_a_year_is_still_reminded_of_every_day():
    rung = Rung.objects.get(code="D3")
    late = ladder.Promise("OFFICE", NOON, NOON + HOUR, natural=False)
    year_on = NOON + 365 * DAY
    found = ladder.moments(late, [rung], calendars.office(), until=year_on)
    assert len(found) > 200
    assert found[-1].at > year_on, "and there is a next one"
