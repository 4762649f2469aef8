"""Quick registration: a call, a visit or a letter becomes a request in under a minute."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import NotAllowed, Refusal, Repeated
from hotline.cases import queries
from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case, ConsentKind
from hotline.cases.services import intake, looking, workbench
from hotline.cases.services.given import Person, Words
from hotline.cases.services.intake import Receipt
from hotline.catalog import privacy
from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only
from hotline.doors.ui.actions import keep_draft
from hotline.doors.ui.fields import CategoryField, PlaceField, TypeField, UnitField
from hotline.doors.ui.forms import Checks, Choices, Files, HouseForm, carry
from hotline.doors.ui.forms import Words as WordsField
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.people import queries as people
from hotline.people.models import Kind, User
from hotline.people.permissions import P

DRAFT = "registration"
WHO = frozenset({"phone", "name", "account", "kind"})
BY_HAND = [c for c in Channel.choices if c[0] not in {Channel.WEB, Channel.MINI}]


class RegisterForm(HouseForm):
    """Top to bottom in the order in which a caller tells it."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"), choices=BY_HAND, widget=Choices, initial=Channel.PHONE
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"), max_length=20, required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60, required=False)
    account = forms.CharField(label=gettext_lazy("学号/工号"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("身份"), choices=[("", "—"), *Kind.choices], required=False
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("身份保护"), choices=Mode.choices, widget=Choices, initial=Mode.NAMED
    )
    named = forms.CharField(
        label=gettext_lazy("涉及的工作人员"), required=False, max_length=600,
        help_text=gettext_lazy("姓名或工号，多人用顿号分开。被点名的人无论什么职务都看不到这件诉求。"),
    )  # fmt: skip
    about_office = forms.BooleanField(
        label=gettext_lazy("反映的是热线办或热线办的工作人员"), required=False,
        help_text=gettext_lazy("登记后转党政办专人办理，热线办（包括您）不再能看到。"),
    )  # fmt: skip
    type = TypeField(initial="QZ")
    body = WordsField(label=gettext_lazy("诉求内容"), rows=5)
    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=80, required=False,
        help_text=gettext_lazy("不填则由内容概括。"),
    )  # fmt: skip
    category = CategoryField(required=False, empty_label=gettext_lazy("受理时再定"))
    place = PlaceField()
    place_detail = forms.CharField(label=gettext_lazy("具体位置"), max_length=80, required=False)
    target_unit = UnitField(
        label=gettext_lazy("被反映的单位"),
        required=False,
        empty_label=gettext_lazy("不针对具体单位"),
    )
    city_number = forms.CharField(label=gettext_lazy("12345 工单号"), max_length=60, required=False)
    uploads = Files(label=gettext_lazy("附件"))
    notice = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    told = forms.BooleanField(label=gettext_lazy("已读给来电人听"), required=False)
    consents = forms.MultipleChoiceField(
        label=gettext_lazy("逐项问过，来电人同意"), choices=ConsentKind.choices, widget=Checks,
        required=False,
    )  # fmt: skip

    def show(self, version: str) -> None:
        """Let the page carry the notice whose sentence it shows."""
        carry(self, "notice", version)

    def words(self) -> Words:
        data = self.cleaned_data
        return Words(
            body=data["body"], title=data["title"], type=data["type"], category=data["category"],
            place=data["place"], place_detail=data["place_detail"],
            target_unit=data["target_unit"], mode=data["mode"], channel=data["channel"],
            city_number=data["city_number"], files=data["uploads"],
            about_office=data["about_office"], named=data["named"],
            notice=data["notice"] if data["told"] else "",
            consents=frozenset(data["consents"]) if data["told"] else None,
        )  # fmt: skip

    def person(self) -> Person:
        data = self.cleaned_data
        known = people.find_person(data["account"])
        return Person(
            name=data["name"] or (known.name if known else ""), account=data["account"],
            phone=data["phone"], kind=data["kind"] or (known.kind if known else ""),
            college=known.college if known else None, grade=known.grade if known else "",
        )  # fmt: skip


@require_http_methods(["GET", "POST"])
@office_only
def register(request: HouseRequest) -> HttpResponse:
    """The quick form; afterwards the number to read out, and the code for who has no account."""
    clerk = _clerk(request)
    kept = workbench.draft_of(None, DRAFT, by=clerk) if request.method == "GET" else None
    initial = {**(kept or {}), "key": uuid4()}
    form = RegisterForm(request.POST or None, request.FILES or None, initial=initial)
    status = 200
    if request.method == "POST":
        receipt, status = _submit(form, request)
        if receipt is not None:
            workbench.drop_draft(None, DRAFT, by=clerk)
            context = {"receipt": receipt, "case": receipt.case}
            return frame.page(request, "desk/registered.html", context)
    notice = privacy.in_force(now())
    form.show(notice.version if notice else "")
    context = {"form": form, "here": "register", "kept": kept, "notice": notice}
    return frame.page(request, "desk/register.html", context, status=status)


@require_POST
@office_only
def keep(request: HouseRequest) -> HttpResponse:
    """Keep what a clerk is typing while the caller speaks, or forget it when they ask for that."""
    clerk = _clerk(request)
    if "forget" in request.POST:
        workbench.drop_draft(None, DRAFT, by=clerk)
        return redirect("desk:register")
    form = RegisterForm(request.POST)
    form.is_valid()
    key = form.cleaned_data.get("key")
    if key and intake.was_sent(key):  # it was on its way when the form was sent
        return HttpResponse(status=204)
    who = WHO if request.POST.get("mode") == Mode.ANONYMOUS else frozenset()
    return keep_draft(request, None, DRAFT, but=who)


def _clerk(request: HouseRequest) -> User:
    """Who registers. Raises NotAllowed for somebody who may not."""
    user = request.actor.user
    if user is None or not request.actor.may(P.REGISTER):
        raise NotAllowed(_("您没有代为登记的权限。"))
    return user


def _submit(form: RegisterForm, request: HouseRequest) -> tuple[Receipt | None, int]:
    if not form.is_valid():
        return None, 422
    try:
        receipt = intake.submit(
            form.words(), by=request.actor, at=now(), person=form.person(),
            key=form.cleaned_data["key"],
        )  # fmt: skip
    except Repeated as refusal:
        form.add_error(None, f"{refusal} {refusal.number}")
        return None, refusal.status
    except Refusal as refusal:
        form.refuse(refusal)
        return None, refusal.status
    return receipt, 200


@require_POST
@office_only
@at_most(Limit.SEARCH)
def caller(request: HouseRequest) -> HttpResponse:
    """What is known of the number that rings or the account that is given: a hint, no proof.

    Asked by POST, which changes nothing: the number shall not stand in an address.
    """
    _clerk(request)
    text = (request.POST.get("account") or request.POST.get("phone") or "").strip()
    person = people.find_person(text)
    cases: list[Case] = []
    if len(text) >= 6 and request.actor.may(P.TRIAGE):
        who = Q(owner=person) if person else Q(requester__phone=text)
        found = queries.office_list(request.actor).filter(
            queries.known_by_person(request.actor), who
        )
        cases = list(found.exclude(state=State.DRAFT).order_by("-id")[:5])
    if text:
        found_ids = [case.pk for case in cases]
        looking.searched(text, found_ids, by=request.actor, at=now())
    context: dict[str, Any] = {"person": person, "cases": cases, "asked": text}
    return render(request, "desk/_caller.html", context)
