"""What time does by itself: nothing waits for ever for someone who never comes."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from hotline.base.refusals import Refusal
from hotline.cases.codes import PROMISED, OrderState, Outcome, State
from hotline.cases.models import Case, Clock, NamedPerson, Presence, Recusal, WorkOrder
from hotline.cases.queries import UNDER_WAY
from hotline.cases.seals import WALKING
from hotline.cases.services import aftercare, handling, petitions, promising, recusing, triage
from hotline.cases.services.turn import adopt
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import day_of

log = logging.getLogger(__name__)
BATCH = 500

EDGES: dict[State, Callable[..., None]] = {
    State.NEED_INFO: triage.expire,
    State.CLOSED: aftercare.lapse,
    State.REJECTED: aftercare.archive,
    State.WITHDRAWN: aftercare.archive,
    State.REFERRED: aftercare.archive,
}  # states that end by time alone; every other state has somebody whose turn it is


def sweep(*, at: datetime) -> int:
    """Move on what has waited its time, resume what was suspended; return how many. May run twice."""
    return sum(
        [
            *(_each(_waiting(state, at), edge, at) for state, edge in EDGES.items()),
            _each(_suspended(at), handling.resume, at),
            _each(_promised(at), promising.ask_back, at),
            _each(_unkept(at), promising.break_promise, at),
        ]
    )


def tidy(*, at: datetime) -> None:
    """Forget who was where a minute ago; give clocks to requests that came without."""
    petitions.remind(at=at)
    for case in _touched().iterator(chunk_size=BATCH):  # people leave and come, too
        recusing.relieve(case, at=at)
    Presence.objects.filter(at__lt=at - timedelta(hours=1)).delete()
    for case in _clockless()[:BATCH]:
        adopt(case, at=at)


def _touched() -> QuerySet[Case]:
    """Under way, and somebody keeps away from it by name or by their own word."""
    named = NamedPerson.objects.filter(case=OuterRef("pk"), removed_at=None)
    aside = Recusal.objects.filter(case=OuterRef("pk"), ended_at=None)
    return Case.objects.filter(UNDER_WAY, Exists(named) | Exists(aside)).order_by("id")


def _clockless() -> QuerySet[Case]:
    running = Clock.objects.filter(case=OuterRef("pk"), stopped_at=None)
    return Case.objects.filter(
        ~Exists(running), state__in=sorted(PROMISED | {State.CRISIS})
    ).order_by("id")


def _waiting(state: State, at: datetime) -> QuerySet[Case]:
    return Case.objects.filter(state=state, next_due_at__lte=at).order_by("next_due_at", "id")


def _suspended(at: datetime) -> QuerySet[WorkOrder]:
    rows = WorkOrder.objects.filter(state=OrderState.SUSPENDED, suspended_until__lte=at)
    return rows.select_related("case").order_by("id")


def _promised(at: datetime) -> QuerySet[Case]:
    """What a unit has promised for today or earlier, and was not yet asked about."""
    done = Case.objects.filter(
        state__in=[State.CLOSED, State.ARCHIVED], seal__in=WALKING, promise_due_at=None
    )
    return done.filter(outcome=Outcome.PLANNED, promise_date__lte=day_of(at)).order_by("id")


def _unkept(at: datetime) -> QuerySet[Case]:
    """What was asked about, and nobody has said is done."""
    asked = Case.objects.filter(state=State.ARCHIVED, seal__in=WALKING, outcome=Outcome.PLANNED)
    return asked.filter(promise_due_at__lt=at).order_by("id")


def _each(
    rows: QuerySet[Case] | QuerySet[WorkOrder], act: Callable[..., None], at: datetime
) -> int:
    done = 0
    for row in rows[:BATCH]:
        try:
            with transaction.atomic():
                act(row, by=SYSTEM, at=at)
            done += 1
        except Refusal as refusal:  # somebody was quicker
            log.info("sweep left %s: %s", row.pk, type(refusal).__name__)
    return done
