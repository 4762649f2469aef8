"""What carriers tell later: that a message has arrived, or that it never will."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction

from hotline.base import jobs
from hotline.base.refusals import Invalid
from hotline.drivers.carriers import KINDS, Receipt
from hotline.notices import carriers
from hotline.notices.codes import Outcome, State, Why
from hotline.notices.models import Attempt, Gateway, Message
from hotline.notices.services import ladder

NOTHING = ("", "text/plain; charset=utf-8")
OURS = re.compile(r"m([0-9]{1,18})", re.ASCII)  # our own reference of a message
SOON = timedelta(minutes=1)  # longer than a send and its recording take
MAY_ARRIVE = (State.SENDING, State.SENT, State.UNKNOWN, State.READY, State.FAILED)
MAY_BOUNCE = (
    State.SENDING,
    State.SENT,
)  # others are tried again anyway, or have failed, or arrived


class Answer(Enum):
    """What the carrier is answered."""

    TAKEN = 200
    REFUSED = 403
    UNKNOWN = 404
    LATER = 503


def take(
    code: str, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], *, at: datetime
) -> tuple[Answer, tuple[str, str]]:
    """Read a carrier's call; what to answer, and the body and type that it expects.

    Receipts of messages that are not ours are passed over: carriers repeat what is not taken. But
    while the gateway is sending, a receipt may be here before the name under which it was sent is
    written down; then it is read again a little later.
    """
    gateway = Gateway.objects.filter(code=code).first()
    kind = KINDS.get(gateway.kind) if gateway else None
    if gateway is None or kind is None or kind.parse_receipt is None:
        return Answer.UNKNOWN, NOTHING
    try:
        settings = kind.settings.read({**gateway.settings, **gateway.secrets})
    except Invalid:
        return Answer.LATER, NOTHING  # until somebody has put them right
    receipts = kind.parse_receipt(settings, body, headers, query)
    if receipts is None:
        return Answer.REFUSED, NOTHING
    # Asked first: a send that ends between the two is then found by its name.
    sending = Message.objects.filter(gateway=code, state=State.SENDING).exists()
    for receipt in receipts:
        if not note(code, receipt, at=at) and sending:
            _read_again(code, receipt, at=at + SOON)
    return Answer.TAKEN, kind.answer_with(settings)


def _read_again(gateway: str, receipt: Receipt, *, at: datetime) -> None:
    name, ref = carriers.kept(receipt.carrier_id), OURS.fullmatch(receipt.ref)
    if name or ref:
        jobs.defer(
            "notices.receipt", at=at, gateway=gateway, carrier_id=name, ref=ref[0] if ref else "",
            ok=receipt.ok, code=receipt.code, told_at=receipt.at.isoformat() if receipt.at else "",
        )  # fmt: skip


@transaction.atomic
def note(gateway: str, receipt: Receipt, *, at: datetime) -> bool:
    """Record one receipt of a gateway (its code), once; False where it is of no message of ours."""
    message = _message_of(gateway, receipt)
    if message is None:
        return False
    when = max(message.created_at, min(receipt.at, at)) if receipt.at else at
    if receipt.ok and message.state in MAY_ARRIVE:
        _arrived(message, receipt, gateway, when)
    elif not receipt.ok and message.state in MAY_BOUNCE:
        ladder.fall(message, Why.BOUNCED, at=when, code=receipt.code)
    return True


def _arrived(message: Message, receipt: Receipt, gateway: str, when: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(
        state=State.DELIVERED, delivered_at=when, sent_at=message.sent_at or when, why=Why.NONE,
        error="", not_before=None,
    )  # fmt: skip
    Attempt.objects.create(
        message=message,
        at=when,
        outcome=Outcome.DELIVERED,
        code=receipt.code[:80],
        gateway=gateway,
    )


def _message_of(gateway: str, receipt: Receipt) -> Message | None:
    """Which message it is about: by the carrier's name for it, or, where its answer with that name
    was lost, by our own reference."""
    rows = Message.objects.select_for_update().filter(gateway=gateway)
    name, ref = carriers.kept(receipt.carrier_id), OURS.fullmatch(receipt.ref)
    named = rows.filter(carrier_id=name).order_by("-id").first() if name else None
    if named is not None or ref is None:
        return named
    found = rows.filter(pk=int(ref[1])).first()
    if found is not None and name and not receipt.ok and _may_be_of_an_earlier_try(found):
        return None
    return found


def _may_be_of_an_earlier_try(message: Message) -> bool:
    """A no under another name than its own, or before it has one, must not end a new try."""
    return message.carrier_id != "" or message.state == State.SENDING
