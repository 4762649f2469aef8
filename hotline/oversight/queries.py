"""Questions to the room that are asked in more than one place."""

from datetime import datetime

from django.db.models import Q, QuerySet

from hotline.cases.sight import Sight
from hotline.oversight.models import Instruction, InstructionState, SlipState, Supervision
from hotline.people.actor import Actor
from hotline.people.permissions import P

LEDGER = frozenset({P.SUPERVISE, P.DECIDE, P.INSTRUCT})  # who reads the ledger of all units
UNSEALED = Q(case__seal="")


def slips_for(actor: Actor) -> QuerySet[Supervision]:
    """The slips that somebody may read: those who oversee all, a unit its own; none of a sealed request."""
    rows = Supervision.objects.filter(UNSEALED).select_related("case", "unit")
    if actor.user_id is not None:  # nobody oversees a request of their own
        rows = rows.exclude(case__owner=actor.user_id)
    if actor.may_any(*LEDGER):
        return rows
    return rows.filter(unit__in=actor.units(P.HANDLE))


def unit_slips(actor: Actor) -> QuerySet[Supervision]:
    """Those of the units that somebody works for."""
    rows = Supervision.objects.filter(UNSEALED, unit__in=actor.units(P.HANDLE))
    return rows.select_related("case", "unit")


def late(at: datetime) -> Q:
    """Not explained in time."""
    return Q(state=SlipState.OPEN, due_at__lt=at)


# --- 批示件 --------------------------------------------------------------------------------


def instructions_for(actor: Actor) -> QuerySet[Instruction]:
    """The instructions that the office's side may read; none of a sealed request, or one's own."""
    if not actor.may_any(*LEDGER):
        return Instruction.objects.none()
    rows = Instruction.objects.filter(UNSEALED)
    return _instructions(actor, rows)


def instructions_on(sight: Sight) -> list[Instruction]:
    """Those on a request, for whoever reads what the office writes for itself."""
    if not sight.reads_notes or sight.case.seal:
        return []
    return list(Instruction.objects.filter(case=sight.case).select_related("leader"))


def unit_instructions(actor: Actor) -> QuerySet[Instruction]:
    """Those that name a unit that somebody works for, as lead or to assist."""
    units = actor.units(P.HANDLE)
    assists = Instruction.joint.through.objects.filter(unit_id__in=units).values("instruction_id")
    rows = Instruction.objects.filter(UNSEALED, Q(lead__in=units) | Q(pk__in=assists))
    return _instructions(actor, rows)


def _instructions(actor: Actor, rows: QuerySet[Instruction]) -> QuerySet[Instruction]:
    if actor.user_id is not None:
        rows = rows.exclude(case__owner=actor.user_id)
    return rows.select_related("case", "lead", "leader").prefetch_related("joint")


def late_instructions(at: datetime) -> Q:
    """Open, and past the day that the leader named."""
    return Q(state=InstructionState.OPEN, due_at__lt=at)
