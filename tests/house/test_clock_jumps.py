"""The clock is set an hour forward, or back: it is said, nothing is done twice, nothing is left out."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from hotline.audit.models import Seal
from hotline.audit.services import sealing
from hotline.base.jumps import Watch
from hotline.cases.codes import OrderState, Part, State
from hotline.cases.models import Case, Clock
from hotline.cases.services import crisis, handling, sweeping, triage
from hotline.cases.services.turn import adopt
from hotline.oversight.alarms import calling
from hotline.oversight.models import Rung
from hotline.oversight.services import sweeping as oversight
from hotline.upkeep import readiness
from hotline.upkeep.pulse import Queue
from tests.make import NOON, a_case, an_actor, an_order, type_
from tools.proofs.invariants import broken

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NIGHT = datetime(2026, 6, 3, 16, 23, tzinfo=UTC)  # when the seal of the day is made


class Hands:
    """Two clocks: one that can be set, and one that cannot."""

    def __init__(self):
        self.wall, self.steady = 1_000_000.0, 50.0

    def run(self, seconds):
        self.wall, self.steady = self.wall + seconds, self.steady + seconds


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_clock_that_was_set_is_noticed_once_and_one_that_just_runs_is_not(jump):
    hands = Hands()
    watch = Watch(lambda: hands.wall, lambda: hands.steady)
    hands.run(86_400)
    hands.wall += 2  # as a time service does
    assert watch.jumped() == 0
    hands.wall += jump
    assert round(watch.jumped() - jump) == 2
    hands.run(60)
    assert watch.jumped() == 0


def queued(deferrer, at):
    """Which jobs a worker queues at a moment, with the minute that each is of."""
    tasks = deferrer.get_previous_tasks(at=at.timestamp())
    return [(task.task.name, datetime.fromtimestamp(of, UTC)) for task, of in tasks]


def a_deferrer():
    return PeriodicDeferrer(registry=app.periodic_registry, **app.periodic_defaults)


def test_a_nightly_job_that_the_clock_has_jumped_over_still_runs_and_once():
    deferrer = a_deferrer()
    queued(deferrer, NIGHT - 10 * MINUTE)
    after = queued(deferrer, NIGHT + 50 * MINUTE)
    assert after.count(("audit.seal", NIGHT)) == 1
    assert "audit.seal" not in dict(queued(deferrer, NIGHT + 51 * MINUTE))


def test_set_back_the_jobs_of_the_minute_go_on_and_the_nightly_one_is_not_called_for_again():
    old = a_deferrer()
    queued(old, NIGHT + 10 * MINUTE)
    back = NIGHT - 50 * MINUTE
    assert queued(old, back) == [], "this is why a pool begins anew when the clock is set"
    names = dict(queued(a_deferrer(), back))
    assert back - names["oversight.sweep_alarms"] <= MINUTE
    assert "audit.seal" not in names


@pytest.mark.django_db
def test_steps_go_on_in_order_and_no_time_is_negative():
    case = a_case(State.IN_PROGRESS, type=type_("TS"), number="RX2606-0001-6")
    adopt(case, at=NOON)
    joint = an_order(case, unit="jijian", part=Part.JOINT, state=OrderState.SENT, at=NOON + HOUR)
    triage.note(case, words="已催", by=an_actor("R3"), at=NOON + HOUR)
    joint.case = case
    handling.sign(joint, by=an_actor("R5", of="jijian"), at=NOON)  # an hour earlier, it says
    steps = list(case.steps.order_by("seq"))
    assert [step.at for step in steps] == [NOON + HOUR, NOON + HOUR]
    joint.refresh_from_db()
    assert joint.signed_at == joint.sent_at == NOON + HOUR
    sweeping.sweep(at=NOON - HOUR)
    assert not [
        fault for fault in broken(Case.objects.get(pk=case.pk)) if "runs backwards" in fault
    ]


@pytest.mark.django_db
def test_nobody_is_reminded_twice():
    case = a_case(State.SUBMITTED, next_due_at=NOON)
    adopt(case, at=NOON)
    late = Clock.objects.filter(case=case, due_at__isnull=False).latest("due_at").due_at + HOUR
    oversight.sweep(at=late)
    once = Rung.objects.count()
    assert once
    for at in (late - HOUR, late, late + MINUTE):
        oversight.sweep(at=at)
    assert Rung.objects.count() == once


@pytest.mark.django_db
def test_a_day_is_sealed_once():
    night = now().replace(hour=17, minute=0) + timedelta(days=1)
    sealing.seal_due(at=night)
    made = Seal.objects.count()
    assert made
    for at in (night - HOUR, night, night + HOUR):
        sealing.seal_due(at=at)
    assert Seal.objects.count() == made


@pytest.mark.django_db
def test_whoever_is_to_be_called_in_a_crisis_does_not_wait_until_the_hour_has_come_round_again():
    an_actor("R12")
    case = a_case(State.SUBMITTED)
    crisis.alarm(case, by=an_actor("R3"), at=NOON)
    alarm = calling.raise_alarm(case, at=NOON)
    assert alarm is not None
    assert calling.sweep(at=NOON - MINUTE) == 0  # a little is no reason
    assert calling.sweep(at=NOON - HOUR) == 1
    alarm.refresh_from_db()
    assert alarm.next_at <= NOON - HOUR + calling.longest()


def test_jobs_of_the_minute_that_nobody_queues_any_more_are_missed():
    def stalled(minutes):
        return readiness._is_stalled(Queue({}, None, NOON, NOON - minutes * MINUTE), NOON)

    assert [stalled(1), stalled(9), stalled(11)] == [False, False, True]
