"""When the database is away or the disk nearly full: a clear page, no loss, and recovery by itself."""

import asyncio

import pytest
from django.db import OperationalError
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from config import pools
from hotline.base import space
from hotline.cases.models import Case
from tests.doors.people import client_of, signed_in
from tests.make import a_user, type_

pytestmark = pytest.mark.django_db
FORM = {"body": "浴室没有热水已经两天了，请尽快处理。", "mode": "NAMED"}


@pytest.fixture
def full(settings, monkeypatch):
    """A switch for the disk."""
    monkeypatch.setattr(space, "ASKED_AGAIN_SECONDS", 0)

    def switch(on):
        settings.DISK_RESERVE_BYTES = 10**18 if on else 0

    switch(True)
    return switch


def test_a_nearly_full_disk_refuses_what_writes_keeps_reading_and_recovers(full):
    client = signed_in(a_user())
    form = FORM | {"type": type_().pk}
    before = Case.objects.count()
    refused = client.post("/requests/new/", form)
    assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    assert "暂时不能提交" in refused.content.decode()
    assert Case.objects.count() == before
    assert client.get("/portal/").status_code == client.get("/requests/").status_code == 200
    assert client_of("R3").get("/desk/cases/").status_code == 200
    assert Client().post("/sign-in/", {"account": "a", "password": "b"}).status_code != 503
    full(False)
    assert client.post("/requests/new/", form).status_code != 503


def test_a_panel_is_told_where_messages_are(full):
    answer = signed_in(a_user()).post("/requests/new/", FORM, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (503, "#messages")


def test_jobs_wait_while_the_disk_is_nearly_full_and_run_when_there_is_room(full, monkeypatch):
    monkeypatch.setattr(pools, "LOOKED_AT_SECONDS", 0.02)
    ran = []
    monkeypatch.setattr(app.tasks["cases.recount"], "func", lambda: ran.append(1))

    async def live():
        await app.tasks["cases.recount"].defer_async()
        worker = pools.Pools()
        running = asyncio.create_task(worker.run())
        await asyncio.sleep(0.3)
        assert ran == []
        full(False)
        async with asyncio.timeout(30):
            while not ran:
                await asyncio.sleep(0.05)
        full(True)
        await asyncio.sleep(0.3)
        await app.tasks["cases.recount"].defer_async()
        await asyncio.sleep(0.3)
        assert ran == [1]
        worker._stopping.set()
        async with asyncio.timeout(30):
            await running

    with app.replace_connector(InMemoryConnector()) as jobs:
        monkeypatch.setattr(pools.Pools, "_jobs", lambda _self: jobs)
        asyncio.run(live())


def test_a_database_that_is_away_is_a_page_that_asks_it_nothing(monkeypatch, settings):
    def away(*_args, **_more):
        raise OperationalError("connection to 10.0.0.7 failed for user hotline")

    client = signed_in(a_user("卡纳瑞若"))
    client.raise_request_exception = False
    settings.CONN_HEALTH_CHECKS = True
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    monkeypatch.setattr("hotline.base.compiled.Compiled.rows", away)
    for path in ("/portal/", "/requests/", "/account/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "30"), path
        text = answer.content.decode()
        assert "暂时无法使用" in text and answer["X-Request-ID"] in text
        assert not [word for word in ("10.0.0.7", "卡纳瑞若") if word in text]
    client.cookies["django_language"] = "en"
    assert client.get("/requests/").status_code == 503
    assert Client().get("/healthz").status_code == 200
