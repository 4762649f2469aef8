"""The calendars: a year at a glance, hours and vacations, years of holidays, and when is that due."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.base.numbers import whole
from hotline.base.refusals import Refusal, Stale
from hotline.catalog import calendars
from hotline.catalog.models import Publication
from hotline.catalog.services import calendars as publishing
from hotline.doors.desk.admin import yearview
from hotline.doors.desk.admin.forms.calendars import (
    Days,
    Hours,
    Periods,
    PublishForm,
    TryForm,
    YearForm,
)
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import stand_on
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE, day_of
from hotline.worktime.trace import explain, words

FIRST_YEAR, LAST_YEAR = 2018, 2100


def names() -> dict[str, str]:
    return {"office": _("办公时间"), "line": _("热线值守时间")}


@require_safe
@only_for(P.CATALOG)
def year(request: HouseRequest) -> HttpResponse:
    """A year of the office's calendar, or of the line's."""
    which = request.GET.get("of", "office")
    if which not in names():
        raise Http404
    chosen = whole(request.GET.get("year", "")) or day_of(now()).year
    chosen = min(max(chosen, FIRST_YEAR), LAST_YEAR)
    found = calendars.current()
    calendar = found.office if which == "office" else found.line
    context = {
        "here": "calendars", "which": which, "names": names(), "year": chosen,
        "months": yearview.months(calendar, chosen), "known": calendar.knows(date(chosen, 1, 1), date(chosen, 12, 31)),
        "number": found.number,
    }  # fmt: skip
    return page(request, "calendars.html", context)


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def edit(request: HouseRequest, which: str) -> HttpResponse:
    """Hours, periods and days of one calendar, published together or not at all."""
    if which not in names():
        raise Http404
    latest = publishing.latest()
    data = dict(latest.data) if latest else calendars.usual()
    forms = _forms(request, data.get(which) or data["office"], latest)
    status = 200
    if request.method == "POST":
        status = _publish(request, which, data, forms)
        if status == 200:
            messages.success(request, _("已发布。办理中的时限正在重算：只会延后，不会提前。"))
            return redirect("desk:admin_calendars")
    context = {"here": "calendars", "which": which, "name": names()[which], "forms": forms}
    return page(request, "calendar_edit.html", context, status=status)


def _forms(
    request: HouseRequest, told: Mapping[str, Any], latest: Publication | None
) -> dict[str, Any]:
    posted = request.POST or None
    hours = [
        {
            "from_date": row["from"],
            **{f"day{n}": " ".join(day) for n, day in enumerate(row["week"])},
        }
        for row in told["hours"]
    ]
    periods = [
        {
            "name": row["name"], "first": row["from"], "last": row["to"], "kind": row["kind"],
            "hours": " ".join(next((day for day in row["week"] if day), [])),
        }
        for row in told["periods"]
    ]  # fmt: skip
    days = [
        {"day": row["day"], "name": row["name"], "hours": " ".join(row["spans"])}
        for row in told["days"]
    ]
    first = {"always": told.get("always", False), "seen": latest.pk if latest else 0}
    return {
        "hours": Hours(posted, initial=hours, prefix="hours"),
        "periods": Periods(posted, initial=periods, prefix="periods"),
        "days": Days(posted, initial=days, prefix="days"),
        "whole": PublishForm(posted, initial=first),
    }


def _publish(request: HouseRequest, which: str, data: dict[str, Any], forms: dict[str, Any]) -> int:
    if not all([form.is_valid() for form in forms.values()]):  # noqa: C419 - every form says its errors
        return 422
    told = {
        name: [row for small in forms[name] if (row := small.row())]
        for name in ("hours", "periods", "days")
    }
    told["hours"].sort(key=lambda row: row["from"])
    form = forms["whole"]
    told["always"] = form.cleaned_data["always"]
    seen = form.cleaned_data["seen"] or 0
    try:
        publishing.publish(
            data | {which: told},
            note=form.cleaned_data["note"],
            by=request.actor,
            at=now(),
            seen=seen,
        )
    except Refusal as refusal:
        form.refuse(refusal)
        if isinstance(refusal, Stale):
            latest = publishing.latest()
            stand_on(form, latest.pk if latest else 0)
        return refusal.status
    return 200


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def load(request: HouseRequest) -> HttpResponse:
    """A year of holidays, pasted."""
    form, status = YearForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                publishing.load_year(form.cleaned_data["text"], by=request.actor, at=now())
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("放假安排已载入，暂定的时限正在重算。"))
                return redirect("desk:admin_calendars")
    return page(request, "calendar_load.html", {"form": form, "here": "calendars"}, status=status)


@require_safe
@only_for(P.CATALOG)
def try_it(request: HouseRequest) -> HttpResponse:
    """When is that due, and why."""
    form = TryForm(request.GET if "limit" in request.GET else None)
    lines: list[str] = []
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        start = data["start"].replace(tzinfo=ZONE)
        calendar = calendars.current().of(data["urgency"])
        try:
            lines = [words(line) for line in explain(start, data["limit"], calendar)]
        except OverflowError:
            form.add_error("limit", _("按这个日历算不出来：时间太长。"))
    context = {"form": form, "lines": lines, "here": "calendars"}
    status = 422 if form.is_bound and form.errors else 200
    return page(request, "calendar_try.html", context, status=status)


@require_safe
@only_for(P.CATALOG)
def versions(request: HouseRequest) -> HttpResponse:
    """Every publication, newest first, with what it added and took away."""
    part = page_of(Publication.objects.select_related("by"), request.GET.get("after", ""), size=20)
    rows = list(part.rows)
    older = Publication.objects.filter(id__lt=rows[-1].pk).first() if rows else None
    olds = [*rows[1:], older]
    lines = [
        (new, *_difference(old.data if old else calendars.usual(), new.data))
        for new, old in zip(rows, olds, strict=False)
    ]
    context = {"lines": lines, "next": part.next, "here": "calendars"}
    return page(request, "calendar_versions.html", context)


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The lines that a publication took away, and those it added."""
    before, after = _lines(old), _lines(new)
    return [x for x in before if x not in after], [x for x in after if x not in before]


def _lines(data: Mapping[str, Any]) -> list[str]:
    found, colon = [], _("：")
    for which, name in names().items():
        told = data.get(which) or {}
        for row in told.get("hours", ()):
            week = " ｜ ".join(" ".join(day) or "—" for day in row["week"])
            found.append(f"{name}{colon}{row['from']} → {week}")
        found += [
            f"{name}{colon}{row['name']} {row['from']} → {row['to']}"
            for row in told.get("periods", ())
        ]
        found += [
            f"{name}{colon}{row['day']} {row['name']} {' '.join(row['spans']) or '—'}"
            for row in told.get("days", ())
        ]
    found += [_("%(year)s 年放假安排") % {"year": row["year"]} for row in data.get("statutory", ())]
    return found
