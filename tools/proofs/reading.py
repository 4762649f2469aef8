"""What the database of an installation says in the end. Django must be set up on it before."""

import time
from collections import Counter

from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from hotline.cases.models import Case, Rating, Step, WorkOrder
from hotline.cases.services import recounting
from hotline.notices.models import Message
from hotline.notices.services.outbox import fan_out
from hotline.notices.stories import story_of
from tools.proofs.house import House
from tools.proofs.invariants import broken

TELLING = "proof"  # begins the key of every message that a proof has asked for
LEFT = """
    SELECT task_name || ' ' || status::text, count(*) FROM procrastinate_jobs
    WHERE status <> 'todo' OR scheduled_at IS NULL OR scheduled_at <= now() GROUP BY 1
"""


def order_of(number: str) -> int | None:
    """The lead order of a request; None while the database is away, or there is none yet."""
    try:
        rows = WorkOrder.objects.filter(case__number=number, part="LEAD").order_by("-id")
        return rows.values_list("pk", flat=True).first()
    except DatabaseError:
        return None
    finally:
        connection.close()


def left_in_queue() -> Counter[str]:
    """Jobs that are due, under way, or have failed, by name and state."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT)
        return Counter(dict(cursor.fetchall()))


def until_quiet(seconds: float) -> float:
    """Wait until nothing is due or under way; the seconds that took. What is left is read afterwards.

    Periodic jobs come and go every minute, so it is quiet when it was twice in a row.
    """
    begun, quiet = time.monotonic(), 0
    while quiet < 3 and time.monotonic() - begun < seconds:
        time.sleep(1)
        busy = {name for name in left_in_queue() if not name.endswith(" failed")}
        waiting = Message.objects.filter(state="SENDING").exists()
        waiting |= Message.objects.filter(state="READY", channel="SMS").exists()
        quiet = 0 if busy or waiting else quiet + 1
    return time.monotonic() - begun


def house() -> House:
    """Everything, read once the queue is quiet."""
    cases = list(Case.objects.exclude(number=None).order_by("id"))
    told = Message.objects.filter(key__startswith=f"t:{TELLING}", first=True)
    found = House(
        requests={str(case.form_key): case.number or "" for case in cases},
        numbers=Counter(case.number or "" for case in cases),
        steps=Counter((c or "", v) for c, v in Step.objects.values_list("case__number", "verb")),
        ratings=Counter(c or "" for c in Rating.objects.values_list("case__number", flat=True)),
        told=Counter(key.split(":")[1] for key in told.values_list("key", flat=True)),
        jobs=left_in_queue(),
        untold=_untold(),
    )
    found.broken = [f"{case.number}: {fault}" for case in cases for fault in broken(case)]
    if moved := recounting.recount_all(at=now()):
        found.broken.append(f"{moved} promises are other than their calendar says")
    return found


def deliveries() -> dict[str, tuple[str, bool]]:
    """State and doubt of every message that a gateway was asked to send, by its reference."""
    rows = Message.objects.filter(channel="SMS").exclude(state__in=["HELD", "SKIPPED"])
    return {f"m{row.pk}": (row.state, row.doubtful) for row in rows}


def _untold() -> list[str]:
    """Steps that have no message although telling them again would make one: their job was lost."""
    told = set(Message.objects.exclude(step=None).values_list("step", flat=True))
    found = []
    for step in Step.objects.exclude(pk__in=told).order_by("id"):
        story = story_of(step.pk, at=now())
        with transaction.atomic():
            if story is not None and fan_out(story):
                found.append(f"step {step.pk} ({step.verb}): nobody was told")
            transaction.set_rollback(True)
    return found
