"""How the platform itself stands: the findings of ``hotline doctor``, as a page."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P
from hotline.upkeep import parked
from hotline.upkeep.findings import Asked, Level, examine


@require_safe
@only_for(P.PEOPLE)
def findings(request: HouseRequest) -> HttpResponse:
    """The worst first. The certificate is left to the command: a page waits for no other host."""
    order = [Level.WRONG, Level.LOOK, Level.GOOD]
    found = sorted(examine(Asked(now(), reach_out=False)), key=lambda f: order.index(f.level))
    context = {"here": "upkeep", "findings": found, "parked": parked.kinds()}
    return page(request, "upkeep.html", context)


@require_POST
@only_for(P.PEOPLE)
def run_again(request: HouseRequest) -> HttpResponse:
    """Failed jobs of one name are queued again."""
    parked.run_again(request.POST.get("task", ""), by=request.actor)
    messages.success(request, _("已重新排队。"))
    return redirect("desk:admin_upkeep")


@require_POST
@only_for(P.PEOPLE)
def set_aside(request: HouseRequest) -> HttpResponse:
    """Failed jobs of one name are left undone."""
    parked.set_aside(request.POST.get("task", ""), by=request.actor)
    messages.success(request, _("已搁置。"))
    return redirect("desk:admin_upkeep")
