"""Nothing can be taken in, and what was typed is given back to whoever typed it: never a password."""

import pytest
from django.db import OperationalError
from django.test import Client

from hotline.base import space
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import triage
from tests.doors.people import BACKEND, signed_in
from tests.make import a_case, a_user, holder
from tools.proofs.browser import form_with

pytestmark = pytest.mark.django_db
BODY = "七号楼四层的空调坏了三天，<b>晚上</b>睡不着，请尽快来修。"
DETAIL = "请先核实七号楼四层的维修记录，再联系诉求人约定上门时间，并请他当面确认，记录在案后回复。"


@pytest.fixture
def full(settings):
    settings.DISK_RESERVE_BYTES = 10**18
    space._last = None
    yield
    space._last = None


def room(settings):
    settings.DISK_RESERVE_BYTES = 0
    space._last = None


def asking(client, **more):
    form = form_with(client.get("/requests/new/").content.decode(), "key")
    return {**{name: texts[0] for name, texts in form.fields.items()}, "body": BODY, **more}


def test_a_request_that_cannot_be_taken_in_is_given_back_and_goes_through_later(settings, full):
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_user(), backend=BACKEND)
    sent = asking(client, type="QZ", mode="NAMED")
    answer = client.post("/requests/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] and answer["Cache-Control"]
    assert "<b>晚上" not in page
    given = form_with(page, "key")
    assert given is not None
    assert given.fields == {
        name: [text] for name, text in sent.items() if text or name in given.fields
    }
    room(settings)
    again = {name: texts[0] for name, texts in given.fields.items()}
    assert client.post("/requests/new/", again).status_code == 200
    assert Case.objects.get().body == BODY


def test_of_a_form_that_a_stranger_made_nothing_is_shown(full):
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_user(), backend=BACKEND)
    sent = asking(client) | {"csrfmiddlewaretoken": "x" * 64}
    answer = client.post("/requests/new/", sent)
    assert answer.status_code == 503
    assert "七号楼" not in answer.content.decode()


def test_a_password_is_never_shown(full):
    client = signed_in(a_user())
    long = "correct horse battery staple correct horse battery staple"
    answer = client.post("/account/", {"old": long, "password": long, "again": long})
    assert answer.status_code == 503
    assert "correct horse" not in answer.content.decode()


def test_words_of_staff_are_given_back_when_the_database_goes_in_between(monkeypatch):
    case, clerk = a_case(State.SUBMITTED), signed_in(holder("R3"))
    clerk.raise_request_exception = False

    def gone(*_a, **_k):
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(triage, "ask", gone)
    answer = clerk.post(f"/desk/cases/{case.number}/questions/", {"words": DETAIL, "version": "0"})
    assert answer.status_code == 503
    assert DETAIL in answer.content.decode()


def test_a_page_that_was_only_read_has_nothing_to_give_back(monkeypatch, client):
    client.raise_request_exception = False
    monkeypatch.setattr(
        "hotline.doors.portal.views.terms.current",
        lambda: (_ for _ in ()).throw(OperationalError()),
    )
    answer = client.get("/portal/")
    assert answer.status_code == 503
    assert "<form" not in answer.content.decode()
