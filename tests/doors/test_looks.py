"""No page, print, file, list or export shows a person's data to staff without a look on record."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from hotline.base.masking import mask_account, mask_name, mask_phone
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Door, Look
from hotline.cases.services import looking
from hotline.doors.desk.actions import CASE_ACTIONS
from tests.doors.addresses import addresses
from tests.doors.people import client_of, signed_in
from tests.doors.test_strangers import (
    ACCOUNT,
    NAME,
    NOTE,
    OPINION,
    PERSON,
    PHONE,
    QUERIES,
    RATED,
    WORDS,
    canary,  # noqa: F401 - a fixture
    text_of,
)
from tests.make import a_case, a_user, holder

pytestmark = pytest.mark.django_db

MASKED = (mask_name(NAME), mask_phone(PHONE), mask_account(ACCOUNT))
PERSONAL = (*PERSON, *MASKED, WORDS, OPINION, NOTE, RATED)
STAFF = ["R4", "R5", "R9"]


@pytest.fixture
def _each_counts(monkeypatch):
    """Every look is written, also one that was there a moment ago."""
    monkeypatch.setattr(looking, "ONE_LOOK", timedelta(0))


@pytest.mark.usefixtures("_each_counts")
@pytest.mark.parametrize("role", STAFF)
def test_whatever_shows_a_person_or_their_words_has_recorded_the_look(role, canary):  # noqa: F811
    user = holder(role, of="houqin" if role in {"R5", "R6"} else None)
    client, showed = signed_in(user), set()
    for name, path in addresses(canary):
        for query in ["", *QUERIES.get(name, [])]:
            before = Look.objects.count()
            text = text_of(client.get(path + query))
            if any(word in text for word in PERSONAL if word not in path + query):
                showed.add(name)
                looks = Look.objects.order_by("id")[before:]
                assert [row.by for row in looks] == [user], path + query
                about = {canary, None} if name == "desk:decision" else {canary}  # None: themselves
                assert looks[0].case in about, path + query
    assert {"desk:case", "ui:file"} <= showed or {"desk:order", "ui:file"} <= showed


@pytest.mark.usefixtures("_each_counts")
def test_whoever_looks_at_their_own_request_leaves_no_look(canary):  # noqa: F811
    client = signed_in(canary.owner)
    for name, path in addresses(canary):
        if name not in {"ui:sign_out", "ui:language"}:
            client.get(path)
    assert not Look.objects.exists()


def last():
    return Look.objects.order_by("-id").first()


def test_each_door_has_its_name(canary):  # noqa: F811
    client = client_of("R4")
    page = f"/desk/cases/{canary.number}/"
    for path, door in (
        (page, Door.PAGE),
        (page + "?print=1", Door.PRINT),
        (f"/files/{canary.attachments.get().key}/", Door.FILE),
        (f"/desk/cases/?q={PHONE}", Door.SEARCH),
        ("/desk/cases/sheet/?state=IN_PROGRESS", Door.EXPORT),
    ):
        client.get(path)
        assert last().door == door, path
    assert last().cases == [canary.pk]
    assert last().facts == {
        "what": "requests", "count": 1, "filter": {"state": "IN_PROGRESS"},
    }  # fmt: skip


def test_the_form_of_every_action_is_a_look_too(canary):  # noqa: F811
    client = client_of("R4")
    for slug in CASE_ACTIONS:
        before = Look.objects.count()
        response = client.get(f"/desk/cases/{canary.number}/{slug}/")
        if response.status_code == 200:
            assert Look.objects.exists(), slug
            assert Look.objects.count() - before <= 1


def test_a_search_by_number_of_a_request_or_by_words_is_no_search_for_a_person(canary):  # noqa: F811
    client = client_of("R3")
    for text in (canary.number, "金丝雀", "R2206"):
        client.get("/desk/cases/", {"q": text})
    assert not Look.objects.filter(door=Door.SEARCH).exclude(cases=[]).exists()


def test_an_unsuccessful_search_for_a_person_is_on_record_without_the_number(canary):  # noqa: F811
    client = client_of("R3")
    client.get("/desk/cases/", {"q": "13900000000"})
    client.post("/desk/registrations/caller/", {"phone": "13900000000"})
    (row,) = Look.objects.filter(door=Door.SEARCH)
    assert (row.cases, row.facts) == ([], {"count": 0})
    assert "139" not in f"{row.sought}{row.facts}"


def test_a_search_for_a_person_is_one_also_where_it_is_asked_for_as_a_spreadsheet(canary):  # noqa: F811
    client_of("R4").get(f"/desk/cases/sheet/?q={PHONE}")
    rows = Look.objects.filter(door=Door.SEARCH).values_list("cases", "sought")
    assert list(rows) == [([canary.pk], looking.sought(PHONE))]


@pytest.mark.parametrize("role", ["R3", "R5"])
def test_a_page_whose_look_cannot_be_recorded_shows_nothing(role, canary, monkeypatch):  # noqa: F811
    def refuse(*_args, **_more):
        raise DatabaseError("the disk is full")

    monkeypatch.setattr(looking, "_write", refuse)
    client = client_of(role, of="houqin")
    client.raise_request_exception = False
    page = {
        "R3": f"/desk/cases/{canary.number}/",
        "R5": f"/unit/orders/{canary.orders.get(part='LEAD').pk}/",
    }[role]
    for path in (
        page,
        page + "?print=1",
        page + "clocks/",
        f"/files/{canary.attachments.get().key}/",
    ):
        response = client.get(path)
        assert response.status_code == 500, path
        assert not [word for word in PERSONAL if word in text_of(response)]


@pytest.mark.django_db(transaction=True)
def test_a_look_stays_on_record_whatever_becomes_of_the_page(monkeypatch):
    case = a_case(State.ACCEPTED, owner=a_user(), mode=Mode.NAMED)
    client = client_of("R3")
    client.raise_request_exception = False
    monkeypatch.setattr("hotline.doors.desk.views.case.told.told_of", lambda sight: 1 / 0)
    assert client.get(f"/desk/cases/{case.number}/").status_code == 500
    assert list(Look.objects.values_list("case__number", "door")) == [(case.number, "PAGE")]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE cases_look")
    assert Case.objects.filter(pk=case.pk).exists()
