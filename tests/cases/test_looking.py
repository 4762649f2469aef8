"""Every look of staff at personal data is on record, once, without a word of anybody's."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from hotline.cases.codes import Mode, State
from hotline.cases.models import Door, Look, Table
from hotline.cases.services import looking
from hotline.cases.sight import sight_of, unit_sight
from hotline.people.actor import SYSTEM, Actor
from tests.make import NOON, a_case, a_user, an_actor

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)  # no call is going on any more


def look(actor, case, at=LATER, **how):
    looking.looked(sight_of(actor, case, at=at), by=actor, **how)


def test_a_look_says_who_when_which_through_what_in_which_standing_and_how_far():
    case, clerk = a_case(State.IN_PROGRESS), an_actor("R3")
    look(clerk, case)
    row = Look.objects.get()
    assert (row.by, row.at, row.case, row.door) == (clerk.user, LATER, case, Door.PAGE)
    assert (row.viewer, row.order, row.cases, row.facts) == ("OFFICE", None, None, {})
    assert row.fields == (
        "name:masked phone:masked origin:full body:full photos:full notes:full score:full words:full"
    )


def test_a_unit_s_look_says_through_which_order():
    case, contact = a_case(State.IN_PROGRESS, mode=Mode.CONFIDENTIAL), an_actor("R5", of="houqin")
    order = case.orders.get()
    looking.looked(unit_sight(order, at=LATER), by=contact)
    row = Look.objects.get()
    assert (row.order, row.viewer) == (order, "UNIT_SECRET")
    assert "name" not in row.fields, "what is hidden was not seen"
    assert "body:masked" in row.fields


def test_of_an_anonymous_request_no_name_was_seen():
    case = a_case(State.ACCEPTED, mode=Mode.ANONYMOUS)
    look(an_actor("R3"), case)
    assert "name" not in Look.objects.get().fields


def test_one_s_own_request_the_system_and_what_is_hidden_leave_no_look():
    owner = a_user()
    case = a_case(State.IN_PROGRESS, owner=owner)
    look(Actor(user=owner), case)
    look(Actor(bearer_of=frozenset({case.pk})), case)
    look(SYSTEM, case)
    look(an_actor("R13"), case)
    assert not Look.objects.exists()


def test_the_same_again_within_five_minutes_is_the_same_look():
    case, other, clerk = a_case(State.ACCEPTED), a_case(State.ACCEPTED), an_actor("R3")
    minute = timedelta(minutes=1)
    for at in (LATER, LATER + minute, LATER + 5 * minute - timedelta(seconds=1)):
        look(clerk, case, at)
    assert Look.objects.count() == 1
    look(clerk, case, LATER + 5 * minute)
    look(clerk, other, LATER + 5 * minute)
    look(an_actor("R3"), case, LATER + 5 * minute)
    look(clerk, case, LATER + 5 * minute, door=Door.PRINT)
    look(clerk, case, LATER + 5 * minute, only={"photos"}, door=Door.FILE)
    assert Look.objects.count() == 6


def test_a_search_for_a_person_bears_no_number_and_is_the_same_for_the_same_number():
    clerk = an_actor("R3")
    found = a_case(State.ACCEPTED)
    looking.searched(" 13912345678", [found.pk], by=clerk, at=LATER)
    looking.searched("13912345678", [], by=clerk, at=LATER)
    looking.searched("13912345679", [], by=clerk, at=LATER)
    one, again, other = Look.objects.order_by("id")
    assert one.sought == again.sought != other.sought
    assert one.cases == [found.pk]
    assert "139" not in f"{one.facts} {one.sought} {one.fields}"


def test_an_export_is_one_row_whatever_its_length():
    boss = an_actor("R4")
    ids = list(range(1, 100_001))
    looking.exported(
        ids, "body:full", what=Table.REQUESTS, chosen={"q": "typed"}, by=boss, at=LATER
    )
    row = Look.objects.get()
    assert (row.door, len(row.cases), row.facts["count"]) == (Door.EXPORT, 100_000, 100_000)
    assert Look.objects.filter(cases__contains=[77_777]).count() == 1


def test_a_list_of_calls_is_recorded_by_one_statement_and_each_request_has_its_look(
    django_assert_num_queries,
):
    clerk, cases = an_actor("R3"), [a_case(State.ACCEPTED).pk for _ in range(3)]
    with django_assert_num_queries(1):
        looking.rang(cases, by=clerk, at=LATER)
    assert set(Look.objects.values_list("case", "door", "fields")) == {
        (case, Door.CALL, "phone:full") for case in cases
    }
    another = a_case(State.ACCEPTED).pk
    looking.rang([*cases, another], by=clerk, at=LATER + timedelta(minutes=1))
    assert [row.case_id for row in Look.objects.order_by("id")] == [*cases, another]


@pytest.mark.parametrize("sql", ["UPDATE cases_look SET door = 'FILE'", "DELETE FROM cases_look"])
def test_the_database_refuses_to_change_or_remove_a_look(sql):
    look(an_actor("R3"), a_case(State.ACCEPTED))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Look.objects.get().door == Door.PAGE


def test_what_cannot_be_recorded_is_not_seen():
    case, clerk = a_case(State.ACCEPTED), an_actor("R3")
    refuse_looks()
    with pytest.raises(IntegrityError), transaction.atomic():
        look(clerk, case)


def refuse_looks():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_look ADD CONSTRAINT full_disk CHECK (false) NOT VALID")
