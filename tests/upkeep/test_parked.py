"""A job that always fails: tried a while, then parked where it is seen, in nobody's way, and decided upon."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.utils.timezone import now
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from config.pools import Pools
from hotline.base import retrying
from hotline.base.refusals import NotAllowed, WrongState
from hotline.upkeep import metrics, parked, pulse
from tests.doors.people import client_of
from tests.make import an_actor
from tests.upkeep.at_hand import a_job, no_jobs

PAGE = "/admin/upkeep/"


@pytest.fixture(autouse=True)
def _empty(request):
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        no_jobs()


def states():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text, attempts FROM procrastinate_jobs ORDER BY id")
        return {pk: (status, attempts) for pk, status, attempts in cursor.fetchall()}


def test_the_pauses_grow_and_are_bounded_and_come_to_an_end():
    def pause(attempts):
        job = Job(
            id=1, queue="cases", lock=None, queueing_lock=None, task_name="x", task_kwargs={}, attempts=attempts
        )  # fmt: skip
        decision = retrying.RETRY.get_retry_decision(exception=ValueError(), job=job)
        return decision and round((decision.retry_at - datetime.now(UTC)).total_seconds())

    told = [pause(n) for n in range(len(retrying.PAUSES) + 1)]
    assert told == [*retrying.PAUSES, None]
    assert max(retrying.PAUSES) <= 3600


def test_every_job_that_somebody_asks_for_is_tried_again_in_a_bounded_way():
    periodic = {name for name, _id in app.periodic_registry.periodic_tasks}
    asked = {
        n: t for n, t in app.tasks.items() if n not in periodic and not n.startswith("builtin")
        and "procrastinate" not in n
    }  # fmt: skip
    assert asked
    assert [n for n, task in asked.items() if task.retry_strategy is not retrying.RETRY] == []


def test_what_comes_round_by_itself_is_tried_again_too_and_does_not_stand_in_its_own_way():
    """A database that is killed under it is back in seconds; else an administrator would be asked."""
    for (name, _id), periodic in app.periodic_registry.periodic_tasks.items():
        task, often = app.tasks[name], not periodic.cron.split()[1].isdecimal()
        if (
            task.queue == "builtin" or name == "audit.seal"
        ):  # sealing waits for locks in its own way
            continue
        assert task.retry_strategy is (retrying.SOON if often else retrying.RETRY), name
    assert sum(retrying.SOON_PAUSES) <= 90


@pytest.mark.django_db
def test_what_has_failed_is_seen_and_run_again_with_all_its_tries():
    first, second = a_job(now(), status="failed"), a_job(now(), status="failed")
    a_job(now())
    (kind,) = parked.kinds()
    assert (kind.task, kind.count, kind.last) == ("cases.sweep", 2, second)
    assert b'hotline_jobs{state="failed"} 2' in metrics.written(now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 9 WHERE id = %s", [first])
    parked.run_again("cases.sweep", by=an_actor("R13"))
    assert {states()[pk] for pk in (first, second)} == {("todo", 0)}
    assert parked.kinds() == []


@pytest.mark.django_db
def test_of_several_under_one_lock_one_runs_and_none_where_one_waits():
    jobs = [a_job(now(), status="failed") for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET queueing_lock = 'cases.sweep'")
    parked.run_again("cases.sweep", by=an_actor("R13"))
    assert [states()[pk][0] for pk in jobs] == ["cancelled", "cancelled", "todo"]
    late = a_job(now(), status="failed")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET queueing_lock = 'cases.sweep' WHERE id = %s", [late]
        )
    parked.run_again("cases.sweep", by=an_actor("R13"))
    assert states()[late][0] == "cancelled"


@pytest.mark.django_db
def test_what_is_set_aside_is_out_of_sight_and_not_done():
    job = a_job(now(), status="failed")
    parked.set_aside("cases.sweep", by=an_actor("R13"))
    assert states()[job][0] == "cancelled"
    assert pulse.queue(now()).jobs.get("failed", 0) == 0
    with pytest.raises(WrongState):
        parked.set_aside("cases.sweep", by=an_actor("R13"))


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["R3", "R4", "R5", "R8", "R13A"])
def test_nobody_else_decides(role):
    a_job(now(), status="failed")
    of = {"of": "houqin"} if role == "R5" else {}
    with pytest.raises(NotAllowed):
        parked.run_again("cases.sweep", by=an_actor(role, **of))
    client = client_of(role)
    for path in ("again", "aside"):
        answer = client.post(f"{PAGE}jobs/{path}/", {"task": "cases.sweep"})
        assert answer.status_code in {302, 404}, path
    assert {state for state, _attempts in states().values()} == {"failed"}


@pytest.mark.django_db
def test_an_administrator_decides_on_the_page():
    admin = client_of("R13")
    assert "jobs/again" not in admin.get(PAGE).content.decode()
    a_job(now(), status="failed")
    assert "cases.sweep" in admin.get(PAGE).content.decode()
    answer = admin.post(f"{PAGE}jobs/again/", {"task": "cases.sweep"}, follow=True)
    assert "已重新排队" in answer.content.decode()
    assert {state for state, _attempts in states().values()} == {"todo"}
    assert admin.post(f"{PAGE}jobs/again/", {"task": "cases.sweep"}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_holds_up_no_other_and_its_words_reach_no_log(caplog):
    canary = "卡纳瑞若 13955550123"
    done = []

    @app.task(name="tests.fails", queue="proof")
    def fails():
        raise ValueError(canary)

    @app.task(name="tests.works", queue="proof")
    def works():
        done.append(1)

    async def worked():
        async with Pools()._jobs().open_async() as worker:
            await worker.run_worker_async(
                queues=["proof"], wait=False, delete_jobs="successful",
                install_signal_handlers=False,
            )  # fmt: skip
        await sync_to_async(connections.close_all)()

    try:
        for _ in range(3):
            fails.defer()
        works.defer()
        with caplog.at_level(logging.INFO):
            asyncio.run(worked())
    finally:
        for name in ("tests.fails", "tests.works"):
            del app.tasks[name]
    assert done == [1]
    assert [(kind.task, kind.count) for kind in parked.kinds()] == [("tests.fails", 3)]
    from hotline.base.logs import Line

    lines = [Line().format(record) for record in caplog.records]
    assert [line for line in lines if "tests.fails" in line or "ValueError" in line]
    assert not [line for line in lines if "卡纳瑞若" in line or "13955550123" in line]
    no_jobs()  # those of the minute came along
