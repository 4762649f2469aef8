"""How many questions a page asks the database: as many for ten rows as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotline.cases.codes import State
from tests.doors.people import client_of
from tests.make import a_case

pytestmark = pytest.mark.django_db


def test_the_number_of_questions_of_a_bulk_dispatch_does_not_grow_with_its_rows(
    django_assert_max_num_queries,
):
    clerk = client_of("R3")
    rows = [a_case(State.ACCEPTED).pk for _ in range(10)]
    clerk.post("/desk/bulk-dispatches/", {"case": rows[:1]})
    with CaptureQueriesContext(connection) as one:
        clerk.post("/desk/bulk-dispatches/", {"case": rows[:1]})
    with django_assert_max_num_queries(len(one)):
        clerk.post("/desk/bulk-dispatches/", {"case": rows})


def test_the_triage_board_goes_on_where_its_first_page_ended():
    numbers = {a_case(State.SUBMITTED, flagged=n % 3 == 0).number for n in range(120)}
    clerk, seen, after = client_of("R3"), [], ""
    while after is not None:
        page = clerk.get("/desk/queues/triage/", {"after": after}).context
        seen += [row.number for row in page["rows"]]
        after = page["next"] or None
    assert len(seen) == 120 and set(seen) == numbers
