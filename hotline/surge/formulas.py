"""The arithmetic of a surge, pure: when many come, and how long somebody may have to wait."""

from math import ceil

TIMES, LEAST = 5, 10  # so many times the usual, and never fewer than this in the hour
DAYS = 28  # of which the usual is the mean, at the same hour
RATE_MINUTES, RATE_LEAST = 120, 5  # fewer than that accepted meanwhile tell nothing
LONGEST_MINUTES = 24 * 60


def suggests(came: int, earlier: int) -> bool:
    """Are ``came`` requests of the last hour a surge, where ``earlier`` came in the same hour of
    the 28 days before, all together?

    came ≥ 10 and came × 28 ≥ 5 × earlier. Small numbers say nothing: where less than two are
    usual, ten come by chance less than once in 20,000 hours.
    """
    return came >= LEAST and came * DAYS >= TIMES * earlier


def waiting_minutes(ahead: int, accepted: int) -> int | None:
    """Minutes until somebody looks at a request with ``ahead`` before it, when ``accepted`` were
    taken on in the last two hours; None where that cannot be said.

    (ahead + 1) × 120 ÷ accepted, rounded up to what can honestly be said: ten minutes below two
    hours, half an hour below eight, then whole hours. None with fewer than five accepted, and
    beyond a day.
    """
    if accepted < RATE_LEAST:
        return None
    minutes = (ahead + 1) * RATE_MINUTES / accepted
    step = 10 if minutes <= 120 else 30 if minutes <= 480 else 60
    rounded = ceil(minutes / step) * step
    return rounded if rounded <= LONGEST_MINUTES else None
