"""Closed rooms (密封): who holds the key of each, and in which a request walks the ordinary road.

Crisis and discipline files have left the road: nobody but their room moves them. A complaint about
the hotline office walks it like any other, with the receivers (党政办) in the office's place: what
the law lets an agent, a clerk or the manager do, a holder of ``case.office`` does there, and units
answer through their work orders. Where all of them must step aside (recusal.py), the leaders do it.
"""

from collections.abc import Mapping

from hotline.cases.codes import Referral, Seal
from hotline.cases.models import Case
from hotline.catalog.models import Category
from hotline.people.models import Unit
from hotline.people.permissions import P

HANDED_OVER = (Referral.PETITION, Referral.DISCIPLINE)  # whose file never comes back
OFFICE_UNIT = "hotline"  # the code of the unit that is the hotline office
KEYS: Mapping[Seal, P] = {
    Seal.CRISIS: P.CRISIS,
    Seal.DISCIPLINE: P.DISCIPLINE,
    Seal.OFFICE: P.OFFICE,
    Seal.LEADERS: P.INSTRUCT,
}
OFFICE_WORK = (
    P.TRIAGE,
    P.DISPATCH,
    P.DECIDE,
    P.REVIEW,
)  # done everywhere, it makes one of the office
APART = (Seal.OFFICE, Seal.LEADERS)  # the ordinary road without the hotline office
APART_KEYS = tuple(KEYS[seal] for seal in APART)
WALKING = (Seal.NONE, *APART)  # on the road: units work on them, and answer to somebody
STOOD_IN = frozenset({
    P.REGISTER, P.TRIAGE, P.ANSWER, P.DECLINE, P.CONFIRM, P.DISPATCH, P.DECIDE, P.REVIEW, P.UNMASK,
})  # fmt: skip
"""What the receivers do in the office's place; leaders and 督查督办 have no part in the room."""


def stand_in(seal: str, permission: P) -> P | None:
    """Which permission counts for a request under this seal in place of another; None: none does."""
    if seal == Seal.NONE:
        return permission
    return KEYS[Seal(seal)] if seal in APART and permission in STOOD_IN else None


def is_about_office(target: Unit | None, category: Category | None) -> bool:
    """Is it about the hotline office: by the unit complained of, or by what its category says?"""
    by_unit = target is not None and target.code == OFFICE_UNIT
    return by_unit or (category is not None and category.about_office)


def goes_back_to(case: Case) -> str:
    """The seal that a request bore before it became a crisis; of what was referred, its file's."""
    if case.referred_to == Referral.DISCIPLINE:
        return Seal.DISCIPLINE
    last = case.steps.filter(verb="alarm").order_by("-seq").first()
    return str(last.facts.get("seal", Seal.NONE)) if last is not None else Seal.NONE


def is_asked(case: Case) -> bool:
    """Does the requester still have to say whether the hotline office may have it?"""
    if case.seal not in APART:
        return False
    said = case.steps.filter(verb__in=["ask_open", "refuse_open", "open_up", "enclose", "recall"])
    return said.order_by("-seq").values_list("verb", flat=True).first() == "ask_open"
