"""Swaps: ask from one's own shift, answer and decide on one list."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.permissions import P
from hotline.roster import queries
from hotline.roster.models import Shift, Swap
from hotline.roster.services import swaps as services

AHEAD = timedelta(days=31)
VERBS = {"accept": services.accept, "refuse": services.refuse, "withdraw": services.withdraw, "approve": services.approve}  # fmt: skip


def choices(row: Shift, at: datetime) -> list[tuple[str, str]]:
    """Whom one may ask: colleagues' coming shifts at the post, and everyone for nothing in return."""
    others = queries.between(at, at + AHEAD).filter(post=row.post, from_at__gt=at)
    others = others.exclude(user=row.user_id)
    swap = [
        (f"s{s.pk}", f"{s.user.name} {localtime(s.from_at):%m-%d %H:%M}–{localtime(s.to_at):%H:%M}")
        for s in others
    ]
    give = [
        (f"u{user.pk}", _("请 %s 顶班") % user.name)
        for user in queries.candidates(row.post, at)
        if user.pk != row.user_id
    ]
    return [("", "—"), *swap, *give]


@require_safe
@office_only
def swaps(request: HouseRequest) -> HttpResponse:
    """What somebody asked, was asked, or has to decide."""
    planner = request.actor.may(P.ROSTER)
    rows = queries.swaps_for(request.actor.user, planner=planner)
    part = page_of(rows, request.GET.get("after", ""))
    lines = [
        (row, [verb for verb in VERBS if services.may(row, verb, request.actor)])
        for row in part.rows
    ]
    context = {"here": "roster", "lines": lines, "next": part.next}
    return frame.page(request, "desk/roster/swaps.html", context)


@require_POST
@office_only
def act(request: HouseRequest, pk: int, slug: str) -> HttpResponse:
    """Accept, refuse, withdraw or approve."""
    if slug not in VERBS:
        raise Http404
    me = (
        Q()
        if request.actor.may(P.ROSTER)
        else Q(asked_by=request.actor.user_id) | Q(to_user=request.actor.user_id)
    )
    row = get_object_or_404(
        Swap.objects.filter(me).select_related("shift__post", "other", "asked_by", "to_user"), pk=pk
    )
    VERBS[slug](row, by=request.actor, at=now())
    messages.success(request, _("已处理。"))
    return redirect("desk:roster_swaps")
