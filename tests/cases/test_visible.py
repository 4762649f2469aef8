"""Who may open which request: the same by its number as by the list of all that one may open."""

import pytest

from hotline.cases import queries
from hotline.cases.codes import Mode, OrderState, State
from hotline.cases.models import Visit
from hotline.people.actor import NOBODY, SYSTEM, Actor
from hotline.people.queries import actor_of
from tests.make import NOON, a_case, a_user, an_actor, an_order

pytestmark = pytest.mark.django_db


def scene(owner):
    """Requests of every kind that visibility tells apart."""
    registered = a_user()
    made = [a_case(state) for state in State if state != State.DRAFT]
    made += [
        a_case(State.DRAFT, owner=owner), a_case(State.SUBMITTED, owner=owner),
        a_case(State.SUBMITTED, registered_by=registered), a_case(flagged=True),
        a_case(State.SUBMITTED, seal="DISCIPLINE"), a_case(State.ARCHIVED, seal="CRISIS"),
        a_case(State.IN_PROGRESS, seal="OFFICE"), a_case(State.DRAFT, seal="OFFICE"),
        a_case(State.SUBMITTED, seal="OFFICE", flagged=True),
        a_case(State.REFERRED, referred_to="PETITION"), a_case(mode=Mode.ANONYMOUS),
        a_case(State.IN_PROGRESS, lead="jijian"), a_case(State.IN_PROGRESS, seal="DISCIPLINE"),
        a_case(State.CLOSED), a_case(State.ACCEPTED, category=None),
    ]  # fmt: skip
    Visit.objects.create(case=made[-2], round=1, why="SAMPLE", due_at=NOON)
    an_order(made[-3], unit="jijian", part="JOINT", state=OrderState.RETURNED)
    return made


ACTORS = {
    "nobody": lambda me: NOBODY,
    "the system": lambda me: SYSTEM,
    "a student": lambda me: actor_of(me, on=NOON.date()),
    "a bearer": lambda me: Actor(bearer_of=frozenset({1, 2, 3})),
    **{f"R{n}": (lambda me, n=n: an_actor(f"R{n}")) for n in (2, 3, 4, 8, 9, 10, 11, 12, 13, 14)},
    **{f"R{n} of a unit": (lambda me, n=n: an_actor(f"R{n}", of="houqin")) for n in (5, 6, 7)},
    "R5 of a section": lambda me: an_actor("R5", of="houqin-weixiu"),
    "R3 of two aspects": lambda me: an_actor("R3", categories=["H", "L3"]),
    "R2 of one category": lambda me: an_actor("R2", categories=["H204"]),
}


@pytest.mark.parametrize("who", ACTORS)
def test_by_number_one_opens_what_the_list_holds(who):
    me = a_user()
    cases, actor = scene(me), ACTORS[who](me)
    listed = set(queries.visible_to(actor).values_list("number", flat=True))
    for case in cases:
        if case.number:
            found = queries.visible(actor, case.number)
            assert (found is not None) == (case.number in listed), (case.state, case.seal)
            assert found is None or found == case


def test_two_people_of_one_role_do_not_get_each_others_requests():
    mine, yours = a_user(), a_user()
    case = a_case(State.CLOSED, owner=mine)
    for _again in range(2):
        assert queries.visible(actor_of(mine, on=NOON.date()), case.number) == case
        assert queries.visible(actor_of(yours, on=NOON.date()), case.number) is None
