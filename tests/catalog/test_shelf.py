"""The shelf: the catalogue in memory, never older than its last recorded change."""

import pytest

from hotline.catalog import services, shelf, terms
from hotline.catalog.models import Category
from hotline.people.actor import SYSTEM
from hotline.people.models import Unit
from tests.make import NOON, a_case

pytestmark = pytest.mark.django_db


def test_what_has_not_changed_costs_one_small_query(django_assert_num_queries):
    first = shelf.current()
    with django_assert_num_queries(1):
        assert shelf.current() is first


def test_a_page_looks_once(django_assert_num_queries):
    shelf.current()
    with django_assert_num_queries(1), shelf.steady():
        assert shelf.current() is shelf.current()


def test_a_piece_of_a_piece_looks_no_second_time(django_assert_num_queries):
    shelf.current()
    with django_assert_num_queries(1), shelf.steady():
        shelf.current()
        with shelf.steady():
            shelf.current()
        shelf.current()


def test_a_recorded_change_is_seen_by_the_next_page():
    row = Category.objects.get(code="H204")
    with shelf.steady():
        before = shelf.current().categories[row.pk]
        row.name = "维修"
        services.save(row, by=SYSTEM, at=NOON)
        assert shelf.current().categories[row.pk] is before
    assert shelf.current().categories[row.pk].name == "维修"


def test_a_term_is_seen_as_soon_as_it_is_set():
    assert terms.current().urge_hours == 24
    services.set_term("urge_hours", "12", by=SYSTEM, at=NOON)
    assert terms.current().urge_hours == 12


def test_a_category_comes_with_what_it_stands_on(django_assert_num_queries):
    kept = shelf.current()
    row = next(row for row in kept.categories.values() if row.code == "H204")
    with django_assert_num_queries(0):
        assert (row.branch.code, row.lead.code, row.urgency.code, row.type.code) == (
            "H2", "houqin", "U2", "QZ",
        )  # fmt: skip
        assert row.branch.aspect.code == "H"


def test_rows_get_their_names_and_one_that_is_not_kept_is_read(django_assert_num_queries):
    kept = shelf.current()
    fresh = Unit.objects.create(code="fresh", name="新设单位", short="新设", kind="SERVICE")
    case = a_case("DISPATCHED", target_unit=fresh)
    case.refresh_from_db()
    with django_assert_num_queries(0):
        kept.attach([case], "category", "lead_unit", "target_unit")
        assert (case.category.code, case.lead_unit.code) == ("H204", "houqin")
    with django_assert_num_queries(1):
        assert case.target_unit == fresh


def test_what_is_made_of_it_is_made_once_until_it_changes():
    made = []

    def make():
        made.append(1)
        return "made"

    assert shelf.current().once("x", make) == shelf.current().once("x", make) == "made"
    services.set_term("urge_hours", "12", by=SYSTEM, at=NOON)
    shelf.current().once("x", make)
    assert len(made) == 2
