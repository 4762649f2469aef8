"""Where somebody is signed in, how a session ends, and when they are asked again who they are."""

from datetime import timedelta
from time import time

import pytest
from django.test import Client
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.notices import tasks
from hotline.notices.models import Message
from hotline.people import services
from hotline.people.agents import told
from hotline.people.models import SignIn, Tries
from hotline.people.places import masked
from hotline.people.services import signins
from tests.doors.admin.paper import filled
from tests.doors.people import client_of, signed_in
from tests.make import a_user, an_actor, holder

pytestmark = pytest.mark.django_db

RIGHT = "a fine password"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0"
WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Mobile/15E148 Safari/604.1"


def enter(user, agent=EDGE, password=RIGHT, client=None):
    client = client or Client(headers={"User-Agent": agent})
    answer = client.post("/sign-in/", {"username": user.account, "password": password})
    assert answer.status_code == 302
    return client


def is_in(client):
    return client.get("/account/").status_code == 200


def wait(client, minutes):
    """Let time go by for a session."""
    session = client.session
    for name in ("seen", "proved"):
        session[name] = int(time()) - minutes * 60
    session.save()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (EDGE, ("Edge", "Windows")), (WECHAT, ("WeChat", "Android")), (IPHONE, ("Safari", "iOS")),
        ("curl/8", ("", "")), ("", ("", "")), ("x" * 9999, ("", "")),
    ],
)  # fmt: skip
def test_a_browser_is_told_in_two_words(agent, words):
    assert told(agent) == words


@pytest.mark.parametrize(("place", "shown"), [
    ("198.51.100.7", "198.51.*.*"), ("2001:db8:1:2::/64", "2001:db8:*"), ("", ""), ("?", ""),
])  # fmt: skip
def test_an_address_is_shown_without_its_end(place, shown):
    assert masked(place) == shown


def test_the_page_lists_where_somebody_is_signed_in_and_nobody_else_s():
    user, other = a_user(), a_user()
    client = enter(user)
    enter(user, WECHAT)
    enter(other, IPHONE)
    page = client.get("/account/sessions/").content.decode()
    assert page.count("<tr>") == 3  # the heading and two
    assert "Edge · Windows" in page
    assert "微信 · Android" in page
    assert "127.0.*.*" in page
    assert "127.0.0.1" not in page
    assert "这台设备" in page


def test_one_of_them_is_ended_from_another():
    user = a_user()
    here, there = enter(user), enter(user, WECHAT)
    row = SignIn.objects.get(session_key=there.session.session_key)
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    row.refresh_from_db()
    assert row.ended_at is not None


def test_all_others_are_ended_at_once():
    user = a_user()
    here, others = enter(user), [enter(user, WECHAT), enter(user, IPHONE)]
    here.post("/account/sessions/others/end/")
    assert [is_in(c) for c in (here, *others)] == [True, False, False]
    assert "WeChat" not in here.get("/account/sessions/").content.decode()


def test_nobody_ends_another_person_s_session():
    mine, other = enter(a_user()), enter(a_user())
    row = SignIn.objects.get(session_key=other.session.session_key)
    mine.post(f"/account/sessions/{row.pk}/end/")
    assert is_in(other)
    for path in ("", "others/end/", f"{row.pk}/end/"):
        answer = Client().post(f"/account/sessions/{path}")
        assert answer.status_code in {302, 405}
    assert is_in(other)


def test_a_changed_password_ends_all_but_the_session_that_changed_it():
    user = a_user()
    here, there = enter(user), enter(user, WECHAT)
    form = {"old": RIGHT, "password": "quiet river 9", "again": "quiet river 9"}
    assert here.post("/account/", form).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    open_ = SignIn.objects.filter(user=user, ended_at=None)
    assert [row.session_key for row in open_] == [here.session.session_key]
    assert "这台设备" in here.get("/account/sessions/").content.decode()


@pytest.mark.parametrize("act", ["off", "password"])
def test_an_administrator_ends_all_of_them_with_the_account_or_its_password(act):
    user, admin = a_user(), an_actor("R13")
    clients = [enter(user), enter(user, WECHAT)]
    if act == "off":
        services.set_active(user, False, by=admin, at=now())
    else:
        services.give_password(user, by=admin, at=now())
    assert not any(is_in(client) for client in clients)
    assert not SignIn.objects.filter(user=user, ended_at=None).exists()


def test_signing_out_ends_the_entry():
    user = a_user()
    client = enter(user)
    client.post("/sign-out/")
    assert SignIn.objects.get(user=user).ended_at is not None


def letters():
    for job in ProcrastinateJob.objects.filter(task_name="notices.tell"):
        tasks.tell(**job.args)
    return Message.objects.filter(template="new_device")


def test_a_new_browser_is_told_of_but_not_the_first_and_not_a_known_one():
    user = a_user()
    first = enter(user)
    assert not letters().exists()
    enter(user, WECHAT)
    [letter] = letters()
    assert letter.user == user
    assert letter.channel in {"SMS", "PAGE", "WECOM"}
    assert "CALL" not in letter.ladder  # nobody is rung up about it
    first.post("/sign-out/")
    enter(user, client=first)
    assert letters().count() == 1
    answer = first.post(f"/messages/{letter.pk}/")
    assert answer["Location"] == "/account/sessions/"


# --- After a long silence ----------------------------------------------------------------


def test_staff_who_were_silent_for_half_an_hour_prove_again_who_they_are():
    client = enter(holder("R3"))
    wait(client, 29)
    assert client.get("/desk/queues/triage/").status_code == 200
    wait(client, 31)
    answer = client.get("/desk/queues/triage/?x=1")
    assert (
        answer["Location"] == "/account/confirm/?next=%2Fdesk%2Fqueues%2Ftriage%2F%3Fx%3D1&locked=1"
    )
    page = client.get(answer["Location"])
    assert "一段时间没有操作" in page.content.decode()
    form = filled(page, "/account/confirm/")
    assert (
        client.post("/account/confirm/", {**form, "confirm-password": "wrong"}).status_code == 422
    )
    assert client.get("/desk/queues/triage/").status_code == 302
    answer = client.post("/account/confirm/", {**form, "confirm-password": RIGHT})
    assert answer["Location"] == "/desk/queues/triage/?x=1"
    assert client.get("/desk/queues/triage/").status_code == 200


def test_students_do_not_and_a_host_may_let_staff(settings):
    client = enter(a_user())
    wait(client, 300)
    assert is_in(client)
    settings.IDLE_MINUTES = 0
    clerk = enter(holder("R3"))
    wait(clerk, 300)
    assert clerk.get("/desk/queues/triage/").status_code == 200


def test_what_was_sent_too_late_is_carried_on_and_arrives():
    client = enter(holder("R3"))
    wait(client, 31)
    sent = {"frequency": ["DAILY"], "text": "第一行\n<b>第二行</b> & 更多", "many": ["a", "b"]}
    answer = client.post("/messages/settings/", sent)
    assert answer.status_code == 403
    form = filled(answer, "/account/confirm/")
    assert {name: form[name] for name in sent} == {"frequency": ["DAILY"], "text": [sent["text"]], "many": ["a", "b"]}  # fmt: skip
    wrong = client.post("/account/confirm/", {**form, "confirm-password": "wrong"})
    assert wrong.status_code == 422
    form = filled(wrong, "/account/confirm/")
    answer = client.post("/account/confirm/", {**form, "confirm-password": RIGHT})
    assert (answer.status_code, answer["Location"]) == (307, "/messages/settings/")
    assert form["text"] == [sent["text"]]


def test_a_part_of_a_page_says_so_where_messages_are_and_the_page_stays():
    client = enter(holder("R3"))
    wait(client, 31)
    answer = client.get("/desk/queues/triage/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (403, "#messages")
    headers = {"HX-Request": "true", "X-Unattended": "1"}  # one that asks by itself says nothing
    assert client.get("/desk/queues/triage/", headers=headers).status_code == 204


def test_a_page_that_asks_by_itself_gives_no_sign_of_life():
    client = enter(holder("R3"))
    wait(client, 20)
    before = client.session["seen"]
    client.get("/desk/queues/triage/", headers={"X-Unattended": "1"})
    assert client.session["seen"] == before
    client.post("/account/awake/")
    assert client.session["seen"] > before


def test_signing_out_and_the_language_stay_open_to_who_is_locked():
    client = enter(holder("R3"))
    wait(client, 31)
    assert client.post("/language/", {"language": "en", "next": "/"}).status_code == 302
    assert client.post("/sign-out/")["Location"] == "/portal/"


def test_the_page_of_staff_knows_when_it_will_lock_and_a_student_s_never_does():
    assert 'data-idle="30"' in enter(holder("R3")).get("/account/").content.decode()
    assert "data-idle" not in enter(a_user()).get("/account/").content.decode()


# --- Before a dangerous act --------------------------------------------------------------

ACTS = {
    "/admin/accounts/{pk}/password/": "POST", "/admin/accounts/{pk}/state/": "POST",
    "/admin/accounts/{pk}/": "POST", "/admin/accounts/{pk}/memberships/": "POST",
    "/admin/roles/R4/": "POST", "/admin/roles/new/": "POST", "/admin/safety/": "POST",
    "/admin/units/houqin/appointments/": "POST", "/admin/accounts/new/": "POST",
    "/admin/accounts/import/confirmation/": "POST", "/desk/cases/sheet/": "GET",
}  # fmt: skip


@pytest.mark.parametrize("path", ACTS)
def test_ten_minutes_after_the_last_proof_a_dangerous_act_asks_for_another(path):
    user = a_user()
    client = client_of("R4" if "desk" in path else "R13")
    if "desk" not in path:
        session = client.session
    path = path.format(pk=user.pk)
    session = client.session
    session["proved"] = int(time()) - 601
    session.save()
    answer = client.get(path) if path.startswith("/desk") else client.post(path, {"name": "新名字"})
    if path.startswith("/desk"):
        assert answer["Location"].startswith("/account/confirm/?next=")
    else:
        assert answer.status_code == 403
        assert "新名字" in answer.content.decode()
    user.refresh_from_db()
    assert (user.is_active, user.check_password(RIGHT)) == (True, True)


def test_ending_a_role_and_lifting_a_lock_ask_too():
    auditor, client = holder("R13A").memberships.get(), client_of("R13")
    gate = Tries.objects.create(gate="SIGN_IN", place="192.0.2.1", last_at=now(), count=100)
    session = client.session
    session["proved"] = int(time()) - 601
    session.save()
    for path in (f"/admin/memberships/{auditor.pk}/end/", f"/admin/safety/gates/{gate.pk}/"):
        assert client.post(path).status_code == 403, path
    auditor.refresh_from_db()
    assert auditor.to_date is None
    assert Tries.objects.filter(pk=gate.pk).exists()


def test_whoever_may_not_do_it_is_not_even_asked():
    client = client_of("R4")
    session = client.session
    session["proved"] = 0
    session.save()
    assert client.post(f"/admin/accounts/{a_user().pk}/password/").status_code == 404


def test_the_act_is_done_after_the_proof():
    user, admin = a_user(), holder("R13")
    client = signed_in(admin)
    session = client.session
    session["proved"] = 0
    session.save()
    answer = client.post(f"/admin/accounts/{user.pk}/state/")
    form = filled(answer, "/account/confirm/")
    answer = client.post("/account/confirm/", {**form, "confirm-password": RIGHT})
    assert answer.status_code == 307
    client.post(answer["Location"])
    user.refresh_from_db()
    assert not user.is_active


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_a_proof_leads_to_no_address_but_ours(onward):
    client = enter(a_user())
    data = {"confirm-next": onward, "confirm-password": RIGHT}
    assert client.post("/account/confirm/", data)["Location"] == "/start/"
    assert client.post("/account/confirm/", {**data, "confirm-send": "1"})["Location"] == "/start/"


def test_entries_are_forgotten_at_their_age():
    user = a_user()
    enter(user)
    assert signins.forget(before=now() - timedelta(days=1), most=10) == 0
    assert signins.forget(before=now() + timedelta(days=1), most=10) == 1
    assert SignIn.objects.count() == 0
