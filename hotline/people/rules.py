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
    password_reuse: int = 5  # the latest passwords of staff, none of which may be taken again
    password_days: int = 0  # after so many staff choose a new one
    second_factor_days: int = 14  # of grace, for whose role demands a second factor


LABELS: Mapping[str, Words] = {
    "tries_most": _("同一账号在同一地点最多连续输错次数"),
    "lock_minutes": _("输错过多后须等待（分钟）"),
    "tries_account_most": _("同一账号在所有陌生地点合计最多输错次数"),
    "tries_place_most": _("同一地点合计最多输错次数"),
    "password_reuse": _("工作人员不能再用最近几个密码（0 为不限）"),
    "password_days": _("工作人员密码有效期（天，0 为长期）"),
    "second_factor_days": _("角色要求两步验证时的宽限期（天）"),
}
LEAST: Mapping[str, int] = {
    "tries_most": 3,
    "lock_minutes": 1,
    "tries_account_most": 10,
    "tries_place_most": 10,
}
MOST: Mapping[str, int] = {"password_reuse": 24, "second_factor_days": 90}
MOST_ELSE = 1000


def current() -> Rules:
    """The rules in force: one query, asked where somebody signs in or changes a password."""
    names = set(codes())
    own = {row.code: row.value for row in AccountRule.objects.all() if row.code in names}
    return Rules(**own)


def codes() -> list[str]:
    return [field.name for field in fields(Rules)]


def bounds(code: str) -> tuple[int, int]:
    """The least and the most that a rule may say."""
    return LEAST.get(code, 0), MOST.get(code, MOST_ELSE)
