"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import RETRY, SOON
from hotline.cases.models import Case
from hotline.oversight.alarms import calling
from hotline.oversight.services import sweeping, watching


@app.periodic(cron="* * * * *")
@app.task(name="oversight.sweep", queue="oversight", queueing_lock="oversight.sweep", retry=SOON)
def sweep(timestamp: int) -> None:
    sweeping.sweep(at=now())


@app.task(name="oversight.happened", queue="oversight", retry=RETRY)
def happened(*, case_id: int) -> None:
    watching.happened(Case.objects.get(pk=case_id), at=now())


@app.task(name="oversight.alarm", queue="oversight", retry=RETRY, priority=10)
def alarm(*, case_id: int) -> None:
    calling.raise_alarm(Case.objects.get(pk=case_id), at=now())


@app.task(name="oversight.chase_alarm", queue="oversight", retry=RETRY, priority=10)
def chase_alarm(*, alarm_id: int) -> None:
    calling.call_next(alarm_id, at=now())


@app.periodic(cron="* * * * *")
@app.task(
    name="oversight.sweep_alarms",
    queue="oversight",
    queueing_lock="oversight.sweep_alarms",
    retry=SOON,
)
def sweep_alarms(timestamp: int) -> None:
    calling.sweep(at=now())
