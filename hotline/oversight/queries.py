"""Questions to the room that are asked in more than one place."""

from datetime import datetime

from django.db.models import Q, QuerySet

from hotline.oversight.models import SlipState, Supervision
from hotline.people.actor import Actor
from hotline.people.permissions import P

LEDGER = frozenset({P.SUPERVISE, P.DECIDE, P.INSTRUCT})  # who reads the ledger of all units
UNSEALED = Q(case__seal="")


def slips_for(actor: Actor) -> QuerySet[Supervision]:
    """The slips that somebody may read: those who oversee all, a unit its own; none of a sealed request."""
    rows = Supervision.objects.filter(UNSEALED).select_related("case", "unit")
    if actor.user_id is not None:  # nobody oversees a request of their own
        rows = rows.exclude(case__owner=actor.user_id)
    if any(actor.may(permission) for permission in LEDGER):
        return rows
    return rows.filter(unit__in=actor.units(P.HANDLE))


def unit_slips(actor: Actor) -> QuerySet[Supervision]:
    """Those of the units that somebody works for."""
    rows = Supervision.objects.filter(UNSEALED, unit__in=actor.units(P.HANDLE))
    return rows.select_related("case", "unit")


def late(at: datetime) -> Q:
    """Not explained in time."""
    return Q(state=SlipState.OPEN, due_at__lt=at)
