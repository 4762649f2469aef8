"""Messages go out: claimed before they are sent, sent outside any transaction, settled after.

A claimed row is SENDING; a worker that dies leaves it so, and sweeping.py finds it. Every try
leaves an Attempt. What cannot be delivered one way goes down its ladder.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q

from hotline.base.refusals import Invalid
from hotline.cases.codes import Seal
from hotline.cases.seals import APART
from hotline.catalog import terms
from hotline.drivers.carriers import DeliveryError, Sent
from hotline.notices import carriers, rest, ways
from hotline.notices.carriers import Carrying
from hotline.notices.codes import OUT, Channel, Outcome, State, Why
from hotline.notices.models import Attempt, Gateway, Message
from hotline.notices.services import circuit, ladder, lanes, outbox
from hotline.notices.stories import UNTITLED

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))  # then it counts as failed
BROKEN = "BROKEN"  # our code for what is neither a carrier's answer nor its silence
MOST = 500  # messages that one job sends before it lets others have the worker
CAP_LOCK = 7_301  # the first half of the advisory locks under which a person's SMS are counted

CLAIM = """
UPDATE notices_message SET state = 'SENDING', tried_at = %(at)s, tries = tries + 1, gateway = %(gateway)s
WHERE id = (
    SELECT id FROM notices_message
    WHERE channel = %(channel)s AND state = 'READY' AND (not_before IS NULL OR not_before <= %(at)s)
    ORDER BY urgent DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING id
"""
# Of a gateway that is out each probe is another message: one that it never takes must not be the
# only one to ask whether it is back.
PROBING = CLAIM.replace("urgent DESC, id", "urgent DESC, tried_at NULLS FIRST, id")


@dataclass(frozen=True)
class Way:
    """An open way on a channel: its carrier, and the gateway it is, None for the postbox."""

    channel: str
    carrier: Carrying
    gateway: Gateway | None = None

    @property
    def code(self) -> str:
        return self.gateway.code if self.gateway else ""

    @property
    def is_out(self) -> bool:
        return self.gateway is not None and self.gateway.out_since is not None


def way_on(channel: str) -> Way | None:
    """The way on a channel as it is set up now; None where a live platform has none that works."""
    if not ways.live():
        return Way(channel, carriers.Postbox())
    gateway = ways.gateways().get(channel)
    if gateway is None:
        return None
    try:
        return Way(channel, carriers.carrier_of(gateway), gateway)
    except Invalid:
        return None  # kept settings that a later release no longer takes


def drain(
    channel: str,
    *,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    way: Way | None = None,
    most: int = MOST,
) -> int:
    """Send what is ready on a channel, the urgent first; how many were handed to the carrier.

    ``clock`` tells the time and ``pause`` waits so many seconds, for the gateway's own pace;
    ``way`` is another one than that which is set up. Nothing is claimed while the gateway is
    out, but for one probe when that is due; nor where enough others are at work on the channel.
    """
    way = way or way_on(channel)
    if way is None:
        return ladder.step_over(channel, Why.NO_GATEWAY, at=clock())
    with lanes.lane(channel) as free:
        sent = _drain(way, clock, pause, most) if free else 0
    if free:
        _call_others(way, at=clock())  # what came while this lane was given back
    return sent


def _drain(way: Way, clock: Clock, pause: Callable[[float], None], most: int) -> int:
    sent = 0
    for number in range(most):
        wait = circuit.turn(way.gateway, at=clock())
        if wait is None:
            break
        if wait:
            pause(wait)
        message = claim(way.channel, way.code, at=clock(), probing=way.is_out)
        if message is None:
            break
        if number == 0:
            _call_others(way, at=clock())
        sent += deliver(message, way, clock=clock)
    return sent


def _call_others(way: Way, *, at: datetime) -> None:
    """Is there work for another lane?"""
    due = Q(not_before=None) | Q(not_before__lte=at)
    ready = Message.objects.filter(due, channel=way.channel, state=State.READY)
    if not way.is_out and ready.exists():
        outbox.wake(way.channel)


def claim(channel: str, gateway: str, *, at: datetime, probing: bool = False) -> Message | None:
    """Take the next message that is ready on a channel: nobody else has it from now on."""
    values: dict[str, Any] = {"channel": channel, "gateway": gateway, "at": at}
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(PROBING if probing else CLAIM, values)
                row = cursor.fetchone()
            if row is None:
                return None
            message = Message.objects.select_related("user", "case").get(pk=row[0])
            if not _stopped(message, at):
                return message


def _stopped(message: Message, at: datetime) -> bool:
    """Is there, at the last moment, a reason not to send it? Then say which, and lay it aside."""
    if _is_sealed(message):
        ladder.skip(message, Why.SEALED)
    elif not message.urgent and rest.is_quiet(at):
        _put_back(message, state=State.HELD, not_before=rest.awake(at))
    elif ways.is_unwelcome(message, message.channel):
        ladder.skip(message, Why.OFF)
    elif _has_had_enough(message, at):
        ladder.skip(message, Why.CAP)
    else:
        return False
    return True


def _is_sealed(message: Message) -> bool:
    """Was its request sealed meanwhile? What names it by number alone still goes, and where it went."""
    seal = message.case.seal if message.case is not None else Seal.NONE
    if seal == Seal.NONE or message.template in UNTITLED:
        return False
    if seal in APART:  # those who are told since bear no title; what was to go before does
        return not message.to_requester and bool(message.params.get("title"))
    return not (seal == Seal.DISCIPLINE and message.template == "referred")


def _has_had_enough(message: Message, at: datetime) -> bool:
    """Has this person had the day's SMS? Counted under a lock, by everyone who sends one."""
    if message.channel != Channel.SMS or message.urgent:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [CAP_LOCK, message.who])
    today = Message.objects.filter(
        who=message.who, channel=Channel.SMS, urgent=False, state__in=OUT,
        tried_at__gte=rest.day_began(at),
    ).exclude(pk=message.pk)  # fmt: skip
    return today.count() >= terms.current().sms_daily_most


def deliver(message: Message, way: Way, *, clock: Callable[[], datetime]) -> bool:
    """Send one claimed message and record what came of it; True when the carrier took it.

    A message that cannot even be handed over goes down its ladder: it must not stop the lane.
    """
    to = ways.address_of(message)
    if way.gateway is not None and not to:
        ladder.fall(message, Why.NO_ADDRESS, at=clock())
        return False
    try:
        sent = way.carrier.send(carriers.parcel_of(message, to))
    except DeliveryError as error:
        _failed(message, way, error, at=clock())
        return False
    except DatabaseError:
        raise  # ours, and of every message: the sweep finds this one again
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, others wait behind it
        log.error("message %s is broken: %s", message, type(error).__name__)  # no words of it
        ladder.fall(message, Why.REFUSED, at=clock(), code=BROKEN)
        return False
    _arrived(message, way, sent, at=clock())
    return True


def _arrived(message: Message, way: Way, sent: Sent, *, at: datetime) -> None:
    """The carrier took it; the postbox is where it is read, so there it has arrived as well."""
    there = way.gateway is None
    changes: dict[str, Any] = {
        "state": State.DELIVERED if there else State.SENT, "carrier_id": carriers.kept(sent.carrier_id),
        "sent_at": at, "delivered_at": at if there else None, "error": "",
    }  # fmt: skip
    settle(message, at=at, outcome=Outcome.SENT, **changes)
    if way.gateway is not None:
        circuit.answered(way.gateway, at=at)


def settle(
    message: Message, *, at: datetime, outcome: Outcome, code: str = "", **changes: Any
) -> bool:
    """Write what came of a try, if the message is still ours; the attempt is recorded in any case.

    It is ours while the try is the one that ``message`` knows of: somebody else may have given it
    up and begun another.
    """
    with transaction.atomic():
        rows = Message.objects.filter(pk=message.pk, state=State.SENDING)
        ours = rows.filter(tries=message.tries, tried_at=message.tried_at).update(**changes)
        Attempt.objects.create(
            message=message, at=at, outcome=outcome, code=code[:80], gateway=message.gateway
        )
    for name, value in changes.items():
        setattr(message, name, value)
    return bool(ours)


def _failed(message: Message, way: Way, error: DeliveryError, *, at: datetime) -> None:
    if error.permanent:
        if way.gateway is not None:
            circuit.answered(way.gateway, at=at)  # it said no: it is there
        ladder.fall(message, Why.REFUSED, at=at, code=error.code)
        return
    is_out = circuit.failed(way.gateway, error.code, at=at) if way.gateway is not None else False
    if error.unknown and not carriers.idempotent(way.carrier):
        lost(message, at=at, code=error.code)
        return
    _again(message, error.code, at=at, is_out=is_out)


def lost(message: Message, *, at: datetime, code: str) -> None:
    """It was sent, or may have been, and no answer came: once more, marked; then it is unknown."""
    if message.doubtful:
        ladder.fall(
            message, Why.ANSWER_LOST, at=at, code=code, state=State.UNKNOWN, outcome=Outcome.LOST
        )
        return
    settle(
        message, at=at, outcome=Outcome.LOST, code=code,
        state=State.READY, doubtful=True, error=code[:80], not_before=None,
    )  # fmt: skip


def _again(message: Message, code: str, *, at: datetime, is_out: bool) -> None:
    """Later: after a pause that grows; while the gateway is out it only waits, and no try counts."""
    if is_out and message.urgent and message.next_channel:
        ladder.fall(message, Why.OUTAGE, at=at, code=code, outcome=Outcome.LATER)
        return
    if not is_out and message.tries > len(BACK_OFF):
        ladder.fall(message, Why.TRIES, at=at, code=code)
        return
    tries = message.tries - 1 if is_out else message.tries
    wait = None if is_out else at + BACK_OFF[message.tries - 1]
    settle(
        message, at=at, outcome=Outcome.LATER, code=code,
        state=State.READY, tries=tries, not_before=wait, error=code[:80],
    )  # fmt: skip


def _put_back(message: Message, **changes: Any) -> None:
    """Not tried after all."""
    Message.objects.filter(pk=message.pk).update(
        tries=F("tries") - 1, tried_at=None, gateway="", **changes
    )
