"""Rooms apart: the crisis team's, the discipline office's, the petition office's, and call-backs."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hotline.cases import queries
from hotline.cases.codes import Referral, Seal, State
from hotline.cases.seals import WALKING
from hotline.cases.services import aftercare
from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only
from hotline.doors.desk.rows import drawn, lean, sealed_rows
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.permissions import P

ROOMS = {
    "crisis": (
        gettext_lazy("危机件"),
        P.CRISIS,
        Q(seal=Seal.CRISIS)
        | Q(flagged=True, seal__in=WALKING) & ~Q(state__in=[State.ARCHIVED, State.DRAFT]),
    ),
    "discipline": (gettext_lazy("纪检线索"), P.DISCIPLINE, Q(seal=Seal.DISCIPLINE)),
    "office": (gettext_lazy("反映热线办"), P.OFFICE, Q(seal=Seal.OFFICE)),
    "leaders": (gettext_lazy("校领导专办"), P.INSTRUCT, Q(seal=Seal.LEADERS)),
    "petition": (gettext_lazy("转信访"), P.PETITION, Q(referred_to=Referral.PETITION, seal__in=WALKING)),
}  # fmt: skip


@require_safe
@office_only
def sealed(request: HouseRequest, room: str) -> HttpResponse:
    """The list of a closed room; for those without its key the room does not exist."""
    if room not in ROOMS or not request.actor.may(ROOMS[room][1]):
        raise Http404
    title, _permission, where = ROOMS[room]
    at = now()
    found = lean(queries.visible_to(request.actor).filter(where))
    part = page_of(found, request.GET.get("after", ""))
    rows = sealed_rows(part.rows)
    context = {
        "title": title,
        "room": room,
        "rows": rows,
        "lines": drawn(rows, at),
        "next": part.next,
        "now": at,
    }
    return frame.page(request, "desk/room.html", context)


@require_safe
@office_only
def visits(request: HouseRequest) -> HttpResponse:
    """Call-backs that are due. The number to call is shown to whoever takes one on."""
    if not request.actor.may(P.VISIT):
        raise Http404
    part = page_of(
        queries.pending_visits(request.actor), request.GET.get("after", ""), by=("due_at", "id")
    )
    return frame.page(
        request, "desk/visits.html", {"visits": part.rows, "next": part.next, "here": "visits"}
    )


@require_POST
@office_only
def claim(request: HouseRequest, pk: int) -> HttpResponse:
    """Take a call-back on, and go to its request."""
    visit = get_object_or_404(queries.pending_visits(request.actor), pk=pk)
    aftercare.claim(visit, by=request.actor, at=now())
    messages.success(request, _("已领取回访任务；电话在页面上可见，登记结果后重新隐藏。"))
    return redirect("desk:case", visit.case.number)
