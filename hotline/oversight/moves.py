"""The small law of a slip: from which state to which, and who may."""

from collections.abc import Callable
from dataclasses import dataclass

from hotline.cases import policies
from hotline.oversight.models import SlipState, Supervision
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
