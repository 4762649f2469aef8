"""Alarms of the crisis lane: who was called, one button to take it, drills and their results."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.doors.desk import frame
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.doors.ui.pages import page_of
from hotline.oversight.alarms import answering, calling, policies
from hotline.oversight.models import Alarm


@require_safe
@login_required
def alarms(request: HouseRequest) -> HttpResponse:
    """The alarms that one may see, the latest first, and the drills."""
    rows = answering.visible_to(request.actor)
    may_drill = policies.may_drill(request.actor)
    if not may_drill and not rows.exists():
        raise Http404
    part = page_of(rows, request.GET.get("after", ""))
    waits = answering.waiting(drills=True).exists() if may_drill else False
    context = {
        "alarms": part.rows, "next": part.next, "may_drill": may_drill, "drill_waits": waits,
        "minutes": calling.limit() // timedelta(minutes=1),
    }  # fmt: skip
    return _page(request, "desk/alarms.html", context)


@require_safe
@login_required
def alarm(request: HouseRequest, pk: int) -> HttpResponse:
    """One alarm: it is on record who opened it. The words of the request are not here."""
    found = get_object_or_404(answering.visible_to(request.actor), pk=pk)
    answering.see(found, by=request.actor, at=now())
    context = {
        "alarm": found, "calls": found.calls.select_related("user"),
        "views": found.views.select_related("user"),
        "may_take": found.is_open and policies.may_acknowledge(request.actor, found),
        "may_stop": found.is_open and found.is_drill and policies.may_drill(request.actor),
    }  # fmt: skip
    return _page(request, "desk/alarm.html", context)


@require_POST
@login_required
def acknowledge(request: HouseRequest, pk: int) -> HttpResponse:
    """Take it: one click."""
    found = get_object_or_404(answering.visible_to(request.actor), pk=pk)
    if answering.acknowledge(found, by=request.actor, at=now()):
        messages.success(request, _("您已接手，不再呼叫其他人。"))
    else:
        messages.info(request, _("已有人先接手。"))
    return redirect("desk:alarm", pk)


@require_POST
@login_required
def drill(request: HouseRequest) -> HttpResponse:
    """Rehearse."""
    started: Alarm = answering.drill(by=request.actor, at=now())
    messages.success(request, _("演练已开始，正在呼叫当班人员。"))
    return redirect("desk:alarm", started.pk)


@require_POST
@login_required
def stop(request: HouseRequest, pk: int) -> HttpResponse:
    """End a drill that nobody answers."""
    found = get_object_or_404(answering.visible_to(request.actor), pk=pk)
    answering.stop_drill(found, by=request.actor, at=now())
    messages.success(request, _("演练已结束。"))
    return redirect("desk:alarm", pk)


def _page(request: HouseRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """With the desk's side menu for whoever has one; whoever was only called has the page alone."""
    at = now()
    if nav_of(request.actor).desk:
        return frame.page(request, template, context | {"here": "alarms", "now": at})
    return render(request, template, context | {"now": at})
