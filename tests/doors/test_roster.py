"""The roster's pages: planned, swapped and handed over by clicking, and nothing for outsiders."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.utils.timezone import localtime, now

from hotline.cases.codes import State
from hotline.notices.models import Message
from hotline.roster.models import Handover, Shift, Swap
from hotline.roster.services import swaps
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, holder, urgency
from tests.roster.duty import HOUR, of, post

pytestmark = pytest.mark.django_db


def a_shift(user, start, hours=8, code="hotline", **more):
    begin = now() + start * HOUR
    return Shift.objects.create(
        post=post(code), user=user, from_at=begin, to_at=begin + hours * HOUR, **more
    )


def test_a_manager_plans_a_range_sees_it_first_and_takes_it_back():
    a, b, client = holder("R2", name="赵雪"), holder("R3", name="王敏"), client_of("R4")
    day = post("hotline") and localtime(now()).date() + timedelta(days=3)
    from hotline.roster.models import Pattern

    data = {
        "from_date": day, "to_date": day + timedelta(days=1), "turns": "SHIFT",
        "patterns": [Pattern.objects.get(code="day").pk], f"main_{a.pk}": 2, f"main_{b.pk}": 1,
    }  # fmt: skip
    seen = client.post("/desk/roster/posts/hotline/planning/", data | {"look": 1})
    assert "排入 2 个班次" in seen.content.decode()
    assert not Shift.objects.exists()
    assert (
        client.post("/desk/roster/posts/hotline/planning/", data | {"write": 1}).status_code == 302
    )
    assert [s.user for s in Shift.objects.order_by("from_at")] == [b, a]
    run = Shift.objects.first().run
    assert client.post(f"/desk/roster/runs/{run.pk}/undoing/").status_code == 302
    assert not Shift.objects.exists()


def test_a_plan_that_is_wrong_keeps_what_was_typed_and_says_why():
    a, client = holder("R2"), client_of("R4")
    post()
    page = client.post("/desk/roster/posts/hotline/planning/", {
        "from_date": "2030-01-05", "to_date": "2030-01-01", "turns": "SHIFT", f"main_{a.pk}": 7,
    })  # fmt: skip
    assert page.status_code == 422
    assert 'value="7"' in page.content.decode()


def test_the_week_shows_who_sits_and_ones_own_stands_out():
    user = holder("R2", name="赵雪")
    a_shift(user, 0)
    page = signed_in(user).get("/desk/roster/").content.decode()
    assert 'class="own"' in page
    assert page.count("赵雪") >= 3  # the line of now, the table, the side menu
    assert "排班：" not in page
    assert "view=month" in page


def test_the_month_is_a_sheet_of_shifts():
    a_shift(holder("R2", name="赵雪"), 0)
    found = client_of("R3").get("/desk/roster/sheet/?view=month")
    book = openpyxl.load_workbook(BytesIO(found.content))
    assert "赵雪" in [row[6].value for row in book.active.iter_rows(min_row=2)]


def test_relief_change_and_removal_by_clicking():
    a, b, client = holder("R2"), holder("R3"), client_of("R4")
    shift = a_shift(a, 24)
    assert (
        client.post(f"/desk/roster/shifts/{shift.pk}/relief/", {"relief-user": b.pk}).status_code
        == 302
    )
    assert Shift.objects.get().user == b
    other = a_shift(a, 40)
    late = {"user": a.pk, "position": "MAIN", "from_at": f"{localtime(shift.from_at):%Y-%m-%dT%H:%M}",
            "to_at": f"{localtime(other.to_at):%Y-%m-%dT%H:%M}"}  # fmt: skip
    page = client.post(f"/desk/roster/shifts/{other.pk}/", late)
    assert page.status_code == 422
    assert "已经有主班" in page.content.decode()
    assert client.post(f"/desk/roster/shifts/{other.pk}/removal/").status_code == 302
    assert not Shift.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00", "2030-01-01T00:00"),
        ("0202-01-01T00:00", "0202-01-01T08:00"),
        ("9999-12-31T23:58", "9999-12-31T23:59"),
    ],
)
def test_a_slip_of_the_pen_in_a_year_is_said_in_the_form(start, end):
    user, client = holder("R12"), client_of("R4")
    typed = {"user": user.pk, "position": "MAIN", "from_at": start, "to_at": end}
    post("crisis")
    assert client.post("/desk/roster/posts/crisis/shifts/", typed).status_code == 422
    assert not Shift.objects.exists()


def test_a_swap_goes_from_hand_to_hand():
    a, b = holder("R2", name="赵雪"), holder("R3", name="王敏")
    mine, theirs = a_shift(a, 24), a_shift(b, 48)
    asking, asked, boss = signed_in(a), signed_in(b), client_of("R4")
    assert (
        asking.post(f"/desk/roster/shifts/{mine.pk}/swap/", {"whose": f"s{theirs.pk}"}).status_code
        == 302
    )
    swap = Swap.objects.get()
    assert signed_in(holder("R2")).post(f"/desk/roster/swaps/{swap.pk}/accept/").status_code == 404
    assert asked.post(f"/desk/roster/swaps/{swap.pk}/accept/").status_code == 302
    assert "批准" in boss.get("/desk/roster/swaps/").content.decode()
    assert boss.post(f"/desk/roster/swaps/{swap.pk}/approve/").status_code == 302
    mine.refresh_from_db()
    assert mine.user == b
    assert asking.post(f"/desk/roster/shifts/{mine.pk}/swap/", {"whose": ""}).status_code == 422


def test_a_sheet_carries_numbers_is_signed_by_the_next_and_shows_no_name_of_a_requester():
    a, b = holder("R3", name="赵雪"), holder("R3", name="王敏")
    a_shift(a, -8)
    a_shift(b, 0)
    case = a_case(State.SUBMITTED, owner=a_user("李小雨"), urgency=urgency("U1"))
    sealed = a_case(State.CRISIS, urgency=urgency("U1"))
    leaving, arriving = signed_in(a), signed_in(b)
    assert leaving.post("/desk/roster/posts/hotline/handovers/", {"notes": ""}).status_code == 422
    assert (
        leaving.post("/desk/roster/posts/hotline/handovers/", {"notes": "三号楼停水"}).status_code
        == 302
    )
    sheet = Handover.objects.get()
    assert sheet.open_items["urgent"] == [case.number]
    page = arriving.get(f"/desk/roster/handovers/{sheet.pk}/").content.decode()
    assert case.number in page and "李小雨" not in page and sealed.number not in page
    assert leaving.post(f"/desk/roster/handovers/{sheet.pk}/").status_code == 403
    assert arriving.post(f"/desk/roster/handovers/{sheet.pk}/").status_code == 302
    crisis = client_of("R12").get(f"/desk/roster/handovers/{sheet.pk}/")
    assert crisis.status_code == 404


def test_posts_and_patterns_are_edited_with_a_list_in_order():
    a, b, client = holder("R12", name="心一"), holder("R12", name="心二"), client_of("R4")
    post()
    data = {
        "name": "危机小组",
        "phone": "8110",
        "needs_cover": "on",
        f"place_{a.pk}": 2,
        f"place_{b.pk}": 1,
        "seen": 0,
    }
    assert client.post("/desk/roster/posts/crisis/", data).status_code == 302
    assert [s.user for s in post("crisis").standers.all()] == [b, a]
    assert client.post("/desk/roster/posts/crisis/", data).status_code == 409  # an older form
    data = {
        "name": "午班",
        "starts": "11:00",
        "ends": "14:00",
        "days": "ANY",
        "enabled": "on",
        "seen": 0,
    }
    assert client.post("/desk/roster/patterns/", data).status_code == 302
    assert "午班" in client.get("/desk/roster/posts/").content.decode()


PAGES = ("", "sheet/", "posts/", "posts/crisis/", "posts/hotline/planning/", "posts/hotline/shifts/",
         "posts/hotline/handovers/", "patterns/", "swaps/", "handovers/")  # fmt: skip


def test_for_strangers_students_and_units_there_is_no_roster():
    post()
    for client in (signed_in(a_user()), client_of("R5"), client_of("R6"), client_of("R13")):
        for path in PAGES:
            assert client.get(f"/desk/roster/{path}").status_code == 404, path
    assert Client().get("/desk/roster/").status_code == 302


def test_a_clerk_plans_nothing():
    shift = a_shift(holder("R2"), 24)
    client = client_of("R3")
    for path in (
        "posts/",
        "posts/crisis/",
        "posts/hotline/planning/",
        "posts/hotline/shifts/",
        "patterns/",
    ):
        assert client.get(f"/desk/roster/{path}").status_code == 404, path
    assert client.post(f"/desk/roster/shifts/{shift.pk}/removal/").status_code == 404
    assert client.post(f"/desk/roster/shifts/{shift.pk}/", {}).status_code == 403
    assert client.get(f"/desk/roster/shifts/{shift.pk}/").status_code == 200


def test_a_swap_is_counted_in_the_menu_of_whoever_has_to_say_something():
    asking, asked = holder("R3", name="赵雪"), holder("R3", name="王敏")
    swap = swaps.ask(
        a_shift(asking, 24), other=a_shift(asked, 48), to=asked, words="", by=of(asking), at=now()
    )

    def counts():
        clients = signed_in(asking), signed_in(asked), client_of("R4"), client_of("R3")
        return [client.get("/desk/roster/").context["side"]["swaps"] for client in clients]

    assert counts() == [0, 1, 0, 0]
    swaps.accept(swap, by=of(asked), at=now())
    assert counts() == [0, 0, 1, 0]


@pytest.mark.parametrize(
    ("template", "page"),
    [("shift_swap", "/desk/roster/swaps/"), ("shift_changed", "/desk/roster/"), ("shift_soon", "/desk/roster/")],
)  # fmt: skip
def test_a_message_about_the_roster_leads_to_it(template, page):
    def told(user):
        return Message.objects.create(
            key=f"{template}{user.pk}", user=user, who=f"u{user.pk}", purpose=template, template=template,
            title="换班申请", text="换班申请", state="SENT", channel="WECOM", ladder=["WECOM"],
            created_at=now(), not_before=now(),
        )  # fmt: skip

    user, gone = holder("R3"), a_user()
    assert signed_in(user).post(f"/messages/{told(user).pk}/").url == page
    assert signed_in(gone).post(f"/messages/{told(gone).pk}/").url == "/messages/"
