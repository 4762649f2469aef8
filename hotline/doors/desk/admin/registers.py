"""The plain tables of the catalogue: for each its columns, its form, and how a row is added.

Adding a table here gives it a list, a form, a history and its place in the menu.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hotline.catalog import shelf
from hotline.catalog.models import (
    Aspect,
    Branch,
    Place,
    Reason,
    RequestType,
    SpecialCode,
    Urgency,
)
from hotline.doors.desk.admin.forms import catalog as forms
from hotline.doors.desk.admin.forms.ladder import RungForm
from hotline.doors.desk.admin.forms.rows import RowForm
from hotline.oversight.models import Rung
from hotline.people.models import Named

Words = str | Promise
Column = tuple[Words, Callable[[Any], object]]


@dataclass(frozen=True)
class Register:
    """One table: ``group`` puts its rows under headings; without ``new`` no row can be added."""

    slug: str
    title: Words
    icon: str
    rows: Callable[[], QuerySet[Any]]
    form: type[RowForm]
    columns: tuple[Column, ...]
    new: Words = ""
    intro: Words = ""
    group: Callable[[Any], object] | None = None
    in_menu: bool = True

    @property
    def model(self) -> type[Named]:
        return self.rows().model


def _trigger(row: Rung) -> str:
    """When, and what keeps it from happening."""
    return row.words() + (str(_("；有进展则不触发")) if row.unless_progress else "")


def _slip(row: Rung) -> str:
    """Whether it opens one, and the reason that it gives with or without."""
    if not row.reason:
        return "—"
    words = _("开单：%(reason)s") if row.opens_slip else _("不开单：%(reason)s")
    return str(words) % {"reason": shelf.current().reason(row.reason)}


REGISTERS = {
    register.slug: register
    for register in (
        Register(
            "aspects", _("方面"), "sitemap", lambda: Aspect.objects.order_by("id"),
            forms.AspectForm, (), new=_("新方面"), in_menu=False,
        ),
        Register(
            "branches", _("大类"), "sitemap", lambda: Branch.objects.select_related("aspect"),
            forms.BranchForm, (), new=_("新大类"), in_menu=False,
        ),
        Register(
            "types", _("诉求类型"), "list", RequestType.objects.all, forms.TypeForm,
            ((_("归入"), lambda row: row.get_rollup_display()), (_("说明"), lambda row: row.explanation)),
            new=_("新类型"),
        ),
        Register(
            "urgencies", _("紧急程度"), "clock", Urgency.objects.all, forms.UrgencyForm,
            (
                (_("签收"), lambda row: row.sign),
                (_("首次响应"), lambda row: row.respond),
                (_("办结"), lambda row: row.resolve),
                (_("适用"), lambda row: row.rule),
            ),
            intro=_(
                "分类自带时限的，以分类时限为准；比分类平时更急的，取两者中较严的。"
                "时限改变后，只影响此后派出的诉求：办理中的按首次派单时的规则办结。"
            ),
        ),
        Register(
            "ladder", _("督办阶梯"), "flag", Rung.objects.all, RungForm,
            (
                (_("触发"), _trigger),
                (_("计时"), lambda row: row.kind_words()),
                (_("重复"), lambda row: row.repeat_words()),
                (_("督办单与原因"), _slip),
                (_("通知"), lambda row: row.audience_words()),
            ),
            new=_("新一级"), intro=_(
                "到了时间自动提醒、催办、督办。每级每单每人每天只发一次消息。"
                "修改在下一次巡检（一分钟内）生效，只影响还没有到达的级。"
            ),
            group=lambda row: row.get_level_display(),
        ),
        Register(
            "reasons", _("原因代码"), "flag",
            lambda: Reason.objects.order_by("kind", "code"), forms.ReasonForm,
            ((_("须说明"), lambda row: row.demand),), new=_("新原因"),
            group=lambda row: row.get_kind_display(),
        ),
        Register(
            "specials", _("特殊编码"), "archive", SpecialCode.objects.all, forms.SpecialForm,
            ((_("适用"), lambda row: row.rule),), new=_("新编码"),
        ),
        Register(
            "places", _("校区与楼宇"), "map-pin",
            lambda: Place.objects.select_related("campus").order_by("campus_id", "id"),
            forms.PlaceForm, ((_("校区"), lambda row: row.campus or "—"),), new=_("新地点"),
            group=lambda row: row.campus or _("校区"),
        ),
    )
}  # fmt: skip
