"""Questions to the room that are asked in more than one place."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from hotline.base.compiled import Compiled
from hotline.cases import folder, recusal
from hotline.cases.models import Case
from hotline.cases.prepared import Prepared
from hotline.cases.queries import NONE, in_hand_of, reach
from hotline.cases.sight import Sight
from hotline.catalog import shelf
from hotline.oversight.alarms.answering import visible_to
from hotline.oversight.models import Instruction, InstructionState, SlipState, Supervision
from hotline.people.actor import Actor
from hotline.people.permissions import P

LEDGER = frozenset({P.SUPERVISE, P.DECIDE, P.INSTRUCT})  # who reads the ledger of all units
UNSEALED = Q(case__seal="")


def slips_for(actor: Actor) -> QuerySet[Supervision]:
    """The slips that the office's side may read, as far as its categories reach."""
    rows = Supervision.objects.filter(UNSEALED, reach(actor, *LEDGER, via="case__"))
    return _slips(actor, rows.filter(_kept(actor, at_desk=True)))


def unit_slips(actor: Actor) -> QuerySet[Supervision]:
    """Those of the units that somebody works for, as long as they have the request in hand."""
    units = actor.units(P.HANDLE)
    theirs = in_hand_of(units, OuterRef("unit"))
    rows = Supervision.objects.filter(UNSEALED, theirs, unit__in=units)
    return _slips(actor, rows.filter(_kept(actor, at_desk=False)))


def _slips(actor: Actor, rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
    return rows.exclude(_own(actor)).select_related("case", "unit")


def _own(actor: Actor) -> Q:
    """Nobody oversees a request of their own, or answers for it."""
    return Q(case__owner=actor.user_id) if actor.user_id is not None else NONE


def _kept(actor: Actor, *, at_desk: bool) -> Q:
    """Without what this person keeps away from (cases/recusal.py)."""
    return (recusal.open_at_desk if at_desk else recusal.open_to)(actor, "case__")


def slips_on(sight: Sight) -> list[Supervision]:
    """Those on a request, the latest first, for whoever reads what the office writes for itself."""
    if not sight.reads_notes or sight.case.seal:
        return []
    rows: list[Supervision] = SLIPS_ON.instances(case=sight.case.pk)
    shelf.current().attach(rows, "unit")
    return rows


SLIPS_ON = Compiled(lambda case: Supervision.objects.filter(case=case).order_by("-id"), case=int)


def oversees(actor: Actor, case: Case) -> bool:
    """May this actor open the slips and instructions on a request that they can read?"""
    return actor.may_any(*LEDGER, category=case.category_code)


def late(at: datetime) -> Q:
    """Not explained in time."""
    return Q(state=SlipState.OPEN, due_at__lt=at)


# --- 批示件 --------------------------------------------------------------------------------


def instructions_for(actor: Actor) -> QuerySet[Instruction]:
    """The instructions that the office's side may read, as far as its categories reach; none of a
    sealed request, or one's own."""
    rows = Instruction.objects.filter(UNSEALED, reach(actor, *LEDGER, via="case__"))
    return _instructions(actor, rows.filter(_kept(actor, at_desk=True)))


def instructions_on(sight: Sight) -> list[Instruction]:
    """Those on a request, for whoever reads what the office writes for itself."""
    if not sight.reads_notes or sight.case.seal:
        return []
    rows: list[Instruction] = INSTRUCTIONS_ON.instances(case=sight.case.pk)
    folder.join_people(rows, "leader")
    return rows


INSTRUCTIONS_ON = Compiled(lambda case: Instruction.objects.filter(case=case), case=int)


def unit_instructions(actor: Actor) -> QuerySet[Instruction]:
    """Those that name a unit that somebody works for, as long as it has the request in hand."""
    units = actor.units(P.HANDLE)
    leads = Q(in_hand_of(units, OuterRef("lead")), lead__in=units)
    named = Instruction.joint.through.objects.filter(
        instruction_id=OuterRef("pk"), unit_id__in=units
    )
    assists = Q(Exists(named), in_hand_of(units))
    rows = Instruction.objects.filter(UNSEALED, leads | assists, _kept(actor, at_desk=False))
    return _instructions(actor, rows)


def _instructions(actor: Actor, rows: QuerySet[Instruction]) -> QuerySet[Instruction]:
    rows = rows.exclude(_own(actor))
    return rows.select_related("case", "lead", "leader").prefetch_related("joint")


def late_instructions(at: datetime) -> Q:
    """Open, and past the day that the leader named."""
    return Q(state=InstructionState.OPEN, due_at__lt=at)


# --- 危机告警 ------------------------------------------------------------------------------


def alarms_waiting(actor: Actor) -> int:
    """How many that this actor may see still wait for somebody, drills among them."""
    return ALARMS.count(actor)


ALARMS = Prepared(
    lambda actor: (
        visible_to(actor).filter(acknowledged_at=None, closed_at=None).order_by().values("pk")
    )
)
