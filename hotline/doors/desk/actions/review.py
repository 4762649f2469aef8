"""The audit of an answer, call-backs, and how it ends."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.cases.codes import Score, Solved
from hotline.cases.models import Visit
from hotline.cases.services import aftercare
from hotline.cases.services.aftercare import Opinion
from hotline.catalog.models import ReasonKind
from hotline.doors.desk.actions.orders import YES_NO
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import ReasonField
from hotline.doors.ui.forms import Checks, Choices, Words
from hotline.people.actor import Actor

QUESTIONS = {
    "contacted": _("已联系诉求人，并有联系记录"),
    "answered": _("逐项回应了诉求，没有答非所问"),
    "grounds": _("事实清楚，依据写明，承诺有日期"),
    "private": _("没有泄露诉求人或他人的信息"),
    "plain": _("语言平实，诉求人看得懂"),
}
CONTACTED = [("yes", _("联系过")), ("no", _("没有联系过"))]


class Close(Action):
    slug, verb, label, icon = "closings", "close", _("审核通过"), "circle-check"
    done, main, template = _("已办结，答复已送达诉求人。"), True, "desk/_review.html"
    checked = forms.MultipleChoiceField(
        label=_("审核清单"), choices=list(QUESTIONS.items()), widget=Checks, required=False
    )
    leaks_seen = forms.BooleanField(
        label=_("已逐处核对，标出的内容可以公开给诉求人"), required=False
    )

    def prepare(self) -> None:
        self.finds = aftercare.leaks(self.subject.case)
        if not self.finds:
            del self.fields["leaks_seen"]

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        aftercare.close(
            self.subject.case, checked=data["checked"], leaks_seen=data.get("leaks_seen", False),
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class ReturnAnswer(Action):
    slug, verb, label, icon = "answer-returns", "return_answer", _("退回修改"), "arrow-back-up"
    done, intro = _("已退回承办单位。"), _("办理时限不因退回而停止。")
    reason = ReasonField(ReasonKind.REWORK)
    words = Words(label=_("问题所在"), help_text=_("写明哪里不合要求、应当怎样修改。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        aftercare.return_answer(
            self.subject.case, reason=data["reason"].code, words=data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class ProposeEnd(Action):
    slug, verb, label, icon = "end-proposals", "propose_end", _("提议解释后办结"), "archive"
    done = _("已提议，等待另一位工作人员确认。")
    intro = _("法律或政策不允许、已当面解释清楚时使用。仍计为不满意。")
    words = Words(label=_("解释情况"))

    def act(self, *, by: Actor, at: datetime) -> None:
        aftercare.propose_end(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class End(Action):
    slug, verb, label, icon = "ends", "end", _("确认解释后办结"), "archive"
    done = _("已处理。")
    decision = forms.ChoiceField(label=_("决定"), choices=YES_NO, widget=Choices)
    words = Words(label=pgettext_lazy("field", "意见"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        aftercare.end(
            self.subject.case, agree=data["decision"] == "yes", words=data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class OpinionFields(forms.Form):
    """One fact, one result, two dimensions; asked in the same words at every door."""

    contacted = forms.ChoiceField(
        label=_("承办单位联系过您吗？"), choices=CONTACTED, widget=Choices, required=False
    )
    solved = forms.ChoiceField(
        label=_("问题解决了吗？"), choices=Solved.choices, widget=Choices, required=False
    )
    result = forms.ChoiceField(
        label=_("对办理结果"), choices=Score.choices, widget=Choices, required=False
    )
    attitude = forms.ChoiceField(
        label=_("对服务态度"), choices=Score.choices, widget=Choices, required=False
    )


class RecordVisit(Action):
    slug, verb, label, icon = "visit-records", "visit", _("登记回访"), "phone-call"
    done, main, template = _("回访已登记。"), True, "desk/_visit.html"
    reached = forms.ChoiceField(
        label=_("联系结果"), choices=[("yes", _("已接通")), ("no", _("未接通"))], widget=Choices
    )
    contacted = OpinionFields.base_fields["contacted"]
    solved = OpinionFields.base_fields["solved"]
    result = OpinionFields.base_fields["result"]
    attitude = OpinionFields.base_fields["attitude"]
    words = Words(label=_("诉求人怎么说"), required=False, rows=3)

    def prepare(self) -> None:
        self.visit: Visit | None = self.subject.case.visits.filter(state="PENDING").first()

    def clean(self) -> None:
        if self.visit is None:
            raise forms.ValidationError(_("这件诉求目前没有待回访的任务。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        opinion = None
        if data["result"]:
            opinion = Opinion(
                result=data["result"], contacted=data["contacted"] == "yes",
                solved=data["solved"] or Solved.NO, attitude=data["attitude"] or data["result"],
                words=data["words"],
            )  # fmt: skip
        if self.visit is not None:
            aftercare.record_visit(
                self.visit, reached=data["reached"] == "yes", words=data["words"],
                opinion=opinion, by=by, at=at, version=self.checked_version,
            )  # fmt: skip
