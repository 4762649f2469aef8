"""Fifty guesses at the same moment are no more than five one after the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from hotline.base.refusals import Invalid, TooMany
from hotline.people import services
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
