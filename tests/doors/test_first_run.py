"""The first administrator: by a page that works once, or by a command."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import localdate

from hotline.people import queries
from hotline.people.models import Membership, User
from hotline.people.permissions import P
from tests.make import holder

pytestmark = pytest.mark.django_db

GOOD = {"account": "root", "name": "管理员", "password": "quiet river 9", "again": "quiet river 9"}


def test_an_empty_house_leads_to_the_page_and_the_page_to_the_administration():
    client = Client()
    assert client.get("/start/")["Location"] == "/first-run/"
    assert client.post("/first-run/", GOOD)["Location"] == "/admin/"
    assert client.get("/admin/accounts/").status_code == 200
    user = User.objects.get()
    assert queries.actor_of(user, on=localdate()).may(P.PEOPLE)
    assert not user.must_change_password


def test_the_page_works_once_and_never_again():
    Client().post("/first-run/", GOOD)
    for client in (Client(), Client()):
        assert client.get("/first-run/")["Location"] == "/sign-in/"
        assert client.post("/first-run/", {**GOOD, "account": "second"})["Location"] == "/sign-in/"
        assert client.get("/start/")["Location"] == "/portal/"
    assert User.objects.count() == 1


def test_a_clock_that_jumps_to_before_the_first_day_does_not_open_it_again():
    Client().post("/first-run/", GOOD)
    Membership.objects.update(from_date=localdate() + timedelta(days=400))  # today is long before
    stranger = Client()
    assert stranger.get("/start/")["Location"] == "/portal/"
    assert stranger.get("/first-run/")["Location"] == "/sign-in/"
    assert stranger.post("/first-run/", {**GOOD, "account": "me"})["Location"] == "/sign-in/"
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"again": "other"}, "again"), ({"password": "short", "again": "short"}, "password"),
        ({"password": "1234567890123", "again": "1234567890123"}, "password"),
        ({"account": ""}, "account"), ({"name": "很" * 10_000}, "name"), ({"name": "\0"}, "name"),
    ],
)  # fmt: skip
def test_a_weak_password_or_a_missing_name_makes_nobody(wrong, field):
    answer = Client().post("/first-run/", {**GOOD, **wrong})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not User.objects.exists()
    assert Client().get("/first-run/").status_code == 200


def command(account="root2", **environment):
    out = StringIO()
    call_command("createadmin", account, name="另一位", stdout=out)
    return out.getvalue()


def test_the_command_makes_an_administrator_also_when_there_is_one(monkeypatch):
    monkeypatch.setenv("HOTLINE_ADMIN_PASSWORD", "quiet river 9")
    holder("R13")
    assert "root2" in command()
    user = User.objects.get(account="root2")
    assert user.check_password("quiet river 9")
    assert queries.actor_of(user, on=localdate()).may(P.PEOPLE)


def test_the_command_has_no_default_password_and_refuses_weak_ones_and_taken_names(monkeypatch):
    asked = []
    with pytest.raises(CommandError, match="HOTLINE_ADMIN_PASSWORD"):
        command()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "short")
    with pytest.raises(CommandError):
        command()
    assert asked
    monkeypatch.setenv("HOTLINE_ADMIN_PASSWORD", "quiet river 9")
    command()
    with pytest.raises(CommandError):
        command()
    assert User.objects.count() == 1
