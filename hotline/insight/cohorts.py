"""Which requests a figure counts. Every number on a page is the length of one of these lists.

Notation of docs/domain.md, 5: a period P = [start, end) and a cut-off T, the end unless told;
s is when a request was submitted, ac when it was accepted, c its last close before T (none
while it is open at T). Sealed requests are in no figure; what was withdrawn or referred on or before
T has left them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case as Choose,
)
from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from hotline.cases.codes import OrderState, Part, Score, Seal, State
from hotline.cases.models import Case, Rating, Step, WorkOrder

CLOSING = ("answer", "close", "close_merged")
OPENING = ("rework", "reopen", "instruct")
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Period:
    """[start, end), aware, as seen at ``cutoff``; ``start`` None reaches back to the first request."""

    start: datetime | None
    end: datetime
    seen_at: datetime | None = None

    @property
    def cutoff(self) -> datetime:
        return self.seen_at or self.end

    def holds(self, field: str) -> Q:
        """The condition that a moment falls into the period."""
        condition = Q(**{f"{field}__lt": self.end})
        return condition & Q(**{f"{field}__gte": self.start}) if self.start else condition


def cases_of(period: Period) -> QuerySet[Case]:
    """Every request a figure may count, with ``c`` and ``spent`` (c - s) as they stood at T."""
    rows = Case.objects.filter(seal=Seal.NONE, submitted_at__lt=period.cutoff)
    rows = rows.exclude(state=State.DRAFT)
    return rows.annotate(c=_closed_at(period.cutoff)).annotate(
        spent=ExpressionWrapper(F("c") - F("submitted_at"), output_field=DurationField())
    )


def _closed_at(end: datetime) -> Choose:
    """The columns tell it, except for a request that was opened again or closed after T.

    Only for those few the steps are read: the latest closing or opening step before T decides.
    """
    moved = Step.objects.filter(case=OuterRef("pk"), at__lt=end, verb__in=CLOSING + OPENING)
    latest = moved.order_by("-seq").annotate(
        close=Choose(When(verb__in=CLOSING, then=F("at")), output_field=DateTimeField())
    )
    return Choose(
        When(Q(first_closed_at__isnull=True) | Q(first_closed_at__gte=end), then=Value(None)),
        When(closed_at__lt=end, then=F("closed_at")),
        default=Subquery(latest.values("close")[:1]),
        output_field=DateTimeField(),
    )


def stays(period: Period) -> Q:
    """Not withdrawn and not referred by the cut-off."""
    return Q(left_at__isnull=True) | Q(left_at__gte=period.cutoff)


def accepted(period: Period) -> Q:
    """A: accepted in P. What was refused was never accepted; merged requests are in A."""
    return period.holds("accepted_at") & stays(period)


def mature(period: Period, days: int) -> Q:
    """In A for at least ``days`` times 24 hours at T. An early close does not make it so."""
    return accepted(period) & Q(submitted_at__lte=period.cutoff - days * DAY)


def ratings_of(period: Period) -> QuerySet[Rating]:
    """Effective ratings given in P: by the requester, at a visit, or imported. 表扬 is left out."""
    rows = Rating.objects.filter(period.holds("at"), case__seal=Seal.NONE)
    return rows.exclude(case__type__code="BY")


def due_orders(period: Period) -> QuerySet[WorkOrder]:
    """First-round lead orders whose due time falls into P and has come by T."""
    rows = WorkOrder.objects.filter(
        period.holds("due_at"), part=Part.LEAD, round=1, due_at__lt=period.cutoff
    )
    gone = (OrderState.RETURNED, OrderState.CANCELLED)
    return rows.filter(case__seal=Seal.NONE).exclude(state__in=gone)


ON_TIME = Q(case__first_closed_at__lte=F("due_at"))


def _due(period: Period, on_time: Q | None = None) -> Q:
    rows = due_orders(period).filter(on_time or Q())
    return Q(Exists(rows.filter(case=OuterRef("pk"))))


def _rated(period: Period, **which: Any) -> Q:
    return Q(Exists(ratings_of(period).filter(case=OuterRef("pk"), **which)))


def cohort(name: str, period: Period) -> Q:
    """The condition of one figure, on :func:`cases_of` the same period. Raises KeyError."""
    closed = Q(c__isnull=False)
    return {
        "received": period.holds("submitted_at"),
        "accepted": accepted(period),
        "closed": accepted(period) & closed,
        "open": accepted(period) & Q(c__isnull=True),
        "closed_in": period.holds("c") & stays(period),
        "mature_1": mature(period, 1),
        "within_1": mature(period, 1) & closed & Q(spent__lte=DAY),
        "mature_3": mature(period, 3),
        "within_3": mature(period, 3) & closed & Q(spent__lte=3 * DAY),
        "due": _due(period),
        "on_time": _due(period, ON_TIME),
        "rated": _rated(period),
        "satisfied": _rated(period, result=Score.SATISFIED),
        "fair": _rated(period, result=Score.FAIR),
        "dissatisfied": _rated(period, result=Score.DISSATISFIED),
    }[name]


OF_ACCEPTED = ("accepted", "closed", "open", "mature_1", "within_1", "mature_3", "within_3")
COUNTED = ("received", *OF_ACCEPTED, "closed_in")
DUE = ("due", "on_time")
RATED = ("rated", "satisfied", "fair", "dissatisfied")
