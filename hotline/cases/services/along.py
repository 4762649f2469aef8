"""What is merged into a request goes into a closed room with it, and comes out with it.

It tells of the same, names the other on its page, and gets the other's answer.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.cases import seals
from hotline.cases.codes import Seal
from hotline.cases.models import Case
from hotline.cases.moves import MOVES
from hotline.cases.services import copies
from hotline.cases.services.turn import cancel_visits, move, next_round
from hotline.people.actor import SYSTEM

SEALING = ("enclose", "recall", "raise")


def take_in(lead: Case, *, at: datetime) -> None:
    """Seal what is merged into a request as that is being sealed."""
    for child in _merged(lead):
        if child.seal in seals.WALKING and child.seal != lead.seal:
            _seal(child, lead, at)


def let_out(lead: Case, *, at: datetime) -> None:
    """Open to the office what was sealed with a request that is being opened; not what was for itself."""
    for child in _merged(lead):
        if child.seal in seals.APART and _was_sealed_with(child, lead):
            words = _("所并入的主件交热线办办理，本件随之交热线办")
            with move(child, "open_up", by=SYSTEM, at=at, text=words, along=lead.pk) as turn:
                turn.facts["seal"], child.seal = child.seal, Seal.NONE


def _merged(lead: Case) -> list[Case]:
    """All of them, locked; those that were answered with it as well."""
    rows = Case.objects.filter(merged_into=lead, erased_at=None).order_by("id")
    return list(rows.select_for_update())


def _seal(child: Case, lead: Case, at: datetime) -> None:
    with move(child, _verb(child), by=SYSTEM, at=at, text=_words(lead), along=lead.pk) as turn:
        turn.facts["seal"], child.seal = child.seal, lead.seal
        if child.state in MOVES["recall"].sources and child.closed_at is not None:
            next_round(child, turn.at)
        cancel_visits(child, at=turn.at)
        copies.raise_secrecy(child)


def _verb(child: Case) -> str:
    if child.seal in seals.APART:
        return "raise"
    return "recall" if child.state in MOVES["recall"].sources else "enclose"


def _words(lead: Case) -> str:
    if lead.seal == Seal.LEADERS:
        return _("所并入的主件转校领导专办，本件随之转办")
    return _("所并入的主件转党政办专人办理，本件随之转办")


def _was_sealed_with(child: Case, lead: Case) -> bool:
    last = child.steps.filter(verb__in=SEALING).order_by("-seq").first()
    return last is not None and last.facts.get("along") == lead.pk
