"""Nobody is led away: whatever is sent along, the next address is one of ours."""

from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from tests.doors.safety.conftest import browsers
from tests.make import a_user

pytestmark = pytest.mark.django_db

AWAY = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "/\t/evil.example", " //evil.example", "javascript:alert(1)",
    "data:text/html,x", "https://testserver@evil.example/", "https://evil.example\\@testserver/", "//evil.example%2f..",
]  # fmt: skip
NAMES = ("next", "confirm-next", "onward", "to", "url", "back", "return", "redirect", "continue")
LEADING = ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh", "Content-Location")


def leads_away(response):
    for header in LEADING:
        to = response.get(header, "").strip().replace("\\", "/")
        parts = urlsplit(to)
        if parts.netloc not in {"", "testserver"} or parts.scheme not in {"", "http", "https"}:
            yield header, to
        if to.startswith("//"):
            yield header, to


@pytest.mark.parametrize("away", AWAY)
def test_signing_in_and_choosing_a_language_lead_nowhere_else(away):
    user = a_user()
    sent = {"username": user.account, "password": "a fine password", "next": away}
    for response in (
        Client().post("/sign-in/", sent),
        Client().post(f"/sign-in/?next={quote(away)}", {**sent, "next": ""}),
        Client().post("/language/", {"language": "en", "next": away}),
    ):
        assert response.status_code == 302
        assert not list(leads_away(response))
    page = Client().get("/sign-in/", {"next": away}).content.decode()
    assert "evil.example" not in page.split('name="next"')[2]


def test_no_address_leads_away_whatever_is_sent_along(canary, places):
    asked = dict.fromkeys(NAMES, "https://evil.example/")
    for who, client in browsers(canary, HTTP_REFERER="https://evil.example/").items():
        for name, path in places:
            for response in (client.get(path, asked), client.post(path, asked)):
                assert not list(leads_away(response)), (who, name)


def test_an_address_that_looks_like_a_host_stays_here():
    for path in (
        "//evil.example/portal",
        "//evil.example",
        "/\\evil.example/portal",
        "/portal//evil.example",
    ):
        response = Client().generic("GET", path)
        assert not list(leads_away(response)), path
