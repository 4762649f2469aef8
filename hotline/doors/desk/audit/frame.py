"""What every page of the auditors has beside its content."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from hotline.doors.desk.admin.frame import Item
from hotline.doors.desk.guards import signed_in
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P

auditors_only = signed_in(lambda actor: actor.may(P.LOOKS))
"""For those who read the record of looking."""


def page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the auditors with its side menu."""
    menu = [
        Item("looks", _("查看记录"), "eye", reverse("desk:audit")),
        Item("alerts", _("异常查看"), "alert-triangle", reverse("desk:audit_alerts")),
        Item("unmaskings", _("身份查看"), "user-check", reverse("desk:audit_unmaskings")),
        Item("changes", _("权限变更"), "history", reverse("desk:audit_changes")),
        Item("seals", _("封存"), "lock", reverse("desk:audit_seals")),
    ]
    whole = {"section": "audit", "menu": menu, "now": now()} | context
    return render(request, f"desk/audit/{template}", whole, status=status)
