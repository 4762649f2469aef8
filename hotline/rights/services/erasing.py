"""One request, or one person, made anonymous: every room takes off what it holds, in one transaction.

What left the sealed record is signed for, and told to the ledger outside the database once all of it
is committed.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from hotline.audit.models import AlertNote, Erasure
from hotline.audit.services import erasing as sealed
from hotline.base.refusals import WrongState
from hotline.base.words import listed
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import drafting
from hotline.cases.services import erasing as cases
from hotline.notices.services import erasing as notices
from hotline.oversight.services import erasing as oversight
from hotline.people.actor import SYSTEM
from hotline.people.models import User
from hotline.people.services import erasing as people
from hotline.rights import ledger, obstacles
from hotline.rights.models import Claim, ClaimKind, ClaimState, Hold
from hotline.rights.obstacles import Obstacle
from hotline.rights.services import exporting


class Why(TextChoices):
    """On which occasion; the code stands in the signed statement."""

    ASKED = "ASKED"
    AGE = "AGE"
    AGAIN = "AGAIN"  # once more, after a restore


@transaction.atomic
def erase(case: Case, *, why: Why, at: datetime, files_too: bool = False) -> Erasure:
    """Make a request anonymous. Raises WrongState, which names them, while there are obstacles.

    ``files_too`` is for the rules of archives: only they may touch crises, petitions, discipline and
    complaints about the office.
    """
    row = (
        Case.objects.select_for_update(of=("self",))
        .select_related("category", "type")
        .get(pk=case.pk)
    )
    found = [each for each in obstacles.of(row) if not (files_too and each is Obstacle.ARCHIVE)]
    if row.erased_at is not None or found:
        reasons = listed(each.label for each in found) or _("已经匿名化")
        raise WrongState(_("现在不能匿名化：%(reasons)s。") % {"reasons": reasons})
    notes = AlertNote.objects.filter(alert__case=row).exclude(words="")
    wanted = cases.sealed_rows(row) | {
        "audit_alertnote": dict.fromkeys(notes.values_list("pk", flat=True), ("words",))
    }
    done = sealed.blank(wanted, case=row, why=str(why), at=at)
    notices.erase(row)
    oversight.erase(row)
    cases.erase(row, at=at)
    exporting.forget_case(row)
    _forget_case(row)
    case.refresh_from_db()
    transaction.on_commit(partial(ledger.write, [done]))
    return done


def _forget_case(case: Case) -> None:
    """What was asked, answered and held here; a claim that is being carried out still has to be told of."""
    rows = Claim.objects.filter(case=case)
    rows.update(words="", answer="")
    rows.exclude(state=ClaimState.GRANTED).update(user=None)
    Hold.objects.filter(case=case).update(words="")


def finished(user: User) -> Iterator[Case]:
    """Requests of a person that can be made anonymous now."""
    yield from obstacles.over().exclude(obstacles.in_files()).filter(owner=user).order_by("id")


def discard_drafts(user: User) -> None:
    """Throw away what a person has begun and not sent, with its files."""
    for draft in Case.objects.filter(owner=user, state=State.DRAFT).order_by("id"):
        drafting.discard(draft, by=SYSTEM)


def forget_claims(user: User, *, at: datetime) -> None:
    """Take the words off everything that a person has asked; a correction that waits has no object left."""
    rows = Claim.objects.filter(user=user)
    rows.filter(kind=ClaimKind.CORRECT, state=ClaimState.OPEN).update(
        state=ClaimState.UNDONE, done_at=at
    )
    rows.update(words="", wanted="", answer="")


@transaction.atomic
def close(user: User, *, why: Why, at: datetime) -> Erasure:
    """Close an account for good, once nothing points to the person. Raises WrongState before, or for staff."""
    if (
        Case.objects.filter(owner=user)
        .exclude(state=State.DRAFT)
        .exclude(obstacles.stays_in_files())
        .exists()
    ):
        raise WrongState(_("还有诉求没有匿名化。"))
    discard_drafts(user)
    row = User.objects.select_for_update().get(pk=user.pk)
    done = sealed.blank({"cases_look": cases.searches_for(row)}, user=row, why=str(why), at=at)
    cases.forget_person(row)
    notices.forget_person(row)
    exporting.forget_person(row)
    forget_claims(row, at=at)
    people.close(row, at=at)
    transaction.on_commit(partial(ledger.write, [done]))
    return done
