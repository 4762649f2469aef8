"""The registers as files: the dispatch directory, and the units with their people."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hotline.base.sheets import XLSX, workbook
from hotline.base.words import listed
from hotline.doors.desk.admin import staffing
from hotline.doors.desk.admin.staffing import Staffed
from hotline.doors.desk.admin.views import directory
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.people.models import Membership
from hotline.people.permissions import P

Row = tuple[object, ...]


@require_safe
@only_for(P.CATALOG)
@at_most(Limit.EXPORT)
def directory_sheet(request: HouseRequest) -> HttpResponse:
    """The dispatch directory as XLSX."""
    columns = [
        (_("编码"), 8), (_("大类"), 18), (_("小类"), 24), (_("主办单位"), 14), (_("协办单位"), 26),
        (_("地点词规则"), 40), (_("紧急程度"), 10), (_("首次响应"), 10), (_("办结"), 8),
    ]  # fmt: skip
    return file(_("派单目录"), workbook(_("派单目录"), columns, _directory_rows()))


def _directory_rows() -> Iterator[Row]:
    for row in directory.rows():
        rules = [f"{listed(rule.words)} → {rule.lead}" for rule in row.unit_rules.all()]
        joint = listed(row.joint.all())
        yield (
            row.code, str(row.branch), str(row), str(row.lead), joint, "\n".join(rules),
            row.urgency.code, row.respond, row.resolve,
        )  # fmt: skip


@require_safe
@only_for(P.PEOPLE)
@at_most(Limit.EXPORT)
def units_sheet(request: HouseRequest) -> HttpResponse:
    """Units, sections under theirs, with heads and contacts, as XLSX."""
    columns = [
        (_("编码"), 16), (_("单位"), 30), (_("科室"), 18), (_("简称"), 12), (_("类别"), 8),
        (_("责任人"), 24), (_("联系人"), 36), (_("职责"), 40), (_("启用"), 6),
    ]  # fmt: skip
    rows = (row for line in staffing.tree(localdate()) for row in _unit_rows(line))
    return file(_("单位名册"), workbook(_("单位名册"), columns, rows))


def _unit_rows(line: Staffed) -> Iterator[Row]:
    yield _unit_row(line, line.unit.name, "")
    for section in line.sections:
        yield _unit_row(section, line.unit.name, section.unit.name)


def _unit_row(line: Staffed, name: str, section: str) -> Row:
    unit = line.unit
    return (
        unit.code, name, section, unit.short, unit.get_kind_display(), _names(line.heads),
        _names(line.contacts), unit.duty, _("是") if unit.enabled else _("否"),
    )  # fmt: skip


def _names(held: list[Membership]) -> str:
    return "\n".join(f"{m.user.name} {m.user.phone or m.user.account}" for m in held)


def file(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        True, f"{name} {localdate().isoformat()}.xlsx"
    )
    return response
