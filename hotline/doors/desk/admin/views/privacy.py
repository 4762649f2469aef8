"""Privacy notices: the versions, the draft that somebody writes, what it will look like, publishing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.catalog import privacy
from hotline.catalog.models import PrivacyNotice
from hotline.catalog.services import privacy as publishing
from hotline.doors.desk.admin.forms.privacy import DraftForm, PublishForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people import queries
from hotline.people.permissions import P

SIZE = 20


@require_safe
@only_for(P.PRIVACY)
def versions(request: HouseRequest) -> HttpResponse:
    """Every version that was published, and whether somebody is writing another."""
    rows = PrivacyNotice.objects.exclude(from_at=None).select_related("by")
    part = page_of(rows, request.GET.get("after", ""), size=SIZE)
    context = {
        "rows": part.rows, "next": part.next, "draft": publishing.draft(),
        "current": privacy.in_force(now()), "here": "privacy",
    }  # fmt: skip
    return page(request, "privacy.html", context)


@require_http_methods(["GET", "POST"])
@only_for(P.PRIVACY)
def draft(request: HouseRequest) -> HttpResponse:
    """Write the draft; a new one begins with the words in force."""
    row = publishing.draft()
    form, status = DraftForm(request.POST or None, row=row or privacy.in_force(now())), 200
    if request.method == "POST":
        form = DraftForm(request.POST, row=row)
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("草稿已保存，请预览后发布。"))
            return redirect("desk:admin_privacy_preview")
    context = {"form": form, "draft": row, "here": "privacy"}
    return page(request, "privacy_draft.html", context, status=status)


def _save(request: HouseRequest, form: DraftForm) -> None:
    publishing.save_draft(form.texts(), by=request.actor, at=now(), seen=form.version)


@require_http_methods(["GET", "POST"])
@only_for(P.PRIVACY)
@fresh_to_write
def preview(request: HouseRequest) -> HttpResponse:
    """The draft as people will read it, in both languages, and the button that publishes it."""
    row = publishing.draft()
    if row is None:
        return redirect("desk:admin_privacy")
    initial = {"seen": queries.latest_change(row)}
    form, status = PublishForm(request.POST or None, initial=initial), 200
    form.instance, form.version, form.meanwhile = row, 0, []  # type: ignore[attr-defined]
    if request.method == "POST":
        status = outcome(form, lambda: _publish(request, form, row))
        if status == 200:
            messages.success(request, _("已发布。读过上一版的人下次来时会看到提示。"))
            return redirect("desk:admin_privacy")
    context: dict[str, Any] = {"form": form, "draft": row, "here": "privacy"}
    return page(request, "privacy_preview.html", context, status=status)


def _publish(request: HouseRequest, form: PublishForm, row: PrivacyNotice) -> None:
    data = form.cleaned_data
    publishing.publish(
        row, from_at=data["from_at"], by=request.actor, at=now(), seen=data["seen"] or 0
    )


@require_POST
@only_for(P.PRIVACY)
def discard(request: HouseRequest) -> HttpResponse:
    """Throw the draft away."""
    row = get_object_or_404(PrivacyNotice, from_at=None)
    publishing.discard(row, by=request.actor, at=now())
    messages.success(request, _("草稿已删除。"))
    return redirect("desk:admin_privacy")
