"""Seeing in full who somebody is: to ask for it, to decide on it, to end it."""

from collections.abc import Callable
from datetime import datetime
from math import ceil
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.cases import unmaskings
from hotline.cases.looks import FIELDS
from hotline.cases.models import Purpose, Unmasking
from hotline.cases.services import looking, unmasking
from hotline.cases.sight import Sight, unit_sight
from hotline.catalog import terms
from hotline.doors.desk import frame
from hotline.doors.desk.find import case_or_404, order_or_404
from hotline.doors.desk.guards import office_only, only_for, signed_in, unit_only
from hotline.doors.desk.told import asked_lines
from hotline.doors.ui.forms import Checks, Choices, HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.permissions import P

staff_only = signed_in(lambda actor: actor.is_staff)


class AskForm(HouseForm):
    """Which fields, what for, and why."""

    fields_ = forms.MultipleChoiceField(label=gettext_lazy("要查看的信息"), widget=Checks)
    purpose = forms.ChoiceField(
        label=gettext_lazy("用途（诉求人可以看到）"), choices=Purpose.choices, widget=Choices
    )
    words = Words(
        label=gettext_lazy("理由"), rows=3, max_length=500,
        help_text=gettext_lazy("至少 10 个字。不要写诉求人的姓名、学号工号或电话。"),
    )  # fmt: skip

    def __init__(self, *args: Any, sight: Sight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [name for name in FIELDS if name in sight.unmaskable]
        self.fields["fields_"].choices = [(name, FIELDS[name]) for name in known]  # type: ignore[attr-defined]
        self.initial.setdefault("fields_", known[:1])


class RefuseForm(HouseForm):
    words = Words(label=gettext_lazy("不同意的理由"), rows=2, max_length=500)


@require_http_methods(["GET", "POST"])
@office_only
def ask(request: HouseRequest, number: str) -> HttpResponse:
    """The office asks to see who one of its requests is from."""
    case, sight = case_or_404(request.actor, number)
    if sight.is_self or not sight.unmaskable:
        raise Http404
    back = reverse("desk:case", args=[case.number])

    def draw(context: dict[str, Any], status: int) -> HttpResponse:
        return frame.page(request, "desk/unmask.html", context, status=status)

    return _ask(request, sight, back, draw)


@require_http_methods(["GET", "POST"])
@unit_only
def ask_as_unit(request: HouseRequest, pk: int) -> HttpResponse:
    """The unit of a 实名 request asks for the whole name."""
    order = order_or_404(request.actor, pk)
    sight = unit_sight(order, at=now(), by=request.actor)
    if not sight.unmaskable:
        raise Http404

    def draw(context: dict[str, Any], status: int) -> HttpResponse:
        whole = {"section": "unit", "base": "ui/base.html"} | context
        return render(request, "desk/unmask.html", whole, status=status)

    return _ask(request, sight, reverse("desk:order", args=[pk]), draw)


def _ask(
    request: HouseRequest, sight: Sight, back: str, draw: Callable[..., HttpResponse]
) -> HttpResponse:
    looking.looked(sight, by=request.actor, only={"body"})
    form, status = AskForm(request.POST or None, sight=sight), 200
    if request.method == "POST":
        status = _carry_out(form, lambda data: unmasking.ask(
            sight, fields=data["fields_"], purpose=data["purpose"], words=data["words"],
            by=request.actor, at=sight.at,
        ))  # fmt: skip
        if status == 200:
            messages.success(request, _said(sight))
            return redirect(back)
    context = {
        "form": form, "case": sight.case, "sight": sight, "back": back, "now": sight.at,
        "two": unmaskings.takes_two(sight.case), "minutes": terms.current().unmask_minutes,
    }  # fmt: skip
    return draw(context, status)


def _said(sight: Sight) -> str:
    if unmaskings.takes_two(sight.case):
        return _("已提交，须由另一位有批准权限的人员同意后才能看到。")
    return _("已开放查看，到时自动隐藏。您的理由和每次查看都有记录。")


@require_safe
@office_only
@only_for(P.UNMASK)
def queue(request: HouseRequest) -> HttpResponse:
    """What waits for a second person's decision, and what was decided before."""
    at = now()
    return _queue_page(request, RefuseForm(), 0, at)


def _queue_page(
    request: HouseRequest, form: RefuseForm, chosen: int, at: datetime, status: int = 200
) -> HttpResponse:
    part = page_of(unmaskings.decidable(request.actor), request.GET.get("after", ""), size=30)
    context = {
        "waiting": asked_lines(unmaskings.waiting_for(request.actor, at=at), request.actor, at),
        "rows": asked_lines(part.rows, request.actor, at), "next": part.next, "form": form, "chosen": chosen,
        "here": "unmaskings", "now": at,
    }  # fmt: skip
    return frame.page(request, "desk/unmaskings.html", context, status=status)


@require_POST
@office_only
@only_for(P.UNMASK)
def decide(request: HouseRequest, pk: int) -> HttpResponse:
    """Agree, or not and say why."""
    at = now()
    row = get_object_or_404(unmaskings.decidable(request.actor), pk=pk)
    form, status = RefuseForm(request.POST), 200
    if "grant" in request.POST:
        unmasking.grant(row, by=request.actor, at=at)
    else:
        status = _carry_out(form, lambda data: unmasking.refuse(
            row, words=data["words"], by=request.actor, at=at
        ))  # fmt: skip
    if status != 200:
        return _queue_page(request, form, pk, at, status)
    messages.success(request, _("已记录，申请人会收到通知。"))
    return redirect("desk:unmaskings")


@require_POST
@staff_only
def end(request: HouseRequest, pk: int) -> HttpResponse:
    """Hide it again; back to where it was seen."""
    row = get_object_or_404(Unmasking.objects.filter(by=request.actor.user_id), pk=pk)
    unmasking.end(row, by=request.actor, at=now())
    messages.success(request, _("已重新隐藏。"))
    if row.order_id is not None:
        return redirect("desk:order_after", row.order_id)
    return redirect("desk:case_after", row.case.number)


def _carry_out(form: HouseForm, service: Callable[[dict[str, Any]], object]) -> int:
    """Say what was typed; what is refused stands in the form."""
    if not form.is_valid():
        return 422
    try:
        service(form.cleaned_data)
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 200


def state_of(sight: Sight) -> dict[str, Any]:
    """What the page of a request says of it: may one ask, does it wait, is it open and how long yet."""
    opened = sight.unmasking if sight.unmasked else None
    until = opened.until if opened else None
    left = ceil((until - sight.at).total_seconds() / 60) if until else 0
    return {
        "may": bool(sight.unmaskable), "open": opened, "minutes": left,
        "waits": any(asked.waits(sight.at) for asked in sight.asked),
    }  # fmt: skip
