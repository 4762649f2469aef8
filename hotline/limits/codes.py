"""What is limited, for whom, and how much of it unless a school says otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Limit(TextChoices):
    """Something that nobody needs to do very often. Signing in is apart: people/services/tries.py."""

    SUBMIT = "SUBMIT", _("提交诉求")
    SUPPLEMENT = "SUPPLEMENT", _("补充内容")
    FILES = "FILES", _("上传文件（个）")
    MEGABYTES = "MEGABYTES", _("上传文件（MB）")
    URGE = "URGE", _("催办")
    RATE = "RATE", pgettext_lazy("button", "评价")
    TRACK = "TRACK", _("凭编号和查询码查询")
    PHONE = "PHONE", _("修改手机号")
    SEARCH = "SEARCH", pgettext_lazy("limit", "搜索")
    EXPORT = "EXPORT", _("导出表格")
    LIVE = "LIVE", _("页面自动查询")


class Kind(TextChoices):
    """Who is counted: somebody who has signed in by their account and nothing else; all others by
    their browser and, generously, by their network, which a whole campus may share."""

    ACCOUNT = "ACCOUNT", pgettext_lazy("limit", "每个账号")
    BROWSER = "BROWSER", _("未登录的每个浏览器")
    ADDRESS = "ADDRESS", _("未登录的每个地址")


@dataclass(frozen=True)
class Law:
    """So many in so many minutes. Zero is without a limit."""

    minutes: int
    account: int
    browser: int
    address: int

    def most(self, kind: Kind) -> int:
        most: int = getattr(self, kind.lower())
        return most


LAWS: Mapping[Limit, Law] = {
    Limit.SUBMIT: Law(60, account=20, browser=10, address=200),
    Limit.SUPPLEMENT: Law(60, account=30, browser=20, address=300),
    Limit.FILES: Law(60, account=120, browser=60, address=1000),
    Limit.MEGABYTES: Law(60, account=1000, browser=500, address=5000),
    Limit.URGE: Law(60, account=30, browser=20, address=300),
    Limit.RATE: Law(60, account=30, browser=20, address=300),
    Limit.TRACK: Law(10, account=60, browser=60, address=600),
    Limit.PHONE: Law(60, account=10, browser=10, address=100),
    Limit.SEARCH: Law(10, account=200, browser=60, address=600),
    Limit.EXPORT: Law(60, account=60, browser=10, address=100),
    Limit.LIVE: Law(10, account=600, browser=600, address=6000),
}
LOWERED = frozenset({Limit.EXPORT})  # what can wait gives way in a surge, for accounts
RAISED = frozenset(Limit) - LOWERED - {Limit.TRACK, Limit.PHONE}  # and of these there are more
LEAST_OF_ADDRESS = 20  # many people behind one address
MOST = 1_000_000


def codes() -> Iterator[tuple[str, Limit, Kind]]:
    """Every number that there is: its code, and what it is about."""
    for limit in Limit:
        for kind in Kind:
            yield code_of(limit, kind), limit, kind


def code_of(limit: Limit, kind: Kind) -> str:
    return f"{limit}.{kind}"


def least(kind: Kind) -> int:
    """The smallest number but 0 that may be said: nobody shuts out a whole house by a slip."""
    return LEAST_OF_ADDRESS if kind is Kind.ADDRESS else 1


def way_of(limit: Limit, kind: Kind) -> int:
    """Does a surge leave it as it is (0), raise it (1) or lower it (-1)?"""
    if kind is not Kind.ACCOUNT:
        return 0
    return 1 if limit in RAISED else -1 if limit in LOWERED else 0
