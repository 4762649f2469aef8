"""Renames are versioned: the name that was valid on a day can be told later."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from hotline.base.refusals import Invalid, NotAllowed, Stale
from hotline.catalog import queries, services
from hotline.catalog.models import Category, SpecialCode
from hotline.people import queries as people
from hotline.people.models import Revision, Role, Unit
from tests.make import NOON, a_requester, an_actor, unit

pytestmark = pytest.mark.django_db

TODAY = NOON.date()
LATER = NOON + timedelta(days=10)


def rename(code, name, at, **more):
    row = Category.objects.get(code=code)
    row.name, row.name_en = name, more.get("name_en", row.name_en)
    joint = list(row.joint.all())
    services.save_category(row, joint=joint, rules=[], by=an_actor("R4"), at=at)


def on(day, code="H204"):
    return queries.name_on(Category, code, day)


def test_a_row_of_the_shipped_data_has_always_had_its_name():
    assert on(date(2020, 1, 1)) == "房屋设施维修"


def test_before_its_first_change_it_was_what_that_change_found():
    rename("H204", "维修", NOON)
    rename("H204", "报修", LATER)
    assert on(TODAY - timedelta(days=1)) == "房屋设施维修"
    assert on(TODAY) == "维修"
    assert on(LATER.date() - timedelta(days=1)) == "维修"
    assert on(LATER.date()) == "报修"
    assert on(date(2099, 1, 1)) == "报修"


def test_two_renames_on_one_day_leave_the_later_name():
    rename("H204", "先", NOON)
    rename("H204", "后", NOON + timedelta(hours=1))
    assert on(TODAY) == "后"


def test_a_day_ends_at_midnight_in_the_school_s_time():
    rename("H204", "夜里", NOON.replace(hour=0, minute=30))
    assert on(TODAY - timedelta(days=1)) == "房屋设施维修"
    assert on(TODAY) == "夜里"


def test_a_row_had_no_name_before_it_was_there():
    row = SpecialCode(name="新的", rule="说明")
    services.add(row, by=an_actor("R4"), at=NOON)
    assert queries.name_on(SpecialCode, "X904", TODAY - timedelta(days=1)) == ""
    assert queries.name_on(SpecialCode, "X904", TODAY) == "新的"
    assert queries.name_on(SpecialCode, "X999", TODAY) == ""


def test_it_comes_in_the_reader_s_language():
    rename("H204", "维修", NOON, name_en="Mending")
    with translation.override("en"):
        assert on(TODAY) == "Mending"
        assert on(TODAY - timedelta(days=1)) == "Repairs"


def test_units_are_called_by_their_short_name_of_the_day():
    row = unit()
    row.short = "后勤"
    services.save(row, by=an_actor("R13"), at=NOON)
    assert queries.name_on(Unit, "houqin", TODAY - timedelta(days=1)) == "后勤处"
    assert queries.name_on(Unit, "houqin", TODAY) == "后勤"


# --- The writers -------------------------------------------------------------------------


def test_a_code_stays_what_it_is():
    row = Category.objects.get(code="H204")
    row.code = "H299"
    with pytest.raises(Invalid):
        services.save(row, by=an_actor("R4"), at=NOON)
    assert Category.objects.filter(code="H204").exists()


def test_only_who_may_writes_and_each_only_their_own():
    row = Category.objects.get(code="H204")
    for by in (a_requester(), an_actor("R3"), an_actor("R5", of="houqin")):
        with pytest.raises(NotAllowed):
            services.save(row, by=by, at=NOON)
        with pytest.raises(NotAllowed):
            services.set_term("reopen_days", "60", by=by, at=NOON)
    with pytest.raises(NotAllowed):  # the office keeps the catalogue, not the units
        services.save(unit(), by=an_actor("R4"), at=NOON)


def test_a_save_on_what_was_seen_before_somebody_else_s_is_stale():
    row = Category.objects.get(code="H204")
    seen = people.latest_change(row)
    rename("H204", "维修", NOON)
    with pytest.raises(Stale):
        services.save(row, by=an_actor("R4"), at=NOON, seen=seen)
    assert Category.objects.get(code="H204").name == "维修"


def test_a_section_or_a_disabled_unit_leads_nothing():
    row = Category.objects.get(code="H204")
    row.lead = unit("houqin-weixiu")
    with pytest.raises(Invalid):
        services.save_category(row, joint=[], rules=[], by=an_actor("R4"), at=NOON)
    Unit.objects.filter(code="gonghui").update(enabled=False)
    row = Category.objects.get(code="H204")
    with pytest.raises(Invalid):
        services.save_category(
            row, joint=[], rules=[(["词"], unit("gonghui"))], by=an_actor("R4"), at=NOON
        )
    assert not Revision.objects.exists()


def test_a_branch_whose_numbers_are_used_up_says_so():
    Category.objects.filter(code="H204").update(code="H299")
    row = Category.objects.get(code="H203")
    row.pk, row.code = None, ""
    row._state.adding = True
    with pytest.raises(Invalid, match="H2"):
        services.save_category(row, joint=[], rules=[], by=an_actor("R4"), at=NOON)


def test_a_permission_that_is_none_is_kept_out_by_the_service_too():
    from hotline.people import services as people_services

    row = Role.objects.get(code="R3")
    row.permissions = ["case.everything"]
    with pytest.raises(Invalid):
        people_services.save_role(row, by=an_actor("R13"), at=NOON)
