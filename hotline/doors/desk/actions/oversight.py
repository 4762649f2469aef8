"""Watching over others' deadlines, by hand: 催办 and 督办."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hotline.cases.services import overseeing
from hotline.catalog.models import ReasonKind
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import ReasonField
from hotline.doors.ui.forms import Words
from hotline.oversight.models import Level
from hotline.oversight.services import slips
from hotline.people.actor import Actor


class Chase(Action):
    slug, verb, label, icon = "chases", "chase", _("催办"), "bell"
    done = _("已催办承办单位。")
    words = Words(label=_("催办意见"), required=False, rows=2)

    def act(self, *, by: Actor, at: datetime) -> None:
        case = self.subject.case
        facts: dict[str, Any] = {"unit": case.lead_unit.code} if case.lead_unit else {}
        overseeing.raise_to(
            case, Level.CHASE, by=by, at=at, words=self.cleaned_data["words"], to=["CONTACT", "HEAD"],
            version=self.checked_version, **facts,
        )  # fmt: skip


class Supervise(Action):
    slug, verb, label, icon = "supervisions", "supervise", _("督办"), "flag"
    intro = _("承办单位须在一个工作日内说明原因；督办单在督办台账中跟踪，直到销号。")
    reason = ReasonField(ReasonKind.SUPERVISE, label=_("来源"))
    words = Words(label=_("督办要求"), rows=3)

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        self.slip = slips.open_by_hand(
            self.subject.case, requirement=data["words"], reason=data["reason"].code, by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip

    def said(self) -> str:
        number = self.slip.number
        link = format_html(
            '<a href="{}">{}</a>', reverse("desk:supervision", args=[number]), number
        )
        return format_html(gettext("已开具督办单 {}。"), link)


ACTIONS = (Chase, Supervise)
