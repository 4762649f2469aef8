"""Who steps aside from a request (回避): one rule, for what is seen, done, counted, searched and told.

Closed to somebody everywhere, whatever their standing: a request that names them, one they have
stepped aside from, and those of a unit, college or person from which they are to keep away. Closed
to them at the desks of the office only: what is about the unit they belong to (as that unit they
answer for it), and what people of their own college ask, where they are a student who works here or
their role says so. What the hotline office's own people would read of complaints about it is
closed to them whatever other role they hold; what its requester has opened to the office is not. A crisis is not about interests: there, only who is named or has stepped aside
keeps away.

What somebody keeps away from is read once an actor, in one query; each request is then judged from
what it carries, each list by conditions on its own columns.
"""

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Q

from hotline.cases import seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case, NamedPerson, Recusal
from hotline.catalog import shelf
from hotline.people.actor import Actor, Bars
from hotline.people.models import Kind, Membership, Unit, User

STUDENTS = frozenset({Kind.UNDERGRADUATE, Kind.MASTER, Kind.DOCTOR, Kind.INTERNATIONAL})
NONE = Bars()
EVERY = ~Q(pk__in=[])  # the ORM drops an empty Q()

KEPT_FROM = """
SELECT case_id, unit_id, person_id FROM cases_recusal WHERE user_id = %(me)s AND ended_at IS NULL
UNION ALL
SELECT case_id, NULL, NULL FROM cases_namedperson WHERE removed_at IS NULL AND (
    user_id = %(me)s OR user_id IN (
        SELECT person_id FROM cases_recusal WHERE user_id = %(me)s AND ended_at IS NULL
    )
)
"""


def bars_of(actor: Actor) -> Bars:
    """What this person keeps away from; read at its first use, and kept with the actor."""
    if actor.bars is not None:
        return actor.bars
    kept: dict[str, Bars] = actor.__dict__
    if "_bars" not in kept:
        kept["_bars"] = _read(actor)
    return kept["_bars"]


def _read(actor: Actor) -> Bars:
    user = actor.user
    if user is None or not actor.is_staff:
        return NONE
    with connection.cursor() as cursor:
        cursor.execute(KEPT_FROM, {"me": user.pk})
        rows = cursor.fetchall()
    cases, units, people = (
        frozenset(row[n] for row in rows if row[n] is not None) for n in range(3)
    )
    student = user.kind in STUDENTS or any(grant.avoids_college for grant in actor.grants)
    college = user.college_id if student else None
    colleges = frozenset() if college is None else frozenset({college})
    own, office = _own_units(actor), shelf.current().unit(seals.OFFICE_UNIT)
    of_office = office is not None and office.pk in own
    own -= {office.pk if office else None}
    return Bars(cases, people, units, own, colleges, of_office)


def _own_units(actor: Actor) -> frozenset[int]:
    """The units that somebody belongs to, with those that these are sections of."""
    kept = shelf.current()
    held = frozenset().union(*(grant.units or frozenset() for grant in actor.grants))
    college = actor.user.college_id if actor.user else None
    own = held | {college}
    above = {kept.units[pk].parent_id for pk in own if pk in kept.units and pk is not None}
    return frozenset(pk for pk in own | above if pk is not None)


# --- One request --------------------------------------------------------------------------


def keeps_away(actor: Actor, case: Case) -> bool:
    """Is it closed to them whatever their standing?"""
    bars = bars_of(actor)
    if bars == NONE:
        return False
    if case.pk in bars.cases or case.owner_id in bars.people:
        return True
    if case.seal == Seal.CRISIS or not bars.units:
        return False
    return bool({case.target_unit_id, case.lead_unit_id, _college(case)} & bars.units)


def keeps_from_desk(actor: Actor, case: Case) -> bool:
    """Is it closed to them at the office's side? There, what is about their own unit is as well."""
    bars = bars_of(actor)
    if bars == NONE:
        return False
    if keeps_away(actor, case):
        return True
    if case.seal == Seal.CRISIS:
        return False
    if case.target_unit_id in bars.own_units or (bars.of_office and case.seal in seals.APART):
        return True
    return bool(bars.own_colleges) and _college(case) in bars.own_colleges


def _college(case: Case) -> int | None:
    person = getattr(case, "requester", None)
    return person.college_id if person is not None else None


# --- Many of them -------------------------------------------------------------------------


def open_to(actor: Actor, via: str = "") -> Q:
    """The condition that a request, reached by ``via`` ("case__"), is not closed to them everywhere."""
    return _everywhere(bars_of(actor), via)


def open_at_desk(actor: Actor, via: str = "") -> Q:
    """The condition that it is not closed to them at the office's side."""
    bars = bars_of(actor)
    held = _everywhere(bars, via)
    interests = Q()
    if bars.own_units:
        interests |= Q(**{f"{via}target_unit__in": sorted(bars.own_units)})
    if bars.of_office:
        interests |= Q(**{f"{via}seal__in": seals.APART})
    if bars.own_colleges:
        interests |= Q(**{f"{via}requester__college__in": sorted(bars.own_colleges)})
    return held & ~(interests & ~Q(**{f"{via}seal": Seal.CRISIS})) if interests else held


def _everywhere(bars: Bars, via: str) -> Q:
    found = EVERY
    if bars.cases:
        found &= ~Q(**{f"{via or 'pk'}{'pk' if via else ''}__in": sorted(bars.cases)})
    if bars.people:
        found &= ~Q(**{f"{via}owner__in": sorted(bars.people)})
    if bars.units:
        units = sorted(bars.units)
        theirs = (
            Q(**{f"{via}target_unit__in": units})
            | Q(**{f"{via}lead_unit__in": units})
            | Q(**{f"{via}requester__college__in": units})
        )
        found &= ~(theirs & ~Q(**{f"{via}seal": Seal.CRISIS}))
    return found


# --- Many people --------------------------------------------------------------------------


def kept_away(case: Case, users: Iterable[User], *, at_desk: bool = True) -> set[int]:
    """Ids of those among ``users``, all of them staff, to whom a request is closed.

    ``at_desk`` False asks as of people of a unit that handles it. Three queries, however many they are.
    """
    users = list(users)
    ids = {user.pk for user in users}
    if not ids:
        return set()
    found = _named_or_aside(case, ids)
    if case.seal == Seal.CRISIS:
        return found
    college = _college(case)
    touched = {case.target_unit_id, case.lead_unit_id, college} - {None}
    standing = Recusal.objects.filter(user__in=ids, ended_at=None, unit__in=touched)
    found |= set(standing.values_list("user", flat=True))
    return found | _by_interest(case, users, college) if at_desk else found


def concerns(case: Case, unit: Unit) -> bool:
    """May anybody of a unit have to keep away from it? Two small queries spare most the others."""
    if NamedPerson.objects.filter(case=case, removed_at=None, user__isnull=False).exists():
        return True
    tied = Q(case=case) | Q(person=case.owner_id, person__isnull=False)
    tied |= Q(unit__in={case.target_unit_id, unit.pk, _college(case)} - {None})
    return Recusal.objects.filter(tied, ended_at=None).exists()


def _named_or_aside(case: Case, ids: Collection[int]) -> set[int]:
    named = NamedPerson.objects.filter(case=case, removed_at=None, user__isnull=False)
    people = set(named.values_list("user", flat=True))
    tied = Q(case=case) | Q(person__in=people | {case.owner_id} - {None})
    aside = Recusal.objects.filter(tied, user__in=ids, ended_at=None)
    return (people & set(ids)) | set(aside.values_list("user", flat=True))


def _by_interest(case: Case, users: list[User], college: int | None) -> set[int]:
    """Whose own unit it is about, and who works here as a student of the requester's college."""
    found = {
        user.pk
        for user in users
        if college is not None and user.college_id == college and user.kind in STUDENTS
    }
    if college is not None:
        avoiding = Membership.objects.filter(role__avoids_college=True, role__enabled=True)
        same = [user.pk for user in users if user.college_id == college]
        found |= set(avoiding.filter(user__in=same).values_list("user", flat=True))
    office, units = shelf.current().unit(seals.OFFICE_UNIT), shelf.current().units
    target = case.target_unit_id
    if office is not None and (target == office.pk or case.seal in seals.APART):
        target = office.pk if case.seal in seals.APART else None
    if target is None:
        return found
    around = {pk for pk, unit in units.items() if target in (pk, unit.parent_id)}
    above = units[target].parent_id if target in units else None
    around |= set() if above is None else {above}
    members = Membership.objects.filter(user__in=[u.pk for u in users], unit__in=around)
    found |= set(members.values_list("user", flat=True))
    return found | {user.pk for user in users if user.college_id in around}
