"""A copy of one's own data: asked for, watched while it is packed, downloaded for a week."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from hotline.base.refusals import Refusal
from hotline.cases.models import Case
from hotline.cases.services.files import store
from hotline.doors.portal.privacy import own_or_404
from hotline.doors.ui import confirm, errors
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.middleware import HouseRequest
from hotline.drivers.stores import Missing, StoreDown
from hotline.people.models import User
from hotline.rights.models import Export, ExportState
from hotline.rights.services import exporting

SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@fresh
def mine(request: HouseRequest) -> HttpResponse:
    """Everything of one's own. Whoever left a computer open proves again who they are."""
    rows = Export.objects.filter(user=cast("User", request.user))
    return _page(request, None, list(rows.order_by("-id")[:SHOWN]), reverse("portal:me"))


@require_http_methods(["GET", "HEAD", "POST"])
def of_request(request: HouseRequest, number: str) -> HttpResponse:
    """One request without an owner, for who holds number and code; an owner has the other page."""
    case = own_or_404(request, number)
    if case.owner_id is not None:
        return redirect("portal:export")
    rows = Export.objects.filter(case=case).order_by("-id")[:SHOWN]
    return _page(request, case, list(rows), reverse("portal:request", args=[number]))


def _page(request: HouseRequest, case: Case | None, rows: list[Export], back: str) -> HttpResponse:
    refused, status = "", 200
    if request.method == "POST":
        try:
            exporting.ask(case, by=request.actor, at=now())
        except Refusal as refusal:
            refused, status = str(refusal), refusal.status
        else:
            return redirect(request.path)
    at = now()
    context = {
        "rows": [(row, row.is_open(at)) for row in rows], "case": case, "back": back, "refused": refused,
        "packing": any(row.state == ExportState.WAITING for row in rows), "section": "me", "now": at,
    }  # fmt: skip
    template = "portal/_exports.html" if "HX-Request" in request.headers else "portal/export.html"
    return render(request, template, context, status=status)


@require_safe
def download(request: HouseRequest, pk: int) -> HttpResponseBase:
    """The package itself. Whoever may not have it reads the same as where there is none."""
    export = get_object_or_404(Export, pk=pk)
    if not (exporting.is_own(export, request.actor) and export.is_open(now())):
        raise Http404
    if export.user_id is not None and not confirm.is_fresh(request):
        return confirm.ask(request)
    try:
        content = store().read(export.key)
    except Missing:
        raise Http404 from None
    except StoreDown:
        return errors.store_away(request)
    response = StreamingHttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="personal-data-{export.ready_at:%Y%m%d}.zip"'
    )
    response["Content-Length"] = str(export.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response
