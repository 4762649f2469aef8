"""Accounts: what opens the door is one person's alone."""

import pytest

from hotline.base.refusals import Invalid
from hotline.people.actor import SYSTEM
from hotline.people.services import accounts
from tests.make import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("taken", ["account", "phone"])
def test_one_persons_account_is_never_another_persons_phone(taken):
    number = "13900001111"
    made = {"password": None, "by": SYSTEM, "at": NOON}
    accounts.create_user(
        account=number if taken == "account" else "x1", name="甲",
        phone="" if taken == "account" else number, **made,
    )  # fmt: skip
    with pytest.raises(Invalid):
        accounts.create_user(
            account="x2" if taken == "account" else number, name="乙",
            phone=number if taken == "account" else "", **made,
        )  # fmt: skip
