"""Questions about looks: who looked at a request, and what the auditors filter."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.refusals import Words
from hotline.cases.models import Case, Door, Look
from hotline.cases.sight import Viewer

VIEWERS: Mapping[Viewer, Words] = {
    Viewer.SELF: _("本人"),
    Viewer.CALLER_AGENT: _("通话中的话务员"),
    Viewer.AGENT: _("话务员"),
    Viewer.OFFICE: _("热线办"),
    Viewer.UNIT: pgettext_lazy("viewer", "主办"),
    Viewer.UNIT_SECRET: _("主办（身份保护）"),
    Viewer.UNIT_BEFORE: _("前一轮承办"),
    Viewer.JOINT: pgettext_lazy("viewer", "协办"),
    Viewer.LEADER: _("校领导"),
    Viewer.SUPERVISOR: _("督查督办"),
    Viewer.OVER_OFFICE: _("党政办专收"),
    Viewer.CRISIS_TEAM: _("危机小组"),
    Viewer.RECEIVER: _("信访或纪检"),
    Viewer.NOBODY: "",
}
FIELDS: Mapping[str, Words] = {
    "name": pgettext_lazy("field", "姓名和学号工号"),
    "phone": _("电话"),
    "origin": _("学院与身份"),
    "body": _("内容"),
    "photos": _("附件"),
    "notes": _("内部备注"),
    "score": _("评分"),
    "words": _("评价原话"),
    "crisis": _("危机档案"),
}


def looks_at(case: Case) -> QuerySet[Look]:
    """Every look of staff at a request, by itself or among others."""
    rows = Look.objects.filter(Q(case=case) | Q(cases__contains=[case.pk]))
    return rows.exclude(door=Door.AUDIT).select_related("by", "order__unit")


def levels_of(look: Look) -> dict[str, str]:
    """What was seen and how far: field to "full" or "masked"."""
    pairs = (part.partition(":") for part in look.fields.split())
    return {field: level for field, _colon, level in pairs}
