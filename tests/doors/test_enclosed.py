"""Complaints about the hotline office, as people meet them on their pages."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from hotline.cases.codes import Seal, State
from hotline.cases.models import Case
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, holder

pytestmark = pytest.mark.django_db

BODY = "热线办的话务员两次挂断我的电话，态度很差。"
FORM = {"type": "TS", "body": BODY, "mode": "NAMED", "about_office": "on"}
WHY = "您说的是后勤的值班电话，不是热线"


def test_the_requester_says_so_with_one_tick_and_follows_it_as_any_other():
    owner = a_user()
    client = signed_in(owner)
    client.post("/requests/new/", {**FORM, "key": uuid4(), "draft": "1"})
    draft = Case.objects.get(owner=owner)
    assert (draft.state, draft.seal) == (State.DRAFT, Seal.OFFICE)
    assert "checked" in _tick(client.get(f"/requests/new/?draft={draft.pk}"))
    page = client.post("/requests/new/", {**FORM, "key": draft.form_key})
    case = Case.objects.get(owner=owner)
    assert "热线办看不到这件诉求" in page.content.decode()
    assert case.seal == Seal.OFFICE
    page = client.get(f"/requests/{case.number}/").content.decode()
    assert BODY in page
    assert "由党政办专人办理" in page
    assert case.number in client.get("/requests/").content.decode()


def _tick(response):
    page = response.content.decode()
    at = page.index('name="about_office"')
    return page[at : page.index(">", at)]


def test_a_stranger_without_an_account_may_say_so_as_well():
    Client().post("/requests/new/", {**FORM, "key": uuid4(), "mode": "ANONYMOUS"})
    assert Case.objects.get().seal == Seal.OFFICE


def test_the_clerk_who_registers_it_reads_out_the_number_and_sees_no_more_of_it():
    client = client_of("R3")
    data = {**FORM, "key": uuid4(), "channel": "PHONE", "phone": "13800000000"}
    page = client.post("/desk/registrations/", data).content.decode()
    number = Case.objects.get().number
    assert number in page
    assert "打开这件诉求" not in page
    assert client.get(f"/desk/cases/{number}/").status_code == 404
    assert number not in client.get("/desk/cases/").content.decode()
    caller = client.post("/desk/registrations/caller/", {"phone": "13800000000"})
    assert number not in caller.content.decode()


def test_the_receivers_have_it_on_a_list_of_their_own_with_a_count():
    a_case(State.SUBMITTED, seal="OFFICE", title="接线员挂断电话")
    page = client_of("R9").get("/desk/rooms/office/").content.decode()
    assert "接线员挂断电话" in page
    assert '反映热线办<span class="count">1</span>' in page
    assert client_of("R4").get("/desk/rooms/office/").status_code == 404


def test_the_requester_is_asked_and_answers_on_the_own_page():
    owner = a_user()
    case = a_case(State.SUBMITTED, seal="OFFICE", owner=owner)
    receiver, client = signed_in(holder("R9")), signed_in(owner)
    assert receiver.post(f"/desk/cases/{case.number}/openings/", {"words": "短"}).status_code == 422
    assert receiver.post(f"/desk/cases/{case.number}/openings/", {"words": WHY}).status_code == 302
    page = client.get(f"/requests/{case.number}/").content.decode()
    assert WHY in page
    assert "不同意，仍由党政办办理" in page
    assert client.post(f"/requests/{case.number}/agreements/").status_code == 302
    assert client_of("R3").get(f"/desk/cases/{case.number}/").status_code == 200


def test_a_clerk_who_sends_it_to_the_receivers_is_led_away_from_it():
    case = a_case(State.SUBMITTED)
    client = client_of("R3")
    done = client.post(
        f"/desk/cases/{case.number}/enclosures/",
        {"words": "来件反映的是接线人员的态度"},
        follow=True,
    )
    assert done.status_code == 200
    assert case.number not in done.content.decode()
    assert client.get(f"/desk/cases/{case.number}/").status_code == 404


@pytest.mark.parametrize("role", ["R4", "R8"])
def test_no_figure_counts_it(role):
    client = client_of(role)
    a_case(State.SUBMITTED)
    before = _counted(client)
    a_case(State.SUBMITTED, seal="OFFICE")
    assert _counted(client) == before


def _counted(client):
    page = client.get("/figures/").content.decode()
    counts = re.findall(r">\s*([\d.]+)\s*<", page)
    assert "1" in counts
    return counts
