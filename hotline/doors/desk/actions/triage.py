"""The intake clerk's actions."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.masking import redact
from hotline.cases.codes import Referral
from hotline.cases.models import Case, Remark
from hotline.cases.services import copies, intake, merging, triage
from hotline.catalog.models import ReasonKind
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import CategoryField, ReasonField, TypeField, UnitField, UrgencyField
from hotline.doors.ui.forms import Choices, Files, Words
from hotline.people.actor import Actor


class Classify(Action):
    """What a request is about; begins with what the requester chose."""

    template = "desk/_classify.html"
    category = CategoryField()
    type = TypeField()
    urgency = UrgencyField()
    target_unit = UnitField(
        label=_("被反映的单位"), required=False, empty_label=_("不针对具体单位"),
        help_text=_("投诉某个单位时填写：该单位不会由自己主办而不受保密保护。"),
    )  # fmt: skip

    def prepare(self) -> None:
        case = self.subject.case
        usual = case.category
        for name, value in {
            "category": usual and usual.code,
            "type": (case.type or (usual and usual.type)) and (case.type or usual.type).code,  # type: ignore[union-attr]
            "urgency": (case.urgency or (usual and usual.urgency))
            and (case.urgency or usual.urgency).code,  # type: ignore[union-attr]
            "target_unit": case.target_unit and case.target_unit.code,
        }.items():
            self.initial.setdefault(name, value)


class Accept(Classify):
    slug, verb, label, icon = "acceptances", "accept", _("受理"), "check"
    done, main = _("已受理，请派单。"), True

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.accept(
            self.subject.case, category=data["category"], type=data["type"],
            urgency=data["urgency"], target_unit=data["target_unit"],
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Reclassify(Classify):
    slug, verb, label, icon = "classifications", "reclassify", _("更正分类"), "tags"
    done = _("分类已更正。")

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.reclassify(
            self.subject.case, category=data["category"], type=data["type"],
            urgency=data["urgency"], target_unit=data["target_unit"],
            by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Ask(Action):
    slug, verb, label, icon = "questions", "ask", _("要求补充"), "help"
    done, intro = _("已请诉求人补充。"), _("请逐项写明缺少什么；等待期间不计入办理时间。")
    words = Words(label=_("需要补充的内容"))

    def act(self, *, by: Actor, at: datetime) -> None:
        triage.ask(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Refuse(Action):
    reason = ReasonField(ReasonKind.DECLINE)
    words = Words(
        label=_("给诉求人的说明"), help_text=_("写明不予受理的依据，并告知应当找谁、怎么找。")
    )


class ProposeDecline(Refuse):
    slug, verb, label, icon = "refusal-proposals", "propose_decline", _("提议不予受理"), "x"
    done = _("已提议，等待另一位工作人员确认。")

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.propose_decline(
            self.subject.case, reason=data["reason"].code, words=data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Decline(Refuse):
    slug, verb, label, icon = "refusals", "decline", pgettext_lazy("button", "不予受理"), "x"
    done, danger = _("已告知诉求人不予受理。"), True
    intro = _("投诉、举报须先由另一位工作人员提议。")

    def prepare(self) -> None:
        proposal = self.subject.case.proposals.filter(accepted=None, verb="decline").first()
        if proposal:
            self.initial.setdefault("reason", proposal.reason)
            self.initial.setdefault("words", proposal.text)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.decline(
            self.subject.case, reason=data["reason"].code, words=data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Keep(Action):
    slug, verb, label, icon = "refusal-rejections", "keep", _("不同意不予受理"), "arrow-back-up"
    done = _("已退回受理。")
    words = Words(label=_("理由"))

    def act(self, *, by: Actor, at: datetime) -> None:
        triage.keep(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Answer(Action):
    slug, verb, label, icon = "answers", "answer", _("直接答复"), "message"
    done, intro = _("已直接答复诉求人。"), _("仅用于咨询：依据现行的知识条目或通知作答。")
    words = Words(label=_("答复"), rows=6)
    basis = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("知识条目、通知或文件的名称、文号。")
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.answer(
            self.subject.case, words=data["words"], basis=data["basis"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Merge(Action):
    slug, verb, label, icon = "merges", "merge", _("并单"), "copy"
    done, template = _("已并入。"), "desk/_merge.html"
    into = forms.CharField(label=_("并入诉求的编号"), max_length=30)
    reason = ReasonField(ReasonKind.MERGE)

    def prepare(self) -> None:
        self.initial.setdefault("reason", "BD02")

    def clean_into(self) -> Case:
        from hotline.doors.desk.find import by_number  # noqa: PLC0415

        found = by_number(self.subject.actor, self.cleaned_data["into"])
        if found is None:
            raise forms.ValidationError(_("没有找到这个编号的诉求。"))
        return found

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        merging.merge(
            self.subject.case, into=data["into"], reason=data["reason"].code, by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Unmerge(Action):
    slug, verb, label, icon = "separations", "unmerge", _("解除并单"), "arrow-back-up"
    done = _("已解除并单，请重新派单。")
    words = Words(label=_("理由"))

    def act(self, *, by: Actor, at: datetime) -> None:
        merging.unmerge(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Refer(Action):
    slug, verb, label, icon = "referrals", "refer", _("转出"), "external-link"
    done, danger = _("已转出并告知诉求人。"), True
    intro = _("依法应走其他途径的事项。转纪检后，本办不再能查看内容。")
    to = forms.ChoiceField(label=_("转往"), choices=Referral.choices, widget=Choices)
    reason = ReasonField(ReasonKind.DECLINE)
    words = Words(label=_("给诉求人的说明"), help_text=_("写明转到哪里、为什么、如何联系。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        triage.refer(
            self.subject.case, to=Referral(data["to"]), reason=data["reason"].code,
            words=data["words"], by=by, at=at, version=self.checked_version,
        )  # fmt: skip


class Withdraw(Action):
    slug, verb, label, icon = "withdrawals", "withdraw", _("代为撤回"), "arrow-back-up"
    done, danger = _("已撤回。"), True
    intro = _("诉求人来电要求撤回时使用。投诉、举报撤回后会安排回访核实。")
    reason = ReasonField(ReasonKind.WITHDRAW)

    def act(self, *, by: Actor, at: datetime) -> None:
        intake.withdraw(
            self.subject.case, reason=self.cleaned_data["reason"].code, by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Supply(Action):
    slug, verb, label, icon = "supplies", "supply", _("代录补充"), "plus"
    done, main = _("补充内容已登记。"), True
    words = Words(label=_("诉求人补充的内容"))
    uploads = Files(label=_("附件"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        intake.supply(
            self.subject.case, words=data["words"], uploads=data["uploads"], by=by, at=at
        )  # fmt: skip


class Supplement(Supply):
    slug, verb, main = "supplements", "supplement", False

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        intake.supplement(
            self.subject.case, words=data["words"], uploads=data["uploads"], by=by, at=at
        )  # fmt: skip


class Hide(Action):
    slug, verb, label, icon = "secrecy", "hide", _("改为保密"), "shield-lock"
    done = _("已改为保密；单位只能看到脱敏内容。")
    intro = _("身份保护只能提高、不能降低。改为保密后，须重新确认转给单位的脱敏内容。")
    danger, drafted = True, False

    def act(self, *, by: Actor, at: datetime) -> None:
        intake.hide(self.subject.case, by=by, at=at)


class Release(Action):
    """Not among the buttons: it belongs to one remark."""

    slug, verb, label, icon = "releases", "redact", _("转给单位"), "send"
    done, drafted = _("已转给单位。"), False
    released: Remark
    words = Words(label=_("转给单位的内容"), help_text=_("疑似个人信息已用 ███ 代替，请逐处核对。"))

    def prepare(self) -> None:
        known = copies.known_words(self.subject.case)
        self.initial.setdefault("words", redact(self.released.text, known=known))

    def act(self, *, by: Actor, at: datetime) -> None:
        triage.release(
            self.subject.case, remark=self.released, words=self.cleaned_data["words"], by=by, at=at
        )


class Note(Action):
    slug, verb, label, icon = "notes", "note", _("内部备注"), "edit"
    done = _("备注已保存。")
    words = Words(label=_("备注"), help_text=_("只有热线办能看到。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        triage.note(self.subject.case, words=self.cleaned_data["words"], by=by, at=at)
