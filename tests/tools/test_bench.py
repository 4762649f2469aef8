"""The benchmark's own data and requests: lawful rows that every page shows, forms that are taken."""

from collections import deque
from random import Random

import pytest
from django.db import connection
from django.db.models import Count, F
from django.test import Client
from django.utils.timezone import now

from hotline.cases.codes import State
from hotline.cases.models import Case, Counter, Requester, Step, WorkOrder
from hotline.catalog import shelf
from hotline.insight.cohorts import Period
from hotline.insight.figures import GROUPS, table, total
from tools.bench import fill, operations
from tools.bench.operations import Browser

pytestmark = pytest.mark.django_db
SIZE = 50


@pytest.fixture
def writer(db):
    writer = fill.fill(SIZE, at=now(), checked=True)
    connection.check_constraints()
    shelf.forget()
    return writer


def signed_in(user):
    client = Client()
    client.force_login(user, backend="hotline.people.backends.AccountOrPhone")
    return client


def send(client, call):
    kind = call.headers.get("Content-Type", "")
    if call.body is None:
        return client.get(call.path)
    return client.generic("POST", call.path, call.body, content_type=kind)


def test_the_rows_are_what_the_services_would_have_written(writer):
    assert Case.objects.count() == Requester.objects.count() == SIZE
    steps = Case.objects.annotate(n=Count("steps"))
    assert not steps.exclude(version=F("n")).exists()
    closed = steps.filter(state=State.ARCHIVED).values_list("n", flat=True)
    assert set(closed) <= {3, 4, 5, 6}
    for case in Case.objects.all():
        assert case.steps.latest("seq").after == case.state
        assert 60 <= len(case.body) <= 300
    assert WorkOrder.objects.filter(case__lead_unit=None).count() == 0
    assert sum(Counter.objects.values_list("last", flat=True)) == SIZE


def test_ids_and_numbers_go_on_after_the_rows(writer):
    fill.go_on(writer.book)
    writer.accepted(writer.now)
    fill.write_down(writer.book, checked=True)
    assert Case.objects.count() == SIZE + 1
    assert Step.objects.order_by("-id").first().case_id == Case.objects.order_by("-id").first().pk


def test_every_page_of_the_benchmark_shows_them(writer):
    for operation in operations.reading(writer.cast):
        client = signed_in(operation.people[0])
        stream = operation.stream(Browser("", ""), Random(1))
        for call in (next(stream) for _ in range(3)):
            assert send(client, call).status_code == call.status, call.path
    clerk = signed_in(writer.cast.clerks[0])
    for number in Case.objects.values_list("number", flat=True):
        page = clerk.get(f"/desk/cases/{number}/")
        assert page.status_code == 200
        assert number in page.content.decode()


def test_the_forms_of_the_benchmark_are_taken(writer):
    student = signed_in(writer.cast.students[0])
    call = next(operations.submitting(writer.cast).stream(Browser("", ""), Random(1)))
    assert send(student, call).status_code == call.status
    assert Case.objects.count() == SIZE + 1

    writer.book.counters.clear()
    case = Case.objects.filter(state=State.ACCEPTED).first() or accepted(writer)
    waiting = operations.ready_ones([case.number], writer.cast.directory)
    call = next(
        operations.dispatching(writer.cast, deque(waiting)).stream(Browser("", ""), Random(1))
    )
    assert send(signed_in(writer.cast.clerks[0]), call).status_code == call.status
    case.refresh_from_db()
    assert case.state == State.DISPATCHED


def accepted(writer):
    fill.go_on(writer.book)
    writer.accepted(writer.now)
    fill.write_down(writer.book, checked=True)
    return Case.objects.get(state=State.ACCEPTED)


@pytest.mark.parametrize("by", GROUPS)
def test_the_sum_of_a_table_is_the_figure_of_its_period(writer, by):
    period = Period(None, now())
    assert total(period, of=table(period, by=by)) == total(period)
