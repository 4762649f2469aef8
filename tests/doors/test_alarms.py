"""The alarm's pages: who is called takes it with one click, and nobody else learns of it."""

import pytest
from django.urls import reverse

from hotline.cases.codes import State
from hotline.cases.services import crisis
from hotline.oversight.alarms import answering, calling
from hotline.oversight.models import Alarm
from hotline.people.queries import actor_of
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return [holder("R12"), holder("R12")]


@pytest.fixture
def alarm(team):
    case = a_case(State.SUBMITTED, owner=a_user("卡纳瑞若"), title="金丝雀", body="金丝雀的话")
    crisis.alarm(case, by=an_actor("R3"), at=NOON)
    return calling.raise_alarm(case, at=NOON)


def test_whoever_is_called_takes_it_with_one_click_and_it_is_on_record(team, alarm):
    first, second = (signed_in(user) for user in team)
    page = reverse("desk:alarm", args=[alarm.pk])
    text = first.get(page).content.decode()
    assert "我来接手" in text and alarm.case.number in text
    assert "金丝雀" not in text and "卡纳瑞若" not in text
    assert first.post(reverse("desk:alarm_take", args=[alarm.pk])).status_code == 302
    assert second.post(reverse("desk:alarm_take", args=[alarm.pk])).status_code == 302
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == team[0]
    assert "我来接手" not in second.get(page).content.decode()
    assert {row.user for row in alarm.views.all()} == set(team)


def test_nobody_else_learns_that_there_is_one(alarm):
    for role in ("R2", "R3", "R5", "R8", "R9", "R13"):
        client = client_of(role, of="houqin")
        assert client.get(reverse("desk:alarm", args=[alarm.pk])).status_code == 404, role
        assert client.get(reverse("desk:alarms")).status_code == 404, role
        assert client.post(reverse("desk:alarm_take", args=[alarm.pk])).status_code == 404, role
        assert client.post(reverse("desk:alarm_drill")).status_code == 403, role
    assert signed_in(a_user()).get(reverse("desk:alarms")).status_code == 404
    office = client_of("R4").get(reverse("desk:alarms"))
    assert alarm.case.number not in office.content.decode(), (
        "drills are the office's, the rest is not"
    )


def test_a_drill_is_begun_answered_and_listed(team):
    office = client_of("R4")
    assert office.post(reverse("desk:alarm_drill")).status_code == 302
    drill = Alarm.objects.get()
    assert drill.is_drill
    assert "演练" in office.get(reverse("desk:alarm", args=[drill.pk])).content.decode()
    assert office.post(reverse("desk:alarm_drill")).status_code == 409
    assert signed_in(team[0]).post(reverse("desk:alarm_take", args=[drill.pk])).status_code == 302
    assert "等待接手" not in office.get(reverse("desk:alarms")).content.decode()
    again = answering.drill(by=an_actor("R4"), at=NOON)
    assert office.post(reverse("desk:alarm_stop", args=[again.pk])).status_code == 302


def test_the_message_of_a_call_leads_to_the_button(team, alarm):
    from hotline.notices.models import Message

    told = Message.objects.create(
        key="alarm", case=alarm.case, user=team[0], who=f"u{team[0].pk}", purpose="alarm", template="crisis_alarm",
        title="危机件", text="危机件", state="SENT", channel="WECOM", ladder=["WECOM"], created_at=NOON, not_before=NOON,
    )  # fmt: skip
    answer = signed_in(team[0]).post(reverse("ui:message", args=[told.pk]))
    assert answer.status_code == 302 and answer.url == reverse("desk:alarms")


def test_a_drill_is_begun_only_after_it_was_said_what_it_does(team):
    page = client_of("R4").get(reverse("desk:alarms")).content.decode()
    form = page.split('<details class="confirm')[1].split("</details>")[0]
    assert "演练会立即用所有渠道呼叫当班人员" in form and 'action="/desk/alarms/drills/"' in form
    assert not Alarm.objects.exists()


def test_the_menu_counts_the_alarms_that_wait_for_whoever_may_see_them(team, alarm):
    assert signed_in(team[0]).get("/desk/alarms/").context["side"]["alarms_waiting"] == 1
    assert client_of("R4").get("/desk/alarms/").context["side"]["alarms_waiting"] == 0
    answering.drill(by=an_actor("R4"), at=NOON)
    assert client_of("R4").get("/desk/alarms/").context["side"]["alarms_waiting"] == 1
    answering.acknowledge(alarm, by=actor_of(team[0], on=NOON.date()), at=NOON)
    assert signed_in(team[0]).get("/desk/alarms/").context["side"]["alarms_waiting"] == 1


def test_an_open_alarm_says_when_the_next_are_called(team, alarm):
    page = reverse("desk:alarm", args=[alarm.pk])
    alarm.refresh_from_db()
    text = signed_in(team[0]).get(page).content.decode()
    assert "下一次呼叫" in text and alarm.next_at.isoformat() in text
    answering.acknowledge(alarm, by=actor_of(team[0], on=NOON.date()), at=NOON)
    assert "下一次呼叫" not in signed_in(team[0]).get(page).content.decode()
