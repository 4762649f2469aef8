"""When people are left in peace: quiet hours, and what a message waits for. Pure functions."""

from datetime import datetime, time, timedelta

from hotline.worktime.clock import ZONE

QUIET_FROM, QUIET_TO = time(22), time(7)


def is_quiet(at: datetime) -> bool:
    """Is it between 22:00 and 07:00 in Shanghai?"""
    here = at.astimezone(ZONE).time()
    return here >= QUIET_FROM or here < QUIET_TO


def awake(at: datetime) -> datetime:
    """The first moment from ``at`` on that is not in quiet hours."""
    if not is_quiet(at):
        return at
    here = at.astimezone(ZONE)
    day = here.date() + timedelta(days=1) if here.time() >= QUIET_FROM else here.date()
    return datetime.combine(day, QUIET_TO, ZONE)


def day_began(at: datetime) -> datetime:
    """The midnight in Shanghai from which a day's messages are counted."""
    return datetime.combine(at.astimezone(ZONE).date(), time(), ZONE)
