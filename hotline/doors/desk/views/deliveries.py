"""The ledger of messages: what went to whom by which way, what failed, whom to ring up."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import get_default_timezone, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hotline.cases import numbers
from hotline.cases.services import looking
from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only, only_for
from hotline.doors.desk.told import tell
from hotline.doors.ui.forms import Day, HouseForm
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.notices import queries
from hotline.notices.codes import Channel, State
from hotline.notices.models import Message
from hotline.notices.services import desk
from hotline.people.actor import Actor

ALL = [("", gettext_lazy("全部"))]


class LedgerForm(HouseForm):
    """What to look for."""

    number = forms.CharField(label=gettext_lazy("受理编号"), required=False, max_length=30)
    channel = forms.ChoiceField(
        label=gettext_lazy("渠道"), required=False, choices=[*ALL, *Channel.choices]
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[*ALL, *State.choices]
    )
    day = Day(label=gettext_lazy("日期"), required=False)


@require_safe
@office_only
@only_for(*desk.KEEPERS)
def deliveries(request: HouseRequest) -> HttpResponse:
    """Every message of the requests that this person may see."""
    form = LedgerForm(request.GET or None)
    rows = queries.ledger(request.actor)
    if form.is_bound:
        rows = _filtered(rows, form.cleaned_data) if form.is_valid() else rows.none()
    at = now()
    part = page_of(rows, request.GET.get("after", ""))
    context = {
        "form": form, "rows": [_line(row) for row in part.rows], "next": part.next, "here": "deliveries",
        "channels": queries.channels(at=at), "now": at, "rings": _rings(request.actor),
        "outages": queries.outages(),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return frame.page(request, "desk/deliveries.html", context, status=status)


def _filtered(rows: QuerySet[Message], asked: dict[str, Any]) -> QuerySet[Message]:
    if asked["number"]:
        number = numbers.read(asked["number"]) or asked["number"].strip()
        rows = rows.filter(case__number=number)
    if asked["channel"]:
        rows = rows.filter(channel=asked["channel"])
    if asked["state"]:
        rows = rows.filter(state=asked["state"])
    if asked["day"]:
        start = datetime.combine(asked["day"], time(), get_default_timezone())
        rows = rows.filter(created_at__gte=start, created_at__lt=start + timedelta(days=1))
    return rows


def _line(row: Message) -> dict[str, Any]:
    """A message as the ledger has it: no words of it, and no name of a requester."""
    told = tell(row)
    again = row.state in desk.AGAIN and row.next_channel in {None, Channel.CALL}
    return {"row": row, "what": told.what, "to": told.to, "again": again}


def _rings(actor: Actor) -> bool:
    return actor.may_any(*desk.RINGERS)


@require_POST
@office_only
@only_for(*desk.KEEPERS)
def retry(request: HouseRequest, pk: int) -> HttpResponse:
    """Send once more what has failed."""
    row = get_object_or_404(queries.ledger(request.actor), pk=pk)
    desk.retry(row, by=request.actor, at=now())
    messages.success(request, _("已重新排队发送。"))
    return redirect("desk:deliveries")


@require_safe
@office_only
@only_for(*desk.RINGERS)
def calls(request: HouseRequest) -> HttpResponse:
    """Whom to tell by telephone, because no message reached them."""
    rows, at = queries.call_list(request.actor), now()
    part = page_of(rows, request.GET.get("after", ""), by=("-urgent", "id"))
    lines = [_call_line(row, request.actor, at) for row in part.rows]
    rung = {line["row"].case_id for line in lines if line["number"] and line["row"].to_requester}
    looking.rang(rung - {None}, by=request.actor, at=at)
    context = {"rows": lines, "next": part.next, "here": "calls", "now": at, "marked": True}
    return frame.page(request, "desk/calls.html", context)


def _call_line(row: Message, actor: Actor, at: datetime) -> dict[str, Any]:
    number, free = desk.number_of(row, actor), desk.is_free(row, at=at)
    return _line(row) | {"number": number, "free": free}


@require_POST
@office_only
def take_call(request: HouseRequest, pk: int) -> HttpResponse:
    """Take one on; its number is shown from now on."""
    desk.take_call(_call(request, pk), by=request.actor, at=now())
    return redirect("desk:calls")


@require_POST
@office_only
def give_back(request: HouseRequest, pk: int) -> HttpResponse:
    """Nobody answers, or something else came: it is the others' again."""
    desk.give_back(_call(request, pk), by=request.actor, at=now())
    messages.success(request, _("已放回，其他人可以领取。"))
    return redirect("desk:calls")


@require_POST
@office_only
def rang(request: HouseRequest, pk: int) -> HttpResponse:
    """They have been told."""
    desk.rang(_call(request, pk), by=request.actor, at=now())
    messages.success(request, _("已登记电话通知。"))
    return redirect("desk:calls")


def _call(request: HouseRequest, pk: int) -> Message:
    found: Message = get_object_or_404(queries.calls(request.actor), pk=pk)
    return found
