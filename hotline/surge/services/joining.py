"""A request belongs to a surge: the requester says so, or a clerk; a clerk may find that it does not."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import policies as cases
from hotline.cases.models import Case, Event
from hotline.cases.services import intake, merging
from hotline.cases.services.given import Words
from hotline.cases.services.intake import Receipt
from hotline.cases.services.turn import Turn, move
from hotline.people.actor import Actor
from hotline.surge.models import Member, Surge
from hotline.surge.policies import why_alone


@transaction.atomic
def submit(words: Words, *, about: int | None, by: Actor, at: datetime, **more: Any) -> Receipt:
    """Submit a request that its requester says is about the surge of that id.

    It is a request like any other, with its own number and answer; tied to the event at birth unless
    it is one of those that are always dealt with alone, or the surge is over.
    """
    surge = Surge.objects.filter(pk=about or 0, on=True, asks=True, until__gt=at).first()
    if surge is None:
        return intake.submit(words, by=by, at=at, **more)
    event = _event(surge)

    def tie(case: Case, turn: Turn) -> None:
        if not why_alone(case):
            case.event = event
            turn.facts["surge"] = surge.pk

    receipt = intake.submit(words, by=by, at=at, tie=tie, **more)
    if not why_alone(receipt.case):
        Member.objects.create(case=receipt.case, surge=surge, at=at)
    return receipt


@transaction.atomic
def bring_in(surge: Surge, case: Case, *, by: Actor, at: datetime) -> None:
    """A clerk finds that a request is about it. Raises NotAllowed, Invalid."""
    if why_alone(case):
        raise Invalid(_("这件诉求须单独办理。"))
    text = _("归入突发事件“%(title)s”") % {"title": surge.title}
    with move(case, "note", by=by, at=at, text=text, surge=surge.pk) as turn:
        _refuse_reader(case, by)
        case.event = case.event or _event(surge)
        Member.objects.update_or_create(
            case=case, defaults={"surge": surge, "at": turn.at, "out_at": None, "out_by": None}
        )


@transaction.atomic
def take_out(case: Case, *, by: Actor, at: datetime) -> None:
    """A clerk finds that it is about something else. Raises NotAllowed, WrongState once merged."""
    _refuse_reader(case, by)
    if case.merged_into_id is not None:
        raise WrongState(_("已并单的诉求，请先解除并单。"))
    merging.set_apart(case, by=by, at=at)
    Member.objects.filter(case=case, out_at=None).update(out_at=at, out_by=by.user)


def _refuse_reader(case: Case, by: Actor) -> None:
    if not cases.triager(by, case):
        raise NotAllowed(_("您没有执行此操作的权限。"))


def _event(surge: Surge) -> Event | None:
    return surge.lead.event if surge.lead else None
