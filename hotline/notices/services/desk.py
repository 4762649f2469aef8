"""What clerks do with the ledger: send once more, ring somebody up."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from hotline.base.refusals import NotAllowed, WrongState
from hotline.notices import ways
from hotline.notices.codes import CARRIED, Channel, Outcome, State, Why
from hotline.notices.models import Attempt, Message
from hotline.notices.services import outbox
from hotline.people.actor import Actor
from hotline.people.permissions import P

KEEPERS = (P.TRIAGE, P.DECIDE, P.NOTICES)  # of the ledger
RINGERS = (P.VISIT, P.TRIAGE, P.DECIDE, P.OFFICE)
AGAIN = (State.FAILED, State.UNKNOWN)
HELD_FOR = timedelta(hours=1)  # then somebody else may take a call on


def retry(message: Message, *, by: Actor, at: datetime) -> None:
    """Send once more what has failed or is unknown. Raises NotAllowed and WrongState."""
    _allow(by)
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, state__in=AGAIN, channel__in=CARRIED)
        doubtful = message.doubtful or message.state == State.UNKNOWN
        if not rows.update(
            state=State.READY, why=Why.NONE, tries=0, not_before=None, doubtful=doubtful,
            carrier_id="",  # what is still said of the earlier try is not about this one
        ):  # fmt: skip
            raise WrongState(_("这条消息现在不需要重发。"))
        outbox.wake(message.channel)


def retry_failed(*, by: Actor, at: datetime) -> int:
    """Send once more whatever has failed; how many. Raises NotAllowed."""
    _allow(by)
    rows = Message.objects.filter(state=State.FAILED, channel__in=CARRIED)
    failed = [m for m in rows if m.next_channel in {None, Channel.CALL}]  # not what went on already
    for message in failed:
        retry(message, by=by, at=at)
    return len(failed)


def take_call(message: Message, *, by: Actor, at: datetime) -> None:
    """Take on telling somebody by telephone: only then, and until it is done, is the number shown.

    Whoever has left one for an hour has left it to others. Raises NotAllowed, and WrongState when
    somebody else has taken it or it is done.
    """
    _may_ring(by)
    rows = Message.objects.filter(pk=message.pk, channel=Channel.CALL, state=State.READY)
    free = Q(done_by=None) | Q(done_by=by.user) | Q(tried_at__lte=at - HELD_FOR)
    with transaction.atomic():
        if not rows.filter(free).update(done_by=by.user, tried_at=at):
            raise WrongState(_("这一项已经有人处理。"))
        Attempt.objects.create(message=message, at=at, outcome=Outcome.TAKEN, code=f"u{by.user_id}")


def is_free(message: Message, *, at: datetime) -> bool:
    """May anybody take this call on: has nobody, or has whoever did left it?"""
    left = message.tried_at is not None and message.tried_at <= at - HELD_FOR
    return message.done_by_id is None or left


def give_back(message: Message, *, by: Actor, at: datetime) -> None:
    """Leave a call that one has taken on to the others. Raises NotAllowed and WrongState."""
    _may_ring(by)
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, channel=Channel.CALL, state=State.READY)
        if not rows.filter(done_by=by.user).update(done_by=None, tried_at=None):
            raise WrongState(_("请先领取这一项，或它已经有人处理。"))
        Attempt.objects.create(message=message, at=at, outcome=Outcome.LATER, code=f"u{by.user_id}")


def number_of(message: Message, by: Actor) -> str:
    """The number to ring, for whoever has taken it on; "" for everyone else."""
    mine = message.done_by_id is not None and message.done_by_id == by.user_id
    open_ = message.channel == Channel.CALL and message.state == State.READY
    return ways.phone_of(message) if mine and open_ else ""


def rang(message: Message, *, by: Actor, at: datetime) -> None:
    """Somebody has been told by telephone. Raises NotAllowed and WrongState."""
    _may_ring(by)
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, channel=Channel.CALL, state=State.READY)
        mine = rows.filter(done_by=by.user)
        if not mine.update(state=State.DELIVERED, delivered_at=at, sent_at=at):
            raise WrongState(_("请先领取这一项，或它已经有人处理。"))
        Attempt.objects.create(message=message, at=at, outcome=Outcome.RUNG)


def _may_ring(by: Actor) -> None:
    if by.user is None or not by.may_any(*RINGERS):
        raise NotAllowed(_("您没有执行此操作的权限。"))


def _allow(by: Actor) -> None:
    if not (by.is_system or by.may_any(*KEEPERS)):
        raise NotAllowed(_("您没有执行此操作的权限。"))
