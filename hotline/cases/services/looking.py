"""Every look of staff at personal data is written here, before anything of it is shown.

Doors call it outside any transaction: a look stays on record whatever becomes of the page, and a
page whose look cannot be recorded fails here, having shown nothing. What is written bears ids,
codes and counts; never a name, a number that somebody typed, or a word of a request.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.crypto import salted_hmac
from psycopg.types.json import Jsonb

from hotline.cases.models import Door, Table
from hotline.cases.sight import STANDING, Sight, Viewer
from hotline.people.actor import Actor

ONE_LOOK = timedelta(minutes=5)  # the same again within this is still the same look

# A counter cannot be kept in a table that is only added to, and a page that is opened three times
# in a minute is one look: the second INSERT finds the first and adds nothing. One statement.
INSERT = """
INSERT INTO cases_look (by_id, at, door, case_id, cases, order_id, viewer, fields, sought, facts)
SELECT %(by)s, %(at)s, %(door)s, %(case)s::bigint, %(cases)s::bigint[], %(order)s::bigint, %(viewer)s,
       %(fields)s, %(sought)s, %(facts)s
"""
UNLESS_SEEN = """
WHERE NOT EXISTS (
    SELECT FROM cases_look WHERE by_id = %(by)s AND at > %(since)s AND at <= %(at)s AND door = %(door)s
    AND case_id = %(case)s AND fields = %(fields)s AND order_id IS NOT DISTINCT FROM %(order)s::bigint
)
"""

EACH_UNLESS_SEEN = """
INSERT INTO cases_look (by_id, at, door, case_id, viewer, fields, sought, facts)
SELECT %(by)s, %(at)s, %(door)s, seen, %(viewer)s, %(fields)s, %(sought)s, %(facts)s
FROM unnest(%(cases)s::bigint[]) AS seen
WHERE NOT EXISTS (
    SELECT FROM cases_look WHERE by_id = %(by)s AND at > %(since)s AND at <= %(at)s AND door = %(door)s
    AND case_id = seen AND fields = %(fields)s AND order_id IS NULL
)
"""

UNLESS_SOUGHT = """
WHERE NOT EXISTS (
    SELECT FROM cases_look WHERE by_id = %(by)s AND at > %(since)s AND at <= %(at)s AND door = %(door)s
    AND sought = %(sought)s AND cases = %(cases)s::bigint[]
)
"""

UNLESS_AUDITED = """
WHERE NOT EXISTS (
    SELECT FROM cases_look WHERE by_id = %(by)s AND at > %(since)s AND at <= %(at)s AND door = %(door)s
    AND facts = %(facts)s
)
"""

Facts = Mapping[str, Any]


def looked(sight: Sight, *, by: Actor, door: Door = Door.PAGE, only: Collection[str] = ()) -> None:
    """Record that somebody is about to see a request, or ``only`` some fields of it.

    Nothing where it is their own, or where all of it is hidden from them.
    """
    if sight.is_self or by.user_id is None:
        return
    shown = sight.shown
    if only:
        shown = " ".join(part for part in shown.split() if part.partition(":")[0] in only)
    if not shown:
        return
    order = sight.unit_order.pk if sight.unit_order else None
    _write(
        INSERT + UNLESS_SEEN, by, sight.at, door, case=sight.case.pk, order=order,
        viewer=str(sight.viewer), fields=shown, since=sight.at - ONE_LOOK,
        facts={"unmasking": sight.unmasking.pk} if sight.unmasking and sight.unmasked else None,
    )  # fmt: skip


def searched(text: str, found: Sequence[int], *, by: Actor, at: datetime) -> None:
    """Record that somebody searched for a person by a number, and which requests (ids) it found.

    Also when it found none: to search again and again for one person is what an auditor looks for.
    """
    _write(
        INSERT + UNLESS_SOUGHT, by, at, Door.SEARCH, cases=list(found), sought=sought(text),
        viewer=_standing(by), facts={"count": len(found)}, since=at - ONE_LOOK,
    )  # fmt: skip


def sought(text: str) -> str:
    """A number as a search bears it: the same for the same number, and telling nobody which."""
    plain = "".join(text.split()).upper()
    return salted_hmac("hotline.cases.looking", plain, algorithm="sha256").hexdigest()[:16]


def rang(cases: Collection[int], *, by: Actor, at: datetime) -> None:
    """Record that somebody sees the whole number of the requesters of these requests, to ring them.

    One look each, by one statement: the list of calls is as long as a night without a gateway.
    """
    _write(
        EACH_UNLESS_SEEN, by, at, Door.CALL, cases=sorted(cases), viewer=str(Viewer.CALLER_AGENT),
        fields="phone:full", since=at - ONE_LOOK,
    )  # fmt: skip


def exported(
    cases: Sequence[int], fields: str, *, what: Table, chosen: Facts, by: Actor, at: datetime
) -> None:
    """Record that a table of these requests leaves the house: one row, whatever its length.

    ``chosen`` is its filter in codes.
    """
    facts = {"what": str(what), "count": len(cases), "filter": dict(chosen)}
    _write(
        INSERT, by, at, Door.EXPORT, cases=list(cases), fields=fields, viewer=_standing(by),
        facts=facts,
    )  # fmt: skip


def audited(what: Table, *, by: Actor, at: datetime, chosen: Facts | None = None) -> None:
    """Record that somebody reads the record of looking itself."""
    facts = {"what": str(what), "filter": dict(chosen or {})}
    _write(INSERT + UNLESS_AUDITED, by, at, Door.AUDIT, facts=facts, since=at - ONE_LOOK)


def opened(what: Table, number: int, *, fields: str, by: Actor, at: datetime) -> None:
    """Record that somebody is about to see a person's data on a page that is about no request."""
    facts = {"what": str(what), "filter": {"id": number}}
    _write(
        INSERT + UNLESS_AUDITED, by, at, Door.PAGE, fields=fields, viewer=_standing(by), facts=facts,
        since=at - ONE_LOOK,
    )  # fmt: skip


def _standing(by: Actor) -> str:
    """In which standing somebody of the office has many requests before them."""
    return next((str(viewer) for permission, viewer in STANDING if by.may(permission)), "")


def _write(
    sql: str, by: Actor, at: datetime, door: Door, *, facts: Facts | None = None, **values: Any
) -> None:
    if by.user_id is None:
        return
    row = {
        "by": by.user_id, "at": at, "door": str(door), "case": None, "cases": None, "order": None,
        "viewer": "", "fields": "", "sought": "", "facts": Jsonb(dict(facts or {})), **values,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, row)
