"""After a restore: whoever was forgotten since the backup is forgotten again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from hotline.audit.models import ErasureKind
from hotline.base.refusals import Refusal
from hotline.cases.models import Case
from hotline.people.models import User
from hotline.people.services.erasing import is_closed
from hotline.rights import ledger
from hotline.rights.ledger import Line
from hotline.rights.models import Claim, ClaimKind, ClaimState
from hotline.rights.services import erasing


@dataclass
class Again:
    """What a run has done: erased again, left to finish first, and not in this database at all."""

    erased: int = 0
    waiting: int = 0
    absent: int = 0


def reapply(*, at: datetime, file: Path | None = None, trusted: Collection[str] = ()) -> Again:
    """Erase again what the ledger says was erased and this database still holds. May run twice.

    A request that stands before its end in the restored database finishes first, under a claim that is
    granted already. ``trusted`` are keys beside ours that may have signed the file.
    """
    told = Again()
    for line in ledger.forgotten(file, trusted=trusted):
        found = subject_of(line)
        if found is None:
            told.absent += 1
        elif isinstance(found, Case):
            _case(found, told, at)
        else:
            _person(found, told, at)
    if ledger.is_ahead():
        ledger.note_checked()
    return told


def subject_of(line: Line) -> Case | User | None:
    """Of whom a line is, if they are in this database: what was created since has other moments."""
    which = {
        "pk": line.subject["id"],
        "created_at": datetime.fromisoformat(line.subject["created_at"]),
    }
    if line.kind == ErasureKind.CASE:
        return Case.objects.filter(number=line.subject["number"] or None, **which).first()
    return User.objects.filter(**which).first()


def _case(case: Case, told: Again, at: datetime) -> None:
    if case.erased_at is not None:
        return
    try:
        erasing.erase(case, why=erasing.Why.AGAIN, at=at, files_too=True)
        told.erased += 1
    except Refusal:
        _later(ClaimKind.CASE, at, case=case, user=case.owner)
        told.waiting += 1


def _person(user: User, told: Again, at: datetime) -> None:
    if is_closed(user):
        return
    try:
        erasing.close(user, why=erasing.Why.AGAIN, at=at)
        told.erased += 1
    except Refusal:
        _later(ClaimKind.PERSON, at, case=None, user=user)
        told.waiting += 1


def _later(kind: ClaimKind, at: datetime, *, case: Case | None, user: User | None) -> None:
    claim = Claim(
        kind=kind, case=case, user=user, state=ClaimState.GRANTED, asked_at=at, undo_until=at, due_at=at,
        decided_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
    except IntegrityError:  # it is asked for already
        rows = Claim.objects.filter(kind=kind, case=case, state=ClaimState.OPEN)
        (rows if case else rows.filter(user=user)).update(state=ClaimState.GRANTED, decided_at=at)
