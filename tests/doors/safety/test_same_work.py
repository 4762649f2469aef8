"""Signing in takes the same work whether there is such an account or not: counted, not timed."""

import argon2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.make import a_user

pytestmark = pytest.mark.django_db

ARGON2 = ["django.contrib.auth.hashers.Argon2PasswordHasher"]


@pytest.fixture
def work(settings, monkeypatch):
    """How often the one costly step is taken, whichever way it is asked for."""
    settings.PASSWORD_HASHERS = ARGON2
    counted = []
    for module in (argon2.low_level, argon2._password_hasher):
        for name in ("hash_secret", "verify_secret"):
            plain = getattr(module, name, None)
            if plain is not None:
                monkeypatch.setattr(module, name, _counting(plain, counted))
    return counted


def _counting(plain, counted):
    def counting(*args, **more):
        counted.append(plain.__name__)
        return plain(*args, **more)

    return counting


WRONG = "not this one"


def attempt(name, work, password=WRONG):
    work.clear()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client().post("/sign-in/", {"username": name, "password": password})
    assert answer.status_code == 422
    return len(work), len(asked), answer.context["form"].errors.as_text()


def accounts():
    """Known in every way there is."""
    from django.utils.timezone import now

    gone, bare = a_user(is_active=False), a_user()
    bare.set_unusable_password()
    bare.save()
    old = a_user(must_change_password=True)
    old.last_login = now()
    old.save()
    return {"known": a_user().account, "by phone": a_user().phone, "disabled": gone.account,
            "no password": bare.account, "must change": old.account}  # fmt: skip


def test_known_and_unknown_accounts_cost_the_same_hashing_and_the_same_questions(work):
    attempt("warm up", work)
    unknown = attempt("nobody-of-that-name", work)
    assert unknown[0] == 1
    told = {kind: attempt(name, work) for kind, name in accounts().items()}
    assert {kind: outcome for kind, outcome in told.items() if outcome != unknown} == {}


def test_a_disabled_account_with_the_right_password_is_told_nothing_else(work):
    gone = a_user(is_active=False)
    unknown = attempt("nobody-of-that-name", work)
    assert attempt(gone.account, work, "a fine password")[::2] == unknown[::2]


def test_a_number_and_code_are_refused_alike_whether_there_is_such_a_request(canary):
    refused = [
        Client().post("/requests/track/", {"number": number, "code": "AAAAA-AAAAA"}).context["form"].errors
        for number in (canary.number, "RX2606-999999")
    ]  # fmt: skip
    assert refused[0] == refused[1]
