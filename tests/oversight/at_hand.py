"""Slips at hand."""

from hotline.cases.codes import State
from hotline.oversight.services import slips
from tests.make import NOON, a_case, an_actor


def a_slip(**fields):
    """督查督办 asks houqin about a request that it has in hand."""
    case = a_case(State.IN_PROGRESS, next_due_at=NOON, **fields)
    return slips.open_by_hand(
        case, requirement="请本周内办结", reason="DB04", by=an_actor("R9"), at=NOON
    )
