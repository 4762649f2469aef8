"""Down the ladder: where one way is closed or has failed, the next begins. At its foot stands a
clerk with a telephone, and where nobody is left to try, the request itself says so."""

from datetime import datetime

from django.db import transaction

from hotline.notices import rest, ways, wording
from hotline.notices.codes import CARRIED, Channel, Outcome, State, Why
from hotline.notices.models import Attempt, Message
from hotline.notices.services import outbox


def fall(
    message: Message,
    why: Why,
    *,
    at: datetime,
    code: str = "",
    state: State = State.FAILED,
    outcome: Outcome = Outcome.FAILED,
) -> Message | None:
    """This way has failed for good: record it and begin the next one, if there is one."""
    with transaction.atomic():
        ours = Message.objects.filter(
            pk=message.pk, state__in=[State.SENDING, State.SENT, State.READY],
            tries=message.tries, tried_at=message.tried_at,
        )  # fmt: skip
        if not ours.update(state=state, why=why, error=code[:80], not_before=None):
            return None  # somebody else has settled it
        Attempt.objects.create(
            message=message, at=at, outcome=outcome, code=code[:80] or why, gateway=message.gateway
        )
        message.refresh_from_db(fields=["params"])  # it may have lost its title meanwhile
        return _next(message, why, at=at)


def skip(message: Message, why: Why) -> None:
    """It is not sent, and on no other way either."""
    Message.objects.filter(pk=message.pk).update(
        state=State.SKIPPED, why=why, tried_at=None, gateway=""
    )


def step_over(channel: str, why: Why, *, at: datetime) -> int:
    """Move everything that waits on a channel which is no more to its next way; 0 were sent."""
    waiting = Message.objects.filter(channel=channel, state=State.READY).order_by("id")
    for message in waiting.select_related("case", "user")[:1000]:
        fall(message, why, at=at, state=State.SKIPPED)
    return 0


def _next(message: Message, why: Why, *, at: datetime) -> Message | None:
    channel = message.next_channel
    if channel is None or ways.is_unwelcome(message, channel):
        return None
    words = wording.wording(message.template, channel, message.language)
    calm = message.urgent or channel == Channel.CALL or not rest.is_quiet(at)
    row = Message(
        key=f"{message.key}>{channel}", case_id=message.case_id, order_id=message.order_id,
        step_id=message.step_id, user_id=message.user_id, who=message.who,
        to_requester=message.to_requester, purpose=message.purpose, template=message.template,
        level=message.level, urgent=message.urgent, language=message.language, title=wording.heading(words.spec.code, words.language),
        text=outbox.text_of(words, message.params), params=message.params, ladder=message.ladder,
        rung=message.rung + 1, channel=channel, first=False, why=why, created_at=at,
        state=State.READY if calm else State.HELD, not_before=None if calm else rest.awake(at),
    )  # fmt: skip
    if channel not in CARRIED and channel != Channel.CALL:
        row.state, row.delivered_at = State.DELIVERED, at
    made = Message.objects.bulk_create([row], ignore_conflicts=True)
    outbox.wake(channel)
    return made[0]
