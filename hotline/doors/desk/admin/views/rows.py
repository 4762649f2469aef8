"""The plain tables: a list, a form for a new row, a form for one there is."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.catalog import services
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.forms.rows import RowForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.registers import REGISTERS, Register
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import queries
from hotline.people.permissions import P

LATEST = 5  # changes shown beside a form; all of them have a page of their own


@require_safe
@only_for(P.CATALOG)
def rows(request: HouseRequest, slug: str) -> HttpResponse:
    """Every row of a table, disabled ones too."""
    register = _register(slug)
    if not register.in_menu:
        return redirect("desk:admin_catalog")
    lines = [
        (row, [(label, value(row)) for label, value in register.columns]) for row in register.rows()
    ]
    context = {
        "register": register, "here": slug, "groups": _grouped(register, lines),
        "labels": [label for label, _value in register.columns], "count": len(lines),
    }  # fmt: skip
    return page(request, "rows.html", context)


def _grouped(register: Register, lines: Iterable[Any]) -> list[tuple[object, list[Any]]]:
    if register.group is None:
        return [("", list(lines))]
    heading = register.group
    groups = groupby(lines, key=lambda line: heading(line[0]))
    return [(name, list(group)) for name, group in groups]


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def new(request: HouseRequest, slug: str) -> HttpResponse:
    """Add a row; "and another" opens the form again, under the same heading."""
    register = _register(slug)
    if not register.new:
        raise Http404
    form = register.form(request.POST or None, initial=request.GET.dict())
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: services.add(form.instance, by=request.actor, at=now()))
        if status == 200:
            messages.success(request, _("已新建：%s") % form.instance)
            return redirect(_onward(request, register, form))
    context = {"register": register, "form": form, "title": register.new, "here": _here(register)}
    return page(request, "row.html", context, status=status)


def _onward(request: HouseRequest, register: Register, form: RowForm) -> str:
    if "again" not in request.POST:
        return _home(register)
    url = reverse("desk:admin_new_row", args=[register.slug])
    kept = [name for name in form.once if name != "code" and request.POST.get(name)]
    return f"{url}?" + "&".join(f"{name}={form[name].value()}" for name in kept)


@require_http_methods(["GET", "POST"])
@only_for(P.CATALOG)
def row(request: HouseRequest, slug: str, code: str) -> HttpResponse:
    """Change a row."""
    register = _register(slug)
    found = get_object_or_404(register.rows(), code=code)
    form = register.form(request.POST or None, instance=found)
    status = 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("已保存：%s") % found)
            return redirect(_home(register))
    context = {
        "register": register, "form": form, "row": found, "title": f"{code} {found}",
        "here": _here(register), "history": latest(found),
        "history_url": reverse("desk:admin_history", args=[slug, code]),
    }  # fmt: skip
    return page(request, "row.html", context, status=status)


def _save(request: HouseRequest, form: RowForm) -> None:
    services.save(form.instance, by=request.actor, at=now(), seen=form.version, fields=form.columns)


def latest(row: Model) -> list[history.Line]:
    """The latest changes of a row, for the side of its form."""
    return history.lines(queries.changes_of(row)[:LATEST])


def _register(slug: str) -> Register:
    if slug not in REGISTERS:
        raise Http404
    return REGISTERS[slug]


def _here(register: Register) -> str:
    return register.slug if register.in_menu else "catalog"


def _home(register: Register) -> str:
    if not register.in_menu:
        return reverse("desk:admin_catalog")
    return reverse("desk:admin_rows", args=[register.slug])
