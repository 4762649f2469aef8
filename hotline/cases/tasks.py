"""Background work of the room: load, call a service, nothing else."""

from django.utils.timezone import now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from hotline.cases.models import Attachment, Case
from hotline.cases.services import files, merging, recounting, sweeping

RETRY = RetryStrategy(max_attempts=8, exponential_wait=5)


@app.task(name="cases.clean_photo", queue="files", retry=RETRY)
def clean_photo(*, attachment_id: int) -> None:
    row = Attachment.objects.filter(pk=attachment_id).first()
    if row is not None:  # else its writer has taken it back
        files.clean_photo(row)


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
@app.task(name="cases.sweep", queue="cases", queueing_lock="cases.sweep")
def sweep(timestamp: int) -> None:
    sweeping.sweep(at=now())


@app.periodic(cron="17 * * * *")
@app.task(name="cases.tidy", queue="cases", queueing_lock="cases.tidy")
def tidy(timestamp: int) -> None:
    sweeping.tidy(at=now())
