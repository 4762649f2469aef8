"""The school's own numbers for the rules of accounts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.people import rules
from hotline.people.actor import Actor
from hotline.people.models import AccountRule
from hotline.people.permissions import P
from hotline.people.services.tables import set_numbers


@transaction.atomic
def set_rules(
    values: Mapping[str, int | None], *, by: Actor, at: datetime, seen: int | None = None
) -> int:
    """Set the rules that differ from what is in force, all or none; how many did. None is the default.

    Raises NotAllowed, Stale, and Invalid with each code at fault.
    """
    return set_numbers(
        AccountRule, values, wrong=_wrong, by=by, at=at, permission=P.SECURITY, seen=seen
    )


def _wrong(code: str, value: int | None) -> str:
    least, most = rules.bounds(code)
    if code in rules.codes() and (value is None or least <= value <= most):
        return ""
    return _("须为 %(least)d 到 %(most)d 的整数。") % {"least": least, "most": most}
