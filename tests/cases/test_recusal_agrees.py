"""Who keeps away is told three ways, of one actor, of lists and of many people: all three agree."""

from datetime import timedelta
from itertools import product

import pytest

from hotline.cases import recusal
from hotline.cases.codes import State
from hotline.cases.models import Case, NamedPerson, Recusal, Requester
from hotline.cases.services import clocks, recusing
from hotline.cases.services.turn import Turn
from hotline.people.models import Kind, Membership, Role
from hotline.people.permissions import P
from hotline.people.queries import actor_of, actors_of
from tests.cases.at_hand import fresh
from tests.make import BEGAN, NOON, a_case, a_user, an_actor, holder, unit

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def at_college(user, code, kind=Kind.STAFF):
    user.college, user.kind = unit(code), kind
    user.save()
    return user


def ended(user):
    Membership.objects.filter(user=user).update(to_date=TODAY - timedelta(days=1))
    Membership.objects.create(
        user=user, role=Role.objects.get(code="R3"), unit=None, from_date=BEGAN
    )
    return user


def also(user, role):
    Membership.objects.create(user=user, role=Role.objects.get(code=role), from_date=BEGAN)
    return user


def aside(user, **what):
    Recusal.objects.create(user=user, reason="亲属关系", by=user, at=NOON, **what)
    return user


@pytest.fixture
def people(db):
    Role.objects.filter(code="R7").update(avoids_college=True)
    person = a_user("被回避的人")
    return person, [
        holder("R3"), holder("R5", of="houqin"), holder("R5", of="houqin-weixiu"),
        holder("R6", of="baowei"), ended(holder("R5", of="houqin")), ended(holder("R7", of="tiyu")),
        at_college(holder("R3"), "houqin"), at_college(holder("R9"), "houqin-weixiu"),
        at_college(holder("R2"), "tiyu", Kind.UNDERGRADUATE), at_college(holder("R2"), "tiyu"),
        at_college(holder("R7", of="baowei"), "tiyu"), at_college(holder("R4"), "dangban"),
        holder("R9"), holder("R9", of="houqin"), holder("R8"), holder("R12"),
        aside(holder("R3"), unit=unit("houqin")), aside(holder("R6", of="tiyu"), unit=unit("baowei")),
        aside(holder("R9"), unit=unit("tiyu")), aside(holder("R3"), person=person),
        also(holder("R4"), "R9"), also(holder("R3"), "R8"), also(holder("R5", of="tiyu"), "R9"),
        aside(holder("R12"), person=person), aside(holder("R12"), unit=unit("houqin")),
        holder("R2", name="后来者"), holder("R5", of="houqin", name="后来者"),
        holder("R3", name="所称者"), holder("R6", of="baowei", name="所称者"),
    ]  # fmt: skip


def cases(person, people):
    units = (None, "houqin", "houqin-weixiu", recusal.seals.OFFICE_UNIT)
    for target, seal in product(units, ("", "OFFICE", "LEADERS", "CRISIS")):
        yield a_case(State.SUBMITTED, seal=seal, target_unit=unit(target) if target else None)
    yield a_case(State.IN_PROGRESS, lead="baowei")
    yield a_case(State.SUBMITTED, owner=person)
    yield a_case(State.CRISIS, owner=person)
    of_college = a_case(State.SUBMITTED)
    Requester.objects.filter(case=of_college).update(college=unit("tiyu"))
    yield of_college
    for state in (State.SUBMITTED, State.CRISIS):
        naming = a_case(state)
        for user in [*people[-2:], person]:
            NamedPerson.objects.create(case=naming, user=user, name=user.name, at=NOON)
        yield naming
    unfound = a_case(State.SUBMITTED)
    for name in ("后来者", people[0].account, "查无此人"):
        NamedPerson.objects.create(case=unfound, name=name, at=NOON)
    NamedPerson.objects.create(case=unfound, name=people[1].account, at=NOON, removed_at=NOON)
    yield unfound
    left = a_case(State.CLOSED)
    aside(people[0], case=left)
    yield left


def test_one_actor_lists_and_many_people_are_judged_alike(people):
    person, staff = people
    made = [fresh(case).pk for case in cases(person, staff)]
    actors = {user: actor_of(user, on=TODAY) for user in staff}
    assert actors_of(staff, on=TODAY) == {user.pk: actor for user, actor in actors.items()}
    kept = 0
    for case in Case.objects.filter(pk__in=made).select_related("requester"):
        everywhere, at_desk = recusal.away_from(case), recusal.kept_away(case, staff, on=TODAY)
        for user, actor in actors.items():
            what = f"{user.pk}: {user.name} {actor.roles} {case.target_unit} {case.seal!r}"
            mine = Case.objects.filter(pk=case.pk)
            assert recusal.keeps_away(actor, case) is (user.pk in everywhere), what
            assert mine.filter(recusal.open_to(actor)).exists() is (user.pk not in everywhere), what
            assert recusal.keeps_from_desk(actor, case) is (user.pk in at_desk), what
            assert mine.filter(recusal.open_at_desk(actor)).exists() is (user.pk not in at_desk), (
                what
            )
            kept += user.pk in at_desk
    assert kept >= 40


def test_who_receives_what_is_about_the_office_and_belongs_to_the_unit_complained_of_is_not_counted():
    receiver = at_college(holder("R9"), "houqin")
    case = a_case(State.SUBMITTED, seal="OFFICE", target_unit=unit("houqin"))
    assert recusing.none_left(case, (P.OFFICE,), NOON)
    holder("R9")
    assert not recusing.none_left(case, (P.OFFICE,), NOON)
    assert recusal.kept_away(case, [receiver], on=TODAY) == {receiver.pk}


def test_who_receives_what_is_about_the_office_and_does_its_work_is_not_counted():
    both = also(holder("R4"), "R9")
    case = a_case(State.SUBMITTED, seal="OFFICE")
    assert recusing.none_left(case, (P.OFFICE,), NOON)
    holder("R9")
    assert not recusing.none_left(case, (P.OFFICE,), NOON)
    assert recusal.kept_away(case, [both], on=TODAY) == {both.pk}


def test_a_head_of_a_unit_that_assists_keeps_away_from_the_unit_that_leads():
    holder("R5", of="jijian")
    head = holder("R6", of="jijian")
    recusing.keep_away(head, unit=unit("houqin"), words="亲属关系", by=an_actor("R4"), at=NOON)
    case = a_case(State.IN_PROGRESS, lead="houqin")
    assert recusing.head_aside(case, unit("jijian"), "joint", NOON)
    assert not recusing.head_aside(
        a_case(State.IN_PROGRESS, lead="baowei"), unit("jijian"), "joint", NOON
    )


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.REFERRED])
def test_nobody_waits_for_what_was_refused_withdrawn_or_referred(state):
    case = a_case(state)
    turn = Turn(NOON, case=case)
    found = clocks.wanted(case, [], clocks.Change(at=NOON, calendar=turn.calendar))
    assert [want.kind for want in found] == []
