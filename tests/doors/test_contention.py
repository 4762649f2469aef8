"""Two who wait for each other in the database: one of them is told so, and keeps what was typed."""

import threading
import time

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.doors.ui.middleware import refusals
from tests.doors.people import signed_in
from tests.make import a_case, holder

pytestmark = pytest.mark.django_db(transaction=True)


class InTheWay:
    """Holds what the page will want, then wants what the page holds; the page is sent back."""

    def __init__(self, case, table):
        self._case, self._table = case, table
        self.holds = threading.Event()
        self._thread = threading.Thread(target=self._wait)

    def __enter__(self):
        self._thread.start()
        assert self.holds.wait(30)
        return self

    def __exit__(self, *_error):
        self._thread.join(60)

    def _wait(self):
        try:
            with connection.cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("SET LOCAL deadlock_timeout = '60s'")  # so that the other one goes
                cursor.execute(f"LOCK TABLE {self._table} IN SHARE MODE")
                self.holds.set()
                self._until_somebody_waits(cursor)
                cursor.execute("SELECT FROM cases_case WHERE id = %s FOR UPDATE", [self._case.pk])
                cursor.execute("ROLLBACK")
        finally:
            connection.close()

    def _until_somebody_waits(self, cursor):
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        until = time.monotonic() + 30
        while time.monotonic() < until:
            cursor.execute(asked, [self._table])
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)


def test_a_deadlock_is_a_clear_refusal_that_keeps_what_was_typed_and_leaves_nothing():
    case, clerk = a_case(State.ACCEPTED), signed_in(holder("R3"))
    path = f"/desk/cases/{case.number}/notes/"
    with InTheWay(case, "cases_step"):
        answer = clerk.post(path, {"words": "已电话核实", "version": ""})
    assert answer.status_code == 409
    assert "请再提交一次" in answer.content.decode()
    assert "已电话核实" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).steps.count() == 0
    assert clerk.post(path, {"words": "已电话核实", "version": ""}).status_code == 302


def test_where_there_is_no_form_to_show_it_is_a_page_and_an_outage_is_none():
    request = RequestFactory().post("/desk/visits/1/claim/")
    request.actor = None
    middleware = refusals(lambda _request: None)

    def raised(cause):
        error = OperationalError("x")
        error.__cause__ = cause
        return middleware.process_exception(request, error)

    assert raised(psycopg.errors.DeadlockDetected()).status_code == 409
    assert raised(psycopg.errors.AdminShutdown()) is None
