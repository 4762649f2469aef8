"""The safety of accounts: the school's rules, and the gates that wrong tries have shut."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.forms.safety import RulesForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh, fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import queries, rules, services
from hotline.people.models import AccountRule
from hotline.people.permissions import P

SHOWN_MOST = 100


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def safety(request: HouseRequest) -> HttpResponse:
    """Gates that are shut now, and the rules, saved together or not at all."""
    form, status = RulesForm(request.POST or None), 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("规则已保存。"))
            return redirect("desk:admin_safety")
    context = {
        "form": form, "changes": history.latest_of(AccountRule, rules.LABELS),
        "gates": queries.shut_gates(now())[:SHOWN_MOST], "here": "safety",
    }  # fmt: skip
    return page(request, "safety.html", context, status=status)


def _save(request: HouseRequest, form: RulesForm) -> None:
    services.set_rules(form.values(), by=request.actor, at=now(), seen=form.seen_change)


@require_POST
@only_for(P.SECURITY)
@fresh
def unlock(request: HouseRequest, pk: int) -> HttpResponse:
    """Open one gate before its time."""
    services.unlock_gate(pk, by=request.actor, at=now())
    messages.success(request, _("已解除锁定。"))
    return redirect("desk:admin_safety")
