"""The second factor: set up, asked for at the door, required by role, lost and found again."""

import re
from datetime import timedelta
from time import time

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils.timezone import now

from hotline.base.refusals import Invalid, NotAllowed, TooMany, WrongState
from hotline.people.models import (
    AccountRule,
    Authenticator,
    Device,
    FactorAsked,
    Passkey,
    RecoveryCode,
    Revision,
    Role,
    SignIn,
)
from hotline.people.services import factors
from tests.doors.admin.paper import filled
from tests.doors.people import client_of, signed_in
from tests.doors.softkey import SoftKey
from tests.make import NOON, a_user, an_actor, holder

pytestmark = pytest.mark.django_db

RIGHT = "a fine password"


def with_totp(user, at=None):
    """Somebody whose program makes codes."""
    secret, _uri = factors.begin_totp(user)
    at = at or now() - timedelta(hours=1)
    factors.confirm_totp(user, pyotp.TOTP(secret).at(at), at=at)
    return pyotp.TOTP(secret)


def password(user, client=None, **more):
    client = client or Client()
    data = {"username": user.account, "password": RIGHT, **more}
    return client, client.post("/sign-in/", data)


def is_in(client):
    return client.get("/account/").status_code == 200


def demand(role="R3", days=None):
    Role.objects.filter(code=role).update(needs_second=True)
    if days is not None:
        AccountRule.objects.create(code="second_factor_days", value=days)


# --- Setting up --------------------------------------------------------------------------


def test_the_page_shows_a_picture_and_letters_and_the_first_code_brings_ten_codes_on_paper():
    user = holder("R3")
    client = signed_in(user)
    page = client.get("/account/second/totp/").content.decode()
    assert "<svg" in page
    secret = re.search(r'<code class="issued">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
    assert client.post("/account/second/totp/", {"code": "000000"}).status_code == 422
    done = client.post("/account/second/totp/", {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(
        r"<code class=\"issued\">([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.content.decode()
    )
    assert len(set(codes)) == 10
    assert codes[0] not in client.get("/account/second/").content.decode()
    assert RecoveryCode.objects.filter(user=user).count() == 10


def test_neither_the_secret_nor_the_codes_lie_readable_in_the_database():
    user = a_user()
    totp = with_totp(user)
    codes = factors.new_codes(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM people_authenticator")
        assert totp.secret.encode() not in bytes(cursor.fetchone()[0])
        cursor.execute("SELECT code_hash FROM people_recoverycode")
        kept = str(cursor.fetchall())
    assert not [c for c in codes if c in kept or c.replace("-", "") in kept]


def test_a_secret_that_was_never_confirmed_is_no_second_factor():
    user = a_user()
    factors.begin_totp(user)
    assert not factors.has_any(user)
    _client, answer = password(user)
    assert answer["Location"] == "/start/"


# --- At the door -------------------------------------------------------------------------


def test_the_password_alone_lets_nobody_in_and_makes_no_browser_known():
    user = a_user()
    totp = with_totp(user)
    client, answer = password(user, next="/requests/")
    assert answer["Location"] == "/sign-in/second/"
    assert not is_in(client)
    assert not Device.objects.exists()
    assert not SignIn.objects.exists()
    assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 422
    done = client.post("/sign-in/second/", {"code": totp.now()})
    assert done["Location"] == "/requests/"
    assert is_in(client)
    assert "hotline_device" in done.cookies
    assert Device.objects.get().user == user


def test_a_code_is_good_once():
    user = a_user()
    totp = with_totp(user, NOON - timedelta(hours=1))
    code = totp.at(NOON)
    factors.check(user, code, at=NOON)
    with pytest.raises(Invalid):
        factors.check(user, code, at=NOON)
    with pytest.raises(Invalid):  # nor one from before it
        factors.check(user, totp.at(NOON - timedelta(seconds=30)), at=NOON)
    factors.check(user, totp.at(NOON + timedelta(seconds=30)), at=NOON)


@pytest.mark.parametrize(("seconds", "right"), [(0, True), (-30, True), (30, True), (-61, False), (90, False)])  # fmt: skip
def test_a_clock_may_be_half_a_minute_off(seconds, right):
    user = a_user()
    totp = with_totp(user, NOON - timedelta(hours=1))
    code = totp.at(NOON + timedelta(seconds=seconds))
    if right:
        factors.check(user, code, at=NOON)
    else:
        with pytest.raises(Invalid):
            factors.check(user, code, at=NOON)


def test_five_wrong_codes_shut_the_door():
    user = a_user()
    totp = with_totp(user, NOON - timedelta(hours=1))
    for _time in range(5):
        with pytest.raises(Invalid):
            factors.check(user, "000000", at=NOON, place="203.0.113.9")
    with pytest.raises(TooMany):
        factors.check(user, totp.at(NOON), at=NOON, place="203.0.113.9")
    factors.check(user, totp.at(NOON), at=NOON, place="198.51.100.7")  # another place is open


def test_a_thousand_addresses_together_guess_fifty_codes_a_day_and_no_more():
    """Whoever has the password and a /48 of IPv6 has 65,536 places to guess from."""
    user = a_user()
    totp = with_totp(user, at=NOON - timedelta(hours=1))
    for number in range(50):
        with pytest.raises(Invalid):
            factors.check(user, "000000", at=NOON, place=f"2001:db8:0:{number:x}::/64")
    for later in (timedelta(0), timedelta(minutes=16), timedelta(hours=23)):
        with pytest.raises(TooMany):
            at = NOON + later
            factors.check(user, totp.at(at), at=at, place="2001:db8:0:ffff::/64")
    factors.check(user, totp.at(NOON), at=NOON, place="device:7")  # a browser that they know
    at = NOON + timedelta(minutes=1)
    factors.check(user, totp.at(at), at=at)  # and wherever they are in already
    at = NOON + timedelta(hours=24)
    factors.check(user, totp.at(at), at=at, place="2001:db8:0:ffff::/64")


def test_a_code_from_paper_opens_the_door_once():
    user = a_user()
    with_totp(user)
    code = factors.new_codes(user)[3]
    for status in (302, 422):
        client, _answer = password(user)
        answer = client.post("/sign-in/second/", {"code": f" {code.lower()} "})
        assert answer.status_code == status
    assert user.recovery_codes.filter(used_at=None).count() == 9


def test_new_codes_make_the_old_ones_void_and_another_person_s_are_no_use():
    user, other = a_user(), a_user()
    for person in (user, other):
        with_totp(person)
    old, foreign = factors.new_codes(user)[0], factors.new_codes(other)[0]
    factors.new_codes(user)
    for code in (old, foreign):
        with pytest.raises(Invalid):
            factors.check(user, code, at=now())


def test_half_way_in_is_nowhere_after_five_minutes_or_with_another_password():
    user = a_user()
    totp = with_totp(user)
    client, _answer = password(user)
    session = client.session
    session["halfway"] = {**session["halfway"], "at": int(time()) - 301}
    session.save()
    assert client.post("/sign-in/second/", {"code": totp.now()})["Location"] == "/sign-in/"
    client, _answer = password(user)
    user.set_password("quiet river 9")
    user.save()
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert Client().get("/sign-in/second/")["Location"] == "/sign-in/"
    assert Client().post("/sign-in/second/options/").status_code == 404


# --- Passkeys ----------------------------------------------------------------------------


def with_passkey(user, client=None, key=None):
    client, key = client or signed_in(user), key or SoftKey()
    options = client.post("/account/second/passkeys/options/").json()
    answer = client.post(
        "/account/second/passkeys/", {"answer": key.created(options), "name": "办公室电脑"}
    )
    return key, answer


def test_a_passkey_is_added_and_opens_the_door():
    user = holder("R3")
    key, added = with_passkey(user)
    assert added.status_code == 200  # the codes on paper
    assert user.passkeys.get().name == "办公室电脑"
    client, _answer = password(user)
    options = client.post("/sign-in/second/options/").json()
    done = client.post("/sign-in/second/", {"answer": key.signed(options)})
    assert done["Location"] == "/start/"
    assert user.passkeys.get().uses == 1
    assert user.passkeys.get().used_at is not None


def test_an_answer_is_good_for_one_question_of_our_own_site():
    user = holder("R3")
    key, _added = with_passkey(user)
    stranger = SoftKey(name=key.id)
    elsewhere = SoftKey(name=key.id, host="evil.example", origin="https://evil.example")
    elsewhere.key = key.key
    for used in (stranger, elsewhere):
        client, _answer = password(user)
        options = client.post("/sign-in/second/options/").json()
        assert client.post("/sign-in/second/", {"answer": used.signed(options)}).status_code == 422
    client, _answer = password(user)
    options = client.post("/sign-in/second/options/").json()
    answer = key.signed(options)
    client.post("/sign-in/second/options/")  # another question in between
    assert client.post("/sign-in/second/", {"answer": answer}).status_code == 422
    assert client.post("/sign-in/second/", {"answer": answer}).status_code == 422
    assert not is_in(client)


@pytest.mark.parametrize("nonsense", ["x", "{}", "[]", '{"id": 1}', '{"id":"YQ","rawId":"YQ","type":"public-key","response":{}}', "😀" * 10, "[" * 5000])  # fmt: skip
def test_nonsense_is_no_key(nonsense):
    user = holder("R3")
    with_passkey(user)
    client, _answer = password(user)
    client.post("/sign-in/second/options/")
    assert client.post("/sign-in/second/", {"answer": nonsense}).status_code == 422
    client = signed_in(user)
    client.post("/account/second/passkeys/options/")
    assert client.post("/account/second/passkeys/", {"answer": nonsense}).status_code == 422


def test_a_key_is_added_once_and_is_one_person_s():
    user, other = holder("R3"), holder("R3")
    key, _added = with_passkey(user)
    _key, again = with_passkey(other, key=key)
    assert again.status_code == 422
    row = user.passkeys.get()
    signed_in(other).post(f"/account/second/passkeys/{row.pk}/removal/")
    assert Passkey.objects.filter(pk=row.pk).exists()


# --- Required by role --------------------------------------------------------------------


def test_whoever_must_have_one_is_led_there_and_may_wait_for_the_days_of_grace():
    demand()
    user = holder("R3")
    client, answer = password(user)
    assert answer["Location"] == "/account/second/"
    assert "14 天内" in client.get("/account/second/").content.decode()
    assert client.get("/desk/queues/triage/").status_code == 200
    FactorAsked.objects.update(at=now() - timedelta(days=14, minutes=1))
    client, answer = password(user)
    assert client.get("/desk/queues/triage/")["Location"] == "/account/second/"
    assert client.get("/account/second/totp/").status_code == 200
    secret = Authenticator.objects.get(user=user).secret
    client.post("/account/second/totp/", {"code": pyotp.TOTP(secret).now()})
    assert client.get("/desk/queues/triage/").status_code == 200
    assert not FactorAsked.objects.exists()


def test_without_days_of_grace_it_is_asked_for_at_once():
    demand(days=0)
    client, _answer = password(holder("R3"))
    assert client.get("/desk/queues/triage/")["Location"] == "/account/second/"
    headers = {"HX-Request": "true"}
    assert client.get("/desk/", headers=headers)["HX-Redirect"] == "/account/second/"
    assert client.post("/sign-out/").status_code == 302


def test_no_role_of_a_new_house_demands_one():
    assert not Role.objects.filter(needs_second=True).exists()
    _client, answer = password(holder("R3"))
    assert answer["Location"] == "/start/"


def test_an_administrator_says_which_roles_demand_it():
    from tests.doors.admin.paper import send

    assert send(client_of("R13"), "/admin/roles/R4/", needs_second="on").status_code == 302
    assert Role.objects.get(code="R4").needs_second


def test_the_last_one_is_not_given_up_where_one_is_demanded():
    demand()
    user = holder("R3")
    with_totp(user)
    factors.new_codes(user)
    with pytest.raises(WrongState):
        factors.drop_totp(user, at=now())
    assert factors.has_any(user)
    with_passkey(user)
    factors.drop_totp(user, at=now())
    answer = signed_in(user).post(f"/account/second/passkeys/{user.passkeys.get().pk}/removal/")
    assert answer.status_code == 409
    assert user.passkeys.exists()


def test_with_the_last_one_the_codes_on_paper_go():
    user = a_user()
    with_totp(user)
    factors.new_codes(user)
    factors.drop_totp(user, at=now())
    assert not user.recovery_codes.exists()


# --- Lost --------------------------------------------------------------------------------


def test_an_administrator_takes_a_lost_one_away_and_that_is_recorded():
    user, admin = holder("R3"), client_of("R13")
    with_totp(user)
    with_passkey(user)
    with pytest.raises(NotAllowed):
        factors.reset(user, by=an_actor("R4"), at=now())
    assert admin.post(f"/admin/accounts/{user.pk}/second/").status_code == 302
    assert not factors.has_any(user)
    assert Revision.objects.filter(
        kind="people.user", code=str(user.pk), data__what="FACTORS"
    ).exists()
    assert "取消两步验证" in admin.get(f"/admin/accounts/{user.pk}/").content.decode()
    _client, answer = password(user)
    assert answer["Location"] == "/start/"


def test_so_does_the_command_for_the_only_administrator(capsys):
    user = holder("R13")
    with_totp(user)
    call_command("accounts", "second-factor", user.account)
    assert user.account in capsys.readouterr().out
    assert not factors.has_any(user)
    with pytest.raises(CommandError):
        call_command("accounts", "second-factor", "nobody")


# --- As a proof --------------------------------------------------------------------------


def test_a_code_is_proof_enough_before_a_dangerous_act():
    user = holder("R13")
    totp, client = with_totp(user), signed_in(user)
    session = client.session
    session["proved"] = 0
    session.save()
    page = client.get(client.get("/account/second/")["Location"])
    form = filled(page, "/account/confirm/")
    done = client.post("/account/confirm/", {**form, "confirm-password": totp.now()})
    assert done["Location"] == "/account/second/"
    assert client.get("/account/second/").status_code == 200


def test_every_page_of_it_asks_for_a_proof_and_for_somebody():
    pages = [
        ("GET", ""), ("GET", "totp/"), ("POST", "totp/"), ("POST", "totp/removal/"), ("POST", "codes/"),
        ("POST", "passkeys/"), ("POST", "passkeys/options/"), ("POST", "passkeys/1/removal/"),
    ]  # fmt: skip
    client = signed_in(a_user())
    session = client.session
    session["proved"] = 0
    session.save()
    for method, path in pages:
        answer = client.generic(method, f"/account/second/{path}")
        assert answer.status_code in {302, 403}, path
        assert "confirm" in answer.headers.get("Location", "confirm")
        assert "/sign-in/" in Client().generic(method, f"/account/second/{path}")["Location"]
