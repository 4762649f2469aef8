"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import SOON
from hotline.roster.services import reminding


@app.periodic(cron="13 * * * *")
@app.task(name="roster.remind", queue="notices", queueing_lock="roster.remind", retry=SOON)
def remind(timestamp: int) -> None:
    reminding.remind(at=now())
