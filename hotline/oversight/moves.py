"""The small laws of a slip and of an instruction: from which state to which, and who may."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline.cases import policies
from hotline.oversight.models import Instruction, InstructionState, SlipState, Supervision
from hotline.people.actor import Actor
from hotline.people.permissions import P

S = SlipState


@dataclass(frozen=True)
class Move:
    sources: frozenset[SlipState]
    target: SlipState
    may: Callable[[Actor, Supervision], bool]


def overseer(actor: Actor, slip: Supervision) -> bool:
    """The office that decides and 督查督办."""
    return policies.overseer(actor, slip.case)


def answerer(actor: Actor, slip: Supervision) -> bool:
    """Somebody of the unit who may sign for it; not of a sealed request."""
    return slip.case.seal == "" and actor.may(P.HANDLE, unit=slip.unit_id)


def leader(actor: Actor, slip: Supervision) -> bool:
    return policies.instructor(actor, slip.case)


MOVES: dict[str, Move] = {
    "feed_back": Move(frozenset({S.OPEN, S.ANSWERED}), S.ANSWERED, answerer),
    "ask_again": Move(frozenset({S.ANSWERED}), S.OPEN, overseer),
    "opine":     Move(frozenset({S.OPEN}), S.OPEN, leader),
    "opine_on":  Move(frozenset({S.ANSWERED}), S.ANSWERED, leader),
    "discharge": Move(frozenset({S.OPEN, S.ANSWERED}), S.DISCHARGED, overseer),
}  # fmt: skip


def open_to(actor: Actor, slip: Supervision) -> set[str]:
    """What this person may do with a slip now."""
    return {
        verb for verb, law in MOVES.items() if slip.state in law.sources and law.may(actor, slip)
    }


# --- 批示件 --------------------------------------------------------------------------------

I = InstructionState


@dataclass(frozen=True)
class InstructionMove:
    sources: frozenset[InstructionState]
    target: InstructionState | None  # None: it stays
    may: Callable[[Actor, Instruction], bool]


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
    """The unit of it that somebody works for, the lead first; none of a sealed request, or one's own."""
    if row.case.seal or policies.is_requester(actor, row.case):
        return None
    units = [row.lead_id, *(unit.pk for unit in row.joint.all())]
    return next((unit for unit in units if actor.may(P.HANDLE, unit=unit)), None)


INSTRUCTION_MOVES: dict[str, InstructionMove] = {
    "note":   InstructionMove(frozenset({I.OPEN, I.REPORTED}), None, noted_by),
    "report": InstructionMove(frozenset({I.OPEN, I.REPORTED}), I.REPORTED, reported_by),
    "ask_on": InstructionMove(frozenset({I.REPORTED}), I.OPEN, follows),
    "close":  InstructionMove(frozenset({I.OPEN, I.REPORTED}), I.CLOSED, closed_by),
    "read":   InstructionMove(frozenset(I), None, read_by),
}  # fmt: skip


def open_on(actor: Actor, row: Instruction) -> set[str]:
    """What this person may do with an instruction now."""
    return {
        verb
        for verb, law in INSTRUCTION_MOVES.items()
        if row.state in law.sources and law.may(actor, row)
    }
