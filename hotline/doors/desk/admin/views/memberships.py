"""Who holds which role, in which unit, for which categories, from when to when."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.doors.desk.admin.forms.people import MembershipForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh, fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import services
from hotline.people.models import Membership, User
from hotline.people.permissions import P


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def new(request: HouseRequest, pk: int) -> HttpResponse:
    """Give a person a role."""
    person = get_object_or_404(User, pk=pk)
    form = MembershipForm(request.POST or None, initial={"from_date": localdate()})
    form.instance.user = person
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _appoint(request, form, person))
        if status == 200:
            messages.success(request, _("已任命：%s") % form.cleaned_data["role"])
            return redirect("desk:admin_account", pk)
    context = {"form": form, "person": person, "here": "accounts", "title": _("新任职")}
    return page(request, "membership.html", context, status=status)


def _appoint(request: HouseRequest, form: MembershipForm, person: User) -> None:
    data = form.cleaned_data
    services.appoint(
        person, data["role"], unit=data["unit"], categories=data["categories"],
        from_date=data["from_date"], to_date=data["to_date"], by=request.actor, at=now(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def membership(request: HouseRequest, pk: int) -> HttpResponse:
    """Change the unit, the scope or the days of a role that somebody holds."""
    found = _find(pk)
    form = MembershipForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("任职已保存。"))
            return redirect("desk:admin_account", found.user_id)
    context = {
        "form": form, "person": found.user, "membership": found, "here": "accounts",
        "title": str(found.role), "history": latest(found),
        "history_url": reverse("desk:admin_history", args=["memberships", pk]),
    }  # fmt: skip
    return page(request, "membership.html", context, status=status)


def _save(request: HouseRequest, form: MembershipForm) -> None:
    services.change_membership(form.instance, by=request.actor, at=now(), seen=form.version)


@require_POST
@only_for(P.SECURITY)
@fresh
def end(request: HouseRequest, pk: int) -> HttpResponse:
    """End a role at once: yesterday was its last day, so that nothing is open today."""
    found = _find(pk)
    last_day = localdate() - timedelta(days=1)
    services.dismiss(found, by=request.actor, at=now(), last_day=last_day)
    messages.success(request, _("%(name)s不再担任%(role)s。") % {"name": found.user, "role": found.role})  # fmt: skip
    if request.POST.get("back") == "unit" and found.unit:
        return redirect("desk:admin_unit", found.unit.code)
    return redirect("desk:admin_account", found.user_id)


def _find(pk: int) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user", "role", "unit"), pk=pk)
