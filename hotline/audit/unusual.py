"""What is unusual about the looks up to a moment: one generator a kind, none of them writes."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from hotline.audit.models import Kind
from hotline.cases.models import Door, Look
from hotline.catalog import shelf, terms
from hotline.people.models import Membership
from hotline.people.queries import in_force
from hotline.roster.models import Shift
from hotline.worktime.clock import ZONE, day_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HABIT = timedelta(days=30)
KNOWN = 20  # hours of looking before somebody has habits
NIGHT_FROM, NIGHT_TO = 22, 7  # o'clock


class Found(NamedTuple):
    """One person's unusual looking: of which kind, on which occasion, how much of how much."""

    kind: Kind
    occasion: str
    by: int
    since: datetime
    amount: int
    most: int
    case: int | None = None


def found(at: datetime) -> Iterator[Found]:
    """Everything unusual in the time that ends at ``at``."""
    for each in (_many, _own_unit, _searches, _at_night, _own_college):
        yield from each(at)


def _looks(since: datetime, at: datetime) -> QuerySet[Look]:
    return Look.objects.filter(at__gt=since, at__lte=at).exclude(door=Door.AUDIT)


def _many(at: datetime) -> Iterator[Found]:
    """Different requests within an hour: against a limit for everyone, and against one's own habit."""
    kept, counts = terms.current(), defaultdict[int, int](int)
    rows = _looks(at - HOUR, at)
    for by, count in rows.values_list("by").annotate(Count("case", distinct=True)):
        counts[by] += count
    for by, facts in rows.filter(door=Door.EXPORT).values_list("by", "facts"):
        counts[by] += int(facts.get("count", 0))
    for by, count in sorted(counts.items()):
        most = kept.looks_hour_most
        if kept.looks_habit_least <= count < most:
            most = min(most, _usual(by, at - HOUR, kept.looks_habit_percent) or most)
        if count >= max(most, 1):
            occasion = f"{at.astimezone(ZONE):%Y%m%d%H}"
            yield Found(Kind.MANY, occasion, by, at - HOUR, count, most)


def _usual(by: int, before: datetime, percent: int) -> int | None:
    """So many per cent of a person's busiest hour of the last month; None before they have habits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(n) FROM (SELECT count(DISTINCT case_id) AS n FROM cases_look "
            "WHERE by_id = %s AND at > %s AND at <= %s GROUP BY date_trunc('hour', at)) AS hours",
            [by, before - HABIT, before],
        )
        hours, most = cursor.fetchone()
    return most * percent // 100 + 1 if hours >= KNOWN else None


def _own_unit(at: datetime) -> Iterator[Found]:
    """A request about the unit somebody belongs to, looked at otherwise than through an order of it."""
    rows = _looks(at - HOUR, at).filter(case__target_unit__isnull=False, order=None)
    pairs = rows.values_list("by", "by__college", "case", "case__target_unit").distinct()
    found = list(pairs)
    if not found:
        return
    tops = {pk: unit.parent_id or pk for pk, unit in shelf.current().units.items()}
    belongs = defaultdict[int, set[int]](set)
    held = Membership.objects.filter(in_force(day_of(at)), user__in=[by for by, *_ in found])
    for user, unit in held.exclude(unit=None).values_list("user", "unit"):
        belongs[user].add(tops.get(unit, unit))
    for by, college, case, target in found:
        if tops.get(target, target) in belongs[by] | {tops.get(college, college)}:
            occasion = f"{case}:{day_of(at):%Y%m%d}"
            yield Found(Kind.OWN_UNIT, occasion, by, at - HOUR, 1, 0, case)


def _searches(at: datetime) -> Iterator[Found]:
    """The same number again and again in a day."""
    most = max(terms.current().looks_search_most, 1)
    rows = _looks(at - DAY, at).exclude(sought="").values_list("by", "sought")
    for by, sought, count in rows.annotate(n=Count("pk")).filter(n__gte=most).order_by("by"):
        yield Found(Kind.SEARCH, f"{sought}:{day_of(at):%Y%m%d}", by, at - DAY, count, most)


def _at_night(at: datetime) -> Iterator[Found]:
    """Several requests in one night by somebody who holds no post at that time."""
    local = at.astimezone(ZONE)
    if NIGHT_TO <= local.hour < NIGHT_FROM:
        return
    evening = local if local.hour >= NIGHT_FROM else local - DAY
    since = evening.replace(hour=NIGHT_FROM, minute=0, second=0, microsecond=0)
    most = max(terms.current().looks_night_most, 1)
    on = Shift.objects.filter(
        user=OuterRef("by"), from_at__lte=OuterRef("at"), to_at__gt=OuterRef("at")
    )
    rows = _looks(since - timedelta(microseconds=1), at).filter(~Exists(on)).values_list("by")
    for by, count in rows.annotate(n=Count("case", distinct=True)).filter(n__gte=most):
        yield Found(Kind.NIGHT, f"{since:%Y%m%d}", by, since, count, most)


def _own_college(at: datetime) -> Iterator[Found]:
    """Requests of people of one's own college, otherwise than through an order of one's unit."""
    most = max(terms.current().looks_college_most, 1)
    rows = _looks(at - DAY, at).filter(
        Q(by__college__isnull=False), case__requester__college=F("by__college"), order=None
    )
    counted = rows.values_list("by").annotate(n=Count("case", distinct=True)).filter(n__gte=most)
    for by, count in counted:
        yield Found(Kind.COLLEGE, f"{day_of(at):%Y%m%d}", by, at - DAY, count, most)
