"""A week or a month of the roster, who is on now, where nobody is, and the month as a sheet."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only
from hotline.doors.desk.views import sheets
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Position, Post, Run, Shift
from hotline.worktime.clock import ZONE, day_of

VIEWS = ("week", "month")


@dataclass(frozen=True)
class Sitting:
    """The same hours of one post, and who sits then: the main person first."""

    from_at: datetime
    to_at: datetime
    shifts: list[Shift]


@dataclass(frozen=True)
class Range:
    """The days that a page shows: a week from Monday, or a month."""

    view: str
    first: date
    days: int

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)

    @property
    def before(self) -> date:
        return self.first - timedelta(days=1)

    @property
    def after(self) -> date:
        return self.last + timedelta(days=1)

    def shifts(self) -> list[Shift]:
        """Shifts that begin on these days."""
        start = datetime.combine(self.first, time(), ZONE)
        return list(
            queries.between(start, start + timedelta(days=self.days)).filter(from_at__gte=start)
        )


@require_safe
@office_only
def roster(request: HouseRequest) -> HttpResponse:
    """Who sits when. One's own shifts stand out."""
    at = now()
    shown = range_of(request, at)
    posts = [post for post in Post.objects.filter(enabled=True) if post.by_turns]
    planner = request.actor.may(P.ROSTER)
    context = {
        "here": "roster", "shown": shown, "posts": posts, "days": _days(shown, posts, day_of(at)),
        "held": queries.who_is_on(at), "gaps": queries.coming_gaps(at) if planner else [],
        "planner": planner, "me": request.actor.user_id, "now": at, "today": day_of(at),
        "runs": Run.objects.filter(undone_at=None, to_date__gte=day_of(at)).select_related("post", "by")
                .order_by("-id")[:5] if planner else [],
    }  # fmt: skip
    return frame.page(request, "desk/roster/roster.html", context)


def range_of(request: HouseRequest, at: datetime) -> Range:
    """What the address asks for; this week where it asks for nothing that there is."""
    day = _day(request.GET.get("day", "")) or day_of(at)
    if request.GET.get("view") == "month":
        return Range("month", day.replace(day=1), monthrange(day.year, day.month)[1])
    return Range("week", day - timedelta(days=day.weekday()), 7)


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 < day.year < 2100 else None


def _days(shown: Range, posts: Sequence[Post], today: date) -> list[dict[str, object]]:
    cells: dict[tuple[date, int], list[Shift]] = {}
    for shift in shown.shifts():
        cells.setdefault((day_of(shift.from_at), shift.post_id), []).append(shift)
    return [
        {
            "day": day, "weekday": weekday(day), "today": day == today,
            "cells": [(post, _sittings(cells.get((day, post.pk), []))) for post in posts],
        }
        for day in (shown.first + timedelta(days=n) for n in range(shown.days))
    ]  # fmt: skip


def _sittings(shifts: Sequence[Shift]) -> list[Sitting]:
    hours: dict[tuple[datetime, datetime], list[Shift]] = {}
    for shift in sorted(shifts, key=lambda s: (s.from_at, s.position != Position.MAIN, s.pk)):
        hours.setdefault((shift.from_at, shift.to_at), []).append(shift)
    return [Sitting(*span, rows) for span, rows in hours.items()]


def weekday(day: date) -> str:
    """The day of the week, short."""
    return [
        _("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"),
    ][day.weekday()]  # fmt: skip


@require_safe
@office_only
@at_most(Limit.EXPORT)
def sheet(request: HouseRequest) -> HttpResponse:
    """The days of the page as a spreadsheet, one shift a line."""
    at = now()
    columns = [
        (_("日期"), 12), (_("星期"), 8), (_("岗位"), 14), (_("起"), 17), (_("止"), 17),
        (pgettext("of a shift", "班次"), 8), (_("值班人"), 14), (_("来源"), 8),
    ]  # fmt: skip
    rows = (
        (f"{day_of(s.from_at)}", weekday(day_of(s.from_at)), str(s.post), _stamp(s.from_at), _stamp(s.to_at),
         s.get_position_display(), s.user.name, s.get_source_display())
        for s in range_of(request, at).shifts()
    )  # fmt: skip
    return sheets.sheet(_("值班表"), columns, rows, at, name="roster", by=request.actor)


def _stamp(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
