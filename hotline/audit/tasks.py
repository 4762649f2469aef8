"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.audit.services import watching


@app.periodic(cron="*/10 * * * *")
@app.task(name="audit.watch", queue="audit", queueing_lock="audit.watch")
def watch(timestamp: int) -> None:
    watching.watch(at=now())
