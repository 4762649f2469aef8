"""Decisions that need two people: one proposes, another confirms."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import NotAllowed, WrongState
from hotline.base.words import clean
from hotline.cases.models import Case, Proposal
from hotline.people.actor import Actor


def propose(
    case: Case, verb: str, *, words: str, by: Actor, at: datetime, reason: str = ""
) -> Proposal:
    """Put a decision before a second person. Raises WrongState while one is pending."""
    if case.proposals.filter(accepted=None).exists():
        raise WrongState(_("这件诉求已有一项待确认的提议。"))
    return case.proposals.create(verb=verb, reason=reason, text=clean(words), by=by.user, at=at)


def decide(case: Case, verb: str, *, accepted: bool, by: Actor, at: datetime) -> None:
    """Decide on another person's proposal. Raises NotAllowed for one's own, WrongState for none."""
    proposal = case.proposals.filter(accepted=None, verb=verb).first()
    if proposal is None:
        raise WrongState(_("须先由另一位工作人员提出，再由您确认。"))
    if accepted and proposal.by_id == by.user_id:
        raise NotAllowed(_("不能确认自己提出的提议，请由另一位工作人员确认。"))
    proposal.accepted, proposal.decided_by, proposal.decided_at = accepted, by.user, at
    proposal.save()
