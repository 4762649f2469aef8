"""What time alone brings: the morning, a crash that left something half done, work nobody woke."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Min, Q, QuerySet

from hotline.base.refusals import Invalid
from hotline.notices import carriers, ways, wording
from hotline.notices.codes import CARRIED, PENDING, Outcome, State, Why
from hotline.notices.models import Gateway, Message
from hotline.notices.services import circuit, delivery, ladder, outbox

STALE = timedelta(minutes=3)  # longer than any carrier is waited for
FOLD_FROM = 3  # as many held for one morning become one
SWEEP_LOCK = 7_302


def old(before: datetime, *, keep: Collection[int] = ()) -> QuerySet[Message]:
    """Messages from before a moment that nothing is still to come of; those about some requests stay."""
    rows = Message.objects.filter(created_at__lt=before).exclude(state__in=PENDING)
    return rows.filter(Q(case=None) | ~Q(case__in=keep)) if keep else rows


def forget(*, before: datetime, most: int, keep: Collection[int] = ()) -> int:
    """Forget them with their attempts, at most so many; how many messages."""
    found = old(before, keep=keep).order_by("created_at").values_list("id", flat=True)
    ids = list(found[:most])
    Message.objects.filter(pk__in=ids).delete()
    return len(ids)


def sweep(*, at: datetime) -> None:
    """Once a minute, by one worker at a time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SWEEP_LOCK])
            if not cursor.fetchone()[0]:
                return
        release(at=at)
    reclaim(at=at)
    pass_on(at=at)
    ready = Message.objects.filter(state=State.READY, channel__in=CARRIED)
    for channel in ready.values_list("channel", flat=True).distinct():
        outbox.wake(channel)


def release(*, at: datetime) -> int:
    """It is morning: what was held goes out, several to one person as one."""
    held = Message.objects.filter(state=State.HELD, not_before__lte=at)
    crowds = (
        held.filter(user__isnull=False, to_requester=False)
        .values("who", "channel")
        .annotate(n=Count("id"), first=Min("id"))
        .filter(n__gte=FOLD_FROM)
    )
    for crowd in crowds:
        _fold(held.filter(who=crowd["who"], channel=crowd["channel"]), crowd["first"], at)
    return held.update(state=State.READY)


def _fold(rows: QuerySet[Message], first: int, at: datetime) -> None:
    messages = list(rows.order_by("id"))
    top = messages[0]
    values = {"count": str(len(messages))}
    words = wording.wording("morning", top.channel, top.language)
    digest = Message.objects.create(
        key=f"morning:{top.who}:{top.channel}:{first}", user_id=top.user_id, who=top.who,
        purpose="morning", template="morning", language=top.language, title=wording.heading(words.spec.code, words.language),
        text=outbox.text_of(words, values), params=values, ladder=top.ladder, rung=top.rung,
        channel=top.channel, first=False, created_at=at, state=State.READY,
    )  # fmt: skip
    ids = [message.pk for message in messages]
    Message.objects.filter(pk__in=ids).update(state=State.SKIPPED, why=Why.DIGEST, digest=digest)


def pass_on(*, at: datetime) -> int:
    """What is urgent and has waited a probe's time for a gateway that is out takes its next way."""
    out = [channel for channel, gateway in ways.gateways().items() if gateway.out_since]
    waiting = Message.objects.filter(
        state=State.READY, urgent=True, channel__in=out, created_at__lte=at - circuit.PROBE
    )
    found = [m for m in waiting.select_related("case", "user") if m.next_channel is not None]
    for message in found:
        ladder.fall(message, Why.OUTAGE, at=at, outcome=Outcome.LATER)
    return len(found)


def reclaim(*, at: datetime) -> int:
    """Messages that were being sent when a worker died: once more, and marked as maybe doubled.

    Where the carrier refuses the same reference twice, nothing can be doubled and nothing is marked;
    but a message at which a worker dies each time is given up after as many tries as any other.
    """
    stuck = Message.objects.filter(state=State.SENDING, tried_at__lte=at - STALE)
    safe = {g.code for g in Gateway.objects.all() if carriers.idempotent(_carrier(g))} | {""}
    found = list(stuck.select_related("case", "user").order_by("id"))
    for message in found:
        if message.gateway in safe and message.tries > len(delivery.BACK_OFF):
            ladder.fall(message, Why.TRIES, at=at, code="CRASH", outcome=Outcome.LOST)
        elif message.gateway in safe:
            delivery.settle(
                message, at=at, outcome=Outcome.LOST, code="CRASH",
                state=State.READY, error="CRASH", not_before=None,
            )  # fmt: skip
        else:
            delivery.lost(message, at=at, code="CRASH")
    return len(found)


def _carrier(gateway: Gateway) -> object:
    try:
        return carriers.carrier_of(gateway)
    except Invalid:
        return None
