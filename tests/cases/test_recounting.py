"""A new calendar: provisional times become certain, and nobody is made late by it."""

import json
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, Stale
from hotline.cases.codes import State
from hotline.cases.services import dispatching, handling, recounting
from hotline.cases.services.dispatching import Orders
from hotline.catalog import calendars
from hotline.catalog.models import Publication
from hotline.catalog.services import calendars as publishing
from hotline.people.models import Revision
from hotline.worktime.clock import ZONE, Unit
from tests.make import NOON, a_case, an_actor, unit

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 12, 29, 10, 0, tzinfo=ZONE)  # a Tuesday
YEAR = json.dumps({
    "year": 2027,
    "days": [
        {"name": "元旦", "date": f"2027-01-0{day}", "isOffDay": day <= 3} for day in (1, 2, 3, 9)
    ] + [{"name": "元旦", "date": "2027-01-04", "isOffDay": True}],
})  # fmt: skip


def dispatched(at, joint=()):
    case = a_case(State.ACCEPTED, at=at, next_due_at=at)
    orders = Orders(unit(), joint=[unit(code) for code in joint], joint_opinion="协助")
    dispatching.dispatch(case, orders, by=an_actor("R3"), at=at)
    return case


def clock_of(case, kind):
    return case.clocks.get(kind=kind, stopped_at=None)


def with_office(**changes):
    data = calendars.usual()
    return data | {"office": data["office"] | changes}


def period(first, last, kind="rest"):
    return {"name": "封闭", "from": first, "to": last, "kind": kind, "week": []}


def test_a_time_in_a_year_that_is_not_announced_is_provisional_until_its_data_is_loaded():
    case = dispatched(LATE)
    told = clock_of(case, "UNIT")
    assert (told.provisional, told.due_at) == (True, datetime(2027, 1, 1, 18, tzinfo=ZONE))
    publishing.load_year(YEAR, by=an_actor("R4"), at=LATE)
    assert recounting.recount_all(at=LATE + timedelta(hours=1)) == 2
    case.refresh_from_db()
    for kind in ("UNIT", "REQUESTER"):
        found = clock_of(case, kind)
        assert (found.provisional, found.due_at) == (False, datetime(2027, 1, 5, 18, tzinfo=ZONE))
    assert case.due_at == case.promised_at == case.orders.get().due_at == found.due_at
    assert case.steps.order_by("seq").last().verb == "recount"
    assert recounting.recount_all(at=LATE + timedelta(hours=2)) == 0, "and may run twice"


def test_a_certain_time_is_moved_later_and_never_earlier():
    case = dispatched(NOON, joint=["baowei"])
    due = clock_of(case, "REQUESTER").due_at
    closed = with_office(periods=[period("2026-06-04", "2026-06-05")])
    publishing.publish(closed, note="封闭两天", by=an_actor("R4"), at=NOON)
    recounting.recount_all(at=NOON)
    later = clock_of(case, "REQUESTER").due_at
    assert later == calendars.office().after(NOON, 3, Unit.WORKING_DAY) > due
    lead, joint = case.orders.order_by("id")
    assert joint.due_at == calendars.office().share(NOON, lead.due_at, 2, 3)
    publishing.publish(calendars.usual(), note="取消", by=an_actor("R4"), at=NOON)
    recounting.recount_all(at=NOON)
    assert clock_of(case, "REQUESTER").due_at == later


def test_what_was_being_dispatched_at_that_moment_is_counted_a_little_later():
    publishing.publish(with_office(periods=[]), note="一", by=an_actor("R4"), at=NOON)
    jobs = ProcrastinateJob.objects.filter(task_name="cases.recount").order_by("scheduled_at")
    assert [job.scheduled_at for job in jobs] == [NOON + timedelta(minutes=2), None]


def test_a_rest_is_counted_again_as_well():
    case = dispatched(NOON)
    order, manager = case.orders.get(), an_actor("R4")
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    handling.suspend(
        order, reason="GQ03", words="封闭", until=date(2026, 6, 4), by=manager, at=NOON
    )
    handling.resume(order, by=manager, at=datetime(2026, 6, 4, 8, tzinfo=ZONE))
    due = order.due_at
    closed = with_office(periods=[period("2026-06-05", "2026-06-05")])
    publishing.publish(closed, note="封闭", by=manager, at=NOON)
    recounting.recount_all(at=datetime(2026, 6, 4, 9, tzinfo=ZONE))
    moved = clock_of(case, "UNIT").due_at
    assert calendars.office().between(order.suspended_at or NOON, moved) > 0
    assert moved == calendars.office().after_working_minutes(due, 480)


def test_a_promise_keeps_the_calendar_that_it_was_counted_with():
    publishing.publish(
        with_office(periods=[]) | {"line": None, "extra": 1}, note="一", by=an_actor("R4"), at=NOON
    )
    first = Publication.objects.latest("id")
    case = dispatched(NOON)
    publishing.publish(calendars.usual(), note="二", by=an_actor("R4"), at=NOON)
    assert clock_of(case, "UNIT").calendar_id == first.pk


def test_only_who_keeps_the_catalogue_publishes_and_every_publication_is_on_record():
    with pytest.raises(NotAllowed):
        publishing.publish(with_office(days=[]), note="", by=an_actor("R3"), at=NOON)
    row = publishing.publish(with_office(periods=[period("2026-07-20", "2026-08-30", "vacation")]),
                             note="暑假", by=an_actor("R4"), at=NOON)  # fmt: skip
    assert Revision.objects.filter(kind="catalog.publication", code=str(row.pk)).exists()


def test_two_who_publish_at_once_do_not_overwrite_each_other():
    manager = an_actor("R4")
    closed = with_office(periods=[period("2026-06-04", "2026-06-05")])
    publishing.publish(closed, note="一", by=manager, at=NOON, seen=0)
    with pytest.raises(Stale):
        publishing.publish(calendars.usual(), note="二", by=manager, at=NOON, seen=0)


@pytest.mark.parametrize(
    "data",
    [
        {}, {"office": {}}, {"office": None}, with_office(hours=[]),
        with_office(periods=[period("2026-06-05", "2026-06-04")]),
        with_office(days=[{"day": "2026-13-01", "name": "", "spans": []}]),
    ],
)  # fmt: skip
def test_what_cannot_be_a_calendar_is_refused_and_nothing_changes(data):
    with pytest.raises(Invalid):
        publishing.publish(data, note="", by=an_actor("R4"), at=NOON)
    assert not Publication.objects.exists()


def year_named(name):
    day = {"name": name, "date": "2027-01-01", "isOffDay": True}
    return json.dumps({"year": 2027, "days": [day]})


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{", '{"year": 2027}', "[" * 5000, "null", '{"year": 1e400, "days": []}',
        '{"year": 9999, "days": []}', year_named("\x00"), year_named("\ud800"),
    ],
)  # fmt: skip
def test_what_is_no_year_of_holidays_is_refused(text):
    with pytest.raises(Invalid):
        publishing.load_year(text, by=an_actor("R4"), at=NOON)


def test_the_command_of_an_operator_loads_a_year_as_well(tmp_path):
    file = tmp_path / "2027.json"
    file.write_text(YEAR)
    call_command("calendar", "load", str(file), stdout=StringIO())
    assert calendars.office().knows(date(2027, 1, 1), date(2027, 12, 31))
    out = StringIO()
    call_command("calendar", "show", "2027-01", stdout=out)
    assert "2027-01-04 Mon  -" in out.getvalue()
