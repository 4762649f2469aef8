"""What a requester fills in: shape only."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from hotline.base.numbers import whole
from hotline.cases.codes import Mode, Score, Solved
from hotline.cases.consents import kinds_for
from hotline.cases.models import ConsentKind
from hotline.cases.services import aftercare, enclosing, given, intake
from hotline.cases.services.aftercare import Opinion
from hotline.catalog.models import ReasonKind
from hotline.doors.ui.actions import Action
from hotline.doors.ui.fields import (
    CategoryField,
    PlaceField,
    ReasonField,
    TypeField,
    UnitField,
    explained,
)
from hotline.doors.ui.forms import Checks, Choices, Files, HouseForm, Words, carry
from hotline.limits.codes import Limit
from hotline.people.actor import Actor
from hotline.surge.models import Surge

PROTECTION = {
    Mode.NAMED: _("承办单位能看到您的姓，电话经热线转接；办得最快。"),
    Mode.CONFIDENTIAL: _("只有热线办知道您是谁，单位看到的内容已去除个人信息。"),
    Mode.ANONYMOUS: _("谁也不知道您是谁；凭编号和查询码查看、评价。"),
}
YES_NO = [("yes", _("联系过")), ("no", _("没有联系过"))]


def _about(surge: Surge) -> forms.CharField:
    """Asks whether it is about what everybody asks about. Any answer will do: nothing typed is lost."""
    english = get_language() == "en" and surge.title_en
    title = surge.title_en if english else surge.title
    return forms.CharField(
        label=_("这是关于“%(title)s”的吗？") % {"title": title}, required=False, max_length=20,
        widget=Choices(choices=[(str(surge.pk), _("是，与大家一起处理")), ("0", _("不是"))]),
        help_text=_("选“是”会更快：您仍有自己的编号，会得到自己的答复，也可以单独评价。"),
    )  # fmt: skip


class SubmitForm(HouseForm):
    """A request as the requester writes it; a draft may have files already."""

    def __init__(
        self,
        *args: Any,
        kept: int = 0,
        known: bool = True,
        surge: Surge | None = None,
        **kwargs: Any,
    ) -> None:
        self.kept = kept
        super().__init__(*args, **kwargs)
        if surge is not None and surge.asks:
            self.fields["about"] = _about(surge)
        if not known:  # nobody is there to be told by SMS
            kinds = kinds_for(Mode.ANONYMOUS)
            self.fields["consents"].choices = [(kind, kind.label) for kind in kinds]  # type: ignore[attr-defined]

    def show(self, version: str) -> None:
        """Let the page carry the notice that it shows, whatever the one before has shown."""
        carry(self, "notice", version)

    def files_already(self) -> int:
        return self.kept

    key = forms.UUIDField(widget=forms.HiddenInput)
    type = TypeField(explained=True, initial="QZ")
    body = Words(
        label=_("什么事？"), rows=6,
        help_text=_("写清什么事、在哪里、什么时候，希望怎样解决。至少 10 个字，最多 10000 字。"),
    )  # fmt: skip
    title = forms.CharField(
        label=_("标题"), max_length=80, required=False, help_text=_("不填则由内容概括。")
    )
    category = CategoryField(
        required=False, empty_label=_("不确定，由热线办判断"),
        help_text=_("选错了也没关系，热线办会更正。"),
    )  # fmt: skip
    place = PlaceField()
    place_detail = forms.CharField(
        label=_("具体位置"), max_length=80, required=False, help_text=_("如楼层、房间、窗口。")
    )
    target_unit = UnitField(
        label=_("反映的是哪个单位？"), required=False, empty_label=_("不针对具体单位"),
        help_text=_("投诉、举报某个单位时选择，我们会让它回避或为您保密。"),
    )  # fmt: skip
    named = forms.CharField(
        label=_("涉及的工作人员"), required=False, max_length=600,
        help_text=_("姓名或工号，多人用顿号分开。被点名的人无论什么职务都看不到这件诉求。"),
    )  # fmt: skip
    about_office = forms.BooleanField(
        label=_("这件诉求反映的是热线办或热线办的工作人员"), required=False,
        help_text=_("由党政办专人受理和办理，热线办任何人都看不到。"),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("您的身份，让谁知道？"), choices=lambda: [(m, explained(m.label, PROTECTION[m])) for m in Mode],
        widget=Choices,
    )  # fmt: skip
    notice = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    consents = forms.MultipleChoiceField(
        label=_("以下由您选择，不选不影响办理"), choices=ConsentKind.choices, widget=Checks, required=False,
        help_text=_("提交后可以随时在这件诉求的页面撤回。"),
    )  # fmt: skip
    uploads = Files(
        label=_("照片、文件"),
        help_text=_("图片、PDF、Office 文档、文本、录音或短视频；可拍照、拖放或粘贴；照片里的位置等信息会自动去除。"),
    )  # fmt: skip

    @property
    def surge(self) -> int | None:
        """The id of the surge that it is said to be about; one that is over is none."""
        return whole(self.cleaned_data.get("about", ""))

    def words(self) -> given.Words:
        data = self.cleaned_data
        return given.Words(
            body=data["body"], title=data["title"], type=data["type"], category=data["category"],
            place=data["place"], place_detail=data["place_detail"],
            target_unit=data["target_unit"], mode=data["mode"], files=data["uploads"],
            about_office=data["about_office"], named=data["named"],
            notice=data["notice"], consents=frozenset(data["consents"]),
        )  # fmt: skip

    def rough(self) -> given.Words:
        """As much as can be read of a form that is not finished: for a draft."""
        self.is_valid()
        data = self.cleaned_data
        body, title = (
            data.get(name) or str(self.data.get(name, "")).replace("\0", "")
            for name in ("body", "title")
        )
        return given.Words(
            body=body, title=title, type=data.get("type"), category=data.get("category"),
            place=data.get("place"), place_detail=data.get("place_detail", ""),
            target_unit=data.get("target_unit"), mode=data.get("mode", Mode.NAMED),
            files=data.get("uploads", []), about_office=data.get("about_office", False),
            named=data.get("named", ""),
        )  # fmt: skip


class TrackForm(HouseForm):
    """The way back to a request without an account."""

    number = forms.CharField(label=_("编号"), max_length=30, help_text=_("形如 RX2606-0142-7"))
    code = forms.CharField(
        label=_("查询码"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class Supplement(Action):
    slug, verb, label, icon = "supplements", "supplement", _("补充内容"), "plus"
    limit = Limit.SUPPLEMENT
    done = _("补充内容已收到。")
    words = Words(label=_("补充内容"))
    uploads = Files(label=_("照片、文件"))

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        intake.supplement(
            self.subject.case, words=data["words"], uploads=data["uploads"], by=by, at=at
        )


class Supply(Supplement):
    slug, verb, label, main = "supplies", "supply", _("补充所需内容"), True

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        intake.supply(self.subject.case, words=data["words"], uploads=data["uploads"], by=by, at=at)


class Urge(Action):
    slug, verb, label, icon = "urgings", "urge", _("催办"), "bell"
    limit = Limit.URGE
    done = _("已催办，承办单位和热线办都能看到。")
    words = Words(label=_("想说的话"), required=False, rows=2, max_length=500)

    def act(self, *, by: Actor, at: datetime) -> None:
        intake.urge(self.subject.case, words=self.cleaned_data["words"], by=by, at=at)


class Withdraw(Action):
    slug, verb, label, icon = "withdrawals", "withdraw", _("撤回"), "arrow-back-up"
    done, danger = _("已撤回。"), True
    intro = _("撤回后不再办理。投诉、举报撤回后热线办可能与您核实，确认您没有受到压力。")
    reason = ReasonField(ReasonKind.WITHDRAW)

    def act(self, *, by: Actor, at: datetime) -> None:
        intake.withdraw(
            self.subject.case, reason=self.cleaned_data["reason"].code, by=by, at=at,
            version=self.checked_version,
        )  # fmt: skip


class Hide(Action):
    slug, verb, label, icon = "secrecy", "hide", _("改为保密"), "shield-lock"
    done, drafted = _("已改为保密，承办单位不再能看到您的身份。"), False
    intro = _(
        "改为保密后，承办单位看不到您的姓名和电话，内容由热线办去除个人信息后转给单位。不能再改回实名。"
        "单位此前已经看到的，无法收回。"
    )

    def act(self, *, by: Actor, at: datetime) -> None:
        intake.hide(self.subject.case, by=by, at=at)


class OpenUp(Action):
    slug, verb, label, icon = "agreements", "open_up", _("同意交热线办"), "check"
    done, drafted, danger = _("已交热线办办理。"), False, True
    intro = _("同意后，热线办能看到您的诉求和此前的办理经过，不能收回。")

    def act(self, *, by: Actor, at: datetime) -> None:
        enclosing.open_up(self.subject.case, by=by, at=at, version=self.checked_version)


class RefuseOpen(Action):
    slug, verb, label, icon = "refusals", "refuse_open", _("不同意，仍由党政办办理"), "lock"
    done, drafted = _("好的，仍由党政办办理。"), False

    def act(self, *, by: Actor, at: datetime) -> None:
        enclosing.refuse_to_open(self.subject.case, by=by, at=at, version=self.checked_version)


class Rate(Action):
    slug, verb, label, icon = "ratings", "rate", pgettext_lazy("button", "评价"), "star"
    limit = Limit.RATE
    done, main = _("谢谢您的评价。"), True
    contacted = forms.ChoiceField(label=_("承办单位联系过您吗？"), choices=YES_NO, widget=Choices)
    solved = forms.ChoiceField(label=_("问题解决了吗？"), choices=Solved.choices, widget=Choices)
    result = forms.ChoiceField(label=_("对办理结果"), choices=Score.choices, widget=Choices)
    attitude = forms.ChoiceField(label=_("对服务态度"), choices=Score.choices, widget=Choices)
    words = Words(
        label=_("想说的话"), required=False, rows=3, max_length=2000,
        help_text=_("不满意的请写明原因：热线办会据此决定重办。"),
    )  # fmt: skip

    def act(self, *, by: Actor, at: datetime) -> None:
        data = self.cleaned_data
        opinion = Opinion(
            result=data["result"], contacted=data["contacted"] == "yes", solved=data["solved"],
            attitude=data["attitude"], words=data["words"],
        )  # fmt: skip
        aftercare.rate(self.subject.case, opinion, by=by, at=at, version=self.checked_version)


ACTIONS = (Supply, Rate, RefuseOpen, OpenUp, Supplement, Urge, Hide, Withdraw)
