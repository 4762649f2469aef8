"""Which requests a figure counts. Every number on a page is the length of one of these lists.

Notation of docs/domain.md, 5: a period P = [start, end) and a cut-off T, the end unless told;
s is when a request was submitted, ac when it was accepted, c its last close before T (none
while it is open at T). Nothing that happened at T or later is seen, so that the figures of a
day long gone can be had again; only what a request is about, whose duty it is, and that it is
sealed are as they are now. Sealed requests are in no figure; what was withdrawn or referred
before T is no longer among those accepted or closed.
"""

from collections.abc import Callable, Collection
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
    Expression,
    ExpressionWrapper,
    F,
    Field,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from hotline.cases.codes import OrderState, Part, Score, Seal, State
from hotline.cases.models import Case, Rating, Step, WorkOrder

CLOSING = ("answer", "close", "close_merged")
REFUSING = ("decline", "expire")
OPENING = ("rework", "reopen", "instruct", "alarm", "recall", "take_back")
DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Period:
    """[start, end), aware, as seen at ``cutoff``; ``start`` None reaches back to the first request."""

    start: datetime | None
    end: datetime
    seen_at: datetime | None = None
    ratings_until: datetime | None = None  # to this reader younger ratings are not known yet

    @property
    def cutoff(self) -> datetime:
        return self.seen_at or self.end

    def holds(self, field: str) -> Q:
        """The condition that a moment falls into the period, and had come by the cut-off."""
        condition = Q(**{f"{field}__lt": min(self.end, self.cutoff)})
        return condition & Q(**{f"{field}__gte": self.start}) if self.start else condition


def cases_of(period: Period) -> QuerySet[Case]:
    """Every request a figure may count, with ``c`` and ``spent`` (c - s) as they stood at T."""
    rows = Case.objects.filter(seal=Seal.NONE, submitted_at__lt=period.cutoff)
    rows = rows.exclude(state=State.DRAFT)
    closed = _at_close(period.cutoff, "closed_at", F("at"), DateTimeField())
    return rows.annotate(c=closed).annotate(
        spent=ExpressionWrapper(F("c") - F("submitted_at"), output_field=DurationField())
    )


def lengths_of(period: Period) -> QuerySet[Case]:
    """The same requests, with how long each took to ``c``: ``spent`` less the pauses before c as
    ``net``, and ``worked`` in working minutes."""
    minutes = IntegerField()
    paused, worked = (
        _at_close(period.cutoff, column, Cast(KT(f"facts__{fact}"), minutes), minutes)
        for fact, column in (("paused", "paused_minutes"), ("worked", "worked_minutes"))
    )
    minute = Value(timedelta(minutes=1), output_field=DurationField())
    net = F("spent") - Coalesce(F("paused"), 0) * minute
    return cases_of(period).annotate(
        paused=paused, worked=worked, net=ExpressionWrapper(net, output_field=DurationField())
    )


def _at_close(end: datetime, column: str, told: Expression | F, kind: "Field[Any, Any]") -> Choose:
    """What was true of a request at its last close before ``end``; None where it was open then.

    A column tells it, except of a request that was opened or closed again later. Only for those
    few the steps are read: the last one that closed or opened it decides, by what it ``told``.
    """
    moved = Step.objects.filter(case=OuterRef("pk"), at__lt=end, verb__in=CLOSING + OPENING)
    latest = moved.order_by("-seq").annotate(
        told=Choose(When(verb__in=CLOSING, then=told), output_field=kind)
    )
    return Choose(
        When(Q(first_closed_at__isnull=True) | Q(first_closed_at__gte=end), then=Value(None)),
        When(closed_at__lt=end, then=F(column)),
        default=Subquery(latest.values("told")[:1]),
        output_field=kind,
    )


def stays(period: Period) -> Q:
    """Not withdrawn and not referred by the cut-off."""
    return Q(left_at__isnull=True) | Q(left_at__gte=period.cutoff)


def accepted(period: Period) -> Q:
    """A: accepted in P. What was refused was never accepted; merged requests are in A."""
    return period.holds("accepted_at") & stays(period)


def refused(period: Period) -> Q:
    """Not accepted, and told so before the cut-off."""
    told = Step.objects.filter(case=OuterRef("pk"), verb__in=REFUSING, at__lt=period.cutoff)
    return Q(accepted_at__isnull=True) & Q(Exists(told))


def mature(period: Period, days: int) -> Q:
    """In A for at least ``days`` times 24 hours at T. An early close does not make it so."""
    return accepted(period) & Q(submitted_at__lte=period.cutoff - days * DAY)


def ratings_of(period: Period) -> QuerySet[Rating]:
    """Effective ratings given in P: by the requester, at a visit, or imported. 表扬 is left out."""
    rows = Rating.objects.filter(period.holds("at"), case__seal=Seal.NONE)
    if period.ratings_until is not None:
        rows = rows.filter(at__lt=period.ratings_until)
    return rows.exclude(case__type__code="BY")


def due_orders(period: Period) -> QuerySet[WorkOrder]:
    """First-round lead orders that fell due in P, with that moment as ``fell_due``.

    Of an extension that was granted too late, the old due time counts. An order that was called
    off or sent back before it fell due has not; one whose clock stands still has no due time in
    force. To send it back afterwards makes nothing undone.
    """
    rows = WorkOrder.objects.filter(part=Part.LEAD, round=1, case__seal=Seal.NONE)
    old = F("extensions__old_due_at")  # of the one extension that an order may have
    late = Q(extensions__granted=True, extensions__decided_at__gte=old)
    rows = rows.annotate(fell_due=Choose(When(late, then=old), default=F("due_at")))
    rows = rows.filter(period.holds("fell_due"))
    rows = rows.exclude(returned_at__lt=F("fell_due"))
    rows = rows.exclude(state=OrderState.CANCELLED, ended_at__lt=F("fell_due"))
    return rows.exclude(suspended_at__lt=F("fell_due"))


ON_TIME = Q(case__first_closed_at__lte=F("fell_due"))
LATE = ~ON_TIME | Q(case__first_closed_at__isnull=True)


def _due(period: Period, units: Collection[int] | None, which: Q | None = None) -> Q:
    rows = due_orders(period).filter(which or Q(), case=OuterRef("pk"))
    return Q(Exists(rows if units is None else rows.filter(unit__in=units)))


def _late(period: Period, units: Collection[int] | None) -> Q:
    """One of its orders was late: of two, where a unit gave one back too late, the worse counts."""
    return _due(period, units, LATE)


def _rated(period: Period, **which: Any) -> Q:
    """One line for each rating: a request that was rated in two rounds stands there twice."""
    rating = Q(**{f"ratings__{name}": value for name, value in which.items()})
    return period.holds("ratings__at") & rating & ~Q(type__code="BY")


def _may_have_closed(period: Period) -> Q:
    """What ``c`` in P implies, in columns as they are: spares most rows the look at their steps."""
    began = Q(first_closed_at__lt=period.end)
    if period.start is None:
        return began
    return began & (Q(closed_at__isnull=True) | Q(closed_at__gte=period.start))


def cohort(name: str, period: Period, units: Collection[int] | None = None) -> Q:
    """The condition of one figure, on :func:`cases_of` the same period. Raises KeyError.

    With ``units``, what is due is what was due from these: a unit that gave a request back too
    late stays late with it, whoever has it now.
    """
    closed = Q(c__isnull=False)
    conditions: dict[str, Callable[[], Q]] = {
        "received": lambda: period.holds("submitted_at"),
        "refused": lambda: period.holds("submitted_at") & refused(period),
        "accepted": lambda: accepted(period),
        "closed": lambda: accepted(period) & closed,
        "open": lambda: accepted(period) & Q(c__isnull=True),
        "closed_in": lambda: _may_have_closed(period) & period.holds("c") & stays(period),
        "mature_1": lambda: mature(period, 1),
        "within_1": lambda: mature(period, 1) & closed & Q(spent__lte=DAY),
        "mature_3": lambda: mature(period, 3),
        "within_3": lambda: mature(period, 3) & closed & Q(spent__lte=3 * DAY),
        "all_1": lambda: accepted(period) & closed & Q(spent__lte=DAY),
        "all_3": lambda: accepted(period) & closed & Q(spent__lte=3 * DAY),
        "due": lambda: _due(period, units),
        "on_time": lambda: _due(period, units) & ~_late(period, units),
        "late": lambda: _late(period, units),
        "rated": lambda: _rated(period),
        "satisfied": lambda: _rated(period, result=Score.SATISFIED),
        "fair": lambda: _rated(period, result=Score.FAIR),
        "dissatisfied": lambda: _rated(period, result=Score.DISSATISFIED),
    }
    return conditions[name]()


OF_RECEIVED = ("received", "refused")
OF_ACCEPTED = (
    "accepted", "closed", "open", "mature_1", "within_1", "all_1", "mature_3", "within_3", "all_3",
)  # fmt: skip
COUNTED = (*OF_RECEIVED, *OF_ACCEPTED, "closed_in")
DUE = ("due", "on_time")
RATED = ("rated", "satisfied", "fair", "dissatisfied")
