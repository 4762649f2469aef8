"""Where somebody is signed in, proving once more who one is, and staying awake."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.doors.ui import confirm as question
from hotline.doors.ui import entry
from hotline.doors.ui.onward import safe
from hotline.people import queries
from hotline.people.models import User
from hotline.people.services import factors, signins


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Every session of the person that is open, this one first."""
    user = cast("User", request.user)
    context = {
        "entries": queries.open_sign_ins(user, at=now()),
        "here": request.session.session_key,
    }
    return render(request, "ui/sessions.html", context)


@require_POST
@login_required
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out elsewhere."""
    signins.end_one(cast("User", request.user), pk, at=now())
    messages.success(request, _("那台设备已退出登录。"))
    return redirect("ui:sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    user, here = cast("User", request.user), request.session.session_key or ""
    count = signins.end_all(user, at=now(), but=here)
    messages.success(request, _("已在其他 %(count)d 处退出登录。") % {"count": count})
    return redirect("ui:sessions")


@require_http_methods(["GET", "POST"])
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Prove who one is, and go on to what was asked for, with what was sent."""
    onward = safe(request, request.POST.get("confirm-next") or request.GET.get("next"))
    locked = bool(request.POST.get("confirm-locked") or request.GET.get("locked"))
    if request.method != "POST":
        return question.page(request, onward=onward, status=200, locked=locked)
    sends = bool(request.POST.get("confirm-send"))
    at, password = now(), request.POST.get("confirm-password", "")[:200]
    try:
        factors.prove(cast("User", request.user), password, at=at)
    except Refusal as refusal:
        return question.page(
            request, onward=onward, carried=question.carried(request) if sends else None,
            error=str(refusal), status=refusal.status, locked=locked,
        )  # fmt: skip
    entry.prove(request, at=at)
    if sends:  # the same form, to where it was going
        return HttpResponse(status=307, headers={"Location": onward})
    return redirect(onward)


@require_POST
@login_required
def awake(request: HttpRequest) -> HttpResponse:
    """Somebody is there though they open no page: they are writing, or say so."""
    return HttpResponse(status=204)
