"""Somebody has looked whether roles are still needed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.people import queries
from hotline.people.actor import Actor
from hotline.people.models import Membership, Review
from hotline.people.permissions import P
from hotline.people.services import rows


@transaction.atomic
def review(memberships: Iterable[int], *, by: Actor, at: datetime) -> int:
    """Note that roles have been looked at and may stay; how many. A role of one's own needs another's eye.

    Raises NotAllowed, and Invalid when there is none among them that may be.
    """
    rows.allow(by, P.SECURITY)
    held = Membership.objects.filter(queries.in_force(localdate(at)), pk__in=list(memberships))
    found = list(held.exclude(user=by.user_id))
    if not found or by.user is None:
        raise Invalid(_("请选择要标记的任职；自己的任职须由另一位管理员复核。"))
    Review.objects.bulk_create(Review(membership=row, by=by.user, at=at) for row in found)
    return len(found)
