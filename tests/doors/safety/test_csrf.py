"""A form of another site does nothing here: no address takes what is sent without our token."""

import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from tests.doors.people import signed_in
from tests.doors.safety.conftest import PROXIED, browsers
from tests.make import a_user

pytestmark = pytest.mark.django_db

BY_OTHER_PROOF = {"ui:receipt"}  # gateways; the code in the address and a signature prove who it is
TWO = ("stranger", "manager")  # the check comes before anybody is asked who they are
WRITING = ("post", "put", "patch", "delete")


def test_every_address_refuses_what_comes_without_a_token(canary, places):
    for who, client in browsers(canary, only=TWO).items():
        client.handler.enforce_csrf_checks = True
        for name, path in places:
            for method in WRITING:
                response = getattr(client, method)(path, {"words": "x"} if method == "post" else "")
                if name in BY_OTHER_PROOF:
                    continue
                assert response.status_code == 403, (who, name, method)
                assert "表单已失效" in response.content.decode(), (who, name, method)


def test_exactly_those_addresses_that_have_another_proof_are_exempt():
    exempt = {name for name, callback in _callbacks(get_resolver()) if getattr(callback, "csrf_exempt", False)}  # fmt: skip
    assert exempt == BY_OTHER_PROOF


def _callbacks(resolver, space=""):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _callbacks(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry.callback


def test_every_form_that_sends_carries_a_token(canary, places):
    for client in browsers(canary).values():
        for name, path in places:
            response = client.get(path)
            if "text/html" not in response.get("Content-Type", ""):
                continue
            for form in re.findall(r"<form\b.*?</form>", response.content.decode(), re.DOTALL):
                if re.search(r'method="post"', form.split(">")[0], re.IGNORECASE):
                    assert "csrfmiddlewaretoken" in form, (name, form[:200])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://testserver"}, 302), ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403), ({"Referer": "https://testserver/account/"}, 302),
        ({"Referer": "https://evil.example/"}, 403), ({}, 403),
    ],
)  # fmt: skip
def test_even_a_right_token_is_taken_from_pages_of_ours_alone(https, headers, status):
    """``null`` is what a browser says under ``no-referrer``: that policy would refuse every form."""
    client = Client(enforce_csrf_checks=True, headers=PROXIED)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.get("/sign-in/").content.decode())  # fmt: skip
    sent = {"csrfmiddlewaretoken": token[1], "language": "en"}
    answer = client.post("/language/", sent, headers=PROXIED | headers)
    assert answer.status_code == status


def test_reading_changes_nothing(canary, places):
    """No link that somebody is led to does a thing: GET and HEAD write looks and signs of life alone."""
    before = _rows()
    for client in browsers(canary).values():
        for _name, path in places:
            client.get(path)
            client.head(path)
    after = _rows()
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed <= LEFT_BY_READING, changed


# What reading leaves: who looked, who is there, how often somebody asks, and the people whom this test made.
LEFT_BY_READING = {
    "cases_look", "cases_presence", "limits_bucket", "django_session", "people_user", "people_membership",
}  # fmt: skip
BESIDES = {  # and of these, how far somebody has read, and a secret that is only being shown
    "cases_case": "to_jsonb(t) - 'owner_seen_version'",
    "people_authenticator": "CASE WHEN confirmed_at IS NOT NULL THEN to_jsonb(t) END",
}


def _rows():
    """A fingerprint of every table."""
    told = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            row = BESIDES.get(table, "to_jsonb(t)")
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(r::text, chr(10) ORDER BY r::text), '')) FROM (SELECT {row} r FROM \"{table}\" t) x"  # noqa: S608 - our own names
            )
            told[table] = cursor.fetchone()[0]
    return told


def test_signing_out_is_sent_and_not_followed():
    assert signed_in(a_user()).get("/sign-out/").status_code == 405
