"""One shift: put in, changed, taken over at short notice, taken out."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import NotAllowed
from hotline.doors.desk import frame
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import office_only, only_for
from hotline.doors.desk.roster.forms import ReliefForm, ShiftForm, SwapForm
from hotline.doors.desk.roster.swaps import choices
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Post, Shift
from hotline.roster.services import shifts as services
from hotline.roster.services import swaps


def found(pk: int) -> Shift:
    shift: Shift = get_object_or_404(Shift.objects.select_related("post", "user"), pk=pk)
    return shift


@require_http_methods(["GET", "POST"])
@office_only
@only_for(P.ROSTER)
def new(request: HouseRequest, code: str) -> HttpResponse:
    """Put one shift in by hand."""
    post, at = get_object_or_404(Post, code=code, by_turns=True), now()
    form = ShiftForm(request.POST or None, people=queries.candidates(post, at))
    status = 200
    if request.method == "POST":
        status = outcome(
            form, lambda: services.add(post, by=request.actor, at=at, **form.cleaned_data)
        )
        if status == 200:
            messages.success(request, _("已加班次，并已通知本人。"))
            return redirect("desk:roster")
    context = {"here": "roster", "post": post, "form": form, "now": at}
    return frame.page(request, "desk/roster/shift_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@office_only
def shift(request: HouseRequest, pk: int) -> HttpResponse:
    """A shift, and what this person may do with it: plan, or ask for a swap."""
    row, at = found(pk), now()
    planner = request.actor.may(P.ROSTER)
    form = _form(request, row, at) if planner else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise NotAllowed(_("您没有执行此操作的权限。"))
        status = outcome(
            form, lambda: services.change(row, by=request.actor, at=at, **form.cleaned_data)
        )
        if status == 200:
            messages.success(request, _("班次已修改，并已通知有关人员。"))
            return redirect("desk:roster")
        row = found(pk)
    return page(request, row, {"form": form}, at, status=status)


def page(
    request: HouseRequest, row: Shift, forms: dict[str, Any], at: datetime, *, status: int = 200
) -> HttpResponse:
    """The page of a shift; ``forms`` stand in for those that somebody has filled in."""
    planner, own = request.actor.may(P.ROSTER), row.user_id == request.actor.user_id
    people = queries.candidates(row.post, at) if planner else []
    ask = SwapForm()
    ask.fields["whose"].choices = choices(row, at)  # type: ignore[attr-defined]
    context = {
        "here": "roster", "row": row, "planner": planner, "own": own, "ahead": row.from_at > at,
        "over": row.to_at <= at, "now": at, "form": _form(request, row, at) if planner else None,
        "relief": ReliefForm(people=[u for u in people if u.pk != row.user_id], prefix="relief"), "ask": ask,
    }  # fmt: skip
    return frame.page(request, "desk/roster/shift.html", context | forms, status=status)


def _form(request: HouseRequest, row: Shift, at: datetime) -> ShiftForm:
    first = {
        "user": row.user_id, "position": row.position, "from_at": localtime(row.from_at),
        "to_at": localtime(row.to_at),
    }  # fmt: skip
    posted = request.POST if request.method == "POST" and "user" in request.POST else None
    return ShiftForm(posted, initial=first, people=queries.candidates(row.post, at))


@require_POST
@office_only
@only_for(P.ROSTER)
def relieve(request: HouseRequest, pk: int) -> HttpResponse:
    """Somebody else takes it, or the rest of it."""
    row, at = found(pk), now()
    form = ReliefForm(request.POST, people=queries.candidates(row.post, at), prefix="relief")
    status = outcome(
        form, lambda: services.relieve(row, form.cleaned_data["user"], by=request.actor, at=at)
    )
    if status == 200:
        messages.success(request, _("已安排顶班，并已通知双方。"))
        return redirect("desk:roster")
    return page(request, found(pk), {"relief": form}, at, status=status)


@require_POST
@office_only
@only_for(P.ROSTER)
def remove(request: HouseRequest, pk: int) -> HttpResponse:
    """Take it out."""
    services.remove(found(pk), by=request.actor, at=now())
    messages.success(request, _("班次已删除，并已通知本人。"))
    return redirect("desk:roster")


@require_POST
@office_only
def ask(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask a colleague."""
    row, at = found(pk), now()
    form = SwapForm(request.POST)
    form.fields["whose"].choices = choices(row, at)  # type: ignore[attr-defined]
    status = outcome(form, lambda: _ask(request, row, form, at))
    if status == 200:
        messages.success(request, _("已发出换班申请，对方同意并经批准后生效。"))
        return redirect("desk:roster_swaps")
    return page(request, row, {"ask": form}, at, status=status)


def _ask(request: HouseRequest, row: Shift, form: SwapForm, at: datetime) -> None:
    kind, pk = form.cleaned_data["whose"][0], int(form.cleaned_data["whose"][1:])
    other = found(pk) if kind == "s" else None
    to = other.user if other else User.objects.get(pk=pk)
    swaps.ask(row, to, other=other, words=form.cleaned_data["words"], by=request.actor, at=at)
