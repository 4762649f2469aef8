"""The numbers of the rules of accounts: their defaults, and a school's own values (AccountRule)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.people.models import AccountRule


@dataclass(frozen=True)
class Rules:
    """What 等保 asks of accounts. Zero days is never."""

    tries_most: int = 5  # wrong passwords for one account from one place
    lock_minutes: int = 15
    tries_account_most: int = 50  # for one account from all places that it does not know
    tries_place_most: int = 100  # from one place: a campus shares an address


LABELS: Mapping[str, Words] = {
    "tries_most": _("同一账号在同一地点最多连续输错次数"),
    "lock_minutes": _("输错过多后须等待（分钟）"),
    "tries_account_most": _("同一账号在所有陌生地点合计最多输错次数"),
    "tries_place_most": _("同一地点合计最多输错次数"),
}
LEAST: Mapping[str, int] = {
    "tries_most": 3,
    "lock_minutes": 1,
    "tries_account_most": 10,
    "tries_place_most": 10,
}
MOST = 1000


def current() -> Rules:
    """The rules in force: one query, asked where somebody signs in or changes a password."""
    names = set(codes())
    own = {row.code: row.value for row in AccountRule.objects.all() if row.code in names}
    return Rules(**own)


def codes() -> list[str]:
    return [field.name for field in fields(Rules)]
