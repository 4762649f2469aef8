"""Background work of the room: load, call a service, nothing else."""

import time
from datetime import datetime

from django.utils.timezone import now
from procrastinate.contrib.django import app

from hotline.base import jobs
from hotline.base.retrying import RETRY, SOON
from hotline.drivers.carriers import Receipt
from hotline.notices import services
from hotline.notices.services import digests, receipts
from hotline.notices.services.outbox import USUAL
from hotline.notices.stories import story_of
from hotline.people.models import User


@app.task(name="notices.fan_out", queue="notices", retry=RETRY)
def fan_out(*, step_id: int) -> None:
    story = story_of(step_id, at=now())
    if story is not None:
        services.fan_out(story)


@app.task(name="notices.tell", queue="notices", retry=RETRY)
def tell(
    *,
    people: list[int],
    template: str,
    key: str,
    facts: dict[str, int | str] | None = None,
    case_id: int | None = None,
    urgent: bool = False,
    every_channel: bool = False,
    ladder: list[str] | None = None,
) -> None:
    """Tell people (ids) of something that is no step. A fact named ``time`` is an ISO moment;
    ``ladder`` names the ways it may take, where they are not those of the office's messages."""
    users = User.objects.filter(pk__in=people, is_active=True).order_by("id")
    services.tell_by_job(
        users, template, facts or {}, key=key, at=now(), case_id=case_id, urgent=urgent,
        every_channel=every_channel, ladder=ladder or USUAL,
    )  # fmt: skip


@app.task(name="notices.take_back", queue="notices", retry=RETRY)
def take_back(*, key: str) -> None:
    services.take_back(key)


@app.task(name="notices.drain", queue="deliveries", retry=RETRY)
def drain(*, channel: str) -> None:
    services.drain(channel, clock=now, pause=time.sleep)


@app.task(name="notices.receipt", queue="notices", retry=RETRY)
def receipt(*, gateway: str, carrier_id: str, ref: str, ok: bool, code: str, told_at: str) -> None:
    """Read a receipt that was here before its message was written down as sent."""
    told = datetime.fromisoformat(told_at) if told_at else None
    receipts.note(gateway, Receipt(carrier_id, ref, ok, code, told), at=now())


@app.periodic(cron="* * * * *")
@app.task(name="notices.sweep", queue="notices", queueing_lock="notices.sweep", retry=SOON)
def sweep(timestamp: int) -> None:
    services.sweep(at=now())


@app.periodic(cron="* * * * *")
@app.task(name="notices.revive", queue="notices", queueing_lock="notices.revive", retry=SOON)
async def revive(timestamp: int) -> None:
    await jobs.revive()


# Periodic jobs tell the time in UTC: midnight there is eight in the morning here.
@app.periodic(cron="0 0 * * *")
@app.task(name="notices.heads", queue="notices", queueing_lock="notices.heads", retry=RETRY)
def heads(timestamp: int) -> None:
    digests.to_heads(at=now())


@app.periodic(cron="0 0 * * 1")
@app.task(name="notices.leaders", queue="notices", queueing_lock="notices.leaders", retry=RETRY)
def leaders(timestamp: int) -> None:
    digests.to_leaders(at=now())
