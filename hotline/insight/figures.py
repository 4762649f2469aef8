"""The indicators M1–M8, M12 and M13, computed by the database in six queries a table."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, F, Q, QuerySet, Value
from django.db.models.functions import TruncMonth

from hotline.cases.codes import Score, Seal
from hotline.cases.models import Case, Step
from hotline.insight.cohorts import (
    CLOSING,
    COUNTED,
    DUE,
    LATE,
    OF_ACCEPTED,
    OF_RECEIVED,
    RATED,
    Period,
    cases_of,
    cohort,
    due_orders,
    lengths_of,
    ratings_of,
)
from hotline.worktime.clock import ZONE

GROUPS = ("all", "month", "unit", "category", "channel")
SAMPLE_LEAST = 30  # percent: fewer ratings than that, and the rate says so


class Percentile(Aggregate):
    """The value below which ``share`` of all lie, interpolated; 0.5 is the median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()

    def __init__(self, field: str, share: float) -> None:
        super().__init__(field, share=share)


@dataclass(frozen=True)
class Rate:
    """A share as it is: two whole numbers, and one rounding for the eye."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> Decimal | None:
        """One decimal, exact, half up; None of nothing."""
        if not self.denominator:
            return None
        # floor(x + 1/2) in whole numbers: no digit is lost before the one rounding
        tenths = (2000 * self.numerator + self.denominator) // (2 * self.denominator)
        return Decimal(tenths).scaleb(-1)

    @property
    def fraction(self) -> str:
        return f"{self.numerator}/{self.denominator}"


@dataclass
class Figures:
    """The indicators of one row: counts as whole numbers, lengths of time as they are."""

    key: tuple[Any, ...] = ()
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED + DUE + RATED, 0))
    asked: int = 0  # rating requests: how often an answer was closed in P
    mean: timedelta | None = None
    median: timedelta | None = None
    p90: timedelta | None = None
    first: timedelta | None = None  # mean to the first close, where the mean has the last
    worked: float | None = None  # mean working minutes to the last close

    def __getattr__(self, name: str) -> int:
        try:
            return self.__dict__["counts"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def closure(self) -> Rate:
        """M3; M2 when the period reaches back to the beginning."""
        return Rate(self.closed, self.accepted)

    @property
    def flow(self) -> Rate:
        """M4: what was closed in P to what was accepted in it; no rate of closing, may exceed 100 %."""
        return Rate(self.closed_in, self.accepted)

    @property
    def on_time_rate(self) -> Rate:
        """M5: by due date, so that what is open and overdue counts at once."""
        return Rate(self.on_time, self.due)

    @property
    def worked_hours(self) -> Decimal | None:
        """M7, working hours; never in one table with M6."""
        if self.worked is None:
            return None
        return hours(timedelta(minutes=float(self.worked)))

    @property
    def within_1_day(self) -> Rate:
        return Rate(self.within_1, self.mature_1)

    @property
    def within_3_days(self) -> Rate:
        return Rate(self.within_3, self.mature_3)

    @property
    def all_within_1_day(self) -> Rate:
        """M8 in its second mode: of all that was accepted, however young, as old reports have it."""
        return Rate(self.all_1, self.accepted)

    @property
    def all_within_3_days(self) -> Rate:
        return Rate(self.all_3, self.accepted)

    @property
    def satisfaction(self) -> Rate:
        """M12 with w = 1: 满意 and 基本满意 of all effective ratings. Unrated is not satisfied."""
        return Rate(self.satisfied + self.fair, self.rated)

    @property
    def participation(self) -> Rate:
        """M13."""
        return Rate(self.rated, self.asked)

    @property
    def is_small_sample(self) -> bool:
        return self.participation.percent is not None and self.participation.percent < SAMPLE_LEAST

    @property
    def mean_hours(self) -> Decimal | None:
        return hours(self.mean)

    @property
    def median_hours(self) -> Decimal | None:
        return hours(self.median)

    @property
    def p90_hours(self) -> Decimal | None:
        return hours(self.p90)

    @property
    def first_hours(self) -> Decimal | None:
        return hours(self.first)


Rows = dict[tuple[Any, ...], Figures]  # by what they are grouped by


def hours(length: timedelta | None) -> Decimal | None:
    """Natural hours with two decimals, half up."""
    if length is None:
        return None
    exact = Decimal(length // timedelta(microseconds=1)) / Decimal(3_600_000_000)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def table(
    period: Period, *, by: str = "all", units: Collection[int] | None = None
) -> list[Figures]:
    """Figures of a period grouped ``by`` all, month, unit, category or channel: six queries.

    A month counts what was received, accepted, closed or rated in it, each by its own moment.
    ``units`` narrows them to requests that these lead, as for a head who reads the own unit's row.
    """
    where = led_by(units)
    rows: Rows = {}
    cases = cases_of(period).filter(where or Q())
    for names, moment in ((OF_RECEIVED, "submitted_at"), (OF_ACCEPTED, "accepted_at")):
        sums = {f"n_{name}": Count("pk", filter=cohort(name, period)) for name in names}
        for found in _grouped(cases.filter(period.holds(moment)), by, moment).annotate(**sums):
            _row(rows, found).counts |= {name: found[f"n_{name}"] for name in names}
    _lengths(rows, period, by, where)
    of_case = _of_case(where)
    for found in _grouped(ratings_of(period).filter(of_case), by, "at", "case__").annotate(
        **SCORES
    ):
        _row(rows, found).counts |= {name: found[f"n_{name}"] for name in RATED}
    for found in _grouped(_closings(period).filter(of_case), by, "at", "case__").annotate(
        n=Count("pk")
    ):
        _row(rows, found).asked = found["n"]
    _timely(rows, period, by, units)
    present = [row for row in rows.values() if row.asked or any(row.counts.values())]
    return sorted(present, key=lambda row: tuple((k is None, k or 0) for k in row.key))


def total(
    period: Period, *, units: Collection[int] | None = None, of: list[Figures] | None = None
) -> Figures:
    """Figures of a period as a whole; from the rows of its table, where there is one.

    What each request enters once is the sum of the rows; lengths, and orders that fell due in
    two months, are asked for again.
    """
    if of is None:
        return next(iter(table(period, units=units)), Figures())
    whole = Figures()
    whole.counts = {name: sum(row.counts[name] for row in of) for name in whole.counts}
    whole.asked = sum(row.asked for row in of)
    rows = {whole.key: whole}
    _lengths(rows, period, "all", led_by(units))
    _timely(rows, period, "all", units)
    return whole


def _lengths(rows: Rows, period: Period, by: str, where: Q | None) -> None:
    """What was closed in P, and how long it took."""
    closed = lengths_of(period).filter(where or Q()).filter(cohort("closed_in", period))
    for found in _grouped(closed, by, "c").annotate(**LENGTHS):
        row = _row(rows, found)
        row.counts["closed_in"] = found["n"]
        row.mean, row.median, row.p90 = found["mean"], found["median"], found["p90"]
        row.first = found["first"]
        row.worked = found["worked"]


def _timely(rows: Rows, period: Period, by: str, units: Collection[int] | None) -> None:
    """What fell due in P, and how much of it was answered by then. By unit: by whose order it was."""
    orders = due_orders(period).filter(_of_case(led_by(units)))
    if units is not None:
        orders = orders.filter(unit__in=units)
    for found in _grouped(orders, by, "fell_due", "case__", unit="unit").annotate(**TIMELY):
        counts = _row(rows, found).counts
        counts["due"], counts["on_time"] = found["n_due"], found["n_due"] - found["n_late"]


def led_by(units: Collection[int] | None) -> Q | None:
    """Requests that these units lead; None for all."""
    return None if units is None else Q(lead_unit__in=units)


LENGTHS: Mapping[str, Any] = {
    "n": Count("pk"),
    "mean": Avg("net"),
    "median": Percentile("net", 0.5),
    "p90": Percentile("net", 0.9),
    "first": Avg(F("first_closed_at") - F("submitted_at"), output_field=DurationField()),
    "worked": Avg("worked"),
}
TIMELY: Mapping[str, Any] = {
    "n_due": Count("case", distinct=True),
    "n_late": Count("case", distinct=True, filter=LATE),
}
SCORES: Mapping[str, Any] = {
    "n_rated": Count("pk"),
    "n_satisfied": Count("pk", filter=Q(result=Score.SATISFIED)),
    "n_fair": Count("pk", filter=Q(result=Score.FAIR)),
    "n_dissatisfied": Count("pk", filter=Q(result=Score.DISSATISFIED)),
}


def _grouped(
    rows: QuerySet[Any], by: str, moment: str, prefix: str = "", unit: str = ""
) -> QuerySet[Any, Any]:
    """One group a value of what it is grouped by; a month is that of ``moment``, in Asia/Shanghai."""
    groups: dict[str, dict[str, Any]] = {
        "all": {},
        "month": {"k1": TruncMonth(moment, tzinfo=ZONE)},
        "unit": {"k1": F(unit or f"{prefix}lead_unit")},
        "category": {"k1": F(f"{prefix}category")},
        "channel": {"k1": F(f"{prefix}channel")},
    }
    keys = groups[by] or {"k0": Value(0)}
    grouped: QuerySet[Any, Any] = rows.order_by().annotate(**keys).values(*keys)
    return grouped


def _row(rows: Rows, found: Mapping[str, Any]) -> Figures:
    key: tuple[Any, ...] = (found["k1"],) if "k1" in found else ()
    if key and isinstance(key[0], datetime):
        key = (key[0].year, key[0].month)
    return rows.setdefault(key, Figures(key))


def _closings(period: Period) -> QuerySet[Step]:
    """How often an answer went out in P and asked to be rated. 表扬 is left out, as of ratings."""
    rows = Step.objects.filter(period.holds("at"), verb__in=CLOSING, case__seal=Seal.NONE)
    if period.ratings_until is not None:
        rows = rows.filter(at__lt=period.ratings_until)
    return rows.exclude(case__type__code="BY")


def _of_case(where: Q | None) -> Q:
    """The same condition, seen from a row that belongs to a case."""
    return Q(case__in=Case.objects.filter(where)) if where else Q()
