"""Who sees a surge on the desk, and in which frame."""

from typing import Any

from django.http import Http404, HttpResponse

from hotline.doors.desk import frame
from hotline.doors.desk.guards import signed_in
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.surge.models import Surge
from hotline.surge.policies import may_switch


def works_on_it(actor: Actor) -> bool:
    return actor.may_any(P.TRIAGE, P.ANSWER) and nav_of(actor).desk


switchers_only = signed_in(may_switch)
"""For those who may switch."""
clerks_only = signed_in(works_on_it)
"""For those who deal with its requests."""
anyone_concerned = signed_in(lambda actor: may_switch(actor) or works_on_it(actor))


def page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """In the frame of the desk; alone for an administrator, who has none."""
    base = "desk/frame.html" if nav_of(request.actor).desk else "ui/base.html"
    own = {"base": base, "here": "surge", "may_switch": may_switch(request.actor)}
    return frame.page(request, f"desk/surge/{template}", own | context, status=status)


def surge_or_404(pk: int) -> Surge:
    found = Surge.objects.select_related("lead").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
