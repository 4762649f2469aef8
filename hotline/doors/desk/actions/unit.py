"""What a unit does with its work order."""

from datetime import datetime

from django import forms
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from hotline.cases import extensions
from hotline.cases.codes import Means, Outcome, Reached
from hotline.cases.services import handling
from hotline.cases.services.handling import Answer
from hotline.catalog.models import ReasonKind
from hotline.doors.desk.actions.orders import AddJoint, OrderAction
from hotline.doors.ui.fields import ReasonField, UnitField
from hotline.doors.ui.forms import Choices, Day, Files, Words
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import Unit, User
from hotline.people.permissions import P


class Sign(OrderAction):
    slug, verb, label, icon = "signatures", "sign", _("签收"), "check"
    done, main, drafted = _("已签收，请尽快联系诉求人。"), True, False

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.sign(self.order, by=by, at=at, version=self.checked_version)


class SendBack(OrderAction):
    slug, verb, label, icon = "returns", "send_back", _("退单"), "arrow-back-up"
    done, intro = (
        _("退单已提交热线办审批。"),
        _("须写明职责依据；签收超过 1 个工作日或指定承办的不能退单。"),
    )
    reason = ReasonField(ReasonKind.RETURN)
    words = Words(label=_("理由和依据"))
    suggested = UnitField(
        label=_("建议承办单位"), required=False, empty_label=_("（非本单位职责、需联办时必填）")
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        handling.send_back(
            self.order, reason=data["reason"].code, words=data["words"],
            suggested=data["suggested"], by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Assign(OrderAction):
    slug, verb, label, icon = "assignments", "assign", _("分办"), "sitemap"
    done = _("已分办。")
    section = forms.ModelChoiceField(
        Unit.objects.none(), label=_("科室"), required=False, to_field_name="code",
        empty_label=_("不分科室"),
    )  # fmt: skip
    assignee = forms.ModelChoiceField(
        User.objects.none(), label=_("承办人"), required=False, empty_label=_("不指定个人")
    )
    words = Words(label=_("交办意见"), required=False, rows=2)

    def prepare(self) -> None:
        unit = self.order.unit
        self.fields["section"].queryset = unit.sections.filter(enabled=True)  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = people.staff_of(  # type: ignore[attr-defined]
            unit, permission=P.HANDLE, on=localdate()
        )
        self.initial.setdefault("section", self.order.section and self.order.section.code)
        self.initial.setdefault("assignee", self.order.assignee_id)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        handling.assign(
            self.order, section=data["section"], assignee=data["assignee"], words=data["words"],
            by=by, at=at,
        )  # fmt: skip


class Contact(OrderAction):
    slug, verb, label, icon = "contacts", "contact", _("登记联系"), "phone"
    done = _("联系情况已登记。")
    means = forms.ChoiceField(
        label=_("方式"),
        choices=[c for c in Means.choices if c[0] != Means.PLATFORM],
        widget=Choices,
    )
    reached = forms.ChoiceField(label=_("结果"), choices=Reached.choices, widget=Choices)
    words = Words(label=_("联系情况"), required=False, rows=2, max_length=500)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        handling.contact(
            self.order, means=data["means"], reached=data["reached"], words=data["words"],
            by=by, at=at,
        )  # fmt: skip


class Interim(OrderAction):
    slug, verb, label, icon = "messages", "interim", _("给诉求人留言"), "message"
    done = _("已发送，诉求人在平台上能看到。")
    intro = _("不显示您的姓名和电话；可用来询问情况或作阶段性答复，计为一次联系。")
    words = Words(label=_("内容"))

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.interim(self.order, words=self.cleaned_data["words"], by=by, at=at)


class UnitNote(OrderAction):
    slug, verb, label, icon = "unit-notes", "unit_note", _("单位备注"), "edit"
    done = _("备注已保存。")
    words = Words(label=_("备注"), help_text=_("本单位和热线办能看到。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.note(self.order, words=self.cleaned_data["words"], by=by, at=at)


class AskExtension(OrderAction):
    slug, verb, label, icon = "extensions", "ask_extension", _("申请延期"), "calendar"
    done, intro = _("延期申请已提交热线办审批。"), _("到期前申请，只能一次；未批准前原时限不变。")
    reason = ReasonField(ReasonKind.EXTEND)
    until = Day(label=_("延期至"))
    words = Words(label=_("理由"), rows=2)
    interim = Words(label=_("给诉求人的阶段性答复"), rows=3)

    def prepare(self) -> None:
        latest = localdate(extensions.latest(self.order))
        self.fields["until"].help_text = _("最晚 %(day)s。") % {"day": latest}
        if why := extensions.why_none(self.order, at=now()):
            self.warnings = [why]

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        handling.ask_extension(
            self.order, reason=data["reason"].code, until=data["until"], words=data["words"],
            interim=data["interim"], by=by, at=at,
        )  # fmt: skip


class AnswerFields(OrderAction):
    """The lead's answer to the requester; a joint unit's part is a text alone."""

    text = Words(
        label=_("答复（诉求人会看到）"), rows=7,
        help_text=_("写清核查情况、处理情况和依据，不要出现任何人的姓名、电话。"),
    )  # fmt: skip
    outcome = forms.ChoiceField(label=_("办理结果"), choices=Outcome.choices, widget=Choices)
    promise_date = Day(label=_("承诺日期"), required=False, help_text=_("列入计划的必填。"))
    internal = Words(
        label=_("内部说明"), required=False, rows=2, help_text=_("诉求人看不到，供审核参考。")
    )
    without_parts = forms.BooleanField(label=_("不等待协办意见"), required=False)
    uploads = Files(label=_("附件"))
    shares = "replies"  # one draft, whether it goes out or before the head

    def prepare(self) -> None:
        if not self.order.is_lead:
            self.fields["text"].label = _("协办意见（交主办单位）")
            self.fields["text"].help_text = _("由主办单位汇总答复诉求人。")
            for name in ("outcome", "promise_date", "without_parts"):
                del self.fields[name]
        else:
            awaited = handling.awaits_parts(self.order)
            self.warnings = handling.lacking(self.order, awaited=awaited)
            if not awaited:
                del self.fields["without_parts"]
        last = self.order.replies.last()
        if last is not None:
            for name in ("text", "outcome", "promise_date", "internal"):
                self.initial.setdefault(name, getattr(last, name))

    def answer(self) -> Answer:
        data = self.cleaned_data
        return Answer(
            text=data["text"], outcome=data.get("outcome", ""), internal=data["internal"],
            promise_date=data.get("promise_date"),
            without_parts=data.get("without_parts", False),
        )  # fmt: skip


class Reply(AnswerFields):
    slug, verb, label, icon = "replies", "reply", _("提交答复"), "send"
    done, main = _("答复已提交。"), True

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.reply(
            self.order, self.answer(), uploads=self.cleaned_data["uploads"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class SubmitReply(AnswerFields):
    slug, verb, label, icon = "reply-drafts", "submit_reply", _("送责任人审签"), "user-check"
    done = _("已送责任人审签。")

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.submit_reply(
            self.order, self.answer(), uploads=self.cleaned_data["uploads"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class ReturnReply(OrderAction):
    slug, verb, label, icon = "reply-returns", "return_reply", _("退回修改"), "arrow-back-up"
    done = _("已退回联系人。")
    words = Words(label=_("修改意见"))

    def act(self, *, by: Actor, at: datetime) -> None:
        handling.return_reply(self.order, words=self.cleaned_data["words"], by=by, at=at)


ACTIONS = (
    Sign, Reply, SubmitReply, ReturnReply, Interim, Contact, Assign, AskExtension, AddJoint,
    SendBack, UnitNote,
)  # fmt: skip
