"""How the platform itself stands: the findings of ``hotline doctor``, as a page."""

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P
from hotline.upkeep.findings import Asked, Level, examine


@require_safe
@only_for(P.PEOPLE)
def findings(request: HouseRequest) -> HttpResponse:
    """The worst first. The certificate is left to the command: a page waits for no other host."""
    order = [Level.WRONG, Level.LOOK, Level.GOOD]
    found = sorted(examine(Asked(now(), reach_out=False)), key=lambda f: order.index(f.level))
    return page(request, "upkeep.html", {"here": "upkeep", "findings": found})
