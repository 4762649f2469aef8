"""Several requests dispatched at once, each to the unit that the directory names."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hotline.base.numbers import whole
from hotline.base.refusals import NotAllowed, Refusal
from hotline.cases import queries
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import dispatching
from hotline.cases.services.dispatching import Orders
from hotline.catalog import queries as catalog
from hotline.catalog.queries import Duty
from hotline.doors.desk import frame
from hotline.doors.desk.guards import office_only
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.permissions import P

MOST = 50


@dataclass
class Item:
    """One request of the bulk: where it would go, or why it cannot."""

    case: Case
    duty: Duty | None
    problem: str = ""
    done: bool = False


@require_POST
@office_only
def bulk(request: HouseRequest) -> HttpResponse:
    """First shows where each would go; with ``confirm`` sends them. One's failure stops no other."""
    if not request.actor.may(P.DISPATCH):
        raise NotAllowed(_("您没有派单的权限。"))
    wanted = [pk for text in request.POST.getlist("case") if (pk := whole(text))][:MOST]
    rows = queries.office_list(request.actor).filter(pk__in=wanted, state=State.ACCEPTED)
    related = rows.select_related(
        "category__lead", "category__urgency", "urgency", "type", "place__campus"
    ).prefetch_related("category__joint", "category__unit_rules__lead")
    items = [_item(case) for case in related.order_by("next_due_at", "id")]
    confirmed = "confirm" in request.POST
    if confirmed:
        for item in items:
            _send(item, request)
    return frame.page(request, "desk/bulk.html", {"items": items, "confirmed": confirmed})


def _item(case: Case) -> Item:
    if case.category is None:
        return Item(case, None, _("没有分类"))
    place = case.place.full_name if case.place else ""
    item = Item(case, catalog.duty(case.category, f"{case.title} {case.body} {place}"))
    if case.hides_requester and not case.shown_body:
        item.problem = _("须先核对脱敏内容，请单独派单")
    return item


def _send(item: Item, request: HouseRequest) -> None:
    if item.duty is None or item.problem:
        return
    orders = Orders(lead=item.duty.lead, joint=item.duty.joint)
    try:
        dispatching.dispatch(item.case, orders, by=request.actor, at=now())
        item.done = True
    except Refusal as refusal:
        item.problem = str(refusal)
