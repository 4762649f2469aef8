"""How often a job that fails is tried again, and when: soon at first, then with bounded pauses."""

from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

# Seconds. A job under a lock holds up those behind it for no longer than the longest of these.
PAUSES = (5, 25, 125, 600, 1800, 3600, 3600, 3600)
WHOLE = timedelta(seconds=sum(PAUSES))  # until somebody has to look: then it is parked as failed
SOON_PAUSES = (
    5,
    25,
    60,
)  # of what comes round by itself: a database that is started again is back by then


class Bounded(BaseRetryStrategy):
    """After each pause once more; then it stays failed until somebody runs it or sets it aside."""

    def __init__(self, pauses: tuple[int, ...]) -> None:
        self.pauses = pauses

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if job.attempts >= len(self.pauses):
            return None
        return RetryDecision(retry_in={"seconds": self.pauses[job.attempts]})


RETRY, SOON = Bounded(PAUSES), Bounded(SOON_PAUSES)
