"""The crisis lane."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.cases.services import crisis, triage
from hotline.doors.ui.actions import Action
from hotline.doors.ui.forms import Words
from hotline.people.actor import Actor


class Alarm(Action):
    slug, verb, label, icon = "alarms", "alarm", _("危机"), "alert-triangle"
    done, danger, drafted = _("已转入危机处置，原文已密封。"), True, False
    intro = _("涉及自伤、伤人或正在发生的人身危险。原文立即密封，普通派单停止，只有危机小组可以查看。请同时电话联系危机小组。")  # fmt: skip

    def act(self, *, by: Actor, at: datetime) -> None:
        crisis.alarm(self.subject.case, by=by, at=at, version=self.checked_version)


class Acknowledge(Action):
    slug, verb, label, icon = "receipts", "acknowledge", _("告知已收到"), "check"
    done, main, drafted = _("诉求人的页面上会显示已收到。"), True, False
    intro = _("诉求人的页面上只显示“纪检监察机构已收到”，不显示其他内容；平台不发送消息。")

    def act(self, *, by: Actor, at: datetime) -> None:
        triage.acknowledge(self.subject.case, by=by, at=at, version=self.checked_version)


class CrisisNote(Action):
    slug, verb, label, icon = "crisis-notes", "crisis_note", _("处置记录"), "edit"
    done, main = _("处置记录已保存。"), True
    words = Words(label=_("处置情况"), help_text=_("只有危机小组能看到。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        crisis.note(self.subject.case, words=self.cleaned_data["words"], by=by, at=at)


class StandDown(Action):
    slug, verb, label, icon = "stand-downs", "stand_down", _("平安，转办剩余事项"), "circle-check"
    done, danger = _("已转回普通受理。"), True
    intro = _("只写剩余的普通事项，不要带入危机经过；原文继续密封。")
    title = forms.CharField(label=_("剩余事项标题"), max_length=80)
    remaining = Words(label=_("剩余事项"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        crisis.stand_down(
            self.subject.case, title=data["title"], remaining=data["remaining"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class HandBack(StandDown):
    slug, verb, label, icon = "hand-backs", "hand_back", _("平安，交回接收部门"), "circle-check"
    done = _("已交回接收部门。")

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        crisis.hand_back(
            self.subject.case, title=data["title"], remaining=data["remaining"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Seal(Action):
    slug, verb, label, icon = "seals", "seal", _("处置结束，封存"), "lock"
    done, danger = _("已封存。"), True
    words = Words(label=_("结束说明"))

    def act(self, *, by: Actor, at: datetime) -> None:
        crisis.seal(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


ACTIONS = (Acknowledge, CrisisNote, StandDown, HandBack, Seal, Alarm)
