"""The doors that somebody may try: signing in, the first run, number and code."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from hotline.cases import access
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from hotline.people.models import AccountRule, Tries
from tests.doors.admin.paper import send
from tests.doors.people import client_of
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db

RIGHT = "a fine password"


def sign_in(client, user, password=RIGHT, **rest):
    data = {"username": user.account, "password": password}
    return client.post("/sign-in/", data, **rest)


def test_the_page_says_how_long_to_wait_in_the_reader_s_language_and_not_whether_it_is_an_account():
    user = a_user()
    pages = []
    for name in (user.account, "nobody"):
        client = Client()
        for _time in range(5):
            answer = client.post("/sign-in/", {"username": name, "password": "wrong"})
            assert answer.status_code == 422
        answer = client.post("/sign-in/", {"username": name, "password": RIGHT})
        assert answer.status_code == 429
        pages.append(answer.context["form"].non_field_errors())
    assert pages[0] == pages[1]
    assert "15 分钟后" in pages[0][0]


def test_a_browser_that_was_here_is_known_again_after_signing_out():
    user, client = a_user(), Client()
    assert sign_in(client, user).status_code == 302
    cookie = client.cookies["hotline_device"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["max-age"]) == ("Lax", 400 * 86400)
    client.post("/sign-out/")
    for _time in range(5):
        sign_in(Client(), user, "wrong")
    assert sign_in(Client(), user).status_code == 429
    assert sign_in(client, user).status_code == 302


def test_a_forged_key_is_no_key():
    user, client = a_user(), Client()
    client.cookies["hotline_device"] = "WyJhIl0:1:forged"
    assert sign_in(client, user, "wrong").status_code == 422
    assert not Tries.objects.filter(place__startswith="device").exists()


@pytest.mark.parametrize(
    ("proxies", "passed", "place"),
    [
        (0, "203.0.113.9", "127.0.0.1"), (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"), (2, "203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "", "?"), (2, "203.0.113.9", "?"),
    ],
)  # fmt: skip
def test_only_as_many_proxies_are_believed_as_there_are(settings, proxies, passed, place):
    settings.PROXIES = proxies
    sign_in(Client(headers={"X-Forwarded-For": passed}), a_user(), "wrong")
    assert Tries.objects.exclude(who="").exclude(place="*").get().place == place


def test_guessing_codes_is_limited_by_address_and_right_ones_do_not_count():
    AccountRule.objects.create(code="tries_place_most", value=10)
    code, case = access.new_code(), a_case(State.IN_PROGRESS, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    right, wrong = {"number": case.number, "code": code}, {"number": case.number, "code": "AAAAA"}
    for _time in range(12):
        assert Client().post("/requests/track/", right).status_code == 302
    for _time in range(10):
        assert Client().post("/requests/track/", wrong).status_code == 422
    assert Client().post("/requests/track/", right).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    assert elsewhere.post("/requests/track/", right).status_code == 302


def test_the_first_run_is_limited_by_address():
    AccountRule.objects.create(code="tries_place_most", value=10)
    weak = {"account": "root", "name": "管理员", "password": "short", "again": "short"}
    answers = [Client().post("/first-run/", weak).status_code for _time in range(11)]
    assert answers == [422] * 10 + [429]


def test_an_administrator_sees_what_is_locked_and_lifts_it():
    user = a_user("被锁的人")
    for name in [user.account] * 5 + ["nobody"] * 5:
        Client().post("/sign-in/", {"username": name, "password": "wrong"})
    admin = client_of("R13")
    page = admin.get("/admin/safety/").content.decode()
    assert "被锁的人" in page
    assert "没有这样的账号" in page
    row = Tries.objects.get(user=user, place="127.0.0.1")
    assert admin.post(f"/admin/safety/gates/{row.pk}/").status_code == 302
    assert sign_in(Client(), user).status_code == 302
    history = admin.get(f"/admin/history/accounts/{user.pk}/").content.decode()
    assert "解除登录锁定" in history


def test_nobody_else_sees_or_lifts_locks():
    for role in ("R1", "R4", "R5", "R9"):
        client = client_of(role) if role != "R1" else Client()
        assert client.get("/admin/safety/").status_code == 404
        assert client.post("/admin/safety/gates/1/").status_code == 404


def test_the_rules_are_set_on_the_page_and_what_is_out_of_bounds_is_said_beside_it():
    admin = client_of("R13")
    assert send(admin, "/admin/safety/", tries_most="7").status_code == 302
    assert AccountRule.objects.get().value == 7
    answer = send(admin, "/admin/safety/", tries_most="1")
    assert answer.status_code == 422
    assert "tries_most" in answer.context["form"].errors
    assert "7" in admin.get("/admin/safety/").content.decode()


def test_the_command_lists_locks_and_lifts_them(capsys):
    call_command("accounts", "locks")
    assert "Nothing is locked" in capsys.readouterr().out
    user = a_user()
    for _time in range(5):
        sign_in(Client(), user, "wrong")
    call_command("accounts", "locks")
    listed = capsys.readouterr().out
    assert user.account in listed
    call_command("accounts", "unlock", user.account)
    assert sign_in(Client(), user).status_code == 302
    with pytest.raises(CommandError):
        call_command("accounts", "unlock", "nobody")
    for _time in range(5):
        Client().post("/sign-in/", {"username": "nobody", "password": "wrong"})
    number = Tries.objects.get(user=None, place="127.0.0.1", until__isnull=False).pk
    call_command("accounts", "unlock", f"#{number}")
    call_command("accounts", "locks")
    assert "Nothing is locked" in capsys.readouterr().out
