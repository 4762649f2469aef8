"""Titles in lists: people sign what they write, and not everybody who reads the original knows who asks."""

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from hotline.base.masking import HIDDEN
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from hotline.doors.desk.rows import lean, unit_rows
from tests.doors.people import client_of
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db

NAME = "卡纳瑞若"
TITLE = f"{NAME}反映辅导员的问题"


@pytest.fixture
def signed():
    """A 保密 request that its writer has signed in the title, waiting for a leader."""
    owner = a_user(NAME)
    at = now()
    return a_case(
        State.AWAIT_INSTRUCTION, owner=owner, mode=Mode.CONFIDENTIAL, title=TITLE, at=at,
        shown_title=TITLE,
    )  # fmt: skip


LISTS = ("/desk/cases/", "/desk/instructions/", "/figures/cases/?cohort=received")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("role", ["R8", "R9"])
def test_whoever_must_not_know_the_name_reads_no_title_with_it(role, path, signed):
    page = client_of(role).get(path).content.decode()
    assert signed.number in page
    assert NAME not in page
    assert f"{HIDDEN}反映辅导员的问题" in page


@pytest.mark.parametrize("role", ["R2", "R3", "R4"])
def test_the_office_reads_it_as_it_was_written(role, signed):
    Case.objects.filter(pk=signed.pk).update(state=State.SUBMITTED)
    assert TITLE in client_of(role).get("/desk/cases/").content.decode()


def test_no_search_tells_by_what_it_finds_whose_request_it_is(signed):
    leader, clerk = client_of("R8"), client_of("R3")
    for words, found in ((NAME, False), ("瑞若", False), ("辅导员", True)):
        page = leader.post("/desk/cases/", {"q": words}, follow=True).content.decode()
        assert (signed.number in page) is found, words
    assert signed.number in clerk.post("/desk/cases/", {"q": NAME}, follow=True).content.decode()


def test_the_copy_of_a_secret_request_is_read_once_more_for_the_name():
    case = a_case(State.IN_PROGRESS, owner=a_user(NAME), mode=Mode.CONFIDENTIAL)
    Case.objects.filter(pk=case.pk).update(shown_title=TITLE)
    rows = lean(Case.objects.filter(pk=case.pk).annotate(order=Value(7)), "order")
    assert [row.title for row in unit_rows(rows)] == [f"{HIDDEN}反映辅导员的问题"]


@pytest.mark.parametrize("role", ["R8", "R4"])
def test_a_list_of_many_asks_no_more_than_a_list_of_one(role, signed):
    client = client_of(role)
    client.get("/desk/cases/")
    with CaptureQueriesContext(connection) as one:
        client.get("/desk/cases/")
    for _more in range(2):
        a_case(State.AWAIT_INSTRUCTION, owner=a_user(NAME), title=TITLE, at=now())
    with CaptureQueriesContext(connection) as three:
        client.get("/desk/cases/")
    assert len(three) == len(one)
