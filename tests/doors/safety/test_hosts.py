"""Whoever claims to be another host, or to come from another place, is not believed."""

import pytest
from django.test import Client

from tests.doors.safety.conftest import PROXIED, browsers

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
CLAIMS = {
    "X-Forwarded-Host": EVIL, "X-Host": EVIL, "X-Original-URL": f"https://{EVIL}/", "X-Rewrite-URL": "/admin/",
    "X-HTTP-Method-Override": "DELETE", "Forwarded": f"host={EVIL};proto=https", "X-Forwarded-Port": "8443",
    "X-Forwarded-Server": EVIL,
}  # fmt: skip


def test_every_address_refuses_another_host(https, canary, places):
    for client in browsers(canary, only=("stranger", "manager")).values():
        for name, path in places:
            response = client.get(path, headers=PROXIED | {"Host": EVIL})
            assert response.status_code == 400, name
            assert EVIL not in response.content.decode(), name


def test_no_claim_of_another_host_reaches_a_page_or_a_header(https, canary, places):
    for client in browsers(canary, only=("stranger", "manager")).values():
        for name, path in places:
            response = client.get(path, headers=PROXIED | CLAIMS)
            body = b"".join(response) if response.streaming else response.content
            told = body.decode("utf-8", "replace") + str(dict(response.headers))
            assert EVIL not in told and response.status_code != 400, name


def test_a_scheme_is_believed_only_behind_our_proxy(settings):
    claimed = Client().get("/portal/", headers={"X-Forwarded-Proto": "https"})
    assert not claimed.wsgi_request.is_secure()


def test_a_scheme_is_believed_from_our_proxy(https):
    assert Client().get("/portal/", headers=PROXIED).wsgi_request.is_secure()
    assert not Client().get("/portal/", headers={"X-Forwarded-Proto": "http"}).wsgi_request.is_secure()  # fmt: skip
