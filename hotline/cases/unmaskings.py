"""Questions about who has asked to see whom in full: for deciders, auditors and the requester."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from hotline.cases import policies, queries, recusal, seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case, Step, Unmasking, UnmaskingEvent
from hotline.cases.prepared import Prepared
from hotline.cases.unmasking import WAITS
from hotline.catalog.models import Category
from hotline.people.actor import Actor
from hotline.people.permissions import P


def waiting_for(actor: Actor, *, at: datetime) -> QuerySet[Unmasking]:
    """What a second person is to decide, the oldest first: not one's own askings, nor of one's own
    requests."""
    return _undecided(actor, at - WAITS).order_by("id")


def waiting_count(actor: Actor, *, at: datetime) -> int:
    """How many those are."""
    return WAITING.count(actor, since=at - WAITS)


def _undecided(actor: Actor, since: datetime) -> QuerySet[Unmasking]:
    decided = UnmaskingEvent.objects.filter(unmasking=OuterRef("pk"))
    rows = decidable(actor).filter(~Exists(decided), two=True, at__gt=since)
    return rows.exclude(by=actor.user_id)


WAITING = Prepared(
    lambda actor, since: _undecided(actor, since).order_by().values("pk"), since=datetime
)


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


CLASSIFYING = ("accept", "reclassify", "open_up")  # verbs that give a class, or take one away


def takes_two(case: Case) -> bool:
    """Must a second person agree? Also where another class was given meanwhile, be it instead of the
    requester's own: whoever classifies could else open alone what the catalogue keeps for two."""
    if policies.unmasking_takes_two(case):
        return True
    facts = Step.objects.filter(case=case, verb__in=CLASSIFYING).values_list("facts")
    had = {
        code for (told,) in facts for code in (told.get("category"), *told.get("old", ())) if code
    }
    return Category.objects.filter(code__in=had, sensitive=True).exists()


OPENED = ("open_up", "stand_down", "hand_back")  # verbs that lead out of a closed room


def rooms_of(case: Case, rows: Iterable[Unmasking]) -> list[str]:
    """In which closed room, if in any, each of these was asked: by the request's steps, or, where they
    tell of none, by how it stands."""
    entered = Q(facts__has_key="sealed") | Q(verb__in=OPENED)
    steps = case.steps.filter(entered).order_by("-seq").values_list("at", "facts")
    found = [(at, str(facts.get("sealed", Seal.NONE))) for at, facts in steps]
    rest = Seal.NONE if found else case.seal
    return [next((room for at, room in found if at <= row.at), rest) for row in rows]


def of(case: Case) -> list[Unmasking]:
    """Every asking about a request, the latest first."""
    rows = Unmasking.objects.filter(case=case).select_related("by", "order__unit")
    return list(rows.prefetch_related("events__by").order_by("-id"))
