"""Several administrators at once: there is always one left, and a unit has one head."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from hotline.base.refusals import Refusal, WrongState
from hotline.people import queries, services
from hotline.people.actor import SYSTEM
from hotline.people.models import Membership, Role, User
from hotline.people.permissions import P
from tests.cases.test_races import at_once
from tests.make import NOON, a_user, holder, unit

pytestmark = pytest.mark.django_db(transaction=True)  # these commit for real


def refused(results):
    return [result for result in results if isinstance(result, Refusal)]


@pytest.mark.parametrize("how", ["disable", "dismiss", "both"])
def test_two_administrators_who_send_each_other_away_leave_one(how):
    users = [holder("R13"), holder("R13")]
    actors = [queries.actor_of(user, on=NOON.date()) for user in users]

    def disable(user, by):
        services.set_active(User.objects.get(pk=user.pk), False, by=by, at=NOON)

    def dismiss(user, by):
        held = Membership.objects.get(user=user)
        services.dismiss(held, by=by, at=NOON, last_day=NOON.date() - timedelta(days=1))

    acts = {"disable": [disable] * 2, "dismiss": [dismiss] * 2, "both": [disable, dismiss]}[how]
    results = at_once(
        [
            lambda: acts[0](users[1], actors[0]),
            lambda: acts[1](users[0], actors[1]),
        ]
    )
    assert [type(result) for result in refused(results)] == [WrongState]
    assert queries.administrators(NOON.date()).count() == 1


def test_two_heads_appointed_at_once_leave_one_in_office():
    role, people = Role.objects.get(code="R6"), [a_user(), a_user()]

    def appoint(user):
        return services.appoint(user, role, unit=unit(), by=SYSTEM, at=NOON)

    results = at_once([lambda u=user: appoint(u) for user in people])
    assert refused(results) == []
    assert queries.holders(P.APPROVE, unit=unit(), on=NOON.date()).count() == 1


def test_two_first_administrators_at_once_leave_one():
    def first(account):
        return services.first_administrator(
            account=account,
            name="管理员",
            password="quiet river 9",
            place="",
            at=NOON,
            system=SYSTEM,
        )

    results = at_once([lambda a=account: first(a) for account in ("one", "two")])
    assert [type(result) for result in refused(results)] == [WrongState]
    assert User.objects.count() == 1


def test_two_new_roles_at_once_get_two_codes():
    results = at_once(
        [lambda n=n: services.add_role(Role(name=f"角色{n}"), by=SYSTEM, at=NOON) for n in range(2)]
    )
    assert refused(results) == []
    assert Role.objects.filter(code__in=["R15", "R16"]).count() == 2


def test_today_is_the_school_s_day_not_greenwich_s():
    at = NOON.replace(hour=1)  # 17:00 of the day before in UTC
    held = services.appoint(a_user(), Role.objects.get(code="R3"), by=SYSTEM, at=at)
    assert held.from_date == NOON.date() == localdate(at)
