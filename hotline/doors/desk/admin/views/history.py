"""Every recorded change of one row."""

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from hotline.base.numbers import whole
from hotline.catalog.models import Category
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.registers import REGISTERS
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people import queries
from hotline.people.models import Membership, Role, Unit, User
from hotline.people.permissions import P

BOTH = (P.PEOPLE, P.SECURITY)
KINDS: dict[str, tuple[type[Model], str, tuple[P, ...]]] = {
    "units": (Unit, "code", BOTH),
    "accounts": (User, "pk", BOTH),
    "memberships": (Membership, "pk", (P.SECURITY,)),
    "roles": (Role, "code", (P.SECURITY,)),
    "categories": (Category, "code", (P.CATALOG,)),
    **{slug: (register.model, "code", (P.CATALOG,)) for slug, register in REGISTERS.items()},
}


PAGES = {
    "units": "desk:admin_unit", "accounts": "desk:admin_account", "roles": "desk:admin_role",
    "memberships": "desk:admin_membership", "categories": "desk:admin_category",
}  # fmt: skip


@require_safe
@only_for(P.PEOPLE, P.SECURITY, P.CATALOG)
def changes(request: HouseRequest, kind: str, code: str) -> HttpResponse:
    """Who changed it when, and what it was before."""
    if kind not in KINDS or not request.actor.may_any(*KINDS[kind][2]):
        raise Http404
    model, field, _permission = KINDS[kind]
    if field == "pk" and whole(code) is None:
        raise Http404
    row: Any = get_object_or_404(model, **{field: code})
    part = page_of(queries.changes_of(row), request.GET.get("after", ""))
    context = {
        "title": _title(row), "back": _back(kind, code), "here": _here(kind),
        "lines": history.lines(part.rows), "next": part.next,
    }  # fmt: skip
    return page(request, "history.html", context)


def _title(row: Any) -> str:
    if isinstance(row, Membership):
        return f"{row.user} · {row.role}"
    return str(row) if isinstance(row, User) else f"{row.code} {row}"


def _back(kind: str, code: str) -> str:
    if kind in PAGES:
        return reverse(PAGES[kind], args=[code])
    return reverse("desk:admin_row", args=[kind, code])


def _here(kind: str) -> str:
    """Which line of the side menu a history belongs to."""
    if kind in {"categories", "aspects", "branches"}:
        return "catalog"
    return "accounts" if kind == "memberships" else kind
