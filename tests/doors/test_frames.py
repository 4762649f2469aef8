"""A page stands in the frame of its door, however one has come to it."""

import pytest

from hotline.cases.codes import State
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, holder

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("role", "slug"), [("R8", "directions"), ("R4", "supervisions")])
def test_the_form_of_an_action_opened_as_a_page_has_the_menu_of_every_page_of_the_desk(role, slug):
    case = a_case(State.IN_PROGRESS, next_due_at=NOON)
    client = client_of(role)
    page = client.get(f"/desk/cases/{case.number}/{slug}/")
    board = client.get("/desk/cases/")
    assert page.context["side"] == board.context["side"]
    assert page.context["section"] == board.context["section"] == "desk"
    assert page.context["side"]["boards"] in page.content.decode()


def test_the_form_of_a_units_action_stands_under_the_units_desk():
    case = a_case(State.IN_PROGRESS, next_due_at=NOON)
    contact = signed_in(holder("R5", of="houqin"))
    page = contact.get(f"/unit/orders/{case.orders.get().pk}/replies/")
    assert page.context["section"] == "unit"
    assert 'href="/unit/" aria-current="page"' in page.content.decode()
