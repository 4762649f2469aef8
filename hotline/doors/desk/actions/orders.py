"""What the office decides about a unit's work order."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.cases.models import WorkOrder
from hotline.cases.services import dispatching, handling
from hotline.catalog.models import ReasonKind
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import ReasonField, UnitsField
from hotline.doors.ui.forms import Choices, Day, Words
from hotline.people.actor import Actor

YES_NO = [("yes", _("同意")), ("no", _("不同意"))]


class OrderAction(Action):
    """An action that always has a work order."""

    on_order = True

    @property
    def order(self) -> WorkOrder:
        order = self.subject.order
        if order is None:
            raise LookupError("an order's action without an order")
        return order


class DecideExtension(OrderAction):
    slug, verb, label, icon = "extension-decisions", "grant_extension", _("延期审批"), "clock"
    done, main, template = _("延期申请已审批。"), True, "desk/_extension.html"
    decision = forms.ChoiceField(label=_("决定"), choices=YES_NO, widget=Choices)
    words = Words(
        label=pgettext_lazy("field", "意见"),
        required=False,
        rows=2,
        help_text=_("不同意时请写明理由。"),
    )

    def prepare(self) -> None:
        self.extension = self.order.extensions.filter(granted=None).first()

    def act(self, *, by: Actor, at: datetime) -> None:
        grant = self.cleaned_data["decision"] == "yes"
        handling.decide_extension(
            self.order, grant=grant, words=self.cleaned_data["words"], by=by, at=at
        )


class Suspend(OrderAction):
    slug, verb, label, icon = "suspensions", "suspend", _("挂起"), "player-pause"
    done, intro = _("已挂起，到期自动恢复。"), _("挂起期间不计办理时间，到恢复日期自动继续。")
    reason = ReasonField(ReasonKind.SUSPEND)
    until = Day(label=_("恢复日期"), help_text=_("最长 30 天。"))
    words = Words(label=_("说明"), rows=2)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        handling.suspend(
            self.order, reason=data["reason"].code, until=data["until"], words=data["words"],
            by=by, at=at,
        )  # fmt: skip


class Resume(OrderAction):
    slug, verb, label, icon = "resumptions", "resume", _("恢复办理"), "player-play"
    done = _("已恢复，时限相应顺延。")
    drafted = False

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.resume(self.order, by=by, at=at)


class DecideJoint(OrderAction):
    slug, verb, label, icon = (
        "joint-return-decisions",
        "release",
        _("协办退单审批"),
        "arrow-back-up",
    )
    done, main = _("已审批。"), True
    decision = forms.ChoiceField(label=_("同意退出协办？"), choices=YES_NO, widget=Choices)
    words = Words(label=pgettext_lazy("field", "意见"), rows=2)

    def act(self, *, by: Actor, at: datetime) -> None:
        agree = self.cleaned_data["decision"] == "yes"
        dispatching.decide_joint(
            self.order, agree=agree, words=self.cleaned_data["words"], by=by, at=at
        )


class AddJoint(OrderAction):
    slug, verb, label, icon = "joint-units", "add_joint", _("增加协办"), "users-group"
    done = _("协办单位已增加。")
    units = UnitsField(label=_("协办单位"))
    words = Words(label=_("对协办单位的要求"), rows=2)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        dispatching.add_joint(self.order, units=data["units"], words=data["words"], by=by, at=at)


ACTIONS = (DecideExtension, DecideJoint, AddJoint, Suspend, Resume)
