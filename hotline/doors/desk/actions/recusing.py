"""回避: whom a request names, and stepping aside from it."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.cases.services import recusing
from hotline.doors.desk.actions.orders import OrderAction
from hotline.doors.ui.actions import Action
from hotline.doors.ui.forms import Checks, Words
from hotline.people.actor import Actor

NAMES_HELP = _(
    "姓名或工号，一行一个。被点名的人无论什么角色都看不到这件诉求；同名的工作人员都会回避。"
)


class NamePeople(Action):
    slug, verb, label, icon = "named-people", "name_people", _("涉及人员"), "users"
    done, drafted = _("涉及人员已更新。"), False
    names = Words(label=_("增加"), rows=3, required=False, max_length=600, help_text=NAMES_HELP)
    removed = forms.MultipleChoiceField(label=_("移除（不是此人）"), required=False, widget=Checks)

    def prepare(self) -> None:
        rows = self.subject.case.named_people.filter(removed_at=None).select_related("user")
        field = self.fields["removed"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(row.pk, row.told) for row in rows]
        if not rows:
            del self.fields["removed"]

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        recusing.name_people(
            self.subject.case, names=data["names"], removed=[int(pk) for pk in data.get("removed", [])],
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


INTRO = _("与诉求人或被反映的单位、人员有利害关系时使用。提交后您不再能看到和办理这件诉求，由其他同事接手，不能自行撤回。")  # fmt: skip


class StepAside(Action):
    slug, verb, label, icon = "recusals", "step_aside", _("申请回避"), "logout"
    done, danger, drafted, intro = _("已回避，由其他同事接手。"), True, False, INTRO
    words = Words(
        label=_("理由"), rows=2, max_length=500, help_text=_("只有管理回避名单的人能看到。")
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        recusing.step_aside(self.subject.case, words=self.cleaned_data["words"], by=by, at=at)


class StepAsideAsUnit(OrderAction):
    slug, verb, label, icon = "recusals", "unit_step_aside", _("申请回避"), "logout"
    done, danger, drafted, intro = _("已回避，由其他同事接手。"), True, False, INTRO
    words = Words(
        label=_("理由"), rows=2, max_length=500, help_text=_("只有管理回避名单的人能看到。")
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        recusing.step_aside(
            self.order.case, words=self.cleaned_data["words"], by=by, at=at, order=self.order
        )


ACTIONS: tuple[type[Action], ...] = (NamePeople, StepAside)
