"""Questions about requests that are asked in more than one place. Each starts from who asks."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Q, QuerySet, When

from hotline.cases import extensions, folder, policies, recusal, seals
from hotline.cases.codes import AT_WORK, OrderState, Outcome, Referral, Seal, State
from hotline.cases.models import Case, Visit, WorkOrder
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.prepared import Prepared
from hotline.catalog import shelf
from hotline.people.actor import Actor
from hotline.people.models import UnitKind
from hotline.people.permissions import P

GONE = (OrderState.RETURNED, OrderState.CANCELLED)
# Exactly the condition of the index case_open: who says it walks what is under way, not the archive.
UNDER_WAY = ~Q(state__in=[State.DRAFT, State.ARCHIVED])
NONE, ALL = Q(pk__in=[]), ~Q(pk__in=[])  # the ORM drops an empty Q() from an OR


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Every request this actor may open at all. What they see of it is for sight.py to say."""
    if actor.is_system:
        return Case.objects.all()
    may_see = [*_own(actor), *_at_desk(actor, *_office(actor), *_sealed(actor))]
    if actor.may(P.HANDLE):
        theirs = Exists(orders_of(actor).filter(case=OuterRef("pk")))
        may_see.append(Q(theirs, recusal.open_to(actor), seal__in=seals.WALKING))
    return Case.objects.filter(_any(may_see))


def visible(actor: Actor, number: str) -> Case | None:
    """The request of that number, if this actor may open it."""
    found: list[Case] = VISIBLE.instances(actor, number=number)
    return found[0] if found else None


VISIBLE = Prepared(
    lambda actor, number: visible_to(actor).filter(number=number).order_by(), number=str
)


def _any(conditions: Iterable[Q]) -> Q:
    """One of them holds; no row where there is none."""
    return reduce(or_, conditions, Q()) or NONE


def _own(actor: Actor) -> Iterator[Q]:
    if actor.bearer_of:
        yield Q(pk__in=actor.bearer_of)
    if actor.user_id is not None:
        yield Q(owner=actor.user_id)
        if actor.may(P.REGISTER):
            yield from _at_desk(actor, Q(registered_by=actor.user_id, seal=Seal.NONE))


def _at_desk(actor: Actor, *conditions: Q) -> Iterator[Q]:
    """The office's side of these, without what this person must keep away from."""
    for condition in conditions:
        yield condition & recusal.open_at_desk(actor)


def _office(actor: Actor) -> Iterator[Q]:
    """Submitted and not sealed, as far as the office permissions reach."""
    submitted = Q(seal=Seal.NONE) & ~Q(state=State.DRAFT)
    every = _scope(actor, P.READ_ALL)
    if every is ALL:
        yield submitted
        return
    heard = Q(state__in=[State.SUBMITTED, State.NEED_INFO, State.ACCEPTED])
    parts = [every, _scope(actor, P.READ_OPEN) & heard]
    if actor.may(P.VISIT):
        pending = Visit.objects.filter(case=OuterRef("pk"), state="PENDING")
        parts.append(_scope(actor, P.VISIT) & Q(Exists(pending)))
    if actor.may(P.PETITION):
        parts.append(Q(referred_to=Referral.PETITION))
    if actor.may(P.CRISIS):
        parts.append(Q(flagged=True))
    yield _any(parts) & submitted


def _sealed(actor: Actor) -> Iterator[Q]:
    for seal, permission in seals.KEYS.items():
        if actor.may(permission):
            yield Q(seal=seal) & ~Q(state=State.DRAFT)
    if actor.may(P.PETITION):  # referred by those who have the room
        yield Q(seal__in=seals.APART, referred_to=Referral.PETITION)
    if actor.may(P.CRISIS):  # a life outranks the room
        yield Q(seal__in=seals.APART, flagged=True) & ~Q(state=State.DRAFT)


def reach(actor: Actor, *permissions: P, via: str = "") -> Q:
    """What one of these permissions reaches by its categories, of rows that lead to a request
    by ``via`` ("case__"); NONE without any."""
    found = [_scope(actor, permission, via) for permission in permissions]
    return ALL if any(scope is ALL for scope in found) else _any(found)


def known_by_person(actor: Actor) -> Q:
    """Of which classes somebody may learn what the same person asks, by a number or beside another
    request of theirs: of those that they triage. Of others the name may be hidden to them."""
    return reach(actor, P.TRIAGE)


def _scope(actor: Actor, permission: P, via: str = "") -> Q:
    """The categories for which a permission is held; ALL when it is held without limit."""
    scope = []
    for grant in actor.grants:
        if permission not in grant.permissions:
            continue
        if not grant.categories:
            return ALL
        scope += [
            Q(**{f"{via}category__code__startswith": beginning}) for beginning in grant.categories
        ]
        scope.append(Q(**{f"{via}category__isnull": True}))
    return _any(scope)


def in_hand_of(units: Collection[int], unit: OuterRef | None = None) -> Exists:
    """Does a row with a ``case`` have a work order of these units that they have not given back?"""
    rows = WorkOrder.objects.filter(case=OuterRef("case"), unit__in=units).exclude(state__in=GONE)
    return Exists(rows if unit is None else rows.filter(unit=unit))


def office_list(actor: Actor) -> QuerySet[Case]:
    """Requests for the office's boards and lists: one condition, so that an index can serve it."""
    rows = Case.objects.filter(seal=Seal.NONE)
    if not actor.may(P.READ_ALL):
        return rows.filter(_any([*_at_desk(actor, *_office(actor)), *_own(actor)]))
    rows = rows.filter(recusal.open_at_desk(actor))
    scope = _scope(actor, P.READ_ALL)
    return (rows if scope is ALL else rows.filter(scope)).exclude(state=State.DRAFT)


def orders_of(actor: Actor) -> QuerySet[WorkOrder]:
    """Work orders of the actor's units and sections, or given to the actor, still theirs.

    Not those of a request of their own: they follow it as everyone follows theirs.
    """
    held, known = actor.units(P.HANDLE), shelf.current().units
    sections = {pk for pk in held if pk in known and known[pk].kind == UnitKind.SECTION}
    mine = Q(unit__in=held - sections)  # no order is a section's; where its unit is held, so is it
    if apart := {pk for pk in sections if known[pk].parent_id not in held}:
        mine |= Q(section__in=apart)
    units = held | {known[pk].parent_id for pk in held if pk in known}
    mine |= Q(assignee=actor.user_id, unit__in=units - {None})
    rows = WorkOrder.objects.filter(mine, recusal.open_to(actor, "case__")).exclude(state__in=GONE)
    return rows.exclude(case__owner=actor.user_id) if actor.user_id else rows


def mine(actor: Actor) -> QuerySet[Case]:
    """The requester's own requests, newest first."""
    return (
        Case.objects.filter(owner=actor.user_id)
        .select_related("category", "type", "lead_unit")
        .order_by("-id")
    )


def verbs_open_to(actor: Actor, case: Case) -> set[str]:
    """What this actor may do with a request now, by the law: the buttons of its page."""
    if case.erased_at is not None:
        return set()
    verbs = {
        verb
        for verb, law in MOVES.items()
        if case.state in law.sources
        and law.may is not policies.through_order
        and verb not in ELSEWHERE
        and law.may(actor, case)
    }
    return verbs - _without_ground(actor, case, verbs)


# What the office decides about an order one by one has its button at the order; a call-back is
# claimed from its list, and a request absorbs another when that one is merged.
OF_ORDERS = {"release", "grant_extension", "refuse_extension", "suspend", "resume"}
ELSEWHERE = OF_ORDERS | {"absorb", "claim_visit"}
OPENING = {"open_up", "refuse_open"}  # the requester's answers, and a receiver's note of one
SECOND = {"keep": "decline", "end": "end", "refuse_end": "end"}  # verb: the proposal it answers


def _without_ground(actor: Actor, case: Case, verbs: set[str]) -> set[str]:
    """Verbs that the law allows but nothing calls for: no proposal, no question, no call-back."""
    missing = set()
    if case.category_id is None or case.urgency_id is None:
        missing |= {"dispatch"}  # after a crisis: first what it is about
    if verbs & {*SECOND, "decline"}:
        proposal = folder.pending_proposal(case)
        pending = proposal and proposal.verb
        missing |= {verb for verb, proposed in SECOND.items() if proposed != pending}
        if case.is_complaint and pending != "decline":
            missing.add("decline")
        if pending or not case.is_complaint:
            missing |= {"propose_decline"}
        if pending:
            missing.add("propose_end")
    if "acknowledge" in verbs and case.steps.filter(verb="acknowledge").exists():
        missing.add("acknowledge")
    if "stand_down" in verbs:  # what another organ had is never the office's again
        missing.add("stand_down" if case.referred_to in seals.HANDED_OVER else "hand_back")
    if verbs & OPENING and not seals.is_asked(case):
        missing |= {"refuse_open"} if policies.receiver(actor, case) else OPENING
    if "visit" in verbs and folder.pending_visit(case) is None:
        missing.add("visit")
    return missing


def order_verbs_open_to(actor: Actor, order: WorkOrder, *, at: datetime) -> set[str]:
    """What this actor may do with a work order now."""
    verbs = _order_verbs(actor, order)
    if "ask_extension" in verbs and extensions.why_none(order, at=at):
        verbs.discard("ask_extension")
    return verbs


def _order_verbs(actor: Actor, order: WorkOrder) -> set[str]:
    verbs = {
        verb
        for verb, law in ORDER_MOVES.items()
        if order.state in law.sources
        and law.may is not policies.follows_case
        and law.may(actor, order)
    }
    if order.is_lead:
        return {verb for verb in verbs if order.case.state in MOVES[verb].sources}
    return verbs


def same_person(case: Case, actor: Actor, *, at: datetime, days: int = 90) -> QuerySet[Case]:
    """Other requests of the same person that the actor may list, by account or by phone, newest
    first: numbers and titles."""
    person = folder.requester(case)
    same = []
    if person and person.account:
        same.append(Q(requester__account=person.account))
    if person and person.phone:
        same.append(Q(requester__phone=person.phone))
    since = at - timedelta(days=days)
    rows = office_list(actor).filter(known_by_person(actor), _any(same), submitted_at__gte=since)
    return _named(rows.exclude(pk=case.pk))


def merged_into(case: Case, actor: Actor) -> QuerySet[Case]:
    """What was merged into a request, as far as the actor may list it by title."""
    return _named(office_list(actor).filter(reach(actor, P.TRIAGE), merged_into=case))


def lead_number(case: Case, actor: Actor) -> str:
    """The number of what a request was merged into; "" where the actor may not open that."""
    if case.merged_into_id is None:
        return ""
    lead = visible_to(actor).filter(pk=case.merged_into_id).values_list("number", flat=True)
    return lead.first() or ""


def _named(rows: QuerySet[Case]) -> QuerySet[Case]:
    return rows.only("number", "title", "state").order_by("-id")


class Neighbour(NamedTuple):
    """Another request as a line beside the one that is open."""

    number: str
    title: str
    state: str

    def get_state_display(self) -> str:
        """As a request says it."""
        return str(State(self.state).label)


def same_event(case: Case, actor: Actor, *, at: datetime, days: int = 7) -> list[Neighbour]:
    """Some open requests of the same category in the last days: they may tell of the same event.

    Those of the same place come first.
    """
    values = {"but": case.pk, "category": case.category_id, "since": at - timedelta(days=days)}
    found = BESIDE.rows(actor, place=case.place_id or 0, **values)
    return [Neighbour(*row[:3]) for row in found]  # what it is sorted by may come along


def _beside(
    actor: Actor, but: int, category: int, since: datetime, place: int
) -> QuerySet[Case, Any]:
    rows = office_list(actor).filter(UNDER_WAY, category=category, submitted_at__gte=since)
    rows = rows.exclude(pk=but).exclude(state__in=[State.MERGED, State.CLOSED])
    elsewhere = Choose(When(place=place, then=0), default=1)
    return rows.order_by(elsewhere, "-id").values_list("number", "title", "state")[:NEIGHBOURS]


NEIGHBOURS = 6
BESIDE = Prepared(_beside, but=int, category=int, since=datetime, place=int)


def promises_of(actor: Actor) -> QuerySet[Case]:
    """What the units that somebody works for have promised, and were asked back about."""
    rows = Case.objects.filter(outcome=Outcome.PLANNED, promise_due_at__isnull=False)
    rows = rows.filter(recusal.open_to(actor), seal__in=seals.WALKING)
    return rows.filter(lead_unit__in=actor.units(P.HANDLE)).order_by("promise_due_at", "id")


def pending_visits(actor: Actor) -> QuerySet[Visit]:
    """Call-backs that wait, the most urgent first."""
    if not actor.may(P.VISIT):
        return Visit.objects.none()
    rows = Visit.objects.filter(state="PENDING", case__seal=Seal.NONE)
    rows = rows.filter(recusal.open_at_desk(actor, "case__"))
    return rows.select_related(
        "case__category", "case__type", "case__lead_unit", "claimed_by"
    ).order_by("due_at", "id")


PENDING = Prepared(lambda actor: pending_visits(actor).order_by().values("pk"))


def pending_visit_count(actor: Actor) -> int:
    """How many call-backs wait for somebody like this."""
    return PENDING.count(actor)


def at_work(orders: Iterable[WorkOrder]) -> list[WorkOrder]:
    """Those of the orders that a unit has signed and not yet answered."""
    return [order for order in orders if order.state in AT_WORK]
