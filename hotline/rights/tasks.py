"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base import jobs
from hotline.base.retrying import RETRY, SOON
from hotline.people.actor import SYSTEM
from hotline.rights import ledger
from hotline.rights.models import Export
from hotline.rights.services import again, claims, exporting, retention


@app.task(name="rights.carry_out", queue="rights", retry=RETRY, lock="rights.erase")
def carry_out() -> None:
    claims.carry_out(at=now())


@app.task(name="rights.export", queue="rights", retry=RETRY)
def export(*, export_id: int, language: str) -> None:
    row = Export.objects.filter(pk=export_id).first()
    if row is not None:  # else the account is gone
        exporting.build(row, at=now(), language=language)


@app.periodic(cron="11 * * * *")
@app.task(
    name="rights.tend", queue="rights", queueing_lock="rights.tend", lock="rights.erase", retry=SOON
)
def tend(timestamp: int) -> None:
    """Every hour: what was granted and can be done by now, what must be decided soon."""
    at = now()
    claims.remind(at=at)
    claims.carry_out(at=at)


# It goes on at once while there is more: a night's piece is small, a first night's whole is not.
@app.periodic(cron="41 19 * * *")  # 03:41 here
@app.task(
    name="rights.retain", queue="rights", queueing_lock="rights.retain", lock="rights.erase", retry=RETRY,
    aliases=["notices.tidy"],
)  # fmt: skip
def retain(timestamp: int) -> None:
    """Every night: what is past its age, a bounded piece of each class."""
    if retention.run(by=SYSTEM, at=now()).more:
        jobs.wake("rights.retain", lock="rights.retain", timestamp=timestamp)


@app.periodic(cron="7 19 * * *")  # 03:07 here
@app.task(
    name="rights.again",
    queue="rights",
    queueing_lock="rights.again",
    lock="rights.erase",
    retry=RETRY,
)
def tell_again(timestamp: int) -> None:
    """Every night: the file of erasures and the database know the same."""
    ledger.complete()
    again.reapply(at=now())
