"""What is searched for stands in no address as it was typed."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from hotline.cases.models import SavedFilter
from hotline.doors.ui import sought
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, holder

PHONE, NAME = "13955550123", "卡纳瑞若"


@given(st.text(max_size=60).map(str.strip))
def test_a_search_opens_again_as_it_was_typed(text):
    once = sought.sealed(text)
    assert sought.opened(once) == text
    assert sought.sealed(once) == once


def test_a_tilde_before_it_is_no_way_around():
    assert PHONE not in sought.sealed(f"~{PHONE}")
    assert sought.opened(sought.sealed(f"~{PHONE}")) == f"~{PHONE}"


@given(st.text(max_size=60))
def test_nonsense_in_an_address_is_nothing(text):
    assert sought.opened("~" + text) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "path"), [("R4", "/desk/cases/"), ("R13", "/admin/accounts/"), ("R5", "/unit/")]
)
@pytest.mark.parametrize("text", [PHONE, NAME])
def test_no_search_page_puts_it_into_its_address(role, path, text):
    client = client_of(role, of="houqin" if role == "R5" else None)
    answer = client.post(path, {"q": text, "sort": "due", "after": "x"})
    assert answer.status_code == 303
    assert text not in answer["Location"]
    asked = parse_qs(urlsplit(answer["Location"]).query)
    assert sought.opened(asked["q"][0]) == text
    assert "after" not in asked and "csrfmiddlewaretoken" not in asked
    page = client.get(answer["Location"])
    assert f'value="{text}"' in page.content.decode()  # as it was typed, to be changed
    assert text not in page.content.decode().replace(f'value="{text}"', "")


@pytest.mark.django_db
def test_a_phone_number_finds_its_requests_and_the_export_finds_the_same():
    at = now()
    case = a_case(owner=a_user(NAME, phone=PHONE), at=at)
    other = a_case(owner=a_user("李四"), at=at)
    client = client_of("R4")
    found = client.post("/desk/cases/", {"q": PHONE}, follow=True)
    page = found.content.decode()
    assert case.number in page and other.number not in page
    sheet = re.search(r'href="(/desk/cases/sheet/\?[^"]+)"', page)[1].replace("&amp;", "&")
    rows = list(load_workbook(BytesIO(b"".join(client.get(sheet)))).active.values)
    numbers = {row[0] for row in rows}
    assert case.number in numbers and other.number not in numbers


@pytest.mark.django_db
def test_a_number_typed_in_goes_straight_to_its_request():
    case = a_case(at=now())
    answer = client_of("R3").post("/desk/cases/", {"q": case.number}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/desk/cases/{case.number}/"


@pytest.mark.django_db
def test_a_filter_that_is_kept_finds_again_and_tells_nobody():
    user = holder("R4")
    client = signed_in(user)
    case = a_case(owner=a_user(NAME, phone=PHONE), at=now())
    query = client.post("/desk/cases/", {"q": PHONE})["Location"].split("?")[1]
    client.post("/desk/filters/", {"name": "我的", "query": query})
    kept = SavedFilter.objects.get(by=user)
    assert PHONE not in kept.query
    assert case.number in client.get(f"/desk/cases/?{kept.query}").content.decode()


@pytest.mark.django_db
def test_an_empty_search_is_the_whole_list():
    answer = client_of("R4").post("/desk/cases/", {"q": "  "})
    assert answer["Location"] == "/desk/cases/"
