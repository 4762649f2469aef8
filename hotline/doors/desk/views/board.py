"""Boards and lists of the office."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.cases import queries
from hotline.cases.services import looking, workbench
from hotline.doors.desk import find, frame, queues
from hotline.doors.desk.filters import CaseFilter
from hotline.doors.desk.guards import office_only
from hotline.doors.desk.rows import drawn, lean, office_rows, promised_rows
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import opened, seeks
from hotline.people.permissions import P


@require_safe
@office_only
def board(request: HouseRequest) -> HttpResponse:
    """Where the day begins: the first board that is this person's work."""
    mine = queues.open_to(request.actor)
    if mine:
        return redirect("desk:queue", mine[0].code)
    if request.actor.may(P.CRISIS):
        return redirect("desk:sealed", "crisis")
    if request.actor.may(P.DISCIPLINE):
        return redirect("desk:sealed", "discipline")
    if request.actor.may(P.OFFICE):
        return redirect("desk:sealed", "office")
    if request.actor.may(P.PETITION):
        return redirect("desk:sealed", "petition")
    return redirect("desk:cases")


@require_safe
@office_only
def queue(request: HouseRequest, code: str) -> HttpResponse:
    """One board, the most urgent first."""
    found = queues.BY_CODE.get(code)
    if found is None or found not in queues.open_to(request.actor):
        raise Http404
    at = now()
    rows = queries.office_list(request.actor).filter(found.holds(at))
    by = (
        ("-id",)
        if found.newest
        else ("-flagged", "next_due_at", "id")
        if code == "triage"
        else ("next_due_at", "id")
    )
    promised = code == "promises"
    more = ["promise_date"] if promised else []
    part = page_of(lean(rows, *more), request.GET.get("after", ""), by=by)
    listed = (promised_rows if promised else office_rows)(part.rows, by=request.actor)
    bulk = code == "dispatch" and request.actor.may(P.DISPATCH)
    context = {
        "queue": found, "rows": listed, "lines": drawn(listed, at, bulk=bulk), "next": part.next,
        "now": at, "bulk": bulk,
    }  # fmt: skip
    return frame.page(request, "desk/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@office_only
@seeks
def cases(request: HouseRequest) -> HttpResponse:
    """Every request that this person may see, filtered; a number typed in goes straight there."""
    at = now()
    form = CaseFilter(request.GET or None)
    text = opened(request.GET.get("q", ""))
    if text and not request.GET.get("after"):
        hit = find.by_number(request.actor, text)
        if hit is not None and hit.number:
            return redirect("desk:case", hit.number)
    rows = queries.office_list(request.actor)
    if form.is_bound:
        rows = rows.filter(form.condition(request.actor, at))
    due_first = request.GET.get("sort") == "due"
    part = page_of(
        lean(rows),
        request.GET.get("after", ""),
        by=("next_due_at", "id") if due_first else ("-id",),
    )
    if sought := form.person_sought(request.actor):
        found = [row.pk for row in part.rows]
        looking.searched(sought, found, by=request.actor, at=at)
    listed = form.seen(office_rows(part.rows, by=request.actor))
    context = {
        "form": form,
        "rows": listed,
        "lines": drawn(listed, at),
        "next": part.next,
        "now": at,
        "here": "cases",
        "whole": not part.next and not request.GET.get("after"),
        "may_export": request.actor.may(P.DECIDE),
    }
    return frame.page(request, "desk/cases.html", context)


@require_POST
@office_only
def save_filter(request: HouseRequest) -> HttpResponse:
    """Keep the present filter under a name."""
    query = request.POST.get("query", "").lstrip("?")
    if request.actor.user:
        kept = workbench.save_filter(request.POST.get("name", ""), query, by=request.actor.user)
        messages.success(request, _("筛选“%(name)s”已保存。") % {"name": kept.name})
    return redirect(f"{reverse('desk:cases')}?{query}")


@require_POST
@office_only
def drop_filter(request: HouseRequest, pk: int) -> HttpResponse:
    """Forget one of one's own filters."""
    if request.actor.user:
        workbench.drop_filter(pk, by=request.actor.user)
    return redirect("desk:cases")
