"""The sheet between two shifts: what is open is gathered here, with the writer's own sight."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.cases import queries as cases
from hotline.cases.codes import OPEN
from hotline.cases.models import Case, Draft
from hotline.doors.desk import frame
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import office_only
from hotline.doors.desk.roster.forms import HandoverForm
from hotline.doors.desk.rows import Row, lean, office_rows
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.roster.models import Handover, Post
from hotline.roster.services import handover as services

LISTED_MOST = 60


def _may_read(actor: Actor) -> bool:
    return actor.may(P.READ_OPEN) or actor.may(P.ROSTER)


def _posts() -> Any:
    """Posts whose shifts hand over on paper; the crisis team keeps its notes sealed in its files."""
    return Post.objects.filter(enabled=True, by_turns=True, demands="")


@require_http_methods(["GET", "POST"])
@office_only
def write(request: HouseRequest, code: str) -> HttpResponse:
    """Write a sheet; what is open stands beside the form."""
    post, at = get_object_or_404(_posts(), code=code), now()
    if not services.may_write(post, request.actor, at):
        raise Http404
    form, items = HandoverForm(request.POST or None), open_items(request.actor, at)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: services.write(
            post, open_items=items, notes=form.cleaned_data["notes"], by=request.actor, at=at
        ))  # fmt: skip
        if status == 200:
            messages.success(request, _("交接单已保存，请接班人签收。"))
            return redirect("desk:roster_handovers")
    context = {"here": "roster", "post": post, "form": form, "items": items, "now": at}
    return frame.page(request, "desk/roster/handover_new.html", context, status=status)


def open_items(actor: Actor, at: datetime) -> dict[str, Any]:
    """Urgent requests, call-backs due within a day, own drafts: numbers and counts, no names."""
    listed = _listed(actor)
    urgent = listed.filter(state__in=OPEN, urgency__code="U1").order_by("id")
    visits = cases.pending_visits(actor).filter(due_at__lte=at + timedelta(days=1), case__in=listed)
    drafts = Draft.objects.filter(Q(case=None) | Q(case__in=listed), by=actor.user_id)
    return {
        "urgent": list(urgent.values_list("number", flat=True)[:LISTED_MOST]),
        "visits": list(visits.values_list("case__number", flat=True)[:LISTED_MOST]),
        "drafts": drafts.count(),
        "draft_numbers": sorted({n for n in drafts.values_list("case__number", flat=True) if n})[:LISTED_MOST],
    }  # fmt: skip


def _listed(actor: Actor) -> QuerySet[Case]:
    """What a sheet may name to whoever writes or reads it: never a request of their own, of which
    they know as everyone knows of theirs."""
    return cases.office_list(actor).exclude(owner=actor.user_id)


@require_safe
@office_only
def sheets(request: HouseRequest) -> HttpResponse:
    """The sheets, the latest first."""
    if not _may_read(request.actor):
        raise Http404
    at = now()
    rows = Handover.objects.select_related("post", "written_by", "signed_by")
    part = page_of(rows, request.GET.get("after", ""))
    mine = [post for post in _posts() if services.may_write(post, request.actor, at)]
    context = {"here": "roster", "rows": part.rows, "next": part.next, "posts": mine, "now": at}
    return frame.page(request, "desk/roster/handovers.html", context)


@require_http_methods(["GET", "POST"])
@office_only
def sheet(request: HouseRequest, pk: int) -> HttpResponse:
    """One sheet, to read, print and sign. It names what the reader may list now, whatever its writer
    could: a request may have been closed to the reader, or to everybody, since."""
    if not _may_read(request.actor):
        raise Http404
    row, at = (
        get_object_or_404(
            Handover.objects.select_related("post", "written_by", "signed_by"), pk=pk
        ),
        now(),
    )
    if request.method == "POST":
        services.sign(row, by=request.actor, at=at)
        messages.success(request, _("已签收。"))
        return redirect("desk:roster_handover", pk)
    groups = _groups(request.actor, row)
    context = {
        "here": "roster", "row": row, "now": at, "groups": groups,
        "may_sign": services.may_sign(row, request.actor, at),
    }  # fmt: skip
    return frame.page(request, "desk/roster/handover.html", context)


def _groups(actor: Actor, row: Handover) -> list[tuple[str, list[Row]]]:
    """What is open on a sheet, under its headings."""
    parts = {
        "urgent": _("未办结紧急件（U1）"), "visits": _("一天内要回访的"), "draft_numbers": _("填写中的草稿"),
    }  # fmt: skip
    named = {key: row.open_items.get(key, []) for key in parts}
    found = _listed(actor).filter(number__in={n for numbers in named.values() for n in numbers})
    rows = {line.number: line for line in office_rows(lean(found), by=actor)}
    return [(label, [rows[n] for n in named[key] if n in rows]) for key, label in parts.items()]
