"""Questions about who has asked to see whom in full: for deciders, auditors and the requester."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from hotline.cases import policies, queries, recusal, seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case, Step, Unmasking, UnmaskingEvent
from hotline.cases.unmasking import WAITS
from hotline.catalog.models import Category
from hotline.people.actor import Actor
from hotline.people.permissions import P


def waiting_for(actor: Actor, *, at: datetime) -> QuerySet[Unmasking]:
    """What a second person is to decide, the oldest first: not one's own askings, nor of one's own
    requests."""
    decided = UnmaskingEvent.objects.filter(unmasking=OuterRef("pk"))
    rows = decidable(actor).filter(~Exists(decided), two=True, at__gt=at - WAITS)
    return rows.exclude(by=actor.user_id).order_by("id")


def decidable(actor: Actor) -> QuerySet[Unmasking]:
    """Every asking that this person's permission to decide reaches."""
    reached = queries.reach(actor, P.UNMASK, via="case__") & Q(case__seal=Seal.NONE)
    for seal in seals.APART:
        if actor.may(seals.KEYS[seal]):
            reached |= Q(case__seal=seal)
    rows = Unmasking.objects.filter(reached).exclude(case__owner=actor.user_id)
    rows = rows.filter(recusal.open_at_desk(actor, "case__"))
    return rows.select_related(
        "case__category", "case__requester", "by", "order__unit"
    ).prefetch_related("events__by")


def takes_two(case: Case) -> bool:
    """Must a second person agree? Also where another class was given meanwhile: whoever classifies
    could else open alone what the catalogue keeps for two."""
    if policies.unmasking_takes_two(case):
        return True
    facts = Step.objects.filter(case=case, verb__in=("accept", "reclassify")).values_list("facts")
    had = {
        code for (told,) in facts for code in (told.get("category"), *told.get("old", ())) if code
    }
    return Category.objects.filter(code__in=had, sensitive=True).exists()


def of(case: Case) -> list[Unmasking]:
    """Every asking about a request, the latest first."""
    rows = Unmasking.objects.filter(case=case).select_related("by", "order__unit")
    return list(rows.prefetch_related("events__by").order_by("-id"))
