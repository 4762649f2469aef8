"""The small laws of a slip and of an instruction: from which state to which, and who may."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from hotline.cases import policies, recusal
from hotline.cases.models import Case
from hotline.cases.queries import GONE
from hotline.oversight.models import Instruction, InstructionState, SlipState, Supervision
from hotline.people.actor import Actor
from hotline.people.permissions import P

Given = TypeVar("Given", Supervision, Instruction)


@dataclass(frozen=True)
class Move(Generic[Given]):
    """One verb. ``target`` None: the thing stays in its state."""

    sources: frozenset[str]
    target: str | None
    may: Callable[[Actor, Given], bool]


def open_to(actor: Actor, law: Mapping[str, Move[Given]], thing: Given) -> set[str]:
    """What this person may do with a slip, or an instruction, now."""
    return {
        verb for verb, move in law.items() if thing.state in move.sources and move.may(actor, thing)
    }


# --- 督办单 --------------------------------------------------------------------------------

S = SlipState


def overseer(actor: Actor, slip: Supervision) -> bool:
    """The office that decides and 督查督办."""
    return policies.overseer(actor, slip.case)


def answerer(actor: Actor, slip: Supervision) -> bool:
    """Somebody of the unit who may sign for it, as long as it has the request in hand."""
    return _answers(actor, slip.case, slip.unit_id)


def leader(actor: Actor, slip: Supervision) -> bool:
    """A leader; 督查督办, who registers instructions for one, gives no opinion in their place."""
    return policies.instructor(actor, slip.case) and not actor.may(P.SUPERVISE)


SLIP_MOVES: dict[str, Move[Supervision]] = {
    "feed_back": Move(frozenset({S.OPEN, S.ANSWERED}), S.ANSWERED, answerer),
    "ask_again": Move(frozenset({S.ANSWERED}), S.OPEN, overseer),
    "opine":     Move(frozenset({S.OPEN, S.ANSWERED}), None, leader),
    "discharge": Move(frozenset({S.OPEN, S.ANSWERED}), S.DISCHARGED, overseer),
}  # fmt: skip


# --- 批示件 --------------------------------------------------------------------------------

I = InstructionState


def follows(actor: Actor, row: Instruction) -> bool:
    """The office that decides, 督查督办, and the leaders."""
    return policies.overseer(actor, row.case) or policies.instructor(actor, row.case)


def noted_by(actor: Actor, row: Instruction) -> bool:
    """Whoever follows it, and its units."""
    return follows(actor, row) or own_unit(actor, row) is not None


def reported_by(actor: Actor, row: Instruction) -> bool:
    """The lead unit, or who oversees it for a unit that told them."""
    if policies.overseer(actor, row.case):
        return True
    return own_unit(actor, row) == row.lead_id


def closed_by(actor: Actor, row: Instruction) -> bool:
    return policies.overseer(actor, row.case)


def read_by(actor: Actor, row: Instruction) -> bool:
    """A leader; whoever only registers for one has not read it in their place."""
    return policies.instructor(actor, row.case) and not actor.may(P.SUPERVISE)


def own_unit(actor: Actor, row: Instruction) -> int | None:
    """The unit of it that somebody works for and that has the request in hand, the lead first."""
    units = [row.lead_id, *(unit.pk for unit in row.joint.all())]
    return next((unit for unit in units if _answers(actor, row.case, unit)), None)


def _answers(actor: Actor, case: Case, unit: int) -> bool:
    """Not of a sealed request, not of one's own, and not when the order was given back."""
    if case.seal or policies.is_requester(actor, case) or recusal.keeps_away(actor, case):
        return False
    if not actor.may(P.HANDLE, unit=unit):
        return False
    return case.orders.filter(unit=unit).exclude(state__in=GONE).exists()


INSTRUCTION_MOVES: dict[str, Move[Instruction]] = {
    "note":   Move(frozenset({I.OPEN, I.REPORTED}), None, noted_by),
    "report": Move(frozenset({I.OPEN, I.REPORTED}), I.REPORTED, reported_by),
    "ask_on": Move(frozenset({I.REPORTED}), I.OPEN, follows),
    "close":  Move(frozenset({I.OPEN, I.REPORTED}), I.CLOSED, closed_by),
    "read":   Move(frozenset(I), None, read_by),
}  # fmt: skip
