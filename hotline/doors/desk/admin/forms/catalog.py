"""Forms of the catalogue and of the dispatch directory."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Place,
    Reason,
    RequestType,
    SpecialCode,
    Urgency,
)
from hotline.doors.desk.admin.forms.rows import CodedChoice, RowForm, WordList
from hotline.doors.ui.fields import TypeField, UnitField, UnitsField, UrgencyField
from hotline.doors.ui.forms import HouseForm
from hotline.people.models import Unit


class CategoryForm(RowForm):
    """Everything of a 小类 but its place rules, which are a list of small forms below it."""

    once = ("branch",)
    branch = CodedChoice(Branch.objects.filter(enabled=True), label=gettext_lazy("大类"))

    aliases = WordList(label=gettext_lazy("别名"), required=False)
    lead = UnitField(label=gettext_lazy("主办单位"))
    joint = UnitsField(label=gettext_lazy("协办单位"), required=False)
    type = TypeField(label=gettext_lazy("默认类型"))
    urgency = UrgencyField(label=gettext_lazy("默认紧急程度"))

    class Meta:
        model = Category
        fields = (
            "branch", "name", "name_en", "aliases", "lead", "joint", "type", "urgency", "respond",
            "resolve", "sensitive", "crisis", "confidential", "avoid_target", "about_office", "enabled",
        )  # fmt: skip


class DirectoryForm(RowForm):
    """The row of the dispatch directory alone."""

    lead = UnitField(label=gettext_lazy("主办单位"))
    joint = UnitsField(label=gettext_lazy("协办单位"), required=False)

    class Meta:
        model = Category
        fields = ("lead", "joint")


class RuleForm(HouseForm):
    """Words that send a category to another unit. Without words it means nothing."""

    words = WordList(label=gettext_lazy("词语"), required=False, help_text="")
    lead = forms.ChoiceField(label=gettext_lazy("改派给"), required=False)

    def __init__(self, *args: Any, units: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.code: unit for unit in units}
        field = self.fields["lead"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("请选择单位")), *((c, str(u)) for c, u in self.units.items())]

    def clean(self) -> None:
        words, lead = self.cleaned_data.get("words"), self.cleaned_data.get("lead")
        if words and not lead and not self.has_error("lead"):
            self.add_error("lead", _("请选择这些词语改派给哪个单位。"))

    def rule(self) -> tuple[list[str], Unit] | None:
        words, lead = self.cleaned_data.get("words"), self.cleaned_data.get("lead")
        return (words, self.units[lead]) if words and lead else None


Rules = forms.formset_factory(RuleForm, extra=2, max_num=30, absolute_max=40, validate_max=True)


class AspectForm(RowForm):
    class Meta:
        model = Aspect
        fields = ("code", "name", "name_en", "title", "enabled")
        help_texts: ClassVar[dict[str, Any]] = {
            "code": gettext_lazy("一个大写字母；启用后不能修改，也不会再用。")
        }


class BranchForm(RowForm):
    once = ("aspect",)

    class Meta:
        model = Branch
        fields = ("aspect", "name", "name_en", "enabled")


class TypeForm(RowForm):
    class Meta:
        model = RequestType
        fields = (
            "code",
            "name",
            "name_en",
            "rollup",
            "help",
            "help_en",
            "position",
            "respond",
            "resolve",
            "enabled",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "rollup": gettext_lazy("归入“投诉”的类型：不予受理须第二人确认，答复须责任人审签。"),
            "respond": gettext_lazy(
                "填写时限的类型（如咨询），在默认类型不同的小类中按较严的时限办理。"
            ),
        }


class UrgencyForm(RowForm):
    class Meta:
        model = Urgency
        fields = ("name", "name_en", "rule", "sign", "respond", "resolve")
        help_texts: ClassVar[dict[str, Any]] = {
            "sign": gettext_lazy("min 分钟、h 小时、wh 工作小时、wd 工作日，如 30min、4wh、5wd。")
        }


class ReasonForm(RowForm):
    once = ("kind",)

    class Meta:
        model = Reason
        fields = ("kind", "name", "name_en", "needs", "needs_en", "enabled")


class SpecialForm(RowForm):
    class Meta:
        model = SpecialCode
        fields = ("name", "name_en", "rule", "enabled")


class PlaceForm(RowForm):
    once = ("campus",)

    class Meta:
        model = Place
        fields = ("campus", "name", "name_en", "enabled")
        help_texts: ClassVar[dict[str, Any]] = {"campus": gettext_lazy("不选则这一行本身是校区。")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        campus = self.fields.get("campus")
        if isinstance(campus, forms.ModelChoiceField):
            campus.queryset = Place.objects.filter(campus=None, enabled=True)
