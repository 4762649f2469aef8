"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import SOON
from hotline.people.services import tries


@app.periodic(cron="29 * * * *")
@app.task(name="people.tidy", queue="people", queueing_lock="people.tidy", retry=SOON)
def tidy(timestamp: int) -> None:
    tries.tidy(at=now())
