"""The school's own numbers, and times in which people who have signed in may do more."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, Stale
from hotline.limits import queries
from hotline.limits.codes import MOST, codes, least
from hotline.limits.models import OwnLimit, Raise
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.permissions import P


@transaction.atomic
def set_limits(
    values: Mapping[str, int | None], *, by: Actor, at: datetime, seen: int | None = None
) -> int:
    """Set the numbers that differ from what is in force, all or none; how many did.

    None is the default, 0 no limit. Raises NotAllowed, Stale, and Invalid with each code at fault.
    """
    people.allow(by, P.SECURITY)
    people.one_at_a_time(OwnLimit)
    if seen is not None and seen != queries.latest_change():
        raise Stale(_("规则刚刚被其他人修改过。您填写的内容已保留，请核对后再保存。"))
    rows = {row.code: row for row in OwnLimit.objects.all()}
    held = {code: row.value for code, row in rows.items()}
    changed = {code: value for code, value in values.items() if value != held.get(code)}
    _refuse_nonsense(changed)
    for code, value in changed.items():
        row = rows.get(code) or OwnLimit(code=code)
        if value is None:
            people.remove(row, by=by, at=at, permission=P.SECURITY)
        else:
            row.value = value
            people.save(row, by=by, at=at, permission=P.SECURITY)
    return len(changed)


def _refuse_nonsense(values: Mapping[str, int | None]) -> None:
    bounds = {code: least(kind) for code, _limit, kind in codes()}
    wrong = {}
    for code, value in values.items():
        low = bounds.get(code)
        if low is None or not (value in {None, 0} or low <= (value or 0) <= MOST):
            words = _("须为 %(least)d 到 %(most)d 的整数，或 0（不限）。")
            wrong[code] = words % {"least": low or 0, "most": MOST}
    if wrong:
        raise Invalid(_("请更正标出的内容。"), **wrong)


def raise_for_accounts(percent: int, *, until: datetime) -> None:
    """Allow people who have signed in so many percent of the usual until then; 100 ends it."""
    with transaction.atomic():
        people.one_at_a_time(Raise)
        Raise.objects.all().delete()
        if percent > 100:
            Raise.objects.create(percent=percent, until=until)
