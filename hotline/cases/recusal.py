"""Who steps aside from a request (回避): one rule, for what is seen, done, counted, searched and told.

Closed to somebody everywhere, whatever their standing: a request that names them, one they have
stepped aside from, and those of a unit, college or person from which they are to keep away. Closed
to them at the desks of the office only: what is about the unit they belong to (as that unit they
answer for it), and what people of their own college ask, where they are a student who works here or
their role says so. What the hotline office's own people would read of complaints about it is
closed to them whatever other role they hold; what its requester has opened to the office is not.
A crisis is not about interests: there, only who is named or has stepped aside keeps away.

What somebody keeps away from is read once an actor, in one query; each request is then judged from
what it carries, each list by conditions on its own columns.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet

from hotline.base import cipher
from hotline.base.encrypted import EncryptedText, Fingerprint
from hotline.base.naming import usual
from hotline.cases import seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case, NamedPerson
from hotline.catalog import shelf
from hotline.people import queries as people
from hotline.people.actor import Actor, Bars
from hotline.people.models import Kind, User

STUDENTS = frozenset({Kind.UNDERGRADUATE, Kind.MASTER, Kind.DOCTOR, Kind.INTERNATIONAL})
NONE = Bars()
NAME: EncryptedText = NamedPerson._meta.get_field("name")
EVERY = ~Q(pk__in=[])  # the ORM drops an empty Q()

KEPT_FROM = """
SELECT case_id, NULL::bigint, unit_id, person_id FROM cases_recusal
WHERE user_id = %(me)s AND ended_at IS NULL
UNION ALL
SELECT case_id, NULL, NULL, NULL FROM cases_namedperson WHERE removed_at IS NULL AND (
    user_id = %(me)s OR (user_id IS NULL AND substr(name, 1, 16) = ANY(%(called)s))
)
UNION ALL
SELECT NULL, case_id, NULL, NULL FROM cases_namedperson WHERE removed_at IS NULL AND user_id IN (
    SELECT person_id FROM cases_recusal WHERE user_id = %(me)s AND ended_at IS NULL
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
        cursor.execute(KEPT_FROM, {"me": user.pk, "called": _called(user)})
        rows = cursor.fetchall()
    cases, naming, units, persons = (
        frozenset(row[n] for row in rows if row[n] is not None) for n in range(4)
    )
    return replace(_interests(actor), cases=cases, naming=naming, people=persons, units=units)


def _called(user: User) -> list[bytes]:
    """By what a name is found that was written down while nobody of the staff bore it: as it stands
    alone, and by its every letter, as rows of earlier releases are."""
    called = [name for name in (user.account, user.name) if name]
    exact = [cipher.fingerprint(name, NAME.of) for name in called]
    return [*map(NAME.fingerprint, called), *exact]


def naming_unfound(user: User) -> QuerySet[NamedPerson]:
    """The rows without an account that mean somebody by what they are called now."""
    rows = NamedPerson.objects.annotate(found_as=Fingerprint("name"))
    return rows.filter(user=None, removed_at=None, found_as__in=_called(user))


def _interests(actor: Actor) -> Bars:
    """What touches somebody by where they belong: their units, the office, and a student's college."""
    user = actor.user
    student = user is not None and user.kind in STUDENTS
    college = user.college_id if user is not None else None
    avoids = student or any(grant.avoids_college for grant in actor.grants)
    colleges = frozenset({college}) if avoids and college is not None else frozenset()
    own, office = _own_units(actor), shelf.current().unit(seals.OFFICE_UNIT)
    of_office = (office is not None and office.pk in own) or _works_in_office(actor)
    own -= {office.pk if office else None}
    return Bars(own_units=own, own_colleges=colleges, of_office=of_office)


def _works_in_office(actor: Actor) -> bool:
    """Do they do the office's own work, and hold a key to the complaints about it as well?"""
    if not actor.may_any(*seals.APART_KEYS):
        return False
    work = frozenset(seals.OFFICE_WORK)
    return any(grant.units is None and grant.permissions & work for grant in actor.grants)


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
    if case.pk in bars.cases:
        return True
    return case.seal != Seal.CRISIS and _stands_between(bars, case)


def _stands_between(bars: Bars, case: Case) -> bool:
    """Does a standing recusal reach it: by whom it is of or names, or by a unit it touches?"""
    if case.pk in bars.naming or case.owner_id in bars.people:
        return True
    return bool(bars.units and _units_of(case) & bars.units)


def keeps_from_desk(actor: Actor, case: Case) -> bool:
    """Is it closed to them at the office's side? There, what is about their own unit is as well."""
    bars = bars_of(actor)
    return bars != NONE and (keeps_away(actor, case) or _has_interest(bars, case))


def _has_interest(bars: Bars, case: Case) -> bool:
    """Is it about a unit of theirs, or asked by somebody of a college of theirs?"""
    if case.seal == Seal.CRISIS:
        return False
    if case.target_unit_id in bars.own_units or (bars.of_office and case.seal in seals.APART):
        return True
    return bool(bars.own_colleges) and _college(case) in bars.own_colleges


def _may_interest(case: Case) -> bool:
    """Can anybody have an interest in it? What nobody can need not be asked of each."""
    about = case.target_unit_id is not None or case.seal in seals.APART
    return case.seal != Seal.CRISIS and (about or _college(case) is not None)


def _units_of(case: Case) -> set[int]:
    """The units that a request touches: the one it is about, the one that leads, the asker's college."""
    touched = (case.target_unit_id, case.lead_unit_id, _college(case))
    return {unit for unit in touched if unit is not None}


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
        found &= ~_one_of(bars.cases, via)
    if standing := _standing(bars, via):
        found &= ~(standing & ~Q(**{f"{via}seal": Seal.CRISIS}))
    return found


def _standing(bars: Bars, via: str) -> Q:
    """What their standing recusals reach."""
    found = Q()
    if bars.naming:
        found |= _one_of(bars.naming, via)
    if bars.people:
        found |= Q(**{f"{via}owner__in": sorted(bars.people)})
    for column in ("target_unit", "lead_unit", "requester__college") if bars.units else ():
        found |= Q(**{f"{via}{column}__in": sorted(bars.units)})
    return found


def _one_of(cases: Iterable[int], via: str) -> Q:
    return Q(**{f"{via or 'pk'}{'pk' if via else ''}__in": sorted(cases)})


# --- Many people --------------------------------------------------------------------------


AWAY = """
WITH named AS (
    SELECT user_id, name FROM cases_namedperson WHERE case_id = %(case)s AND removed_at IS NULL
)
SELECT user_id, CASE WHEN user_id IS NULL THEN name END FROM named
UNION ALL
SELECT user_id, NULL FROM cases_recusal WHERE ended_at IS NULL AND (
    case_id = %(case)s OR (%(standing)s AND (
        unit_id = ANY(%(units)s)
        OR person_id = %(owner)s OR person_id IN (SELECT user_id FROM named)
    ))
)
"""


def away_from(case: Case) -> set[int]:
    """Ids of everybody to whom a request is closed everywhere, as ``keeps_away`` has it.

    One query, two where it names somebody whom nobody of the staff was found to be.
    """
    told = {
        "case": case.pk, "owner": case.owner_id, "units": sorted(_units_of(case)),
        "standing": case.seal != Seal.CRISIS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(AWAY, told)
        rows = cursor.fetchall()
    found = {pk for pk, _name in rows if pk is not None}
    return found | _bearers(NAME.from_db_value(name) for _pk, name in rows if name is not None)


def _bearers(names: Iterable[str | None]) -> set[int]:
    """Ids of the staff who by now bear a name, or number, that was nobody's when it was written."""
    asked = {usual(name) for name in names if name}
    if not asked:
        return set()
    return {pk for pk, *called in people.staff_called() if asked & set(map(usual, called))}


def kept_away(case: Case, users: Iterable[User], *, on: date) -> set[int]:
    """Ids of those among ``users`` to whom a request is closed at the desks of the office on a day.

    As ``keeps_from_desk`` has it of each. Three queries, or four, however many they are.
    """
    asked = {user.pk: user for user in users}
    found = away_from(case) & asked.keys() if asked else set()
    left = [user for pk, user in asked.items() if pk not in found]
    if not left or not _may_interest(case):
        return found
    actors = people.actors_of(left, on=on)
    return found | {pk for pk, actor in actors.items() if _has_interest(_interests(actor), case)}
