"""A range planned by rotation: the same form shows what would be, and writes it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hotline.doors.desk import frame
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import office_only, only_for
from hotline.doors.desk.roster.forms import PlanForm, next_monday
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Post, Run
from hotline.roster.services import planning
from hotline.roster.services.planning import Plan
from hotline.worktime.clock import day_of


@require_http_methods(["GET", "POST"])
@office_only
@only_for(P.ROSTER)
def plan(request: HouseRequest, code: str) -> HttpResponse:
    """Fill in, look, write. Whatever is there already stays."""
    post = get_object_or_404(Post, code=code, by_turns=True)
    at = now()
    begin = next_monday(day_of(at))
    first = {"from_date": begin, "to_date": begin + timedelta(days=13), "turns": "SHIFT"}
    form = PlanForm(request.POST or None, initial=first, people=queries.candidates(post, at))
    lines: list[planning.Line] = []
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: lines.extend(planning.preview(_plan(post, form), at=at)))
        if status == 200 and "write" in request.POST:
            status = outcome(
                form, lambda: planning.carry_out(_plan(post, form), by=request.actor, at=at)
            )
            if status == 200:
                fresh = sum(1 for line in lines if not line.why_not)
                messages.success(
                    request, ngettext("已排 %d 个班次。", "已排 %d 个班次。", fresh) % fresh
                )
                return redirect(f"{_home()}?view=month&day={form.cleaned_data['from_date']}")
    context: dict[str, Any] = {
        "here": "roster", "post": post, "form": form, "lines": lines, "now": at,
        "fresh": sum(1 for line in lines if not line.why_not),
    }  # fmt: skip
    return frame.page(request, "desk/roster/plan.html", context, status=status)


def _plan(post: Post, form: PlanForm) -> Plan:
    data = form.cleaned_data
    return Plan(
        post, list(data["patterns"]), form.chosen("main"), data["from_date"], data["to_date"],
        second=form.chosen("second"), turns=data["turns"],
    )  # fmt: skip


@require_POST
@office_only
@only_for(P.ROSTER)
def undo(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a planning back."""
    run = get_object_or_404(Run.objects.select_related("post"), pk=pk)
    gone = planning.undo(run, by=request.actor, at=now())
    words = ngettext(
        "已撤销 %d 个班次；已开始或改动过的保留。", "已撤销 %d 个班次；已开始或改动过的保留。", gone
    )
    messages.success(request, words % gone)
    return redirect(_home())


def _home() -> str:
    return reverse("desk:roster")
