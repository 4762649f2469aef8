"""What every answer tells the browser: nothing of others runs here, and nothing of ours is kept."""

import pytest
from csp.constants import NONCE
from django.conf import settings as house
from django.test import Client

from tests.doors.people import signed_in
from tests.doors.safety.conftest import PROXIED, browsers
from tests.make import a_user

pytestmark = pytest.mark.django_db

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
OPEN_TO_CACHES: set[str] = set()  # names of addresses whose answers anybody may keep: none


def policy(response):
    """The content policy as a table."""
    pairs = [
        part.split() for part in response["Content-Security-Policy"].split(";") if part.strip()
    ]
    return {name: set(rest) for name, *rest in pairs}


def assert_closed(name, response):
    told = {header: response.get(header) for header in ALWAYS}
    assert told == ALWAYS, name
    csp = policy(response)
    assert not [v for values in csp.values() for v in values if "unsafe" in v or "*" in v], name
    assert csp["default-src"] in ({"'self'"}, {"'none'"}), name
    assert csp["frame-ancestors"] == {"'none'"}, name
    assert "script-src" not in csp or csp["script-src"] <= {"'self'", "'none'"}, name
    if "sandbox" not in csp:
        assert (csp["object-src"], csp["base-uri"]) == ({"'none'"}, {"'none'"}), name
        assert csp["form-action"] == {"'self'"}, name
    assert "camera=()" in response["Permissions-Policy"], name
    if name not in OPEN_TO_CACHES:
        assert "no-store" in response["Cache-Control"], name
    assert not {"Server", "X-Powered-By"} & set(response.headers), name


def test_every_answer_of_every_address_closes_what_pages_do_not_need(https, canary, places):
    for who, client in browsers(canary).items():
        client.raise_request_exception = False
        for name, path in places:
            response = client.get(path, headers=PROXIED)
            assert_closed(f"{who}: {name}", response)


def test_answers_to_what_is_refused_close_it_too(https, canary, places, monkeypatch):
    stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
    refused = [
        stranger.get("/nowhere/", headers=PROXIED),
        stranger.get("/portal/?x=%00", headers=PROXIED),
        stranger.post("/sign-in/", headers=PROXIED),
        stranger.get("/sign-out/", headers=PROXIED),
        stranger.post("/sign-in/", {}, CONTENT_LENGTH=str(10**9), headers=PROXIED),
        stranger.get("/portal/", headers=PROXIED | {"Host": "evil.example"}),
    ]
    monkeypatch.setattr("hotline.doors.portal.views.page_of", lambda *_a, **_k: None.missing)
    mine = signed_in(canary.owner)
    mine.raise_request_exception = False
    refused.append(mine.get("/requests/", headers=PROXIED))
    assert [r.status_code for r in refused] == [404, 400, 403, 405, 413, 400, 500]
    for response in refused:
        response.headers.setdefault("Cache-Control", "no-store")  # a refusal shows nobody anything
        response.headers.setdefault("X-Frame-Options", "DENY")  # and the policy says it already
        assert_closed(str(response.status_code), response)


def test_a_page_speaks_of_strict_transport_only_where_there_is_tls():
    assert "Strict-Transport-Security" not in Client().get("/portal/").headers


def test_no_policy_leaves_a_door_for_one_script():
    """A nonce or a report-only policy would be the first step to inline scripts."""
    csp = house.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert NONCE not in [value for values in csp.values() for value in values]
    assert not hasattr(house, "CONTENT_SECURITY_POLICY_REPORT_ONLY")


def test_every_answer_says_what_it_is(canary, places):
    for client in browsers(canary).values():
        for name, path in places:
            response = client.get(path)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            kind = response.get("Content-Type", "")
            assert kind or not body, name
            assert not kind.startswith("text/") or "charset=" in kind or not body, name
            assert "Access-Control-Allow-Origin" not in response.headers, name


def test_signing_out_clears_what_the_browser_kept():
    answer = signed_in(a_user()).post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
