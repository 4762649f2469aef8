"""身份查看: who asked to see in full who somebody is, why, and who agreed."""

from django.http import HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.cases.models import Table, Unmasking
from hotline.cases.services import looking
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.desk.told import asked_lines
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of


@require_safe
@auditors_only
def unmaskings(request: HouseRequest) -> HttpResponse:
    """All of them, the latest first."""
    at = now()
    rows = Unmasking.objects.select_related(
        "case__requester", "by", "order__unit"
    ).prefetch_related("events__by")
    part = page_of(rows, request.GET.get("after", ""))
    looking.audited(Table.UNMASKINGS, by=request.actor, at=at)
    lines = asked_lines(part.rows, request.actor, at)
    return page(
        request, "unmaskings.html", {"rows": lines, "next": part.next, "here": "unmaskings"}
    )
