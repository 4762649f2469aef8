"""查看记录: every look of staff at personal data, filtered, and as a spreadsheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hotline.audit import queries
from hotline.base.words import listed
from hotline.cases import numbers
from hotline.cases.looks import FIELDS, VIEWERS, levels_of
from hotline.cases.models import Case, Door, Look
from hotline.cases.services import looking
from hotline.cases.sight import Viewer
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.desk.views.sheets import sheet
from hotline.doors.ui.forms import Day, HouseForm
from hotline.doors.ui.looks import chosen
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import SoughtField, seeks
from hotline.people.queries import people_like
from hotline.worktime.clock import ZONE

ROWS_MOST = 100_000
ALL = [("", gettext_lazy("全部"))]


class LooksForm(HouseForm):
    """What an auditor looks for. Nonsense finds nothing."""

    q = SoughtField(label=gettext_lazy("谁（工号或姓名）"), required=False, max_length=60)
    number = forms.CharField(label=gettext_lazy("受理编号"), required=False, max_length=30)
    door = forms.ChoiceField(
        label=gettext_lazy("怎样看到"), required=False, choices=[*ALL, *Door.choices]
    )
    unusual = forms.BooleanField(label=gettext_lazy("只看异常查看"), required=False)
    since = Day(label=gettext_lazy("日期起"), required=False)
    until = Day(label=gettext_lazy("日期止"), required=False)

    def rows(self) -> QuerySet[Look]:
        """The looks that are meant, with what a line shows."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        where = Q()
        if text := data.get("q"):
            where &= Q(by__in=[user.pk for user in people_like(text)])
        if text := data.get("number"):
            number = numbers.read(text) or text.strip()
            ids = list(Case.objects.filter(number=number).values_list("pk", flat=True))
            where &= Q(case__in=ids) | Q(cases__overlap=ids)
        if door := data.get("door"):
            where &= Q(door=door)
        if data.get("unusual"):
            where &= Q(queries.within_an_alert())
        if since := data.get("since"):
            where &= Q(at__gte=datetime.combine(since, time(), ZONE))
        if until := data.get("until"):
            where &= Q(at__lt=datetime.combine(until + timedelta(days=1), time(), ZONE))
        rows = Look.objects.filter(where).defer("cases")
        return rows.select_related("by", "case", "order__unit")


@dataclass(frozen=True)
class Line:
    """One look as an auditor reads it: a sealed request has no number here."""

    row: Look
    number: str
    standing: str
    saw: str
    more: str


@require_http_methods(["GET", "HEAD", "POST"])
@auditors_only
@seeks
def looks(request: HouseRequest) -> HttpResponse:
    """The latest looks first."""
    at, form = now(), LooksForm(request.GET)
    part = page_of(form.rows(), request.GET.get("after", ""))
    looking.audited("looks", chosen=chosen(form), by=request.actor, at=at)
    context = {"form": form, "lines": told(part.rows), "next": part.next, "here": "looks"}
    return page(request, "looks.html", context)


@require_safe
@auditors_only
def looks_sheet(request: HouseRequest) -> HttpResponse:
    """The same as a spreadsheet, to the length of one sheet."""
    at, form = now(), LooksForm(request.GET)
    looking.audited("looks.sheet", chosen=chosen(form), by=request.actor, at=at)
    columns = [
        (_("时间"), 16), (_("工号"), 14), (_("姓名"), 12), (_("怎样看到"), 10), (_("受理编号"), 16),
        (_("以什么身份"), 18), (_("看到了什么"), 50), (_("其他"), 30),
    ]  # fmt: skip
    found = form.rows().order_by("-id").iterator(chunk_size=1000)
    cells = (
        (full(line.row.at), line.row.by.account, line.row.by.name, line.row.get_door_display(),
         line.number, line.standing, line.saw, line.more)
        for line in _told(islice(found, ROWS_MOST))
    )  # fmt: skip
    return sheet(_("查看记录"), columns, cells, at, name="looks", by=request.actor)


def told(rows: Iterable[Look]) -> list[Line]:
    """Looks as lines of a table."""
    return list(_told(rows))


def _told(rows: Iterable[Look]) -> Iterable[Line]:
    for row in rows:
        sealed = row.case is not None and row.case.seal
        number = _("密封件") if sealed else (row.case.number or "") if row.case else ""
        yield Line(row, number, _standing(row), _saw(row), _more(row))


def _standing(row: Look) -> str:
    label = str(VIEWERS[Viewer(row.viewer)]) if row.viewer else ""
    return f"{row.order.unit} {label}" if row.order else label


def _saw(row: Look) -> str:
    masked = _("（遮盖）")
    return listed(
        f"{FIELDS[field]}{masked if level == 'masked' else ''}"
        for field, level in levels_of(row).items()
    )


def _more(row: Look) -> str:
    """How many requests at once; which filter, in codes; which number, as its hash."""
    facts = row.facts
    parts = [_("%(count)s 件") % {"count": facts["count"]}] if "count" in facts else []
    parts += [str(facts["what"])] if facts.get("what") else []
    parts += [f"{name}={value}" for name, value in facts.get("filter", {}).items()]
    parts += [f"#{row.sought}"] if row.sought else []
    return " · ".join(parts)
