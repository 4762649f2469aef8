"""Fifty guesses at the same moment are no more than five one after the other; a code is good once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from django.db import connection

from hotline.base.refusals import Invalid, TooMany
from hotline.people import services
from hotline.people.models import RecoveryCode
from hotline.people.services import factors
from tests.cases.test_races import at_once
from tests.make import NOON, a_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_only_five_of_fifty_are_judged():
    user = a_user()

    def guess(number):
        try:
            services.enter(user.account, f"guess {number}", place="203.0.113.9", keys=(), at=NOON)
        except Invalid:
            return "judged"
        except TooMany:
            return "refused"
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(50)))
    assert (answers.count("judged"), answers.count("refused")) == (5, 45)


def test_a_code_that_comes_eight_times_at_once_is_good_once_and_codes_on_paper_are_ten():
    user, before = a_user(), NOON - timedelta(hours=1)
    totp = pyotp.TOTP(factors.begin_totp(user)[0])
    factors.confirm_totp(user, totp.at(before), at=before)
    for code in (factors.new_codes(user)[0], totp.at(NOON)):
        tries = [
            lambda c=code, n=n: factors.check(user, c, at=NOON, place=f"192.0.2.{n}")
            for n in range(8)
        ]
        assert at_once(tries).count(None) == 1
    at_once([lambda: factors.new_codes(user)] * 6)
    assert RecoveryCode.objects.filter(user=user).count() == 10
