"""What is in force, and for whom something is used up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.limits.codes import LAWS, Limit, codes, way_of
from hotline.limits.models import Bucket, OwnLimit, Raise


def own() -> dict[str, int]:
    """The school's own numbers by code."""
    return dict(OwnLimit.objects.values_list("code", "value"))


def raised(at: datetime) -> int:
    """The percent of the usual that people who have signed in may do now."""
    row = Raise.objects.filter(until__gt=at).order_by("-percent").first()
    return row.percent if row else 100


def in_force(at: datetime) -> dict[str, int]:
    """Every number as it holds now."""
    held, percent = own(), raised(at)
    return {
        code: int(held.get(code, LAWS[limit].most(kind)) * (percent / 100) ** way_of(limit, kind))
        for code, limit, kind in codes()
    }


@dataclass(frozen=True)
class UsedUp:
    """Somebody, by hash, who can take no more of something before ``at``."""

    limit: Limit
    subject: str
    at: datetime


def used_up(at: datetime) -> list[UsedUp]:
    """Who would be refused now, who waits longest first."""
    found, force = [], in_force(at)
    for row in Bucket.objects.filter(full_at__gt=at).order_by("-full_at"):
        limit = Limit(row.code)
        span = timedelta(minutes=LAWS[limit].minutes)
        most = force[f"{limit}.{row.subject.partition(':')[0]}"]
        again = row.full_at - span + span / most if most else at
        if again > at:
            found.append(UsedUp(limit, row.subject, again))
    return found
