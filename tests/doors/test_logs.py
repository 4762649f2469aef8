"""The log: every request and job has a number there, and no line has anything of a person."""

import io
import json
import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from hotline.base import logs
from hotline.drivers.carriers import DeliveryError
from hotline.people.models import User
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user
from tests.notices.scene import Scripted, drain, tell

pytestmark = pytest.mark.django_db

NAME, PHONE, ACCOUNT = "卡纳瑞若", "13955550123", "S2023000777"
WORDS = "只有我宿舍的金丝雀知道"
CANARIES = (NAME, PHONE, ACCOUNT, WORDS, "金丝雀")


@pytest.fixture(params=[logs.Line, logs.Words])
def log(request):
    """Everything that is logged, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(request.param())
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def failing(*_args, **_more):
    """What a bug does: an error that quotes whatever it has in hand."""
    raise ValueError(f"cannot use {NAME} {PHONE} {ACCOUNT}: {WORDS}")


def test_an_error_in_a_page_is_logged_with_its_request_and_without_its_text(log, monkeypatch):
    client = signed_in(a_user(NAME, phone=PHONE, account=ACCOUNT))
    client.raise_request_exception = False
    monkeypatch.setattr("hotline.cases.queries.visible", failing)
    assert client.get(f"/requests/{PHONE}/").status_code == 500
    client.get(f"/nowhere/{ACCOUNT}/?q={WORDS}")
    client.post("/sign-in/", {"account": ACCOUNT, "password": PHONE})
    client.post(
        "/requests/new/", {"body": WORDS * 3, "name": NAME}, headers={"Referer": f"/{PHONE}"}
    )
    Client(headers={"host": f"{ACCOUNT}.example"}, enforce_csrf_checks=True).post("/sign-in/", {})
    text = log.getvalue()
    assert "ValueError" in text and text.count("answered") == 5
    assert not [word for word in CANARIES if word in text]


def test_an_error_page_tells_the_number_under_which_the_log_has_it(log, monkeypatch):
    monkeypatch.setattr("hotline.doors.portal.views.page_of", lambda *_a, **_k: None.missing)
    client = signed_in(a_user(NAME))
    client.raise_request_exception = False
    answer = client.get("/requests/")
    assert answer.status_code == 500
    number = answer["X-Request-ID"]
    assert number in answer.content.decode()
    failed = [line for line in log.getvalue().splitlines() if number in line and "ERROR" in line]
    assert failed
    if failed[0].startswith("{"):
        told = json.loads(failed[0])
        assert (told["route"], told["status"]) == ("portal:requests", 500)
        assert told["error"]["class"] == "builtins.AttributeError"
        assert any("portal/views.py" in place for place in told["error"]["places"])


def test_what_the_database_refuses_is_logged_by_its_codes_alone(log):
    a_user(NAME, phone=PHONE, account=ACCOUNT)
    try:
        with transaction.atomic():
            User.objects.create(account=ACCOUNT, name=NAME)
    except IntegrityError:
        logging.getLogger("hotline.people").exception("an account of %s %s", PHONE, "张三老师")
    text = log.getvalue()
    assert "23505" in text and "IntegrityError" in text
    assert not [word for word in (*CANARIES, "张三") if word in text]


def test_an_error_in_a_job_or_a_driver_is_logged_without_its_text(log, monkeypatch):
    from procrastinate.contrib.django import app
    from procrastinate.testing import InMemoryConnector

    monkeypatch.setattr(app.tasks["cases.recount"], "func", failing)
    with app.replace_connector(InMemoryConnector()) as jobs:
        jobs.tasks["cases.recount"].defer()
        jobs.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    user = a_user(NAME, phone=PHONE)
    message = tell(user)
    drain(Scripted(ValueError(f"{NAME} {PHONE}: {WORDS}"), DeliveryError("NO_CONNECTION")))
    text = log.getvalue()
    assert "cases.recount" in text and f"message m{message.pk} is broken: ValueError" in text
    assert not [word for word in CANARIES if word in text]


def test_a_number_from_a_proxy_is_kept_only_if_it_is_random(settings):
    given = {"X-Request-ID": "0af7651916cd43dd8448eb211c80319c"}
    assert Client().get("/healthz", headers=given)["X-Request-ID"] != given["X-Request-ID"]
    settings.HTTPS = True
    assert Client().get("/healthz", headers=given)["X-Request-ID"] == given["X-Request-ID"]
    for odd in (PHONE, "x" * 400, "a\nb", "110101199003078515"):
        answer = Client().get("/healthz", headers={"X-Request-ID": odd})
        assert len(answer["X-Request-ID"]) == 32 and answer["X-Request-ID"] != odd


def test_addresses_are_logged_by_their_names(log):
    case = a_case()
    client_of("R3").get(f"/desk/cases/{case.number}/")
    assert "desk:case" in log.getvalue() and case.number not in log.getvalue()
