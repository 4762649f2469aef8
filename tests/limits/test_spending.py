"""The limiter against a slow counter that keeps every moment and no formula of ours."""

from datetime import timedelta
from fractions import Fraction
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from hotline.limits import queries
from hotline.limits.codes import LAWS, Kind, Limit, codes
from hotline.limits.models import Bucket, OwnLimit, Raise
from hotline.limits.services import ruling, spending
from tests.make import NOON

ACCOUNT = Kind.ACCOUNT


def minutes(n):
    return timedelta(minutes=n)


class Tank:
    """The oracle: holds ``most``, runs full at an even rate, is told of each second that passes."""

    def __init__(self, most, span):
        self.most, self.rate, self.level, self.at = most, Fraction(most, span), Fraction(most), 0

    def take(self, second, cost):
        self.level = min(Fraction(self.most), self.level + (second - self.at) * self.rate)
        self.at = second
        if min(cost, self.most) > self.level:
            return False
        self.level -= min(cost, self.most)
        return True


@pytest.mark.django_db
@hypothesis(max_examples=60)
@given(
    most=st.sampled_from([1, 2, 3, 7, 11, 20]),
    asked=st.lists(st.tuples(st.integers(0, 1500), st.integers(1, 4)), min_size=1, max_size=25),
)
def test_the_limiter_allows_what_a_tank_that_fills_evenly_holds(most, asked):
    OwnLimit.objects.update_or_create(code="SUBMIT.ACCOUNT", defaults={"value": most})
    Bucket.objects.all().delete()
    tank, second = Tank(most, 3600), 0
    for pause, cost in asked:
        second += pause
        at = NOON + timedelta(seconds=second)
        found = spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=at, cost=cost)
        assert (not found.wait) == tank.take(second, cost), (second, cost)


@pytest.mark.django_db
def test_so_many_at_once_and_then_one_as_it_fills():
    most, span = LAWS[Limit.SUBMIT].account, 60
    found = [spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON) for _ in range(most + 1)]
    assert [bool(one.wait) for one in found] == [False] * most + [True]
    assert found[-1].wait == minutes(span / most)
    soon = NOON + found[-1].wait
    assert spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=soon - timedelta(seconds=1)).wait
    assert not spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=soon).wait
    assert not spending.spend(Limit.SUBMIT, ACCOUNT, "8", at=NOON).wait  # others have their own
    assert not spending.spend(Limit.URGE, ACCOUNT, "7", at=NOON).wait  # and other things theirs


@pytest.mark.django_db
def test_what_is_larger_than_all_of_it_takes_all_of_it():
    law = LAWS[Limit.MEGABYTES]
    huge = {"at": NOON, "cost": law.account * 3}
    assert not spending.spend(Limit.MEGABYTES, ACCOUNT, "7", **huge).wait
    assert spending.spend(Limit.MEGABYTES, ACCOUNT, "7", at=NOON).wait


@pytest.mark.django_db
def test_what_came_to_nothing_is_given_back():
    OwnLimit.objects.create(code="SUBMIT.ACCOUNT", value=1)
    spent = spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON)
    spending.give_back(spent)
    assert not spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON).wait
    refused = spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON)
    spending.give_back(refused)  # it took nothing
    assert spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON).wait


@pytest.mark.django_db
def test_zero_is_no_limit_and_counts_nothing():
    OwnLimit.objects.create(code="SUBMIT.ACCOUNT", value=0)
    for _ in range(50):
        assert not spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON).wait
    assert not Bucket.objects.exists()


@pytest.mark.django_db
def test_one_check_is_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON)


@pytest.mark.django_db
def test_a_surge_raises_what_accounts_may_lowers_exports_and_ends_by_itself():
    most = LAWS[Limit.SUBMIT].account
    ruling.raise_for_accounts(300, until=NOON + minutes(30))

    def allowed(kind, limit=Limit.SUBMIT, at=NOON):
        Bucket.objects.all().delete()
        found = (spending.spend(limit, kind, "7", at=at) for _ in range(most * 4))
        return sum(not one.wait for one in found)

    assert allowed(ACCOUNT) == most * 3
    assert allowed(Kind.BROWSER) == LAWS[Limit.SUBMIT].browser
    assert allowed(ACCOUNT, Limit.EXPORT) == LAWS[Limit.EXPORT].account // 3
    assert allowed(ACCOUNT, at=NOON + minutes(30)) == most
    ruling.raise_for_accounts(100, until=NOON + minutes(30))
    assert allowed(ACCOUNT) == most
    assert not Raise.objects.exists()


@pytest.mark.django_db
def test_a_clock_that_was_set_back_by_hours_locks_nobody_out():
    OwnLimit.objects.create(code="SUBMIT.ACCOUNT", value=1)
    spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON)
    assert not spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON - minutes(120)).wait


@pytest.mark.django_db
def test_full_buckets_are_forgotten_and_the_table_stays_small(monkeypatch):
    for name in range(5):
        spending.spend(Limit.SUBMIT, ACCOUNT, str(name), at=NOON + minutes(name))
    spending.tidy(at=NOON + minutes(4))  # one is full three minutes after it was used once
    assert Bucket.objects.count() == 3
    monkeypatch.setattr(spending, "ROWS_MOST", 1)
    spending.tidy(at=NOON + minutes(4))
    assert list(Bucket.objects.values_list("full_at", flat=True)) == [NOON + minutes(7)]


@pytest.mark.django_db
def test_the_table_names_nobody():
    spending.spend(Limit.SUBMIT, Kind.ADDRESS, "198.51.100.7", at=NOON)
    subject = Bucket.objects.get().subject
    assert subject.startswith("ADDRESS:")
    assert "198" not in subject.replace(subject[8:], "")
    assert len(subject) == len("ADDRESS:") + 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'limits_bucket'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db
def test_who_is_held_back_is_told_by_hash_and_let_go():
    OwnLimit.objects.create(code="SUBMIT.ACCOUNT", value=1)
    spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON)
    spending.spend(Limit.URGE, ACCOUNT, "7", at=NOON)  # has many left
    [held] = queries.used_up(NOON)
    assert (held.limit, held.at) == (Limit.SUBMIT, NOON + minutes(60))
    assert spending.reset(held.limit, held.subject)
    assert not spending.reset(held.limit, held.subject)
    assert not spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON).wait


def test_every_number_has_a_code_that_fits():
    found = [code for code, _limit, _kind in codes()]
    assert len(set(found)) == len(Limit) * len(Kind)
    assert max(map(len, found)) <= OwnLimit._meta.get_field("code").max_length
    assert set(LAWS) == set(Limit)


@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_get_no_more_than_one_after_the_other():
    OwnLimit.objects.create(code="SUBMIT.ACCOUNT", value=5)
    barrier, found = Barrier(12), []

    def ask():
        barrier.wait()
        found.append(spending.spend(Limit.SUBMIT, ACCOUNT, "7", at=NOON))
        connection.close()

    threads = [Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(not one.wait for one in found) == 5
