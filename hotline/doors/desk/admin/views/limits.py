"""How often people may do what: the school's own numbers, and where they bite just now."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.forms.limits import LimitsForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.limits import queries
from hotline.limits.codes import Kind, codes
from hotline.limits.models import OwnLimit
from hotline.limits.services import ruling
from hotline.people.permissions import P


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
@fresh_to_write
def limits(request: HouseRequest) -> HttpResponse:
    """All numbers on one page, saved together or not at all."""
    form, status, at = LimitsForm(request.POST or None), 200, now()
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("限额已保存，立即生效。"))
            return redirect("desk:admin_limits")
    labels = {code: f"{limit.label} · {kind.label}" for code, limit, kind in codes()}
    context = {
        "form": form, "changes": history.latest_of(OwnLimit, labels), "here": "limits",
        "kinds": list(Kind), "raised": queries.raised(at), "used_up": _counted(queries.used_up(at)),
    }  # fmt: skip
    return page(request, "limits.html", context, status=status)


def _counted(rows: list[queries.UsedUp]) -> list[tuple[str, str, int]]:
    """How many are held back of what, and of which kind they are; nothing says who."""
    found = Counter((row.limit, Kind(row.subject.partition(":")[0])) for row in rows)
    return [(str(limit.label), str(kind.label), n) for (limit, kind), n in found.most_common()]


def _save(request: HouseRequest, form: LimitsForm) -> None:
    ruling.set_limits(form.values(), by=request.actor, at=now(), seen=form.seen_change)
