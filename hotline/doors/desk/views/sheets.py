"""Lists and figures as spreadsheets: what the page shows, and no more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.http import Http404, HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from hotline.base.sheets import XLSX, workbook
from hotline.cases import queries
from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.doors.desk.filters import CaseFilter
from hotline.doors.desk.guards import figures_only, office_only
from hotline.doors.desk.rows import lean, office_rows
from hotline.doors.desk.views.figures import Line, report_of
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.looks import chosen, noting
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.insight.figures import Rate
from hotline.limits.codes import Limit
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime.clock import ZONE

ROWS_MOST = 20_000


@require_safe
@office_only
@fresh
@at_most(Limit.EXPORT)
def cases(request: HouseRequest) -> HttpResponse:
    """The filtered list. For those who decide: units and agents export nothing in bulk."""
    if not request.actor.may(P.DECIDE):
        raise Http404
    at = now()
    form = CaseFilter(request.GET)
    found = queries.office_list(request.actor).filter(form.condition(request.actor, at))
    rows = lean(found).order_by("-id")
    columns = [
        (_("编号"), 16), (_("标题"), 44), (_("状态"), 12), (_("类型"), 8), (_("分类"), 24),
        (_("承办单位"), 14), (_("紧急程度"), 8), (_("身份"), 8), (_("渠道"), 12), (_("提交"), 16),
        (_("时限"), 16), (_("办结"), 16),
    ]  # fmt: skip
    ids: list[int] = []
    listed = noting(rows[:ROWS_MOST].iterator(chunk_size=1000), ids)
    cells = (
        (row.number, row.title, row.state_label, row.type, row.category, row.unit, row.urgency,
         row.mode_label, row.channel, full(row.submitted_at), full(row.due), full(row.closed_at))
        for row in office_rows(listed, by=request.actor)
    )  # fmt: skip
    made = sheet(_("诉求"), columns, cells, at, name="requests", by=request.actor)
    if sought := form.person_sought(request.actor):
        looking.searched(sought, ids, by=request.actor, at=at)
    looking.exported(
        ids, "body:full", what=Table.REQUESTS, chosen=chosen(form), by=request.actor, at=at
    )
    return made


@require_safe
@figures_only
@at_most(Limit.EXPORT)
def figures(request: HouseRequest) -> HttpResponse:
    """The table of the figures page, with its period."""
    at = now()
    columns = [
        (_("分组"), 24), (_("接收"), 8), (pgettext("done", "不予受理"), 9), (_("受理"), 8), (_("已办结"), 8), (_("办结率"), 9),
        (_("时段内办结"), 10), (_("办结受理比"), 10), (_("平均（小时）"), 11),
        (_("中位数"), 9), ("P90", 9), (_("到首次办结（小时）"), 14), (_("平均（工作小时）"), 13),
        (_("1 天内"), 9), (_("1 天内（全部受理）"), 14), (_("3 天内"), 9), (_("3 天内（全部受理）"), 14), (_("按时办结率"), 10), (_("满意率"), 9), (_("满意"), 8),
        (_("基本满意"), 8), (_("不满意"), 8), (_("评价数"), 8), (_("参评率"), 9),
    ]  # fmt: skip
    report = report_of(request)
    cells = (_cells(line) for line in [*report.lines, report.whole] if not line.hidden)
    return sheet(_("统计"), columns, cells, at, name="figures", by=request.actor)


def _cells(line: Line) -> tuple[object, ...]:
    f = line.figures
    rated: tuple[object, ...] = ("", "", "", "", "", "")
    if not line.unrated:
        rated = (
            _percent(f.satisfaction), f.satisfied, f.fair, f.dissatisfied, f.rated,
            _percent(f.participation),
        )  # fmt: skip
    return (
        line.name, f.received, f.refused, f.accepted, f.closed, _percent(f.closure), f.closed_in,
        _percent(f.flow), _number(f.mean_hours), _number(f.median_hours), _number(f.p90_hours),
        _number(f.first_hours), _number(f.worked_hours), _percent(f.within_1_day),
        _percent(f.all_within_1_day), _percent(f.within_3_days), _percent(f.all_within_3_days),
        _percent(f.on_time_rate), *rated,
    )  # fmt: skip


def _percent(rate: Rate) -> Decimal | str:
    """A share with which one can go on counting, rounded as on the page."""
    return "" if rate.percent is None else rate.percent / 100


def _number(value: object) -> object:
    return "" if value is None else float(str(value))


def sheet(
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[object]],
    at: datetime,
    *,
    name: str,
    by: Actor,
) -> HttpResponse:
    """A workbook to keep: its file says what it is and when it was made, its last line also by whom."""
    mark = _("%(who)s（%(account)s）于 %(time)s 导出") % {
        "who": by.user.name if by.user else "", "account": by.user.account if by.user else "",
        "time": full(at),
    }  # fmt: skip
    response = HttpResponse(workbook(title, columns, rows, mark=mark), content_type=XLSX)
    file = f"hotline-{name}-{at.astimezone(ZONE):%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
