"""The school's own numbers, and times in which people who have signed in may do more."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

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
    bounds = {code: least(kind) for code, _limit, kind in codes()}

    def wrong(code: str, value: int | None) -> str:
        low = bounds.get(code)
        if low is not None and (value in {None, 0} or low <= (value or 0) <= MOST):
            return ""
        words = _("须为 %(least)d 到 %(most)d 的整数，或 0（不限）。")
        return words % {"least": low or 0, "most": MOST}

    return people.set_numbers(
        OwnLimit, values, wrong=wrong, by=by, at=at, permission=P.SECURITY, seen=seen
    )


def raise_for_accounts(percent: int, *, until: datetime) -> None:
    """Allow people who have signed in so many percent of the usual until then; 100 ends it."""
    with transaction.atomic():
        people.one_at_a_time(Raise)
        Raise.objects.all().delete()
        if percent > 100:
            Raise.objects.create(percent=percent, until=until)
