"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import RETRY, SOON
from hotline.surge.models import Batch
from hotline.surge.services import batches, switch, watching


@app.periodic(cron="*/2 * * * *")
@app.task(name="surge.watch", queue="cases", queueing_lock="surge.watch", retry=SOON)
def watch(timestamp: int) -> None:
    at = now()
    switch.end_overdue(at=at)
    watching.look(at=at)


@app.task(name="surge.carry_out", queue="cases", retry=RETRY)
def carry_out(*, batch_id: int) -> None:
    batches.carry_out(Batch.objects.get(pk=batch_id), at=now())
