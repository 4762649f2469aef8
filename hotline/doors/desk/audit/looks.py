"""查看记录: every look of staff at personal data, filtered, and as a spreadsheet."""

from itertools import islice

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.doors.desk.audit.filters import LooksForm
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.desk.audit.told import lines
from hotline.doors.desk.views.sheets import sheet
from hotline.doors.ui.looks import chosen
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import seeks
from hotline.limits.codes import Limit

ROWS_MOST = 100_000


@require_http_methods(["GET", "HEAD", "POST"])
@auditors_only
@seeks
def looks(request: HouseRequest) -> HttpResponse:
    """The latest looks first."""
    at, form = now(), LooksForm(request.GET)
    part = page_of(form.rows(request.actor), request.GET.get("after", ""))
    looking.audited(Table.LOOKS, chosen=chosen(form), by=request.actor, at=at)
    context = {
        "form": form,
        "lines": list(lines(part.rows, request.actor)),
        "next": part.next,
        "here": "looks",
    }
    return page(request, "looks.html", context)


@require_safe
@auditors_only
@at_most(Limit.EXPORT)
def looks_sheet(request: HouseRequest) -> HttpResponse:
    """The same as a spreadsheet, to the length of one sheet."""
    at, form = now(), LooksForm(request.GET)
    looking.audited(Table.LOOKS_SHEET, chosen=chosen(form), by=request.actor, at=at)
    columns = [
        (_("时间"), 16), (_("工号"), 14), (_("姓名"), 12), (_("怎样看到"), 10), (_("受理编号"), 16),
        (_("以什么身份"), 18), (_("看到了什么"), 50), (_("其他"), 30),
    ]  # fmt: skip
    found = form.rows(request.actor).order_by("-id").iterator(chunk_size=1000)
    cells = (
        (full(line.row.at), line.row.by.account, line.row.by.name, line.row.get_door_display(),
         line.number, line.standing, line.saw, line.more)
        for line in lines(islice(found, ROWS_MOST), request.actor)
    )  # fmt: skip
    return sheet(_("查看记录"), columns, cells, at, name="looks", by=request.actor)
