"""Who may switch a surge, and what may be dealt with together. Pure."""

from django.utils.translation import gettext as _

from hotline.base.masking import find_personal
from hotline.base.refusals import NotAllowed
from hotline.cases.codes import Mode, Seal
from hotline.cases.models import Case
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.surge.models import Item

Why = Item.Why

NAMES = frozenset({"name"})


def may_switch(actor: Actor) -> bool:
    """The office's manager, and the administrator of the platform."""
    return actor.is_system or actor.may_any(P.DECIDE, P.PEOPLE)


def switcher(actor: Actor) -> P:
    """The permission by which this person switches. Raises NotAllowed."""
    if not may_switch(actor):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    return P.DECIDE if actor.may(P.DECIDE) else P.PEOPLE


def why_alone(case: Case) -> str:
    """Why a request is never grouped or answered together with others; empty when it may be."""
    if case.seal != Seal.NONE or case.flagged:
        return Why.SEALED
    if case.is_urgent:
        return Why.URGENT
    if case.is_complaint or case.target_unit_id is not None:
        return Why.COMPLAINT
    if case.mode == Mode.CONFIDENTIAL:
        return Why.CONFIDENTIAL
    if case.category is not None and (case.category.sensitive or case.category.confidential):
        return Why.SENSITIVE
    if find_personal(f"{case.title} {case.body}", kinds=NAMES):
        return Why.NAMES
    return ""
