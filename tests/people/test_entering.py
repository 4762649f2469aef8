"""Signing in: five wrong passwords shut the door for a quarter of an hour, but never the victim's own."""

from datetime import timedelta

import pytest

from hotline.base.refusals import Invalid, NotAllowed, TooMany
from hotline.people import queries, services
from hotline.people.models import Device, Gate, Revision, Tries
from hotline.people.places import network
from hotline.people.services import tries
from tests.make import NOON, a_user, an_actor

pytestmark = pytest.mark.django_db

HOME, AWAY = "198.51.100.7", "203.0.113.9"
RIGHT = "a fine password"


def enter(user, password=RIGHT, *, place=HOME, keys=(), at=NOON):
    name = user if isinstance(user, str) else user.account
    entered = services.enter(name, password, place=place, keys=keys, at=at)
    return services.welcome(entered, at=at)


def fail(user, times=1, **rest):
    for _time in range(times):
        with pytest.raises(Invalid):
            enter(user, "wrong", **rest)


def test_the_sixth_try_waits_a_quarter_of_an_hour_however_right_it_is():
    user = a_user()
    fail(user, 5)
    with pytest.raises(TooMany, match="15") as refused:
        enter(user)
    assert refused.value.seconds == 15 * 60
    with pytest.raises(TooMany):
        enter(user, at=NOON + timedelta(minutes=14, seconds=59))
    assert enter(user, at=NOON + timedelta(minutes=15)).user == user


def test_the_fifth_try_may_still_be_the_right_one_and_makes_the_others_forgotten():
    user = a_user()
    fail(user, 4)
    enter(user)
    fail(user, 4)
    assert enter(user).user == user


def test_old_tries_are_no_tries():
    user = a_user()
    fail(user, 4)
    fail(user, 4, at=NOON + timedelta(minutes=16))
    assert enter(user, at=NOON + timedelta(minutes=17)).user == user


def test_a_stranger_far_away_does_not_lock_the_person_out_of_a_place_of_their_own():
    user = a_user()
    fail(user, 5, place=AWAY)
    with pytest.raises(TooMany):
        enter(user, place=AWAY)
    assert enter(user, place=HOME).user == user


def test_not_even_a_stranger_in_the_same_building_does_when_the_browser_is_known():
    user = a_user()
    key = enter(user).key
    fail(user, 5)
    with pytest.raises(TooMany):
        enter(user)
    assert enter(user, keys=["nonsense", key]).key == key


def test_a_thousand_addresses_together_shut_every_strange_place_but_no_known_browser():
    user = a_user()
    key = enter(user).key
    for number in range(50):
        fail(user, place=f"192.0.2.{number}")
    with pytest.raises(TooMany):
        enter(user, place="192.0.2.99")
    assert enter(user, keys=[key]).user == user


def test_a_known_browser_has_five_tries_like_everybody():
    user = a_user()
    key = enter(user).key
    fail(user, 5, keys=[key])
    with pytest.raises(TooMany):
        enter(user, keys=[key])


def test_the_key_of_one_account_is_no_key_of_another():
    mine, other = a_user(), a_user()
    key = enter(mine).key
    fail(other, 5, keys=[key])
    with pytest.raises(TooMany):
        enter(other, keys=[key])


def test_one_place_that_tries_account_after_account_is_shut_for_all_but_known_browsers():
    user = a_user()
    key = enter(user).key
    for number in range(100):
        fail(f"nobody{number}")
    with pytest.raises(TooMany):
        enter(a_user())
    assert enter(user, keys=[key]).user == user
    assert enter(a_user(), place=AWAY)


def test_a_campus_behind_one_address_does_not_fill_up_in_a_day():
    """Somebody mistypes every few minutes, all day: that is never a hundred in a quarter of an hour."""
    for number in range(120):
        fail(f"nobody{number}", at=NOON + number * timedelta(minutes=6))
    assert not queries.shut_gates(NOON).exists()


def test_right_ones_do_not_fill_the_count_of_a_place():
    users = [a_user() for _number in range(3)]
    for _time in range(40):
        for user in users:
            enter(user)
    assert not queries.shut_gates(NOON).exists()


def test_the_same_person_by_account_and_by_phone_is_counted_once():
    user = a_user()
    fail(user.account, 3)
    fail(user.phone, 2)
    with pytest.raises(TooMany):
        enter(user)


def test_what_is_said_of_an_account_that_is_not_there_is_what_is_said_of_one_that_is():
    user, words = a_user(), {}
    for name in (user.account, "nobody-at-all"):
        said = []
        for _time in range(7):
            with pytest.raises((Invalid, TooMany)) as refused:
                enter(name, "wrong")
            said.append((type(refused.value), str(refused.value)))
        words[name] = said
    assert words[user.account] == words["nobody-at-all"]


def test_a_disabled_account_is_refused_in_the_same_words():
    user = a_user(is_active=False)
    with pytest.raises(Invalid, match="账号或密码不正确"):
        enter(user)


def test_an_unknown_place_locks_nobody_but_who_comes_from_unknown_places():
    user = a_user()
    fail(user, 5, place="")
    with pytest.raises(TooMany):
        enter(user, place="")
    assert enter(user)
    assert not Tries.objects.filter(who="").exclude(place=HOME).exists()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("198.51.100.7", "198.51.100.7"), ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("unix:", ""), ("1.2.3", ""),
    ],
)  # fmt: skip
def test_a_place_is_one_address_of_the_old_kind_and_a_whole_net_of_the_new(address, place):
    assert network(address) == place


def test_what_is_kept_of_a_browser_opens_nothing():
    key = enter(a_user()).key
    assert key not in str(Device.objects.values())


def test_a_person_has_no_more_than_twenty_browsers():
    user = a_user()
    for minute in range(25):
        enter(user, at=NOON + timedelta(minutes=minute))
    assert user.devices.count() == 20
    assert user.devices.order_by("last_at").first().last_at == NOON + timedelta(minutes=5)


def test_an_administrator_opens_the_gates_of_an_account_and_that_is_recorded():
    user, admin = a_user(), an_actor("R13")
    fail(user, 5)
    with pytest.raises(NotAllowed):
        services.unlock(user, by=an_actor("R4"), at=NOON)
    assert services.unlock(user, by=admin, at=NOON) == 1
    assert enter(user)
    revision = Revision.objects.get(kind="people.user", code=user.pk)
    assert (revision.data["what"], revision.by) == ("UNLOCK", admin.user)


def test_a_new_password_from_the_administrator_opens_the_gates_as_well():
    user = a_user()
    fail(user, 5)
    given = services.give_password(user, by=an_actor("R13"), at=NOON)
    assert enter(user, given)


def test_a_school_sets_its_own_numbers_and_nonsense_is_refused():
    admin, user = an_actor("R13"), a_user()
    assert services.set_rules({"tries_most": 3, "lock_minutes": None}, by=admin, at=NOON) == 1
    fail(user, 3)
    with pytest.raises(TooMany):
        enter(user)
    for values in ({"tries_most": 1}, {"tries_most": 5000}, {"strange": 3}):
        with pytest.raises(Invalid):
            services.set_rules(values, by=admin, at=NOON)
    with pytest.raises(NotAllowed):
        services.set_rules({"tries_most": 9}, by=an_actor("R4"), at=NOON)


def test_tries_of_yesterday_are_tidied_away():
    fail(a_user(), 5)
    tries.tidy(at=NOON + timedelta(hours=23))
    assert Tries.objects.filter(gate=Gate.SIGN_IN).count() == 3
    tries.tidy(at=NOON + timedelta(hours=25))
    assert not Tries.objects.exists()
