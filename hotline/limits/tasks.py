"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import SOON
from hotline.limits.services import spending


@app.periodic(cron="*/10 * * * *")
@app.task(name="limits.tidy", queue="people", queueing_lock="limits.tidy", retry=SOON)
def tidy(timestamp: int) -> None:
    spending.tidy(at=now())
