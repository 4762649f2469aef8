"""When many come, and how long one waits: against a counter that looks at every request."""

from datetime import timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.surge import formulas, queries
from hotline.surge.models import Pulse
from hotline.surge.services import watching
from tests.make import NOON, a_case
from tests.surge.at_hand import a_surge

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def slowly(moments, at):
    """How many in the hour before ``at``, and in that hour of the 28 days before: minute by minute."""
    inside = [[at - n * DAY - HOUR < m <= at - n * DAY for m in moments] for n in range(29)]
    return sum(inside[0]), sum(map(sum, inside[1:]))


@pytest.mark.django_db
def test_the_usual_is_the_same_hour_of_the_days_before():
    rng = Random(7)
    made = [a_case(at=NOON - timedelta(minutes=rng.uniform(0, 31 * 1440))) for _ in range(60)]
    made += [a_case(at=NOON - n * DAY - timedelta(minutes=rng.uniform(0, 62))) for n in range(30)]
    made += [a_case(at=NOON - 3 * DAY), a_case(at=NOON - HOUR), a_case(at=NOON - 5 * DAY - HOUR)]
    moments = [case.submitted_at for case in made]
    assert queries.came(NOON) == slowly(moments, NOON)
    later = NOON + timedelta(minutes=17)
    assert queries.came(later) == slowly(moments, later)


@pytest.mark.django_db
def test_a_sealed_request_is_not_even_counted():
    a_case(State.CRISIS, at=NOON)
    assert queries.came(NOON) == (0, 0)


@given(came=st.integers(0, 500), earlier=st.integers(0, 5000))
def test_ten_and_five_times_the_usual_are_a_surge(came, earlier):
    usual = Fraction(earlier, 28)
    assert formulas.suggests(came, earlier) == (came >= 10 and came >= 5 * usual)


@pytest.mark.parametrize(
    ("came", "earlier", "is_one"),
    [(9, 0, False), (10, 0, True), (10, 56, True), (10, 57, False), (60, 336, True), (59, 336, False)],
)  # fmt: skip
def test_examples(came, earlier, is_one):
    assert formulas.suggests(came, earlier) is is_one


@given(ahead=st.integers(0, 3000), accepted=st.integers(0, 400))
def test_the_wait_is_the_queue_by_the_pace_and_never_said_shorter(ahead, accepted):
    found = formulas.waiting_minutes(ahead, accepted)
    if accepted < 5:
        assert found is None
        return
    exact = Fraction((ahead + 1) * 120, accepted)
    if found is None:
        assert exact > 23 * 60
        return
    assert exact <= found <= 1440
    assert found - exact <= (10 if exact <= 120 else 30 if exact <= 480 else 60)


@pytest.mark.django_db
def test_the_wait_counts_what_waits_and_what_was_taken_on_of_late():
    for n in range(9):
        a_case(State.SUBMITTED, at=NOON - timedelta(minutes=n))
    a_case(State.CRISIS, at=NOON)
    assert queries.waiting_minutes(NOON) is None  # nobody has taken any on: nobody can say
    for n in range(6):
        a_case(State.ACCEPTED, at=NOON - timedelta(minutes=20 * n + 5))
    a_case(State.ACCEPTED, at=NOON - timedelta(minutes=121))  # too long ago
    assert queries.waiting_minutes(NOON) == 200 + 10  # ten before and with it, six in two hours


@pytest.mark.django_db
def test_it_is_suggested_and_never_switched_by_itself():
    for n in range(12):
        a_case(at=NOON - timedelta(minutes=n))
    assert watching.look(at=NOON).suggested
    found = queries.suggestion(NOON)
    assert (found.came, found.usual) == (12, 0)
    assert queries.current(NOON) is None
    assert queries.suggestion(NOON + timedelta(minutes=20)) is None  # nobody has looked since
    a_surge()
    assert queries.suggestion(NOON) is None
    watching.look(at=NOON + 3 * HOUR)
    assert Pulse.objects.get().suggested is False
    assert Case.objects.count() == 12
