"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from hotline.audit.services import sealing, watching
from hotline.base.retrying import SOON


@app.periodic(cron="*/10 * * * *")
@app.task(name="audit.watch", queue="audit", queueing_lock="audit.watch", retry=SOON)
def watch(timestamp: int) -> None:
    watching.watch(at=now())


# Periodic jobs tell the time in UTC: this is 23 minutes past midnight here.
@app.periodic(cron="23 16 * * *")
@app.task(
    name="audit.seal", queue="audit", queueing_lock="audit.seal",
    retry=RetryStrategy(max_attempts=20, wait=60),
)  # fmt: skip
def seal(timestamp: int) -> None:
    sealing.seal_due(at=now())
