"""Questions about messages that are asked in more than one place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from hotline.base.compiled import Compiled
from hotline.cases import folder
from hotline.cases import queries as cases
from hotline.cases.codes import State as Stage
from hotline.cases.models import Case
from hotline.notices import ways
from hotline.notices.codes import CARRIED, OUT, Channel, State, Why
from hotline.notices.models import Gateway, Message
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import Membership

UNREAD = Compiled(
    lambda user: (
        Message.objects.filter(user=user, first=True, read_at=None)
        .order_by()
        .values("user")
        .annotate(n=Count("id"))
        .values_list("n")
    ),
    user=int,
)
TERMINAL = (State.FAILED, State.UNKNOWN)
PRIVATE = ("claim_decided", "export_ready")  # templates of what people ask about their own data
ALARM = "crisis_alarm"  # the template by which a duty group is called


def unread(user_id: int | None) -> int:
    """How many messages somebody has not read yet; one small query over an index."""
    rows = UNREAD.rows(user=user_id) if user_id is not None else []
    return int(rows[0][0]) if rows else 0


def inbox(user_id: int) -> QuerySet[Message]:
    """What somebody was told, each thing once, whichever way it went."""
    rows = Message.objects.filter(user=user_id, first=True).exclude(why=Why.SEALED)
    return rows.select_related("case")


def ledger(actor: Actor) -> QuerySet[Message]:
    """Messages of requests that this person may see, and those about somebody's work here."""
    return _told(actor, _seen(actor))


def calls(actor: Actor) -> QuerySet[Message]:
    """What is told by telephone: of those requests, and every call of an alarm.

    Nobody but the crisis team may open what an alarm is about, and they are whom it calls. So
    whoever rings sees its number here, which is all that they have to say, while it is a crisis.
    """
    alarm = Q(template=ALARM, case__state=Stage.CRISIS)
    other = _seen(actor) & ~Q(template=ALARM)
    return _told(actor, alarm | other).filter(channel=Channel.CALL)


def call_list(actor: Actor) -> QuerySet[Message]:
    """Who is to be told by telephone."""
    return calls(actor).filter(state=State.READY)


def _seen(actor: Actor) -> Q:
    """What belongs to no request is the office's business where it is about work: of anybody else, and
    of what somebody asked about their own data, it would say who asks."""
    day = OuterRef("created_at__date")
    held = Membership.objects.filter(people.in_force(day), user=OuterRef("user"))
    at_work = Q(Exists(held), case=None) & ~Q(template__in=PRIVATE)
    return at_work | Q(case__in=cases.visible_to(actor).order_by())


def _told(actor: Actor, seen: Q) -> QuerySet[Message]:
    """Who else is told of a request is no business of whoever made it."""
    rows = Message.objects.filter(seen)
    if actor.user_id is not None:
        rows = rows.exclude(case__owner=actor.user_id)
    return rows.select_related("case", "user", "done_by")


def of_case(case: Case) -> list[Message]:
    """What was told of one request, the latest first."""
    rows: list[Message] = OF_CASE.instances(case=case.pk)
    folder.join_people(rows, "user")
    return rows


OF_CASE = Compiled(lambda case: Message.objects.filter(case=case).order_by("-id")[:60], case=int)


def undelivered(messages: list[Message]) -> list[Message]:
    """Those that reached their reader on no way: at the foot of their ladder, for good."""
    return [m for m in messages if m.state in TERMINAL and m.next_channel is None]


def outages() -> list[Gateway]:
    """Gateways in service that do not answer; none where everything goes into the postbox."""
    if not ways.live():
        return []
    return list(Gateway.objects.filter(enabled=True, out_since__isnull=False))


@dataclass(frozen=True)
class ChannelState:
    """How things stand on one channel."""

    channel: Channel
    gateway: Gateway | None
    waiting: int
    held: int
    failed: int  # in the last day
    sent: int  # in the last day


def channels(*, at: datetime) -> list[ChannelState]:
    """How things stand on every channel."""
    day = at - timedelta(days=1)
    recent = Q(created_at__gte=day) | Q(state__in=[State.READY, State.HELD, State.SENDING])
    rows = (
        Message.objects.filter(recent)
        .values("channel")
        .annotate(
            waiting=Count("id", filter=Q(state__in=[State.READY, State.SENDING])),
            held=Count("id", filter=Q(state=State.HELD)),
            failed=Count("id", filter=Q(state__in=TERMINAL, created_at__gte=day)),
            sent=Count("id", filter=Q(state__in=OUT, created_at__gte=day)),
        )
    )
    counts: dict[str, Any] = {row["channel"]: row for row in rows}
    gateways = {g.channel: g for g in Gateway.objects.filter(enabled=True)}
    return [
        ChannelState(
            channel, gateways.get(channel),
            *(counts.get(channel, {}).get(name, 0) for name in ("waiting", "held", "failed", "sent")),
        )
        for channel in (*CARRIED, Channel.CALL)
    ]  # fmt: skip
