"""From an address to the thing it names, for those who may see it; everyone else gets a 404."""

from django.http import Http404
from django.utils.timezone import now

from hotline.cases import folder, numbers, queries
from hotline.cases.models import Case, WorkOrder
from hotline.cases.sight import Sight, Viewer, sight_of
from hotline.doors.ui.actions import Subject
from hotline.people.actor import Actor


def by_number(actor: Actor, text: str) -> Case | None:
    """A visible request by its number as people type it, by its old number, or the city's."""
    number = numbers.read(text)
    if number:
        return queries.visible(actor, number)
    rows = queries.visible_to(actor)
    text = text.strip()
    if not text:
        return None
    return rows.filter(legacy_number=text).first() or rows.filter(city_number=text).first()


def case_or_404(actor: Actor, number: str) -> tuple[Case, Sight]:
    """A request and this actor's sight of it. Whom Sight makes nobody finds nothing, whatever let them
    through: a page shows more than the fields that Sight hides."""
    case = queries.visible(actor, number)
    if case is None:
        raise Http404
    sight = sight_of(actor, folder.furnish(case), at=now())
    if sight.viewer is Viewer.NOBODY:
        raise Http404
    return case, sight


def subject_or_404(actor: Actor, number: str) -> Subject:
    """What an action is about. Nobody acts on a request of their own through a door of the house."""
    case, sight = case_or_404(actor, number)
    if sight.is_self:
        raise Http404
    return Subject(case, sight, actor, sight.unit_order)


def order_or_404(actor: Actor, pk: int) -> WorkOrder:
    """A work order of the actor's own unit."""
    rows = queries.orders_of(actor).filter(pk=pk)
    order = rows.select_related("unit", "section", "assignee").first()
    if order is None:
        raise Http404
    case = queries.visible_to(actor).filter(pk=order.case_id).first()
    if case is None:
        raise Http404
    order.case = folder.furnish(case)
    return order
