"""The figures page: every number leads to the list behind it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import OuterRef, Q, Subquery
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from hotline.base.numbers import whole
from hotline.cases import queries, recusal
from hotline.cases.models import Case
from hotline.catalog import terms
from hotline.catalog.models import Category
from hotline.doors.desk.guards import figures_only
from hotline.doors.desk.rows import drawn, lean, office_rows, unit_rows
from hotline.doors.ui import moments
from hotline.doors.ui.forms import Choices, Day, HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.insight.cohorts import COUNTED, DUE, RATED, Period, cases_of, cohort
from hotline.insight.definitions import DEFINITIONS
from hotline.insight.figures import Figures, led_by, table, total
from hotline.people.actor import Actor
from hotline.people.models import Unit
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE

BY = [
    ("month", gettext_lazy("按月")),
    ("unit", gettext_lazy("按承办单位")),
    ("category", gettext_lazy("按分类")),
    ("channel", gettext_lazy("按渠道")),
]
CLOCKS = [("natural", gettext_lazy("自然小时")), ("working", gettext_lazy("工作小时"))]
CELL = 3  # a smaller number shown to a unit could tell who it was
RATINGS_LEAST = 5  # of fewer ratings a rate would tell a unit who gave which
OWED = {*DUE, "late"}  # judged by the orders that fell due, and by whose they were
NAMES = {*COUNTED, *OWED, *RATED}
FAMILIES = (  # lists that one reads beside each other
    ("received", "accepted", "refused", "closed", "open"), ("mature_1", "within_1", "all_1"),
    ("mature_3", "within_3", "all_3"),
    ("due", "on_time", "late"), RATED,
)  # fmt: skip


class PeriodForm(HouseForm):
    """From when to when, grouped by what, on which clock."""

    since = Day(label=gettext_lazy("从"), required=False)
    until = Day(label=gettext_lazy("到（含）"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("分组"), choices=BY, widget=Choices, required=False)
    clock = forms.ChoiceField(
        label=gettext_lazy("时长"), choices=CLOCKS, widget=Choices, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A period that ends before it begins is no period. Raises ValidationError."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            raise forms.ValidationError({"until": _("结束日期早于开始日期。")})
        return data

    @classmethod
    def read(cls, data: QueryDict) -> "PeriodForm":
        """The form with its defaults: the last twelve months, by month, natural hours."""
        today = localdate()
        filled = data.copy()
        filled.setdefault("until", today.isoformat())
        filled.setdefault("since", _months_before(today, 11).isoformat())
        filled.setdefault("by", "month")
        filled.setdefault("clock", "natural")
        form = cls(filled)
        form.is_valid()
        return form

    def period(self, seen: str = "") -> Period:
        """The period asked for, as ``seen`` at that moment (ISO 8601), or as it stands now.

        One that is not a period is empty; the form says what is wrong with it.
        """
        until: date = self.cleaned_data.get("until") or localdate()
        since: date | None = self.cleaned_data.get("since")
        end = _midnight(until + timedelta(days=1))
        if "until" in self.errors or "since" in self.errors:
            return Period(end, end, min(end, now()))  # nothing: a wrong period has no figures
        start = _midnight(since) if since else None
        return Period(start, end, min(end, now(), moments.read(seen) or end))

    def grouping(self) -> str:
        return self.cleaned_data.get("by") or "month"

    def query(self) -> dict[str, str]:
        """The parameters that ask for the same table again."""
        return {name: str(self.data.get(name) or "") for name in self.fields}


@dataclass(frozen=True)
class Line:
    """One row of the table: its name, its figures, and where each number leads."""

    name: str
    figures: Figures
    links: dict[str, str]
    hidden: bool = False  # too few to be shown to this reader
    unrated: bool = False  # too few ratings to be shown to this reader


@dataclass(frozen=True)
class Report:
    """The table of a period as its reader may see it."""

    form: PeriodForm
    period: Period
    by: str
    narrow: bool  # only the own unit's
    lines: list[Line]
    whole: Line


def report_of(request: HouseRequest) -> Report:
    """What the address asks for, grouped, named, and with its links."""
    form = PeriodForm.read(request.GET)
    period, by = form.period(), form.grouping()
    reach = _reach(request.actor)
    narrow = not request.actor.may(P.FIGURES)
    if narrow:  # a score reaches a unit late and among others: sight.py says so of each
        wait = timedelta(days=terms.current().unit_rating_days)
        period = replace(period, ratings_until=now() - wait)
    name = _namer(by)
    rows = table(period, by=by, units=reach)
    whole = total(period, units=reach, of=rows)
    asked = {**form.query(), "seen": period.cutoff.isoformat()}
    lines = [
        _line(row, name(row.key), {**asked, "row": _told(row.key)}, narrow=narrow) for row in rows
    ]
    total_line = _line(whole, _("合计"), asked, narrow=narrow)
    # Else the total would tell what one row hides.
    if sum(line.hidden for line in lines) == 1:
        total_line = replace(total_line, hidden=True)
    if any(line.unrated and line.figures.rated for line in lines):
        total_line = replace(total_line, unrated=True)
    return Report(form, period, by, narrow, lines, total_line)


@require_safe
@figures_only
def figures(request: HouseRequest) -> HttpResponse:
    """The table of a period, and its definitions."""
    report = report_of(request)
    context = {
        **vars(report), "definitions": DEFINITIONS, "section": "figures", "now": now(),
        "working": report.form.cleaned_data.get("clock") == "working",
    }  # fmt: skip
    return render(request, "desk/figures.html", context)


@require_safe
@figures_only
def behind(request: HouseRequest) -> HttpResponse:
    """The requests that one number counts."""
    name = request.GET.get("cohort", "")
    # Which request was rated how is not the unit's to learn from a list: sight.py says when.
    if name not in NAMES or (name in RATED and not request.actor.may(P.FIGURES)):
        raise Http404
    form, row = PeriodForm.read(request.GET), request.GET.get("row", "")
    period, chosen, title = _chosen(form, row, request.GET.get("seen", ""))
    reach = _reach(request.actor)
    if name in OWED:
        of_unit = form.grouping() == "unit" and bool(row)
        condition = cohort(name, period, _owing(row, reach) if of_unit else reach)
        condition = condition if of_unit else condition & chosen
    else:
        condition = cohort(name, period) & chosen
    rows = cases_of(period).filter(condition).filter(led_by(reach) or Q())
    rows = rows.filter(_kept_from(request.actor))
    at = now()
    if request.actor.may(P.READ_ALL):
        part = page_of(lean(rows), request.GET.get("after", ""))
        listed = office_rows(part.rows, by=request.actor)
    else:
        orders = (
            queries.orders_of(request.actor).filter(case=OuterRef("pk")).order_by("-round", "-part")
        )
        rows = rows.annotate(order=Subquery(orders.values("pk")[:1]))
        part = page_of(lean(rows, "order"), request.GET.get("after", ""))
        listed = unit_rows(part.rows)
    context = {
        "rows": listed, "lines": drawn(listed, at), "next": part.next, "cohort": COHORTS[name], "section": "figures",
        "count": rows.count(), "now": at, "title": title, "period": period, "back": urlencode(form.query()),
        "family": [(each, COHORTS[each]) for family in FAMILIES if name in family for each in family],
        "chosen": name,
    }  # fmt: skip
    return render(request, "desk/figures_list.html", context)


def _kept_from(actor: Actor) -> Q:
    """A number counts all; its list leaves out what the reader keeps away from."""
    return (recusal.open_at_desk if actor.may(P.READ_ALL) else recusal.open_to)(actor)


COHORTS = {
    "received": gettext_lazy("接收"), "refused": pgettext_lazy("done", "不予受理"), "accepted": pgettext_lazy("done", "受理"),
    "closed": gettext_lazy("受理中已办结"), "open": gettext_lazy("受理中未办结"),
    "closed_in": gettext_lazy("时段内办结"), "mature_1": gettext_lazy("提交已满 1 天"),
    "within_1": gettext_lazy("1 天内办结"), "mature_3": gettext_lazy("提交已满 3 天"),
    "within_3": gettext_lazy("3 天内办结"), "all_1": gettext_lazy("1 天内办结（全部受理）"),
    "all_3": gettext_lazy("3 天内办结（全部受理）"), "due": gettext_lazy("时段内到期"),
    "on_time": gettext_lazy("按时办结"), "late": gettext_lazy("未按时办结"),
    "rated": gettext_lazy("有效评价"),
    "satisfied": gettext_lazy("满意"), "fair": gettext_lazy("基本满意"),
    "dissatisfied": gettext_lazy("不满意"),
}  # fmt: skip


def _reach(actor: Actor) -> frozenset[int] | None:
    """The units of whose requests somebody reads figures; None for all."""
    return None if actor.may(P.FIGURES) else actor.units(P.UNIT_FIGURES)


def _line(row: Figures, name: str, group: dict[str, str], *, narrow: bool) -> Line:
    base, query = reverse("desk:figures_list"), urlencode(group)
    shown = NAMES - (set(RATED) if narrow else set())
    links = {cohort_name: f"{base}?cohort={cohort_name}&{query}" for cohort_name in shown}
    few, unrated = 0 < row.received < CELL, row.rated < RATINGS_LEAST
    return Line(name, row, links, hidden=narrow and few, unrated=narrow and unrated)


NOT_SET = "-"  # the row of what has no unit or category yet


def _number(text: str) -> int:
    """An id. Raises ValueError."""
    number = whole(text)
    if number is None:
        raise ValueError(text)
    return number


def _told(key: tuple[Any, ...]) -> str:
    """The key of a row as an address carries it: 2026-03, an id, a channel's code."""
    if len(key) == 2:
        return f"{key[0]}-{int(key[1]):02d}"
    return NOT_SET if key[0] is None else str(key[0])


def _owing(row: str, reach: frozenset[int] | None) -> frozenset[int]:
    """The unit whose orders a row of the table by unit counts, where the reader may."""
    key = whole(row)
    known = key is not None and (reach is None or key in reach)
    return frozenset({key}) if known and key is not None else frozenset()


def _chosen(form: PeriodForm, row: str, seen: str) -> tuple[Period, Q, str]:
    """The period, the condition and the name of one row, or of all when ``row`` is empty.

    A row is judged as its table was: at the same cut-off, however early its month ended.
    Raises Http404 for a row that no table has.
    """
    period, by = form.period(seen), form.grouping()
    if not row:
        return period, Q(), ""
    try:
        if by == "month":
            first = Day().clean(f"{row}-01")
            start, end = _midnight(first), _midnight(_months_before(first, -1))
            start = max(start, period.start or start)
            end = min(end, period.end)
            return Period(start, end, period.cutoff), Q(), row
        key = None if row == NOT_SET else row if by == "channel" else _number(row)
    except (ValueError, forms.ValidationError):
        raise Http404 from None
    field = {"unit": "lead_unit", "category": "category", "channel": "channel"}[by]
    chosen = Q(**{f"{field}__isnull": True}) if key is None else Q(**{field: key})
    return period, chosen, _namer(by)((key,))


def _namer(by: str) -> Callable[[tuple[Any, ...]], str]:
    """How the rows of a grouping are called: names are looked up once."""
    if by == "month":
        return lambda key: f"{key[0]}-{int(key[1]):02d}"
    if by == "channel":
        labels = dict(Case._meta.get_field("channel").flatchoices)
        return lambda key: str(labels.get(key[0], key[0]))
    rows: dict[int, Any] = Unit.objects.in_bulk() if by == "unit" else Category.objects.in_bulk()

    def name(key: tuple[Any, ...]) -> str:
        row = rows.get(key[0])
        if row is None:
            return _("未定")
        return f"{row.code} {row}" if by == "category" else str(row)

    return name


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), ZONE)


def _months_before(on: date, count: int) -> date:
    """The first day of the month that lies ``count`` months before that of ``on``."""
    index = on.year * 12 + on.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)
