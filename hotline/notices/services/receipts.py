"""What carriers tell later: that a message has arrived, or that it never will."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from django.db import transaction

from hotline.drivers.carriers import KINDS, Receipt
from hotline.notices.codes import Outcome, State, Why
from hotline.notices.models import Attempt, Gateway, Message
from hotline.notices.services import ladder

NOTHING = ("", "text/plain; charset=utf-8")
MATCHABLE = (State.SENDING, State.SENT, State.UNKNOWN, State.READY, State.FAILED)


class Answer(Enum):
    """What the carrier is answered."""

    TAKEN = 200
    REFUSED = 403
    UNKNOWN = 404


def take(
    code: str, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], *, at: datetime
) -> tuple[Answer, tuple[str, str]]:
    """Read a carrier's call; what to answer, and the body and type that it expects.

    Receipts of messages that are not ours are passed over: carriers repeat what is not taken.
    """
    gateway = Gateway.objects.filter(code=code).first()
    kind = KINDS.get(gateway.kind) if gateway else None
    if gateway is None or kind is None or kind.parse_receipt is None:
        return Answer.UNKNOWN, NOTHING
    settings = kind.settings.read({**gateway.settings, **gateway.secrets})
    receipts = kind.parse_receipt(settings, body, headers, query)
    if receipts is None:
        return Answer.REFUSED, NOTHING
    for receipt in receipts:
        note(gateway, receipt, at=at)
    return Answer.TAKEN, kind.answer_with(settings)


@transaction.atomic
def note(gateway: Gateway, receipt: Receipt, *, at: datetime) -> bool:
    """Record one receipt; False where it is of no message of ours, or says nothing new."""
    message = _message_of(gateway, receipt)
    if message is None or message.state not in MATCHABLE:
        return False
    when = min(receipt.at, at) if receipt.at else at
    if not receipt.ok:
        if message.state in {State.READY, State.FAILED}:
            return False  # it is being tried again anyway, or is known to have failed
        return ladder.fall(message, Why.BOUNCED, at=when, code=receipt.code) is not None
    Message.objects.filter(pk=message.pk).update(
        state=State.DELIVERED, delivered_at=when, sent_at=message.sent_at or when, why=Why.NONE,
        error="", not_before=None,
    )  # fmt: skip
    Attempt.objects.create(
        message=message,
        at=when,
        outcome=Outcome.DELIVERED,
        code=receipt.code[:80],
        gateway=gateway.code,
    )
    return True


def _message_of(gateway: Gateway, receipt: Receipt) -> Message | None:
    rows = Message.objects.select_for_update().filter(gateway=gateway.code)
    if receipt.carrier_id:
        named = rows.filter(carrier_id=receipt.carrier_id).order_by("-id").first()
        if named is not None:
            return named  # else its answer, with that name, was lost: our own reference is left
    if receipt.ref.startswith("m") and receipt.ref[1:].isdecimal():
        return rows.filter(pk=int(receipt.ref[1:])).first()
    return None
