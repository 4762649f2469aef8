"""Infected files: what lies locked away, a false alarm let go, and bytes that have lain long enough."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hotline.base.refusals import WrongState
from hotline.base.words import reason
from hotline.cases.codes import State
from hotline.cases.models import Attachment, Case
from hotline.cases.models.files import FileState
from hotline.cases.services import files, judging
from hotline.cases.services.turn import move
from hotline.people.actor import SYSTEM

BATCH = 200
WHY_LEAST = 10  # characters


class StillInfected(Exception):
    """The scanner finds it bad with its present signatures too; the message is what it calls it."""


def locked_away() -> QuerySet[Attachment]:
    """Infected files whose bytes are still there, the oldest first."""
    rows = Attachment.objects.filter(state=FileState.INFECTED)
    return rows.select_related("case").order_by("scanned_at", "id")


def release(row: Attachment, *, why: str, anyway: bool, at: datetime) -> str:
    """Scan it once more with the signatures of today and let it be opened where nothing is found.

    Returns its new state: a photo that cannot be decoded is REFUSED. With ``anyway`` also what is
    found again, or cannot be asked about because no scanner is set; the history says so, and why.
    Raises StillInfected, WrongState when it is not locked away or nobody can be asked, Invalid
    without a reason, ScannerDown, StoreDown and Missing.
    """
    words = reason(why, least=WHY_LEAST, field="why")
    if judging.scanner() is None and not anyway:
        raise WrongState(_("没有设置病毒扫描，无法重新检查。"))
    with judging.fetched(row) as path:
        finding = judging.scan(path)
        if finding and not anyway:
            raise StillInfected(finding)
        values = judging.ready(row, path, at=at) | {"finding": finding}
    _let_go(row, values, words, at)
    judging.drop_raw(row)
    return str(values["state"])


@transaction.atomic
def _let_go(row: Attachment, values: dict[str, object], words: str, at: datetime) -> None:
    mine = Attachment.objects.filter(pk=row.pk, state=FileState.INFECTED)
    if not mine.update(**values):
        raise WrongState(_("这个附件没有被隔离。"))
    case = Case.objects.get(pk=row.case_id)
    if case.state == State.DRAFT:
        return
    with move(
        case, "free_file", by=SYSTEM, at=at, text=words, file=row.pk, found=values["finding"],
        before=row.finding,
    ):  # fmt: skip
        pass


def drop_old(*, older: timedelta, at: datetime) -> int:
    """Drop the bytes of what was found infected longer ago than ``older``; how many files. The rows
    stay, and say so."""
    old = locked_away().filter(scanned_at__lt=at - older)[:BATCH]
    return sum(_drop(row) for row in old)


@transaction.atomic
def _drop(row: Attachment) -> bool:
    mine = Attachment.objects.filter(pk=row.pk, state=FileState.INFECTED)
    if not mine.update(state=FileState.DROPPED):
        return False  # let go, or taken back, this moment
    files.forget_later(row)
    return True
