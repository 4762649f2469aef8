"""The yearly look at who holds what (权限复核): every role that is held, and what asks for attention."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, TextChoices
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from hotline.people import duties, queries
from hotline.people.models import Authenticator, Membership, Passkey

UNUSED = timedelta(days=90)
YEAR = timedelta(days=365)


class Mark(TextChoices):
    """What asks for attention in a line of the report."""

    DUE = "DUE", _("一年内未复核")
    NEVER = "NEVER", _("从未登录")
    UNUSED = "UNUSED", _("90 天未登录")
    ENDING = "ENDING", _("本月到期")
    NO_SECOND = "NO_SECOND", _("缺两步验证")
    OFF = "OFF", _("账号已停用")
    CONFLICT = "CONFLICT", _("兼任三员")


@dataclass(frozen=True)
class Line:
    """One role as held, with what is known of its use."""

    membership: Membership
    reviewed_at: datetime | None
    marks: tuple[Mark, ...]

    @property
    def labels(self) -> list[str]:
        return [str(mark.label) for mark in self.marks]


def held(on: date) -> QuerySet[Membership, Any]:
    """Every role that is held on a day, with its latest review."""
    rows = Membership.objects.filter(queries.in_force(on)).select_related("user", "role", "unit")
    codes = Authenticator.objects.filter(user=OuterRef("user"), confirmed_at__isnull=False)
    keys = Passkey.objects.filter(user=OuterRef("user"))
    rows = rows.annotate(second=Exists(codes) | Exists(keys))
    return rows.annotate(reviewed_at=Max("reviews__at")).order_by(
        "role_id", "unit_id", "user_id", "id"
    )


def lines(*, at: datetime, only: Collection[str] = ()) -> list[Line]:
    """The report; ``only`` keeps the lines with one of these marks."""
    today = localdate(at)
    both = {user.pk for user, p in duties.held(today).items() if len(duties.thirds(p)) > 1}
    found = [_line(row, at, row.user_id in both) for row in held(today)]
    return [line for line in found if not only or set(only) & set(line.marks)]


def _line(row: Any, at: datetime, conflict: bool) -> Line:
    user, today = row.user, localdate(at)
    seen = user.last_login
    ending = row.to_date is not None and (row.to_date.year, row.to_date.month) == (
        today.year,
        today.month,
    )
    found = {
        Mark.DUE: max(filter(None, (row.reviewed_at, _start(row))), default=at) < at - YEAR,
        Mark.NEVER: seen is None,
        Mark.UNUSED: seen is not None and seen < at - UNUSED,
        Mark.ENDING: ending,
        Mark.NO_SECOND: not row.second,
        Mark.OFF: not user.is_active,
        Mark.CONFLICT: conflict,
    }
    return Line(row, row.reviewed_at, tuple(mark for mark, holds in found.items() if holds))


def _start(row: Membership) -> datetime:
    """Whoever appointed somebody has looked then."""
    return queries.begin_of(row.from_date)
