"""Somebody leaves, and a colleague takes on what they held: seen first, then done at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.cases.services import handing_over
from hotline.cases.services.handing_over import HandedOver
from hotline.doors.desk.admin.forms.leaving import LeavingForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.models import User
from hotline.people.permissions import P


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def leaving(request: HouseRequest, pk: int) -> HttpResponse:
    """The form; sent once it shows what would be, sent from there it is done."""
    person = get_object_or_404(User, pk=pk)
    form = LeavingForm(request.POST or None, initial={"last_day": localdate()})
    context: dict[str, Any] = {"form": form, "person": person, "here": "accounts"}
    if request.method != "POST":
        return page(request, "leaving.html", context)
    rehearse = "confirm" not in request.POST
    found: list[HandedOver] = []
    status = outcome(form, lambda: found.append(_act(request, form, person, rehearse=rehearse)))
    if status == 200 and not rehearse:
        messages.success(request, _("已移交：%(name)s的任职与手上的事项。") % {"name": person.name})
        return redirect("desk:admin_account", pk)
    if found:
        context |= {"plan": found[0], "to": form.cleaned_data["user"]}
    return page(request, "leaving.html", context, status=status)


def _act(request: HouseRequest, form: LeavingForm, person: User, *, rehearse: bool) -> HandedOver:
    data = form.cleaned_data
    return handing_over.hand_over(
        person, data["user"], last_day=data["last_day"], with_roles=data["with_roles"],
        by=request.actor, at=now(), rehearse=rehearse,
    )  # fmt: skip
