"""Roles: what each permits, and who holds it."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.doors.desk.admin.forms.people import RoleForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people import queries, services
from hotline.people.models import Membership, Role
from hotline.people.permissions import P


@require_safe
@only_for(P.SECURITY)
def roles(request: HouseRequest) -> HttpResponse:
    """Every role with its permissions in words and the number of its holders."""
    held = Membership.objects.filter(queries.in_force(localdate()), user__is_active=True)
    mine = Q(memberships__in=held)
    labels = dict(P.choices)
    lines = [
        (role, [labels[p] for p in role.permissions if p in labels])
        for role in Role.objects.annotate(holders=Count("memberships", filter=mine)).order_by("id")
    ]
    return page(request, "roles.html", {"lines": lines, "here": "roles"})


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def new(request: HouseRequest) -> HttpResponse:
    """A role of the school's own, under the next code."""
    form = RoleForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: services.add_role(form.instance, by=request.actor, at=now()))
        if status == 200:
            messages.success(request, _("已新建：%s") % form.instance)
            return redirect("desk:admin_role", form.instance.code)
    context = {"form": form, "title": _("新角色"), "here": "roles"}
    return page(request, "role.html", context, status=status)


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def role(request: HouseRequest, code: str) -> HttpResponse:
    """One role: its name, its permissions, who holds it."""
    found = get_object_or_404(Role, code=code)
    form = RoleForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % found)
            return redirect("desk:admin_role", code)
    held = Membership.objects.filter(queries.in_force(localdate()), role=found)
    part = page_of(held.select_related("user", "unit"), request.GET.get("after", ""))
    context = {
        "form": form, "role": found, "title": f"{code} {found}", "here": "roles",
        "holders": part.rows, "next": part.next, "history": latest(found),
        "history_url": reverse("desk:admin_history", args=["roles", code]),
    }  # fmt: skip
    return page(request, "role.html", context, status=status)


def _save(request: HouseRequest, form: RoleForm) -> None:
    services.save_role(form.instance, by=request.actor, at=now(), seen=form.version)
