"""Who looked at my request, in plain words: role and unit, the hour, what they saw."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hotline.base.words import listed
from hotline.cases import unmaskings
from hotline.cases.codes import Seal
from hotline.cases.looks import levels_of
from hotline.cases.models import Case, Door, Look, Unmasking
from hotline.cases.sight import Viewer
from hotline.cases.unmasking import WAITS
from hotline.catalog import terms

ROLES = {
    Viewer.CALLER_AGENT: gettext_lazy("与您通话的话务员"),
    Viewer.AGENT: gettext_lazy("热线话务员"),
    Viewer.OFFICE: gettext_lazy("热线办工作人员"),
    Viewer.LEADER: gettext_lazy("校领导"),
    Viewer.SUPERVISOR: gettext_lazy("督查督办人员"),
    Viewer.OVER_OFFICE: gettext_lazy("党政办专门接收人员"),
    Viewer.CRISIS_TEAM: gettext_lazy("危机干预小组"),
    Viewer.RECEIVER: gettext_lazy("信访或纪检接收人员"),
}
HOW = {
    Door.PAGE: gettext_lazy("打开页面"),
    Door.PRINT: gettext_lazy("打印"),
    Door.FILE: gettext_lazy("打开附件"),
    Door.CALL: gettext_lazy("为给您打电话查看号码"),
    Door.SEARCH: gettext_lazy("按号码查找"),
    Door.LIST: gettext_lazy("在列表中看到"),
    Door.EXPORT: gettext_lazy("导出表格"),
    Door.API: gettext_lazy("经其他系统读取"),
}
SEEN = {
    "name:full": pgettext_lazy("seen", "姓名和学号工号"),
    "name:masked": gettext_lazy("遮盖的姓名"),
    "phone:full": pgettext_lazy("seen", "电话"),
    "phone:masked": gettext_lazy("遮盖的电话"),
    "origin:full": gettext_lazy("学院、年级和身份"),
    "origin:masked": gettext_lazy("身份类别"),
    "body:full": pgettext_lazy("seen", "诉求内容"),
    "body:masked": gettext_lazy("转给单位的内容"),
    "photos:full": pgettext_lazy("seen", "附件"),
    "words:full": pgettext_lazy("seen", "评价原话"),
    "words:masked": gettext_lazy("遮盖后的评价"),
    "crisis:full": gettext_lazy("密封的原文"),
}
NUMBER_ONLY = gettext_lazy("编号和办理情况")


@dataclass(frozen=True)
class Line:
    """One look, told to the requester."""

    when: str
    who: str
    how: str
    saw: str


def lines(rows: list[Look]) -> list[Line]:
    """Looks in plain words, in the order given."""
    named = bool(terms.current().looks_name_staff)
    return [
        Line(_hour(row.at), _who(row, named), str(HOW[Door(row.door)]), _saw(row)) for row in rows
    ]


@dataclass(frozen=True)
class Unmasked:
    """One time that staff asked to see who it is, told to the requester: what for, and what came of it."""

    when: str
    who: str
    what: str
    purpose: str
    became: str


def unmasked(case: Case, *, at: datetime) -> list[Unmasked]:
    """Askings in plain words. The words of the reason stay with the auditors: they may name others."""
    rows = unmaskings.of(case)
    return [
        Unmasked(
            when=_hour(row.at), who=_asker(row, room), became=_became(row, at),
            what=listed(SEEN[f"{field}:full"] for field in row.fields),
            purpose=str(row.get_purpose_display()),
        )
        for row, room in zip(rows, unmaskings.rooms_of(case, rows), strict=True)
    ]  # fmt: skip


IN_ROOM = {Seal.OFFICE: Viewer.OVER_OFFICE, Seal.LEADERS: Viewer.LEADER}


def _asker(row: Unmasking, room: str) -> str:
    role = IN_ROOM.get(Seal(room), Viewer.OFFICE)
    unit = str(row.order.unit) if row.order else str(ROLES[role])
    return f"{unit} {row.by.name}" if terms.current().looks_name_staff else unit


def _became(row: Unmasking, at: datetime) -> str:
    verbs = {event.verb for event in row.events.all()}
    if "GRANT" in verbs:
        return _("经第二人同意，限时查看") if row.two else _("限时查看")
    waits = not verbs and at < row.at + WAITS
    return _("待决定") if waits else _("未获同意")


def counted(rows: QuerySet[Look]) -> dict[str, Any]:
    """How many looks, by how many people."""
    return rows.order_by().aggregate(looks=Count("pk"), people=Count("by", distinct=True))


def _hour(moment: datetime) -> str:
    at = localtime(moment)
    return _("%(day)s %(hour)s 时") % {"day": f"{at:%Y-%m-%d}", "hour": f"{at:%H}"}


def _who(row: Look, named: bool) -> str:
    if row.order is not None:
        unit = {"unit": row.order.unit}
        joint = row.viewer == Viewer.JOINT
        role = (_("%(unit)s（协办）") if joint else _("%(unit)s（承办）")) % unit
    else:
        role = str(ROLES.get(Viewer(row.viewer)) if row.viewer else ROLES[Viewer.OFFICE])
    return f"{role} {row.by.name}" if named else role


def _saw(row: Look) -> str:
    found = [f"{field}:{level}" for field, level in levels_of(row).items()]
    return listed(SEEN[seen] for seen in found if seen in SEEN) or str(NUMBER_ONLY)
