"""What a leader has instructed is late: red at once, whatever else was granted to the unit.

The date stands on the instruction, so no extension, no rest and no calendar moves it; one without
a date is late when its unit's order is.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from hotline.cases.codes import LIVE_ORDERS, PROMISED
from hotline.cases.models import Case, Clock, ClockKind, Step, WorkOrder
from hotline.catalog import shelf
from hotline.oversight.ladder import MINUTE
from hotline.oversight.models import Instruction, InstructionState, Rung, Trigger
from hotline.oversight.services.watching import record, rungs

MOST = 1_000  # of open instructions that are late; a school has a few


def sweep(*, at: datetime) -> int:
    """Raise the rung of every open instruction that is late, once each; return how many."""
    steps = [rung for rung in rungs() if rung.trigger == Trigger.INSTRUCTED]
    return sum(_raise(row, rung, at) for rung in steps for row in _unraised(rung, at))


def late(at: datetime, **only: int) -> list[tuple[Instruction, datetime]]:
    """Open instructions that are late, and when they were to be done."""
    order = WorkOrder.objects.filter(
        case=OuterRef("case"), unit=OuterRef("lead"), state__in=LIVE_ORDERS
    ).order_by("-id")
    rows = Instruction.objects.filter(
        state=InstructionState.OPEN, case__seal="", case__state__in=PROMISED, **only
    ).annotate(until=Coalesce("due_at", Subquery(order.values("due_at")[:1])))
    found = rows.filter(until__lte=at - MINUTE).select_related("lead").order_by("id")
    return [(row, row.until) for row in found[:MOST]]


def _unraised(rung: Rung, at: datetime) -> list[Instruction]:
    rows = [row for row, _until in late(at)]
    raised = Step.objects.filter(case__in={row.case_id for row in rows}, facts__rung=rung.code)
    known = set(raised.values_list("facts__instruction", flat=True))
    return [row for row in rows if row.number not in known]


@shelf.steady()
def _raise(row: Instruction, rung: Rung, at: datetime) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=row.case_id)
        still = late(at, pk=row.pk)
        steps = case.steps.filter(facts__rung=rung.code, facts__instruction=row.number)
        if not still or steps.exists():
            return 0  # reported meanwhile, or another worker was quicker
        clock = Clock.objects.filter(
            case=case, kind=ClockKind.UNIT, order__unit=row.lead_id, stopped_at=None
        ).first()
        record(
            case, rung, at=at, clock=clock, unit=row.lead, instruction=row.number,
            reached_at=still[0][1] + MINUTE,
        )  # fmt: skip
    return 1
