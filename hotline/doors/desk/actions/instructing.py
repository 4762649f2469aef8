"""领导批示: written by a leader, or registered from paper by 督查督办."""

from datetime import datetime

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from hotline.cases.codes import State
from hotline.doors.desk.actions.dispatching import OrdersForm
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import UnitsField
from hotline.doors.ui.forms import Day, Files, Words
from hotline.oversight.services import instructions
from hotline.oversight.services.instructions import Paper
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.people.queries import leaders


class Sheet(Action):
    """The sheet itself. A leader writes and dates it; whoever registers one says whose it is."""

    words = Words(label=_("批示内容"), rows=6, help_text=_("可用手机输入法的语音输入。"))
    due = Day(label=_("要求办结日期"), required=False)
    leader = forms.ChoiceField(label=_("批示领导"), required=False)
    written_on = Day(label=_("批示日期"), required=False)
    photo = Files(
        label=_("批示件照片"), accept="image/jpeg,image/png,image/webp",
        help_text=_("诉求人看不到；保密件的承办单位也看不到。"),
    )  # fmt: skip

    def prepare(self) -> None:
        super().prepare()
        if not self.subject.actor.may(P.SUPERVISE):
            for name in ("leader", "written_on", "photo"):
                del self.fields[name]
            return
        self._known = {str(user.pk): user for user in leaders(on=localdate())}
        choices = [("", _("请选择")), *((pk, user.name) for pk, user in self._known.items())]
        self.fields["leader"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("written_on", localdate())

    def files_already(self) -> int:
        return 0  # the paper comes beside what the request brought along

    @property
    def paper(self) -> Paper | None:
        data = self.cleaned_data
        if "leader" not in self.fields:
            return None
        return Paper(self._known.get(data["leader"]), data["written_on"], data["photo"][:1])


class Instruct(Sheet, OrdersForm):
    slug, verb, label, icon = "instructions", "instruct", _("批示"), "flag"
    done, main = _("批示已登记并派单。"), True

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        instructions.instruct(
            self.subject.case, self.orders(), words=data["words"], due=data["due"], by=by, at=at,
            paper=self.paper, version=self.checked_version,
        )  # fmt: skip


class Direct(Sheet):
    slug, verb, label, icon = "directions", "direct", _("批示"), "flag"
    done = _("批示已登记，已告知承办单位。")
    intro = _("承办单位不变，不能再退单。办结日期只会提前，不会推后。")
    template = "desk/_direct.html"
    joint = UnitsField(label=_("增加协办单位"), required=False)

    def prepare(self) -> None:
        super().prepare()
        if self.subject.case.state not in (State.DISPATCHED, State.IN_PROGRESS):
            del self.fields["joint"]

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        instructions.direct(
            self.subject.case, words=data["words"], due=data["due"], joint=list(data.get("joint", ())),
            by=by, at=at, paper=self.paper, version=self.checked_version,
        )  # fmt: skip
