"""Every cookie that any address sets: over TLS alone, of this host alone, unread by scripts."""

import pytest
from django.test import Client

from hotline.cases import access
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from tests.doors.safety.conftest import PROXIED, browsers
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db

HTTPS = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}


def faults(response):
    """What is wrong with the cookies of an answer."""
    for name, cookie in response.cookies.items():
        if not name.startswith("__Host-"):
            yield name, "prefix"
        if (cookie["path"], cookie["domain"]) != ("/", ""):
            yield name, "path or domain"
        if not cookie["secure"]:
            yield name, "secure"
        if not cookie["httponly"] and cookie["max-age"] != 0:  # a cookie that ends holds nothing
            yield name, "httponly"
        if cookie["samesite"] not in {"Lax", "Strict"}:
            yield name, "samesite"


def test_no_address_sets_a_cookie_that_another_host_or_a_script_could_use(https, canary, places):
    met = set()
    for who, client in browsers(canary, **HTTPS).items():
        for name, path in places:
            for response in (client.get(path), client.post(path, {"q": "x", "words": ""})):
                met |= set(response.cookies)
                assert not list(faults(response)), (who, name)
    assert "__Host-csrftoken" in met


def test_signing_in_proving_choosing_a_language_and_leaving_set_such_cookies_alone(https):
    user, code = a_user(), access.new_code()
    case = a_case(State.IN_PROGRESS, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    client = Client(headers=PROXIED)
    entering = {"username": user.account, "password": "a fine password"}
    answers = [
        client.post("/requests/track/", {"number": case.number, "code": code}),
        client.post("/language/", {"language": "en"}),
        client.post("/sign-in/", entering),
        client.get("/account/"),
        client.post("/sign-out/"),
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200, 302]
    assert [fault for answer in answers for fault in faults(answer)] == []
    assert {name for answer in answers for name in answer.cookies} == {
        f"__Host-{name}"
        for name in ("hotline_proofs", "django_language", "sessionid", "csrftoken", "hotline_device", "messages")
    }  # fmt: skip


def test_a_browser_over_tls_takes_no_cookie_without_the_prefix(https):
    """Another host of the school's domain could have set one."""
    client = Client(headers=PROXIED)
    client.force_login(a_user(), backend="hotline.people.backends.AccountOrPhone")
    client.cookies["sessionid"] = client.cookies.pop("__Host-sessionid").value
    assert client.get("/account/").status_code == 302


def test_a_session_gets_a_new_key_when_somebody_signs_in():
    user, client = a_user(), Client()
    client.get("/sign-in/")
    client.cookies["sessionid"] = "a" * 32  # one that a stranger has planted
    client.post("/sign-in/", {"username": user.account, "password": "a fine password"})
    assert client.cookies["sessionid"].value != "a" * 32
