"""Background work of the room: load, call a service, nothing else."""

from datetime import timedelta

from django.conf import settings
from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base.retrying import RETRY, SOON
from hotline.cases.models import Attachment, Case
from hotline.cases.services import judging, merging, quarantine, recounting, sweeping, tending


@app.task(name="cases.judge_file", queue="files", retry=RETRY)
def judge_file(*, attachment_id: int) -> None:
    row = Attachment.objects.filter(pk=attachment_id).first()
    if row is not None:  # else its writer has taken it back
        judging.judge(row, at=now())


@app.periodic(cron="*/2 * * * *")
@app.task(
    name="cases.judge_waiting", queue="files", queueing_lock="cases.judge_waiting", retry=SOON
)
def judge_waiting(timestamp: int) -> None:
    judging.judge_waiting(at=now())


@app.periodic(cron="23 19 * * *")  # 03:23 here
@app.task(name="cases.tend_files", queue="files", queueing_lock="cases.tend_files", retry=RETRY)
def tend_files(timestamp: int) -> None:
    quarantine.drop_old(older=timedelta(days=settings.QUARANTINE_DAYS), at=now())
    tending.sweep(at=now())
    tending.adopt()


@app.task(name="cases.close_merged", queue="cases", retry=RETRY)
def close_merged(*, case_id: int) -> None:
    merging.close_merged(Case.objects.get(pk=case_id), at=now())


@app.task(name="cases.free_merged", queue="cases", retry=RETRY)
def free_merged(*, case_id: int) -> None:
    merging.free_merged(Case.objects.get(pk=case_id), at=now())


@app.task(name="cases.recount", queue="cases", retry=RETRY, lock="cases.recount")
def recount(*, publication_id: int) -> None:
    recounting.recount_all(at=now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="cases.sweep", queue="cases", queueing_lock="cases.sweep", retry=SOON)
def sweep(timestamp: int) -> None:
    sweeping.sweep(at=now())


@app.periodic(cron="17 * * * *")
@app.task(name="cases.tidy", queue="cases", queueing_lock="cases.tidy", retry=SOON)
def tidy(timestamp: int) -> None:
    sweeping.tidy(at=now())
