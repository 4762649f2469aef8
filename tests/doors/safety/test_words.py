"""Who must not know the requester's name reads it in no words that others wrote, on no page and no sheet."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.cases.models import WorkOrder
from hotline.cases.services import handling
from hotline.oversight.services import instructions, slips
from hotline.people.queries import actor_of
from tests.doors.people import signed_in
from tests.make import a_case, a_user, an_actor, holder

pytestmark = pytest.mark.django_db
NAME = "欧阳明志"


def text_of(response):
    return response.content.decode()


def a_secret(state=State.IN_PROGRESS, **more):
    return a_case(
        state, owner=a_user(NAME), mode=Mode.CONFIDENTIAL, at=now() - timedelta(hours=5), **more
    )


@pytest.fixture
def head():
    return holder("R5", of="houqin")


def test_a_unit_reads_no_name_in_an_instruction_on_the_page_of_its_order(head):
    case = a_secret()
    words = f"请尽快答复{NAME}同学"
    row = instructions.direct(case, words=words, due=None, by=an_actor("R8"), at=now())
    client, order = signed_in(head), WorkOrder.objects.get(case=case)
    for address in (f"/unit/instructions/{row.number}/", f"/unit/orders/{order.pk}/"):
        page = text_of(client.get(address))
        assert "请尽快答复" in page
        assert NAME not in page


def test_a_unit_reads_no_name_in_the_history_on_the_page_of_its_order(head):
    case = a_secret()
    words = f"请向{NAME}说明情况"
    slip = slips.open_by_hand(case, requirement=words, reason="DB04", by=an_actor("R4"), at=now())
    client, order = signed_in(head), WorkOrder.objects.get(case=case)
    assert NAME not in text_of(client.get(f"/unit/supervisions/{slip.number}/"))
    page = text_of(client.get(f"/unit/orders/{order.pk}/"))
    assert "请向███说明情况" in page
    assert NAME not in page


def test_a_unit_reads_its_own_words_as_it_wrote_them_so_that_a_guess_is_not_answered(head):
    case = a_secret()
    order = WorkOrder.objects.get(case=case)
    by = actor_of(head, on=now().date())
    handling.note(order, words=f"是不是{NAME}反映的", by=by, at=now())
    assert f"是不是{NAME}反映的" in text_of(signed_in(head).get(f"/unit/orders/{order.pk}/"))
