"""The calendars that promises are counted with: the office's, and that of the staffed lines.

Each publication holds all of it; the latest is in force. A promise keeps the number of the one
it was counted with.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hotline.catalog import shelf
from hotline.catalog.models import Publication, Urgency
from hotline.worktime import paper, plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import Limit, Unit

ANNOUNCED = (11, 15)  # by then the next year's holidays have usually been announced
ORDINARY = 3  # U3: what may wait for the end of a vacation


@dataclass(frozen=True)
class Calendars:
    """One publication, ready to count with. ``number`` None: nothing has been published yet."""

    number: int | None
    office: Calendar
    line: Calendar  # the hours in which somebody sits at the hotline

    def of(self, urgency: Urgency | None) -> Calendar:
        """The office's calendar for a request: ordinary matters rest in vacations."""
        ordinary = urgency is not None and urgency.rank >= ORDINARY
        return self.office.resting if ordinary else self.office

    def counting(
        self, limit: Limit | None, urgency: Urgency | None, *, natural: bool = False
    ) -> Calendar:
        """What a promise is counted with: staffed minutes with the line's, all else, and a day that
        somebody named (None), with the office's."""
        return self.line if is_staffed(limit, natural=natural) else self.of(urgency)

    def after(
        self, at: datetime, limit: Limit, urgency: Urgency | None, *, natural: bool = False
    ) -> datetime:
        """When a limit that begins at ``at`` (aware) is used up."""
        if is_staffed(limit, natural=natural):
            return self.line.after_working_minutes(at, limit.amount)
        return self.of(urgency).after(at, *limit)


def is_staffed(limit: Limit | None, *, natural: bool) -> bool:
    """Minutes that do not run at night are those in which somebody sits at the hotline."""
    return limit is not None and limit.unit is Unit.MINUTE and not natural


def current() -> Calendars:
    """The calendars in force."""
    return shelf.current().once("calendars", _latest)


def of(number: int | None) -> Calendars:
    """Those of one publication, for whatever was counted with it."""
    if number is None or number == current().number:
        return current()
    return shelf.current().once(
        ("calendars", number), lambda: read(number, Publication.objects.get(pk=number).data)
    )


def office() -> Calendar:
    """The office's calendar, where no request is at hand."""
    return current().office


def knows_year(year: int) -> bool:
    """Have the holidays of a whole year been announced and loaded?"""
    return office().knows(date(year, 1, 1), date(year, 12, 31))


def years_due(today: date, announced: tuple[int, int] = ANNOUNCED) -> list[int]:
    """Years whose holidays should be known by now: this one, from ``announced`` (month, day) on the
    next as well."""
    return [today.year, *([today.year + 1] if (today.month, today.day) >= announced else [])]


def unknown_year(today: date, announced: tuple[int, int] = ANNOUNCED) -> int:
    """The first of these that is not known; 0 where all are."""
    return next((year for year in years_due(today, announced) if not knows_year(year)), 0)


def read(number: int | None, data: dict[str, Any]) -> Calendars:
    """Raises paper.Nonsense for what cannot be a calendar."""
    law = paper.read_law(data.get("statutory", ()))
    office = Calendar(paper.read(data["office"], law))
    line = data.get("line")
    return Calendars(number, office, Calendar(paper.read(line, law)) if line else office)


def usual() -> dict[str, Any]:
    """What is in force as long as a school has published nothing of its own."""
    return {"office": paper.write(plan.usual()), "line": None, "statutory": []}


def _latest() -> Calendars:
    row = Publication.objects.order_by("-id").first()
    return read(row.pk, row.data) if row else read(None, usual())
