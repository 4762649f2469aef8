"""Sending requests to units, and deciding on what comes back."""

from collections.abc import Iterable
from datetime import datetime

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hotline.base.numbers import whole
from hotline.cases.models import Attachment
from hotline.cases.models.files import FileState
from hotline.cases.services import copies, dispatching, triage
from hotline.cases.services.dispatching import Orders
from hotline.catalog import queries as catalog
from hotline.catalog.models import ReasonKind
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import ReasonField, UnitField, UnitsField
from hotline.doors.ui.forms import Checks, Words
from hotline.people.actor import Actor


class OrdersForm(Action):
    """Lead, joint units, opinion, and the copy that units read; filled from the directory."""

    template = "desk/_dispatch.html"
    lead = UnitField(label=_("主办单位"))
    joint = UnitsField(label=_("协办单位"), required=False)
    opinion = Words(label=_("派单意见"), required=False, rows=2)
    joint_opinion = Words(
        label=_("对协办单位的要求"), required=False, rows=2, help_text=_("不填则与派单意见相同。")
    )
    shown_title = forms.CharField(label=_("转给单位的标题"), max_length=80)
    shown_body = Words(
        label=_("转给单位的内容"), rows=6,
        help_text=_("单位只能看到这里的文字。疑似个人信息已用 ███ 代替，请逐处核对。"),
    )  # fmt: skip
    withheld = forms.MultipleChoiceField(
        label=_("不转给单位的附件"), required=False, widget=Checks,
        help_text=_("有人脸、车牌、学号等可识别信息的，请勾选。文档内常带有作者姓名，核对后再取消勾选。"),
    )  # fmt: skip

    listed = forms.CharField(required=False, widget=forms.HiddenInput)  # the files that were shown

    word = ""  # that sends it to another unit than the directory's

    def prepare(self) -> None:
        if not self.is_bound:
            self._propose()
        sight = self.subject.sight
        choices = [(str(row.pk), _shown(row, sight.file_name(row))) for row in sight.own_files]
        self.fields["withheld"].choices = choices  # type: ignore[attr-defined]
        kept = [str(row.pk) for row in sight.own_files if row.withheld]
        self.initial.setdefault("withheld", kept)
        self.initial["listed"] = " ".join(pk for pk, _name in choices)
        if not choices:
            del self.fields["withheld"]

    def _propose(self) -> None:
        """Fill in the units of the directory, and the copy as it might be."""
        case = self.subject.case
        if case.category is not None:
            duty = catalog.duty(
                case.category, f"{case.title} {case.body} {self.subject.sight.place}"
            )
            self.initial.setdefault("lead", duty.lead.code)
            self.initial.setdefault("joint", [unit.code for unit in duty.joint])
            self.word = duty.word
        title, body = case.shown_title, case.shown_body
        if not (title and body):
            title, body = copies.proposed_copy(case)
        self.initial.setdefault("shown_title", title)
        self.initial.setdefault("shown_body", body)

    def orders(self) -> Orders:
        data = self.cleaned_data
        return Orders(
            lead=data["lead"], joint=list(data["joint"]), opinion=data["opinion"],
            joint_opinion=data["joint_opinion"], shown_title=data["shown_title"],
            shown_body=data["shown_body"], withheld=_numbers(data.get("withheld", [])), looked_at=_numbers(data["listed"].split()),
        )  # fmt: skip


class Dispatch(OrdersForm):
    slug, verb, label, icon = "dispatches", "dispatch", _("派单"), "send"
    done, main = _("已派单。"), True

    def act(self, *, by: Actor, at: datetime) -> None:
        dispatching.dispatch(
            self.subject.case, self.orders(), by=by, at=at, version=self.checked_version
        )


class Redact(Action):
    slug, verb, label, icon = "copies", "redact", _("脱敏件"), "eye-off"
    done = _("转给单位的内容已更新。")
    shown_title = forms.CharField(label=_("转给单位的标题"), max_length=80)
    shown_body = Words(label=_("转给单位的内容"), rows=8)

    def prepare(self) -> None:
        case = self.subject.case
        title, body = case.shown_title, case.shown_body
        if not (title and body):
            title, body = copies.proposed_copy(case)
        self.initial.setdefault("shown_title", title)
        self.initial.setdefault("shown_body", body)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.redacted(
            self.subject.case, title=data["shown_title"], body=data["shown_body"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class SeekInstruction(Action):
    slug, verb, label, icon = "instruction-requests", "seek_instruction", _("提请批示"), "flag"
    done = _("已提请校领导批示。")
    words = Words(
        label=_("提请理由"), help_text=_("政策空白、跨单位僵持、集体事项，或两次办理仍不满意。")
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        dispatching.seek_instruction(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Uphold(Action):
    slug, verb, label, icon = "return-refusals", "uphold", _("不同意退单"), "arrow-right"
    done, main = _("已指定原单位承办。"), True
    intro = _("原单位将成为指定承办单位，不能再次退单。")
    words = Words(label=_("理由"))

    def act(self, *, by: Actor, at: datetime) -> None:
        dispatching.uphold(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Reassign(Action):
    slug, verb, label, icon = "reassignments", "reassign", _("同意退单并改派"), "refresh"
    done = _("已改派。")
    to = UnitField(label=_("改派给"))
    words = Words(label=_("改派意见"), help_text=_("第二次改派须会商后指定：请写会商纪要。"))
    designate = forms.BooleanField(label=_("经会商指定承办（不能再退单）"), required=False)

    def prepare(self) -> None:
        step = self.subject.case.steps.filter(verb="send_back").order_by("-seq").first()
        if step and step.facts.get("suggested"):
            self.initial.setdefault("to", step.facts["suggested"])

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        dispatching.reassign(
            self.subject.case, to=data["to"], words=data["words"], designate=data["designate"],
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Rework(Action):
    slug, verb, label, icon = "reworks", "rework", _("重办"), "refresh"
    done, main = _("已派回重办。"), True
    reason = ReasonField(ReasonKind.REWORK)
    words = Words(label=_("重办要求"))
    to = UnitField(label=_("主办单位"), required=False, empty_label=_("原单位"))

    def prepare(self) -> None:
        self.initial.setdefault("reason", "CB05")

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        dispatching.rework(
            self.subject.case, reason=data["reason"].code, words=data["words"], to=data["to"],
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Reopen(Action):
    slug, verb, label, icon = "reopenings", "reopen", _("重开"), "refresh"
    done = _("已重开并派单。")
    intro = _("有新情况，或承诺的日期已过仍未兑现时使用。")
    words = Words(label=_("新情况"))
    to = UnitField(label=_("主办单位"), required=False, empty_label=_("原单位"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        dispatching.reopen(
            self.subject.case, words=data["words"], to=data["to"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


def _shown(row: Attachment, name: str) -> SafeString:
    """A file as a clerk has to look at it before deciding: the photo, or a way to the document."""
    address = reverse("ui:file", args=[row.key])
    small = reverse("ui:file_small", args=[row.key]) if row.is_photo else ""
    ready = row.is_photo and row.state == FileState.READY
    inside = format_html('<img src="{}" alt="{}">', small, name) if ready else name
    if row.state != FileState.READY:
        return format_html("{} {}", name, _("（检查中，请稍后刷新）"))
    link = '<a class="look" href="{}" target="_blank" rel="noopener">{}</a>'
    return format_html(link, address, inside)


def _numbers(texts: Iterable[str]) -> set[int]:
    return {number for text in texts if (number := whole(text)) is not None}
