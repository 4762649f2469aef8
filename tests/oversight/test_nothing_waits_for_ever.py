"""Nothing can wait for ever: in every state somebody is told in the end, or time itself moves it on.

Each state and each state of a work order is made as services make it, nobody acts, and time passes
in sweeps. Within a month of natural time something must have been raised to somebody, or the
request must have moved; and it goes on: in the month after that as well.
"""

from datetime import timedelta

import pytest

from hotline.cases.codes import LIVE_ORDERS, OrderState, Part, State
from hotline.cases.models import Clock
from hotline.cases.services import sweeping
from hotline.cases.services.clocks import OFFICE_STAGES
from hotline.cases.services.turn import adopt
from hotline.oversight.models import Rung
from hotline.oversight.services import sweeping as oversight
from tests.make import LEAD_STATE, NOON, a_case, an_order

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ENDS = {State.ARCHIVED, State.DRAFT}  # an end; and what nobody has yet sent, which tidy forgets
BY_TIME = {State.NEED_INFO, State.CLOSED, State.REJECTED, State.WITHDRAWN, State.REFERRED}
WITH_MASTER = {State.MERGED}  # moves with the request that it was merged into, which is watched


def watched(case, days, start=NOON):
    """Let time pass; the verbs that were recorded meanwhile."""
    since = case.version
    for n in range(1, days * 2 + 1):
        at = start + n * DAY / 2
        sweeping.sweep(at=at)
        oversight.sweep(at=at)
    case.refresh_from_db()
    return list(case.steps.filter(seq__gt=since).values_list("verb", flat=True))


def standing(state, **fields):
    due = NOON + DAY / 24
    case = a_case(state, next_due_at=due, **fields)
    adopt(case, at=NOON)
    Clock.objects.filter(case=case, due_at=None).update(due_at=due, next_at=NOON)
    return case


@pytest.mark.parametrize("state", sorted(set(State) - ENDS - WITH_MASTER))
def test_in_every_state_somebody_is_told_or_time_moves_it_on(state):
    case = standing(state)
    verbs = watched(case, days=30)
    if state in BY_TIME:
        assert case.state == State.ARCHIVED, verbs
    elif state == State.CRISIS:
        assert verbs == []  # the alarm has its own ladder of people: see the crisis tests
        assert Clock.objects.filter(
            case=case, kind="OFFICE", stage="CRISIS", stopped_at=None
        ).exists()
    else:
        assert verbs, f"{state} waits for ever"
        case.refresh_from_db()
        assert watched(case, days=15, start=NOON + 30 * DAY), f"{state} is forgotten after a month"


@pytest.mark.parametrize("state", sorted(LIVE_ORDERS))
@pytest.mark.parametrize("part", Part)
def test_in_every_state_of_a_work_order_somebody_is_told(state, part):
    of_lead = next((s for s, order in LEAD_STATE.items() if order == state), State.IN_PROGRESS)
    if part == Part.LEAD:
        case = standing(of_lead, order_state=state)
    else:
        case = a_case(State.IN_PROGRESS, next_due_at=NOON + DAY / 24)
        an_order(case, unit="baowei", part=Part.JOINT, state=state)
        adopt(case, at=NOON)
    verbs = watched(case, days=30)
    told = set(verbs) & {"remind", "chase", "supervise", "escalate", "resume"}
    if part == Part.JOINT and state == OrderState.ANSWERED:
        assert told, "the lead has the part in hand, and is watched for the whole"
    assert told, verbs


def test_every_kind_of_clock_that_runs_out_has_a_rung_at_or_after_its_end():
    from hotline.cases.models import ClockKind

    for kind in set(ClockKind) - {ClockKind.SUPPLY}:  # facts that never come: time ends it (T04b)
        rungs = [r for r in Rung.objects.all() if kind in r.kinds]
        assert any(r.trigger in {"OVERDUE", "LATE"} for r in rungs), kind
        assert any(r.repeat for r in rungs), f"{kind} is told once and never again"


def test_every_state_of_the_office_has_a_clock_of_its_own():
    for state in OFFICE_STAGES:
        case = a_case(state, next_due_at=NOON)
        adopt(case, at=NOON)
        assert Clock.objects.filter(case=case, kind="OFFICE", stage=state, stopped_at=None).exists()
