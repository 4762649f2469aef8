"""Complaints about the hotline office itself: into the room of their receivers, and out of it."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Invalid
from hotline.cases.services import enclosing
from hotline.doors.ui.actions import Action
from hotline.doors.ui.forms import Words
from hotline.people.actor import Actor


class Enclose(Action):
    slug, verb, label, icon = "enclosures", "enclose", _("反映热线办，转党政办"), "lock"
    done, danger, drafted = _("已转党政办专人办理，热线办不再能看到。"), True, False
    intro = _("诉求反映的是热线办或热线办的工作人员时使用。转出后只有党政办专收人员能看到和办理，热线办任何人都不再能看到；在办的工单会收回。")  # fmt: skip
    words = Words(label=_("理由"), help_text=_("诉求人和党政办能看到。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        enclosing.enclose(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Recall(Enclose):
    slug, verb = "recalls", "recall"


class AskOpen(Action):
    slug, verb, label, icon = "openings", "ask_open", _("征求意见：交热线办办理"), "help"
    done = _("已征求诉求人的意见。同意后自动转热线办，不答复或不同意则仍由党政办办理。")
    intro = _("认为不涉及热线办时使用。诉求人是因为不愿让热线办看到才选择这里的，所以要先征求本人意见；不影响您继续办理。")  # fmt: skip
    words = Words(label=_("理由"), help_text=_("原样告知诉求人。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        enclosing.ask_to_open(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class OpenUp(Action):
    slug, verb, label, icon = "consents", "open_up", _("本人已同意，交热线办"), "external-link"
    done, danger = _("已交热线办按普通程序办理。"), True
    intro = _("当面或电话征得诉求人同意后登记。交出后热线办能看到全部内容和办理经过，不能收回。")
    agreed = forms.BooleanField(label=_("诉求人本人已经同意由热线办办理"), required=False)
    words = Words(label=_("理由和征得同意的经过"), help_text=_("诉求人能看到。"))

    def act(self, *, by: Actor, at: datetime) -> None:
        if not self.cleaned_data["agreed"]:
            raise Invalid(_("请先征得诉求人同意。"), agreed=_("请先征得诉求人同意。"))
        enclosing.open_up(
            self.subject.case, words=self.cleaned_data["words"], by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


ACTIONS: tuple[type[Action], ...] = (Enclose, Recall, AskOpen, OpenUp)
