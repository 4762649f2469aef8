"""A plan as it is written down (JSON), and read again. What makes no sense is refused by name."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from hotline.worktime.plan import (
    Day,
    Hours,
    Period,
    PeriodKind,
    Plan,
    Spans,
    Statutory,
    Week,
    shipped_statutory,
    spans,
    together,
)

PERIOD_DAYS_MOST = 400


class Nonsense(ValueError):
    """Something in a plan that cannot be. ``where`` names it: hours, periods, days, statutory."""

    def __init__(self, where: str, line: int, problem: str) -> None:
        super().__init__(f"{where} {line}: {problem}")
        self.where, self.line, self.problem = where, line, problem


def read(told: Mapping[str, Any], law: Statutory | None) -> Plan:
    """A plan from its JSON, under the holidays that are known. Raises Nonsense."""
    hours = [_at("hours", n, _hours, row) for n, row in enumerate(told.get("hours", ()), 1)]
    periods = [_at("periods", n, _period, row) for n, row in enumerate(told.get("periods", ()), 1)]
    days = [_at("days", n, _day, row) for n, row in enumerate(told.get("days", ()), 1)]
    for n, row in enumerate(hours, 1):  # a limit that begins in it would never be used up
        if not any(row.week):
            raise Nonsense("hours", n, "no working time")
    if not hours:
        raise Nonsense("hours", 1, "no working time")
    if len({row.from_date for row in hours}) != len(hours):
        raise Nonsense("hours", len(hours), "two weeks from one day")
    if len({row.day for row in days}) != len(days):
        raise Nonsense("days", len(days), "one day twice")
    return Plan(hours, periods, days, None if told.get("always") else law)


def write(plan: Plan) -> dict[str, Any]:
    """The JSON of a plan, without the holidays, which are kept apart."""
    return {
        "hours": [{"from": str(row.from_date), "week": _week_text(row.week)} for row in plan.hours],
        "periods": [
            {
                "name": row.name, "from": str(row.first), "to": str(row.last), "kind": row.kind.value,
                "week": _week_text(row.week),
            }
            for row in plan.periods
        ],
        "days": [
            {"day": str(row.day), "name": row.name, "spans": [str(span) for span in row.spans]}
            for row in plan.days
        ],
        "always": plan.statutory is None,
    }  # fmt: skip


def read_law(years: Sequence[Mapping[str, Any]]) -> Statutory:
    """The holidays that come with the program, and the years that were loaded beside them."""
    law = shipped_statutory()
    for row in years:
        law = together(
            law,
            Statutory(
                frozenset({int(row["year"])}),
                {date.fromisoformat(day): name for day, name in row["off"].items()},
                {date.fromisoformat(day): name for day, name in row["work"].items()},
            ),
        )
    return law


def write_law(law: Statutory) -> list[dict[str, Any]]:
    """Loaded years as JSON."""
    return [
        {
            "year": year,
            "off": {str(day): name for day, name in law.off.items() if day.year == year},
            "work": {str(day): name for day, name in law.work.items() if day.year == year},
        }
        for year in sorted(law.years)
    ]


def _at(where: str, line: int, make: Any, row: Mapping[str, Any]) -> Any:
    try:
        return make(row)
    except (KeyError, TypeError, ValueError) as error:
        raise Nonsense(where, line, str(error)) from None


def _hours(row: Mapping[str, Any]) -> Hours:
    return Hours(date.fromisoformat(row["from"]), _week(row["week"]))


def _period(row: Mapping[str, Any]) -> Period:
    first, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
    if not 0 <= (last - first).days < PERIOD_DAYS_MOST:
        raise ValueError("a period ends after it begins, and within a year")
    week = row.get("week") or ()
    return Period(row["name"], first, last, PeriodKind(row["kind"]), _week(week) if week else ())


def _day(row: Mapping[str, Any]) -> Day:
    return Day(date.fromisoformat(row["day"]), row["name"], _spans(row.get("spans", ())))


def _week(rows: Sequence[Sequence[str]]) -> Week:
    if len(rows) != 7:
        raise ValueError("a week has seven days")
    return tuple(_spans(row) for row in rows)


def _week_text(week: Week) -> list[list[str]]:
    return [[str(span) for span in day] for day in week]


def _spans(texts: Sequence[str]) -> Spans:
    return spans(*texts)
