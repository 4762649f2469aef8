"""For each class of data: what is due, and the one service that removes it. Nothing else deletes by age."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from hotline.audit.services import erasing as sealed
from hotline.base.refusals import Refusal
from hotline.cases import seals
from hotline.cases.codes import Referral, Seal
from hotline.cases.models import Attachment, Case, Look
from hotline.cases.services import drafting
from hotline.cases.services import erasing as cases
from hotline.notices.services import sweeping as notices
from hotline.people.services import signins
from hotline.rights import obstacles
from hotline.rights.models import DataClass, Hold
from hotline.rights.services import erasing, exporting

SPOKEN = ("audio/", "video/")


@dataclass(frozen=True)
class Due:
    """How much of a class is due; a few numbers of requests, which say nothing of anybody."""

    count: int
    sample: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Keeper:
    """One class: ``due`` counts what is older than a moment, ``run`` removes at most so many of it."""

    due: Callable[[datetime], Due]
    run: Callable[[datetime, datetime, int], int]  # older than, at, most


def _numbers(rows: QuerySet[Case]) -> Due:
    found = rows.order_by("stage_at", "id").values_list("number", flat=True)
    return Due(rows.count(), [number for number in found[:5] if number])


def _held_cases() -> QuerySet[Hold]:
    return Hold.objects.filter(ended_at=None)


# --- Requests -----------------------------------------------------------------------------


def _requests(which: Q) -> Keeper:
    def rows(before: datetime) -> QuerySet[Case]:
        return obstacles.over().filter(which, stage_at__lt=before)

    def run(before: datetime, at: datetime, most: int) -> int:
        done = 0
        for case in rows(before).order_by("stage_at", "id")[:most]:
            try:
                erasing.erase(case, why=erasing.Why.AGE, at=at, files_too=True)
                done += 1
            except Refusal:  # something has happened to it at this moment
                continue
        return done

    return Keeper(lambda before: _numbers(rows(before)), run)


ORDINARY = ~obstacles.in_files()
# Each file is of one class: what another organ has is its own, a crisis in it or before it or not.
DISCIPLINE = Q(seal=Seal.DISCIPLINE) | Q(referred_to=Referral.DISCIPLINE)
PETITION = ~DISCIPLINE & (Q(referred_to=Referral.PETITION) | Q(petition__isnull=False))
_THEIRS = DISCIPLINE | PETITION
CRISIS = ~_THEIRS & (Q(seal=Seal.CRISIS) | Q(crisis_file__isnull=False))
OFFICE = ~_THEIRS & ~CRISIS & Q(seal__in=seals.APART)


# --- What belongs to requests -------------------------------------------------------------


def _recordings(before: datetime) -> QuerySet[Attachment]:
    spoken = Q(mime__startswith=SPOKEN[0]) | Q(mime__startswith=SPOKEN[1])
    over = obstacles.over().filter(ORDINARY, stage_at__lt=before)
    return Attachment.objects.filter(spoken, case__in=over)


def _drafts(before: datetime) -> Due:
    return Due(drafting.old(before).count() + drafting.old_forms(before).count())


def _drop_drafts(before: datetime, at: datetime, most: int) -> int:
    return drafting.forget(before=before, most=most)


# --- Logs ---------------------------------------------------------------------------------


def _looks(before: datetime) -> QuerySet[Look]:
    return Look.objects.filter(recorded_at__lt=before).exclude(pk__in=_kept_looks().values("pk"))


def _kept_looks() -> QuerySet[Look, Any]:
    """Looks at requests that a proceeding keeps."""
    one = Exists(_held_cases().filter(case=OuterRef("case")))
    held = list(_held_cases().values_list("case_id", flat=True))
    many = Q(cases__overlap=held) if held else Q(pk__in=[])
    return Look.objects.filter(Q(one) | many)


def _drop_looks(before: datetime, at: datetime, most: int) -> int:
    keep = list(_kept_looks().values_list("pk", flat=True))
    return sealed.expire("cases_look", before=before, keep=keep, why="AGE", at=at, most=most)


def _messages(before: datetime) -> Due:
    return Due(notices.old(before, keep=_held_ids()).count())


def _held_ids() -> list[int]:
    return list(_held_cases().values_list("case_id", flat=True))


KEEPERS: Mapping[str, Keeper] = {
    DataClass.REQUEST: _requests(ORDINARY),
    DataClass.CRISIS: _requests(CRISIS),
    DataClass.PETITION: _requests(PETITION),
    DataClass.DISCIPLINE: _requests(DISCIPLINE),
    DataClass.OFFICE: _requests(OFFICE),
    DataClass.RECORDING: Keeper(
        lambda before: Due(_recordings(before).count()),
        lambda before, at, most: cases.drop_files(_recordings(before), most=most),
    ),
    DataClass.DRAFT: Keeper(_drafts, _drop_drafts),
    DataClass.LOOK: Keeper(lambda before: Due(_looks(before).count()), _drop_looks),
    DataClass.SIGN_IN: Keeper(
        lambda before: Due(signins.old(before).count()),
        lambda before, at, most: signins.forget(before=before, most=most),
    ),
    DataClass.MESSAGE: Keeper(
        _messages,
        lambda before, at, most: notices.forget(before=before, most=most, keep=_held_ids()),
    ),
    DataClass.EXPORT: Keeper(
        lambda before: Due(exporting.old(before).count()),
        lambda before, at, most: exporting.expire(before=before, most=most),
    ),
}
