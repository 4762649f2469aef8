"""Before anyone but its sender may open a file: the virus scanner's word, and a photo made anew."""

import hashlib
import io
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from hotline.base import jobs, pictures
from hotline.cases.codes import State
from hotline.cases.kinds import Unfit, kind_of
from hotline.cases.models import Attachment, Case
from hotline.cases.models.files import FileState
from hotline.cases.services.files import RAW, SMALL, as_sent, name_of, store
from hotline.cases.services.turn import move
from hotline.drivers.clamd import Clamd, ScannerDown
from hotline.drivers.stores import Missing, StoreDown
from hotline.people.actor import SYSTEM

log = logging.getLogger(__name__)
BATCH = 200
PATIENCE = timedelta(minutes=2)  # a file that waits longer was missed by its own job


class Health(StrEnum):
    """How the virus scanner stands."""

    OFF = "OFF"  # none is set: files are not scanned
    UP = "UP"
    DOWN = "DOWN"  # set, and gives no verdict: files wait


class ScannerHealth(NamedTuple):
    """The scanner, in its own words, and the files that wait to be judged."""

    state: Health
    words: str
    waiting: int
    oldest: datetime | None


def scanner() -> Clamd | None:
    """The scanner of this house, if it has one."""
    return Clamd(settings.CLAMD) if settings.CLAMD else None


def scanner_health() -> ScannerHealth:
    """For the page and the command that tell how the house is; asks the scanner at once."""
    waiting = Attachment.objects.filter(state=FileState.PENDING).order_by("at")
    oldest, count = waiting.values_list("at", flat=True).first(), waiting.count()
    clamd = scanner()
    if clamd is None:
        return ScannerHealth(Health.OFF, "", count, oldest)
    try:
        return ScannerHealth(Health.UP, clamd.version(), count, oldest)
    except ScannerDown as down:
        return ScannerHealth(Health.DOWN, str(down), count, oldest)


def judge(row: Attachment, *, at: datetime) -> bool:
    """Judge a file that waits. May run twice. False when it must go on waiting.

    A scanner or store that gives no answer leaves it waiting, for ``judge_waiting`` to try again.
    """
    row.refresh_from_db()
    if row.state != FileState.PENDING:
        return True
    try:
        with fetched(row) as path:
            finding = scan(path)
            if finding:
                return _quarantine(row, finding, at=at)
            _release(row, path, at=at)
    except (ScannerDown, StoreDown) as down:
        log.warning("file %s waits: %s (%s)", row.pk, type(down).__name__, down)
        return False
    except Missing:
        values = _as_it_was_made(row)
        if not values:
            log.error("file %s has no bytes", row.pk)
        found = Attachment.objects.filter(pk=row.pk, state=FileState.PENDING)
        found.update(**(values or {"state": FileState.REFUSED}))
    return True


def _as_it_was_made(row: Attachment) -> dict[str, object]:
    """A backup may hold the row of before and the bytes of after: the photo was made anew then, and
    what its sender sent is gone. Nothing where that is not so."""
    if not row.is_photo:
        return {}
    try:
        whole, _small = (b"".join(store().read(name_of(row, v))) for v in ("", SMALL))
        kind = kind_of(io.BytesIO(whole), "")
    except (Missing, Unfit):
        return {}
    return {
        "state": FileState.READY, "mime": kind.mime, "extension": kind.extension,
        "size": len(whole), "sha256": hashlib.sha256(whole).hexdigest(),
    }  # fmt: skip


def judge_waiting(*, at: datetime) -> int:
    """Judge what was missed or had to wait; how many files that were. Stops when nobody answers."""
    waiting = Attachment.objects.filter(state=FileState.PENDING, at__lt=at - PATIENCE)
    done = 0
    for row in waiting.order_by("at")[:BATCH]:
        if not judge(row, at=at):
            break
        done += 1
    return done


@contextmanager
def fetched(row: Attachment) -> Iterator[Path]:
    """What was sent, in a folder that nobody else reads and that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hotline-file-") as folder:
        path = Path(folder) / "sent"
        with path.open("wb") as target:
            target.writelines(store().read(name_of(row, as_sent(row))))
        yield path


def scan(path: Path) -> str:
    """What the scanner found; empty for nothing, and where there is no scanner."""
    clamd = scanner()
    if clamd is None:
        return ""
    with path.open("rb") as file:
        return clamd.scan(iter(lambda: file.read(128 * 1024), b""))


def _release(row: Attachment, path: Path, *, at: datetime) -> None:
    values = ready(row, path, at=at)
    if Attachment.objects.filter(pk=row.pk, state=FileState.PENDING).update(**values):
        drop_raw(row)  # else another worker has judged it, and what it was judged by stays


def ready(row: Attachment, path: Path, *, at: datetime) -> dict[str, object]:
    """What the row says once others may open it; a photo is made anew first, and REFUSED where it
    cannot be decoded."""
    values: dict[str, object] = {
        "state": FileState.READY, "scanned_at": at if settings.CLAMD else None,
    }  # fmt: skip
    return values | _made_harmless(row, path) if row.is_photo else values


def drop_raw(row: Attachment) -> None:
    """Of a photo that was made anew, what its sender sent goes."""
    if row.is_photo:
        store().drop([name_of(row, RAW)])


def _made_harmless(row: Attachment, path: Path) -> dict[str, object]:
    """Keep a photo anew, and once more small; what the row says of it from now on."""
    whole, small = path.with_name("whole"), path.with_name("small")
    try:
        mime, extension = pictures.make_harmless(path, whole, small)
    except pictures.Unreadable:
        return {"state": FileState.REFUSED}
    for variant, made in (("", whole), (SMALL, small)):
        with made.open("rb") as file:
            store().keep(name_of(row, variant), file)
    content = whole.read_bytes()
    return {
        "mime": mime, "extension": extension, "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip


def _quarantine(row: Attachment, finding: str, *, at: datetime) -> bool:
    """Nobody opens it from now on; the history notes it, its sender and the office are told."""
    log.warning("file %s is infected: %s", row.pk, finding)
    with transaction.atomic():
        mine = Attachment.objects.filter(pk=row.pk, state=FileState.PENDING)
        if not mine.update(state=FileState.INFECTED, scanned_at=at, finding=finding):
            return True  # another worker was quicker
        case = Case.objects.get(pk=row.case_id)
        if case.state == State.DRAFT:
            return True  # its writer reads it on the page of the draft
        with move(case, "quarantine", by=SYSTEM, at=at, file=row.pk):
            pass
        if row.by_id is not None and not case.seal:  # a sealed file leaves no message behind
            jobs.defer(
                "notices.tell", people=[row.by_id], template="file_quarantined",
                key=f"file{row.pk}", case_id=case.pk, facts={"number": case.number or ""},
            )  # fmt: skip
    return True
