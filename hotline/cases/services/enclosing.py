"""Complaints about the hotline office (热线办件): closed to it, and opened again only with consent.

The requester's word opens it, not the receivers' opinion: they asked for the room because they fear
those who would read it then, and what has been read cannot be taken back. Nothing waits for their
answer, since the receivers can do all that the office could.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import LONGEST, reason
from hotline.cases import policies, seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case
from hotline.cases.moves import MOVES
from hotline.cases.services import along, copies, recusing
from hotline.cases.services.turn import cancel_orders, cancel_visits, move, next_round
from hotline.catalog import shelf
from hotline.people.actor import Actor

LEAST = 10  # characters of a reason


def enclose(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Close a request that turns out to be about the hotline office to all but the receivers.

    What units have in hand is called off: the receivers send it anew. Raises Invalid without a reason.
    """
    verb = "recall" if case.state in MOVES["recall"].sources else "enclose"
    with move(case, verb, by=by, at=at, text=words, version=version) as turn:
        reason(words, least=LEAST, most=LONGEST)
        if verb == "recall":
            cancel_orders(case, at=turn.at)
            if case.closed_at is not None:  # it waited for the leaders after an answer
                next_round(case, turn.at)
        cancel_visits(case, at=turn.at)
        shut(case)
        along.take_in(case, at=turn.at)


def shut(case: Case) -> None:
    """Put a request that is being moved, or written, into the room. Whose name it bears no unit learns."""
    case.seal = Seal.OFFICE
    case.target_unit = case.target_unit or shelf.current().unit(seals.OFFICE_UNIT)
    if case.pk is not None:
        copies.raise_secrecy(case)


def ask_to_open(
    case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Ask the requester whether the hotline office may have it, saying why. Raises WrongState while
    they have not answered."""
    with move(case, "ask_open", by=by, at=at, text=words, version=version):
        reason(words, least=LEAST, most=LONGEST)
        if seals.is_asked(case):
            raise WrongState(_("已经征求过诉求人的意见，正在等待答复。"))


def open_up(
    case: Case, *, by: Actor, at: datetime, words: str = "", version: int | None = None
) -> None:
    """Give it to the hotline office: the requester agrees, or a receiver writes down that they did.

    What made it one about the office is taken off it, or the next clerk would close it again.
    Raises Invalid where a receiver gives no reason, WrongState where the requester was not asked.
    """
    with move(case, "open_up", by=by, at=at, text=words, version=version) as turn:
        if not policies.is_requester(by, case):
            reason(words, least=LEAST, most=LONGEST)
        elif not seals.is_asked(case):
            raise WrongState(_("这件诉求没有在征求您的意见。"))
        was, case.seal = case.seal, Seal.NONE
        if case.target_unit is not None and case.target_unit.code == seals.OFFICE_UNIT:
            case.target_unit = None
        if case.category is not None and case.category.about_office:
            turn.facts["old"] = [case.category.code]
            case.category = None
        if recusing.none_left(case, seals.OFFICE_WORK, turn.at):
            raise Invalid(_("热线办没有可以办理这件诉求的人。"))
        turn.facts["seal"] = was
        along.let_out(case, at=turn.at)


def refuse_to_open(case: Case, *, by: Actor, at: datetime, version: int | None = None) -> None:
    """The requester does not want the hotline office to have it: it stays where it is."""
    with move(case, "refuse_open", by=by, at=at, version=version):
        if not seals.is_asked(case):
            raise WrongState(_("这件诉求没有在征求您的意见。"))
