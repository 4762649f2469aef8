"""What is on, what belongs to it, how long people wait, and what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Avg, Count, F, Q, QuerySet

from hotline.cases import queries as cases
from hotline.cases.codes import Seal, State
from hotline.cases.models import Case
from hotline.catalog import shelf
from hotline.people.actor import Actor
from hotline.surge import formulas
from hotline.surge.models import Member, Pulse, Surge

HEARD = (State.SUBMITTED, State.ACCEPTED)
FRESH = timedelta(minutes=15)  # an older look tells nothing
BACK = timedelta(
    days=14
)  # requests that came longer ago than that tell nothing of the present pace


def current(at: datetime) -> Surge | None:
    """The surge that is on: no question while nothing has been switched."""
    surge: Surge | None = shelf.current().once(
        "surge", lambda: Surge.objects.filter(on=True).first()
    )
    return surge if surge is not None and at < surge.until else None


def members(surge: Surge, actor: Actor) -> QuerySet[Case]:
    """Requests that are about it, as far as somebody of the office may list them."""
    return cases.office_list(actor).filter(surge_member__surge=surge, surge_member__out_at=None)


def others(surge: Surge, actor: Actor) -> QuerySet[Case]:
    """Requests that have come since and wait, of which nobody has said that they are about it."""
    rows = cases.office_list(actor).filter(state__in=HEARD, submitted_at__gte=surge.began_at)
    theirs = Member.objects.filter(surge=surge, out_at=None).values("case")
    return rows.exclude(pk__in=theirs).exclude(pk=surge.lead_id or 0)


def waiting_minutes(at: datetime) -> int | None:
    """How long somebody who submits now may wait until a clerk looks at it; None: nobody can say."""
    ahead = Case.objects.filter(cases.UNDER_WAY, state=State.SUBMITTED, seal=Seal.NONE).count()
    since = at - timedelta(minutes=formulas.RATE_MINUTES)
    taken = Case.objects.filter(
        submitted_at__gte=at - BACK, accepted_at__gt=since, accepted_at__lte=at, seal=Seal.NONE
    )
    return formulas.waiting_minutes(ahead, taken.count())


# Requests of the hour before ``at``, and of the same hour of each of the 28 days before.
CAME = """
    SELECT count(*) FILTER (WHERE submitted_at > %(hour)s),
        count(*) FILTER (WHERE submitted_at <= %(day)s
            AND extract(epoch FROM %(at)s - submitted_at)::numeric %% 86400 < 3600)
    FROM cases_case WHERE submitted_at > %(since)s AND submitted_at <= %(at)s AND seal = ''
"""


def came(at: datetime) -> tuple[int, int]:
    """How many came within the hour, and in the same hour of the 28 days before together."""
    day = timedelta(days=1)
    since = at - formulas.DAYS * day - timedelta(hours=1)
    with connection.cursor() as cursor:
        hour = at - timedelta(hours=1)
        cursor.execute(CAME, {"at": at, "hour": hour, "day": at - day, "since": since})
        row = cursor.fetchone()
    return int(row[0]), int(row[1])


def suggestion(at: datetime) -> Pulse | None:
    """The last look at what comes, where it calls for a surge and none is on."""
    found = _fresh(at)
    return found if found and found.suggested and current(at) is None else None


def told_wait(at: datetime) -> int | None:
    """How long one waits, by the last look; None as well when nobody has looked of late."""
    found = _fresh(at)
    return found.wait_minutes if found else None


def _fresh(at: datetime) -> Pulse | None:
    return Pulse.objects.filter(at__gt=at - FRESH).first()


@dataclass(frozen=True)
class Summary:
    """What came of a surge until ``at``, or until it ended. Sealed requests are in none of it."""

    surge: Surge
    came: int
    said: int
    grouped: int
    answered: int
    waiting: int
    mean_hours: float | None


def summary(surge: Surge, *, at: datetime) -> Summary:
    """All requests of its time; of those about it how many were merged, answered, still wait, and
    the mean time from submission to the first answer."""
    plain = Q(case__seal=Seal.NONE)
    theirs = Member.objects.filter(plain, surge=surge, out_at=None)
    came_in = Case.objects.filter(
        submitted_at__gte=surge.began_at, submitted_at__lte=surge.ended_at or at, seal=Seal.NONE
    )
    over = Q(case__first_closed_at__isnull=False)
    found = theirs.aggregate(
        said=Count("pk"),
        grouped=Count("pk", filter=Q(case__merged_into__isnull=False)),
        answered=Count("pk", filter=over),
        waiting=Count("pk", filter=~over & Q(case__left_at=None) & ~Q(case__state=State.REJECTED)),
        mean=Avg(F("case__first_closed_at") - F("case__submitted_at"), filter=over),
    )
    mean = found.pop("mean")
    hours = round(mean.total_seconds() / 3600, 1) if mean is not None else None
    return Summary(surge, came_in.count(), mean_hours=hours, **found)
