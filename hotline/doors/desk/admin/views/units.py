"""Units: the tree, and one unit with its sections and the people who answer for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.catalog import services as catalog
from hotline.doors.desk.admin import staffing
from hotline.doors.desk.admin.forms.people import CONTACT, HEAD, AppointForm, UnitForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.admin.views.rows import latest
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import services
from hotline.people.models import Unit
from hotline.people.permissions import P


@require_safe
@only_for(P.PEOPLE, P.SECURITY)
def units(request: HouseRequest) -> HttpResponse:
    """Every unit with its sections, its head and its contacts; what is missing is said."""
    lines = staffing.tree(localdate())
    missing = [line for line in lines if line.lacks_head or line.lacks_contact]
    return page(request, "units.html", {"lines": lines, "missing": missing, "here": "units"})


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE)
def new(request: HouseRequest, code: str = "") -> HttpResponse:
    """A new unit, or a new section of the unit ``code``."""
    parent = get_object_or_404(Unit, code=code, parent=None) if code else None
    unit = Unit(parent=parent, kind="SECTION" if parent else "")
    first = {"code": f"{parent.code}-"} if parent else {}
    form = UnitForm(request.POST or None, instance=unit, initial=first)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: catalog.save(unit, by=request.actor, at=now()))
        if status == 200:
            messages.success(request, _("已新建：%s") % unit)
            return redirect("desk:admin_unit", unit.code)
    context = {"form": form, "parent": parent, "here": "units"}
    return page(request, "unit_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE, P.SECURITY)
def unit(request: HouseRequest, code: str) -> HttpResponse:
    """One unit: what it is called, whether it is in use, its sections and its people."""
    found = _unit(code)
    form = UnitForm(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % found)
            return redirect("desk:admin_unit", code)
    return _page(request, code, form=form, status=status)


def _save(request: HouseRequest, form: UnitForm) -> None:
    catalog.save(form.instance, by=request.actor, at=now(), seen=form.version, fields=form.columns)


@require_POST
@only_for(P.SECURITY)
@fresh_to_write
def appoint(request: HouseRequest, code: str) -> HttpResponse:
    """Make somebody the unit's head or one of its contacts."""
    found = _unit(code)
    form = AppointForm(request.POST, unit=found)
    status = outcome(form, lambda: _appoint(request, form, found))
    if status == 200:
        words = _("已任命%(name)s为%(role)s。")
        role = form.roles[form.cleaned_data["role"]]
        messages.success(request, words % {"name": form.cleaned_data["user"].name, "role": role})
        return redirect("desk:admin_unit", code)
    return _page(request, code, appoint=form, status=status)


def _appoint(request: HouseRequest, form: AppointForm, unit: Unit) -> None:
    data = form.cleaned_data
    services.appoint(
        data["user"], form.roles[data["role"]], unit=unit, by=request.actor, at=now(),
        from_date=data["from_date"],
    )  # fmt: skip


def _unit(code: str) -> Unit:
    return get_object_or_404(Unit.objects.select_related("parent"), code=code)


def _page(
    request: HouseRequest,
    code: str,
    *,
    form: UnitForm | None = None,
    appoint: AppointForm | None = None,
    status: int,
) -> HttpResponse:
    unit = _unit(code)  # afresh: a form that was refused has already changed its own
    line = staffing.of_unit(unit, localdate())
    first = {"role": HEAD if line.lacks_head else CONTACT, "from_date": localdate()}
    context: dict[str, Any] = {
        "unit": unit, "line": line, "here": "units", "history": latest(unit),
        "form": form or UnitForm(instance=_unit(code)),
        "appoint": appoint or AppointForm(unit=unit, initial=first),
        "history_url": reverse("desk:admin_history", args=["units", code]),
    }  # fmt: skip
    return page(request, "unit.html", context, status=status)
