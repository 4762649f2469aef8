"""Passwords: not weak, not leaked, not one of the last; and of staff not too old."""

import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from config import readers
from hotline.base.refusals import Invalid, TooMany
from hotline.people import services
from hotline.people.breached import is_listed
from hotline.people.models import AccountRule
from tests.doors.people import signed_in
from tests.make import NOON, a_user, an_actor, holder

OLD = "a fine password"


def digest(password):
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def change(user, old, new, at=NOON):
    services.change_password(user, old=old, new=new, at=at)


@given(
    known=st.sets(st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), max_size=30),
    asked=st.text(st.characters(codec="utf-8"), min_size=1, max_size=12),
    length=st.sampled_from([10, 16, 40]), count=st.sampled_from(["", ":1", ":98765"]),
)  # fmt: skip
def test_a_list_of_any_length_knows_what_is_in_it_and_nothing_else(tmp_path_factory, known, asked, length, count):  # fmt: skip
    path = tmp_path_factory.mktemp("lists") / "breached.txt"
    path.write_text("".join(sorted(f"{digest(word)[:length]}{count}\r\n" for word in known)))
    assert all(is_listed(word, path) for word in known)
    assert is_listed(asked, path) == (asked in known)


@pytest.mark.django_db
def test_a_leaked_password_is_refused_in_words(settings, tmp_path):
    settings.BREACHED = tmp_path / "breached.txt"
    settings.BREACHED.write_text(f"{digest('quiet river 9')}:3\n")
    with pytest.raises(Invalid, match="泄露"):
        services.set_password(a_user(), "quiet river 9")
    services.set_password(a_user(), "quiet river 10")


def test_a_list_that_is_not_there_is_refused_at_start(monkeypatch, tmp_path):
    monkeypatch.setenv("HOTLINE_BREACHED", str(tmp_path / "nothing"))
    with pytest.raises(readers.BadSetting, match="HOTLINE_BREACHED"):
        readers.file("HOTLINE_BREACHED")
    (tmp_path / "nothing").touch()
    assert readers.file("HOTLINE_BREACHED") == tmp_path / "nothing"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "weak", ["short", "1234567890123", "password123", "SG2023000321", "Wang Xiaoming"]
)
def test_a_weak_password_is_refused(weak):
    user = a_user("Wang Xiaoming", account="SG2023000321")
    with pytest.raises(Invalid):
        services.set_password(user, weak)


@pytest.mark.django_db
def test_staff_take_none_of_their_last_five_passwords_again():
    user = holder("R3")
    taken = [OLD, *(f"quiet river number {n}" for n in range(5))]
    for n in range(5):
        change(user, taken[n], taken[n + 1], at=NOON + timedelta(minutes=n))
    for again in taken[1:]:
        with pytest.raises(Invalid, match="最近 5 个"):
            change(user, taken[5], again)
    change(user, taken[5], OLD)  # the sixth last


@pytest.mark.django_db
def test_students_may_and_a_school_may_let_staff():
    student, clerk = a_user(), holder("R3")
    AccountRule.objects.create(code="password_reuse", value=0)
    for user in (student, clerk):
        change(user, OLD, "quiet river 9")
        change(user, "quiet river 9", OLD)


@pytest.mark.django_db
def test_a_password_that_an_administrator_replaced_is_not_taken_again_either():
    user = holder("R3")
    given = services.give_password(user, by=an_actor("R13"), at=NOON)
    with pytest.raises(Invalid):
        change(user, given, OLD)


@pytest.mark.django_db
def test_guessing_the_present_password_at_somebody_s_open_screen_ends_after_five():
    user = a_user()
    for _time in range(5):
        with pytest.raises(Invalid):
            change(user, "wrong", "quiet river 9")
    with pytest.raises(TooMany):
        change(user, OLD, "quiet river 9")
    change(user, OLD, "quiet river 9", at=NOON + timedelta(minutes=15))


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "days", "age", "asked"), [
    ("R3", 90, 91, True), ("R3", 90, 89, False), ("R3", 0, 4000, False), (None, 90, 91, False),
])  # fmt: skip
def test_staff_choose_a_new_password_when_theirs_is_too_old(role, days, age, asked):
    AccountRule.objects.create(code="password_days", value=days)
    user = holder(role) if role else a_user()
    change(user, OLD, "quiet river 9", at=now() - timedelta(days=age))
    client = Client()
    client.post("/sign-in/", {"username": user.account, "password": "quiet river 9"})
    place = client.get("/requests/")
    assert (place.status_code, place.headers.get("Location")) == ((302, "/account/") if asked else (200, None))  # fmt: skip
    if asked:
        form = {"old": "quiet river 9", "password": "quiet river 10", "again": "quiet river 10"}
        assert client.post("/account/", form).status_code == 302
        assert client.get("/requests/").status_code == 200


@pytest.mark.django_db
def test_the_page_says_what_is_wrong_beside_the_field():
    client = signed_in(holder("R3"))
    form = {"old": "wrong", "password": "quiet river 9", "again": "quiet river 9"}
    answer = client.post("/account/", form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["old"])
    for _time in range(4):
        client.post("/account/", form)
    assert client.post("/account/", form).status_code == 429
