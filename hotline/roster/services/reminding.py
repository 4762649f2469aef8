"""Whose shift begins soon is told so, once."""

from datetime import datetime, timedelta

from hotline.base import jobs
from hotline.roster.models import Shift

BEFORE = timedelta(hours=12)


def remind(*, at: datetime) -> int:
    """Tell those whose shift begins in the next twelve hours; the key keeps it to once."""
    soon = Shift.objects.filter(from_at__gt=at, from_at__lte=at + BEFORE).order_by("id")
    for shift in soon:
        jobs.defer(
            "notices.tell", people=[shift.user_id], template="shift_soon",
            key=f"soon{shift.pk}:{shift.from_at.isoformat()}", facts={"time": shift.from_at.isoformat()},
        )  # fmt: skip
    return len(soon)
