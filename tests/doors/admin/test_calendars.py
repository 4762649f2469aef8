"""The calendars' pages: a year at a glance, changes published whole, and when is that due."""

import json

import pytest

from hotline.catalog import calendars
from hotline.catalog.models import Publication
from tests.doors.admin.paper import errors, filled, send
from tests.doors.people import client_of

pytestmark = pytest.mark.django_db
YEAR, EDIT = "/admin/calendars/?year=2026", "/admin/calendars/office/"


@pytest.fixture
def office():
    return client_of("R4")


def cells(response):
    return {
        (month.number, cell.day): cell
        for month in response.context["months"]
        for week in month.weeks
        for cell in week
        if cell
    }


def test_a_year_tells_holidays_and_make_up_days_by_letter_and_words(office):
    found = cells(office.get(YEAR))
    assert len(found) == 365
    assert (found[10, 1].letter, found[10, 1].words) == ("休", "国庆节")
    assert found[10, 10].letter == "班" and "08:00-12:00" in found[10, 10].words
    assert found[6, 6].words == "不办公"


def test_a_year_that_is_not_announced_is_said_to_be_so(office):
    assert "放假安排未公布" in office.get("/admin/calendars/?year=2027").content.decode()
    assert "放假安排未公布" not in office.get(YEAR).content.decode()


def test_a_vacation_is_published_and_shown_and_in_the_versions(office):
    page = office.get(EDIT)
    answer = send(office, EDIT, note="2026 年寒假", **{
        "periods-0-name": "寒假", "periods-0-first": "2026-01-24", "periods-0-last": "2026-02-28",
        "periods-0-kind": "vacation",
    })  # fmt: skip
    assert answer.status_code == 302, errors(page)
    assert cells(office.get(YEAR))[1, 26].letter == "假"
    assert Publication.objects.get().note == "2026 年寒假"
    assert (
        "办公时间：寒假 2026-01-24 → 2026-02-28"
        in office.get("/admin/calendars/versions/").content.decode()
    )


def test_what_was_typed_is_kept_when_it_cannot_be_published(office):
    answer = send(
        office, EDIT, note="x", **{"hours-0-day0": "18:00-08:00", "days-0-name": "只有名称"}
    )
    assert answer.status_code == 422
    assert "18:00-08:00" in answer.content.decode()
    assert not Publication.objects.exists()


def test_a_second_editor_is_told_of_the_first(office):
    old = filled(office.get(EDIT))
    send(client_of("R13"), EDIT, note="一", **{"days-0-day": "2026-05-20", "days-0-name": "校庆"})
    answer = office.post(
        EDIT, {**old, "note": "二", "days-0-day": "2026-05-21", "days-0-name": "运动会"}
    )
    assert answer.status_code == 409
    assert "运动会" in answer.content.decode()
    assert office.post(EDIT, filled(answer)).status_code == 302


def test_the_line_may_be_staffed_around_the_clock(office):
    week = {f"hours-0-day{n}": "00:00-24:00" for n in range(7)}
    assert (
        send(office, "/admin/calendars/line/", note="全天值守", always="on", **week).status_code
        == 302
    )
    found = calendars.current()
    assert found.line is not found.office
    assert found.line.plan.statutory is None


def test_a_year_is_loaded_and_nonsense_is_not(office):
    text = json.dumps(
        {"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]}
    )
    assert send(office, "/admin/calendars/load/", text="{}").status_code == 422
    assert send(office, "/admin/calendars/load/", text=text).status_code == 302
    assert cells(office.get("/admin/calendars/?year=2027"))[1, 1].letter == "休"


def test_a_due_time_is_tried_out_with_its_way_in_words(office):
    query = {"start": "2026-09-30T17:10", "limit": "5wd", "urgency": "U3"}
    lines = office.get("/admin/calendars/try/", query).context["lines"]
    assert lines[-1] == "到期 2026-10-13（周二）18:00"
    for limit in ("soon", "9999wd"):
        answer = office.get("/admin/calendars/try/", {**query, "limit": limit})
        assert answer.status_code in {200, 422}


@pytest.mark.parametrize(
    "path",
    [YEAR, EDIT, "/admin/calendars/load/", "/admin/calendars/try/", "/admin/calendars/versions/"],
)
def test_nobody_else_sees_these_pages(path):
    for role in ("R2", "R3", "R5", "R8", "R9"):
        assert client_of(role).get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["?year=x", "?year=99999999999", "?year=-1", "?of=line", "?year=1&of=office"]
)
def test_a_strange_year_is_answered_with_some_year(office, query):
    assert office.get("/admin/calendars/" + query).status_code == 200


def test_a_calendar_that_is_none_does_not_exist(office):
    assert office.get("/admin/calendars/nonsense/").status_code == 404
    assert office.get("/admin/calendars/?of=x").status_code == 404


@pytest.mark.parametrize("start", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_of_another_age_is_not_tried(office, start):
    page = office.get("/admin/calendars/try/", {"start": start, "limit": "9999wd", "urgency": "U3"})
    assert page.status_code in (200, 422)
    assert start in page.content.decode()


@pytest.mark.parametrize(
    "typed",
    ["08：30-12：00，13:30~17:30", "８:３０—12:00、13:30～17:30", "8:30 – 12:00  13:30至17:30", "08:30－12:00；13:30-17:30"],
)  # fmt: skip
def test_hours_may_be_typed_with_chinese_punctuation(office, typed):
    days = {f"hours-0-day{n}": typed for n in range(5)}
    assert send(office, EDIT, note="冬季作息", **days).status_code == 302
    week = Publication.objects.get().data["office"]["hours"][0]["week"]
    assert week == [["08:30-12:00", "13:30-17:30"]] * 5 + [[], []]


def test_one_mistake_on_every_day_is_told_once_and_every_row_has_its_number(office):
    answer = send(office, EDIT, note="错", **{f"hours-0-day{n}": "上午" for n in range(5)})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("时段写作 08:00-12:00 14:00-18:00：止晚于起") == 1
    assert text.count("同样的问题。") == 4
    assert '<legend class="cal-nth">第 1 组</legend>' in text
