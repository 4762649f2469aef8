"""What is prepared for everybody with the same roles answers each of them as if it were asked for them alone."""

import sys
from datetime import date, datetime, timedelta

import pytest
from django.urls import get_resolver

from hotline.cases import queries
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, NamedPerson
from hotline.cases.prepared import MOST, Prepared
from hotline.cases.services import crisis
from hotline.oversight.alarms import calling
from hotline.oversight.services import instructions
from hotline.people.actor import Actor, Grant
from hotline.people.permissions import P
from hotline.people.queries import actor_of
from hotline.rights.services import claims
from tests.doors.people import OF_UNIT, ROLES
from tests.make import NOON, a_case, a_user, an_actor, category, holder, unit
from tests.oversight.at_hand import a_slip

pytestmark = pytest.mark.django_db
DAY = NOON.date()
KINDS = {int: 0, str: "OFFICE", datetime: NOON - timedelta(days=1), date: DAY}


def every_one():
    """Every prepared query of the house, by where it stands."""
    assert get_resolver().url_patterns  # now every page is loaded
    return {
        f"{name}.{attribute}": value
        for name, module in list(sys.modules.items())
        if name.startswith("hotline.")
        for attribute, value in list(vars(module).items())
        if isinstance(value, Prepared)
    }


@pytest.fixture
def town():
    """Requests of every kind, some of them of people who work here."""
    staff = [holder(role, of="houqin" if role in OF_UNIT else None) for role in ROLES]
    for state in set(State) - {State.DRAFT}:
        a_case(state, owner=staff[len(state) % len(staff)], mode=Mode.CONFIDENTIAL)
    case = a_case(State.IN_PROGRESS, owner=a_user())
    case.visits.create(round=1, why="SAMPLE", due_at=NOON)
    a_case(State.SUBMITTED, seal="OFFICE", target_unit=unit("hotline"), owner=a_user())
    claims.ask(
        a_case(State.CLOSED, owner=staff[2]), words="请删除", by=actor_of(staff[2], on=DAY), at=NOON
    )
    crying = a_case(State.SUBMITTED, owner=staff[5])
    crisis.alarm(crying, by=an_actor("R3"), at=NOON)
    calling.raise_alarm(crying, at=NOON)
    a_case(
        State.ARCHIVED, outcome="PLANNED", promise_date=DAY - timedelta(days=1), promise_due_at=NOON
    )
    a_slip(owner=staff[6])
    instructions.direct(case, words="请核实后报结果", due=None, by=an_actor("R8"), at=NOON)
    return [actor_of(user, on=DAY) for user in staff]


def test_each_counts_for_everybody_what_it_counts_for_them_alone(town):
    case, found = Case.objects.filter(state=State.ACCEPTED).first(), every_one()
    known = {"number": case.number, "category": case.category_id}
    assert len(found) >= 12
    told = set()
    for name, query in found.items():
        values = {key: known.get(key, KINDS[kind]) for key, kind in query._values.items()}
        for somebody in [*town, Actor(), Actor(bearer_of=frozenset({1}))]:
            alone = len(list(query._make(somebody, **values)))
            assert query.count(somebody, **values) == alone, (name, somebody.roles)
            assert len(query.rows(somebody, **values)) == alone, (name, somebody.roles)
            told |= {name} if alone else set()
    assert len(told) >= 8, "there is nothing to be counted wrongly"


def test_two_with_the_same_roles_are_told_of_what_is_their_own():
    one, other = an_actor("R3"), an_actor("R3")
    case = a_case(State.ACCEPTED, seal="CRISIS", owner=one.user)
    assert queries.visible(one, case.number) == case
    assert queries.visible(other, case.number) is None


def test_whom_a_request_names_is_asked_about_alone():
    one, other = an_actor("R3"), an_actor("R3")
    case = a_case(State.ACCEPTED)
    assert queries.visible(one, case.number) == queries.visible(other, case.number) == case
    NamedPerson.objects.create(case=case, user=other.user, name=other.user.name, at=NOON)
    assert queries.visible(actor_of(one.user, on=DAY), case.number) == case
    assert queries.visible(actor_of(other.user, on=DAY), case.number) is None


def test_those_beside_it_are_of_its_category_and_the_nearest_come_first():
    clerk, kind = an_actor("R3"), category("F102")
    mine = a_case(State.ACCEPTED, category=kind)
    beside = [a_case(State.ACCEPTED, category=kind) for _ in range(8)]
    a_case(State.ACCEPTED, category=category("L104"))
    found = queries.same_event(mine, clerk, at=NOON)
    assert [row.number for row in found] == [row.number for row in beside[:1:-1]]
    assert found[0].get_state_display() == beside[0].get_state_display()


def test_no_more_is_kept_than_so_many_sets_of_roles():
    user, made = a_user(), []
    query = Prepared(lambda actor: (made.append(actor), queries.office_list(actor).values("pk"))[1])
    for n in [*range(MOST + 1), 0]:
        grants = (Grant("R3", frozenset({P.TRIAGE}), units=frozenset({n})),)
        query.rows(Actor(user, grants))
    assert len(made) == MOST + 2
