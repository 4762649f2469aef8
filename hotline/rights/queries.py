"""Questions about claims and holds that are asked in more than one place."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from hotline.base.compiled import Compiled
from hotline.cases import queries as cases
from hotline.cases import seals
from hotline.cases.codes import Seal, State
from hotline.cases.models import Case
from hotline.cases.prepared import Prepared
from hotline.people.actor import Actor
from hotline.people.models import Kind, Unit, User
from hotline.people.permissions import P
from hotline.rights import obstacles
from hotline.rights.models import Claim, ClaimKind, ClaimState, Fact, Hold


def of_person(user: User) -> Claim | None:
    """The latest wish of a person to be forgotten altogether."""
    return Claim.objects.filter(user=user, kind=ClaimKind.PERSON).order_by("-id").first()


def corrections(user: User) -> list[Claim]:
    """The latest wish of a person about each fact, the newest first."""
    rows = Claim.objects.filter(user=user, kind=ClaimKind.CORRECT)
    latest = rows.order_by("fact", "-id").distinct("fact")
    return sorted(latest, key=lambda claim: -claim.pk)


def said(user: User) -> dict[Fact, str]:
    """What the campus directory says of a person, as people read it."""
    return {
        Fact.NAME: user.name, Fact.ACCOUNT: user.account, Fact.KIND: str(user.get_kind_display()),
        Fact.COLLEGE: str(user.college or ""),
    }  # fmt: skip


def wanted(claim: Claim) -> str:
    """What a correction asks for, as people read it."""
    if claim.fact == Fact.KIND and claim.wanted:
        return str(Kind(claim.wanted).label)
    if claim.fact == Fact.COLLEGE and claim.wanted:
        return str(Unit.objects.filter(code=claim.wanted).first() or claim.wanted)
    return str(claim.wanted)


def on(case: Case) -> Claim | None:
    """The latest wish that one request be forgotten."""
    return Claim.objects.filter(case=case).order_by("-id").first()


def waiting() -> QuerySet[Claim]:
    """What the office has to decide, the one that is due first first."""
    return Claim.objects.filter(state=ClaimState.OPEN)


DECIDERS = frozenset({P.RIGHTS, *seals.KEYS.values()})


def rooms_of(actor: Actor) -> list[Seal]:
    """The closed rooms whose key this person holds: there, they decide in the office's place."""
    return [seal for seal, key in seals.KEYS.items() if actor.may(key)]


def open_to(actor: Actor) -> QuerySet[Claim]:
    """Claims that this person decides: about people, and about requests that they may open.

    Of a sealed request whoever holds the key of its room does, and nobody else is told of it.
    """
    allowed = Q(case__seal__in=rooms_of(actor))
    if actor.may(P.RIGHTS):
        allowed |= Q(case=None) | Q(case__seal=Seal.NONE)
    opened = Q(case=None) | Q(case__in=cases.visible_to(actor).values("pk"))
    return Claim.objects.filter(allowed, opened)


def decides(actor: Actor, case: Case) -> bool:
    """May this person decide what becomes of a request's data, and hold it? Never of one of their own."""
    key = seals.KEYS[Seal(case.seal)] if case.seal else P.RIGHTS
    return actor.may(key) and case.owner_id != actor.user_id


def waiting_count(actor: Actor) -> int:
    """How many this person could decide."""
    return WAITING.count(actor)


WAITING = Prepared(
    lambda actor: open_to(actor).filter(state=ClaimState.OPEN).order_by().values("pk")
)


HELD = Compiled(lambda case: Hold.objects.filter(case=case, ended_at=None).values("pk"), case=int)


def is_held(case: Case) -> bool:
    """Does a proceeding keep it?"""
    return HELD.count(case=case.pk) > 0


def held(rows_of: Iterable[Case]) -> set[int]:
    """Which of these a proceeding keeps."""
    rows = Hold.objects.filter(case__in=list(rows_of), ended_at=None)
    return set(rows.values_list("case_id", flat=True))


def holding(user: User, *, seen_by: Actor | None = None) -> dict[str, int]:
    """What we hold of a person, in numbers: their requests, over, under way, and in sealed files.

    Somebody else than they counts what they may open, ``seen_by`` them: a number more would tell that
    there is a request in a closed room.
    """
    filed = obstacles.in_files()
    rows = Case.objects.filter(owner=user).exclude(state=State.DRAFT)
    if seen_by is not None:
        rows = rows.filter(pk__in=cases.visible_to(seen_by).values("pk"))
    return rows.aggregate(
        all=Count("pk"),
        over=Count("pk", filter=Q(state=State.ARCHIVED) & ~filed),
        open=Count("pk", filter=~Q(state=State.ARCHIVED) & ~filed),
        filed=Count("pk", filter=filed),
    )


def late(at: datetime) -> int:
    """Claims that the law's time is up for."""
    return waiting().filter(due_at__lte=at).count()
