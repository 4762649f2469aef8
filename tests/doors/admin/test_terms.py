"""The terms: a school's own values over the defaults, all on one page."""

import pytest

from hotline.catalog import terms
from hotline.catalog.models import Term
from hotline.people.models import Revision
from tests.doors.admin.paper import errors, filled, send
from tests.doors.people import client_of

pytestmark = pytest.mark.django_db
PATH = "/admin/terms/"


@pytest.fixture
def office():
    return client_of("R4")


def test_every_term_is_shown_with_its_label_and_default(office):
    form = office.get(PATH).context["form"]
    assert [bound.name for bound, _default in form.lines()] == terms.names()
    assert {b.name: d for b, d in form.lines()}["accept_limit"] == "30min"


def test_a_term_is_set_and_empty_returns_to_the_default(office):
    assert send(office, PATH, accept_limit="1h", office_phone=" 83590000 ").status_code == 302
    assert str(terms.current().accept_limit) == "1h"
    assert terms.current().office_phone == "83590000"
    assert send(office, PATH, accept_limit="").status_code == 302
    assert str(terms.current().accept_limit) == "30min"
    assert Term.objects.count() == 1
    kinds = Revision.objects.filter(kind="catalog.term", code="accept_limit").order_by("id")
    assert [(r.data["before"] is None, r.data["after"] is None) for r in kinds] == [
        (True, False), (False, True),
    ]  # fmt: skip
    assert "恢复默认" in str(office.get(PATH).context["changes"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accept_limit", "soon"), ("bounces_most", "many"), ("bounces_most", "-1"),
        ("reopen_days", "99999"), ("reopen_days", "9" * 5000), ("office_phone", "很" * 10_000),
        ("office_phone", "\0"),
    ],
)  # fmt: skip
def test_a_wrong_term_is_said_beside_it_and_none_is_written(office, name, value):
    answer = send(office, PATH, **{"office_phone": "83590000", "crisis_phone": "400", name: value})
    assert (answer.status_code, set(errors(answer)) - {"__all__"}) == (422, {name})
    assert "400" in answer.content.decode()
    assert not Term.objects.exists()
    assert not Revision.objects.exists()


def test_the_second_save_of_a_stale_form_is_refused(office):
    old = filled(office.get(PATH))
    send(client_of("R13"), PATH, crisis_phone="111")
    answer = office.post(PATH, {**old, "office_phone": "222"})
    assert answer.status_code == 409
    assert "222" in answer.content.decode()
    assert list(Term.objects.values_list("code", flat=True)) == ["crisis_phone"]
    again = office.post(PATH, {**filled(answer), "crisis_phone": "111", "office_phone": "222"})
    assert again.status_code == 302
    assert Term.objects.count() == 2
