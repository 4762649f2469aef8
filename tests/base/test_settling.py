"""Jobs are settled whatever happens to the connection: none stays ``doing`` while its worker lives."""

import asyncio

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from hotline.base import jobs, settling
from hotline.base.settling import Settling
from tests.upkeep.at_hand import no_jobs

LOCK = "notices.drain.SMS"


@pytest.fixture(autouse=True)
def _empty(request, monkeypatch):
    monkeypatch.setattr(settling, "AGAIN_SECONDS", (0, 0))
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db")
        no_jobs()


def a_row(status, *, lock=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock)"
            " VALUES ('deliveries', 'notices.drain', %s, %s) RETURNING id", [status, lock],
        )  # fmt: skip
        return cursor.fetchone()[0]


def a_job(pk, lock=None):
    return Job(
        id=pk, queue="deliveries", lock=None, queueing_lock=lock, task_name="notices.drain", task_kwargs={}
    )  # fmt: skip


def run(work):
    """Await it, and close the connection of the thread that has done it."""

    async def whole():
        try:
            return await work
        finally:
            await sync_to_async(connections.close_all)()

    return asyncio.run(whole())


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs ORDER BY id")
        return dict(cursor.fetchall())


@pytest.mark.django_db(transaction=True)
def test_a_job_that_is_to_be_tried_again_gives_way_to_one_of_its_kind_that_waits():
    mine, other = a_row("doing", lock=LOCK), a_row("todo", lock=LOCK)
    run(Settling(app.connector).retry_job(a_job(mine, LOCK)))
    assert rows() == {other: "todo"}


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_had_in_hand_is_queued_again_once():
    alone, mine, other = a_row("doing"), a_row("doing", lock=LOCK), a_row("todo", lock=LOCK)
    assert run(jobs.revive()) == 2
    assert rows() == {alone: "todo", other: "todo"}
    assert mine not in rows()


class Answers(JobManager):
    """Fails as it is told to, then does nothing."""

    def __init__(self, *errors):
        self.errors, self.tries = list(errors), 0


@pytest.fixture
def connector_of(monkeypatch):
    def given(*errors):
        told = Answers(*errors)

        async def finish(_self, _job, _status, _delete):
            told.tries += 1
            if told.errors:
                raise told.errors.pop(0)

        monkeypatch.setattr(JobManager, "finish_job", finish)
        return told

    return given


def gone(cause=None):
    error = ConnectorException("gone")
    error.__cause__ = cause
    return error


def finish():
    run(Settling(app.connector).finish_job(a_job(1), Status.SUCCEEDED, delete_job=True))


def test_the_end_of_a_job_is_written_down_once_the_connection_is_back(connector_of):
    told = connector_of(gone(), gone(psycopg.OperationalError()))
    finish()
    assert told.tries == 3


def test_an_end_that_was_written_down_although_its_answer_was_lost_is_no_fault(connector_of):
    told = connector_of(gone(), gone(psycopg.errors.RaiseException("not found")))
    finish()
    assert told.tries == 2


def test_an_outage_that_does_not_end_is_raised(connector_of):
    connector_of(gone(), gone(), gone())
    with pytest.raises(ConnectorException):
        finish()
