"""Why a request cannot be made anonymous now. One list for people who ask and for rules of age."""

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.cases import seals
from hotline.cases.codes import Outcome, Seal, State
from hotline.cases.models import Case, Proposal, Visit
from hotline.oversight.models import Instruction, Supervision
from hotline.rights.models import Hold


class Obstacle(TextChoices):
    OPEN = "OPEN", _("仍在办理，或评价、回访期未过")
    PROMISED = "PROMISED", _("承诺的事项还没有兑现")
    OVERSEEN = "OVERSEEN", _("督办或批示还没有办结")
    HELD = "HELD", _("依法留存中")
    ARCHIVE = "ARCHIVE", _("卷宗按档案规定保存")


def in_files() -> Q:
    """Is it a file that the rules for archives keep: a crisis (even one that was stood down), a
    petition, a clue of discipline, a complaint about the office?"""
    sealed = ~Q(seal=Seal.NONE)
    filed = Q(crisis_file__isnull=False) | Q(petition__isnull=False)
    return sealed | filed | Q(referred_to__in=seals.HANDED_OVER)


def stays_in_files() -> Q:
    """Does it stay in such a file for good, with nothing left to tell its requester? One that is still
    under way is not over because it is apart; what another organ has never comes back."""
    handed_over = Q(referred_to__in=seals.HANDED_OVER) & ~Q(state=State.CRISIS)
    return in_files() & (Q(state=State.ARCHIVED) | handed_over)


def is_in_files(case: Case) -> bool:
    return Case.objects.filter(in_files(), pk=case.pk).exists()


def held() -> Exists:
    """Does a proceeding keep it?"""
    return Exists(Hold.objects.filter(case=OuterRef("pk"), ended_at=None))


def over() -> QuerySet[Case]:
    """Requests that nobody waits for any more, in no way; not yet anonymous, and not held."""
    of_case = {"case": OuterRef("pk")}
    waits = (
        Exists(Visit.objects.filter(**of_case, state="PENDING")),
        Exists(Proposal.objects.filter(**of_case, accepted=None)),
        Exists(Supervision.objects.filter(**of_case).exclude(state="DISCHARGED")),
        Exists(Instruction.objects.filter(**of_case).exclude(state="CLOSED")),
    )
    rows = Case.objects.filter(state=State.ARCHIVED, erased_at=None)
    rows = rows.exclude(outcome=Outcome.PLANNED, promise_date__isnull=False)
    return rows.filter(*(~each for each in waits), ~held())


def of(case: Case) -> list[Obstacle]:
    """Everything that stands in the way of one request."""
    found = []
    if (
        case.state != State.ARCHIVED
        or case.visits.filter(state="PENDING").exists()
        or case.proposals.filter(accepted=None).exists()
    ):
        found.append(Obstacle.OPEN)
    if case.outcome == Outcome.PLANNED and case.promise_date is not None:
        found.append(Obstacle.PROMISED)
    slips = case.supervisions.exclude(state="DISCHARGED").exists()
    if slips or case.instructions.exclude(state="CLOSED").exists():
        found.append(Obstacle.OVERSEEN)
    if Hold.objects.filter(case=case, ended_at=None).exists():
        found.append(Obstacle.HELD)
    if is_in_files(case):
        found.append(Obstacle.ARCHIVE)
    return found
