"""One's messages, the ledger, the call list, and what a carrier reports."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.cases.services import crisis
from hotline.notices import queries, services
from hotline.notices.codes import Channel
from hotline.notices.models import Address, Gateway, Message, Preference
from hotline.notices.stories import story_of
from tests.doors.people import client_of, signed_in
from tests.make import BEGAN, a_case, a_user, an_actor, holder
from tests.notices.scene import REFUSED, Scripted, a_gateway, drain, tell

pytestmark = pytest.mark.django_db
NAME, PHONE, TITLE = "卡纳瑞若", "13955550123", "金丝雀的标题"


def page(client, path, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def accepted(**fields):
    """A request whose owner is a canary, with the message that it was accepted."""
    owner = fields.pop("owner", None) or a_user(NAME, phone=PHONE)
    case = a_case(State.ACCEPTED, owner=owner, title=TITLE, **fields)
    step = case.steps.create(
        seq=1, verb="accept", before="SUBMITTED", after="ACCEPTED", side="OFFICE", at=now()
    )
    services.fan_out(story_of(step.pk, at=now()))
    return case, Message.objects.get(case=case)


# --- One's own ------------------------------------------------------------------------------


def test_a_person_reads_their_own_messages_and_the_header_counts_the_unread():
    case, message = accepted()
    client = signed_in(case.owner)
    text = page(client, "/messages/")
    assert message.text in text
    assert re.search(r'class="count">1<', text)
    answer = client.post(f"/messages/{message.pk}/")
    assert answer.headers["Location"] == f"/requests/{case.number}/"
    assert 'class="count">' not in page(client, "/messages/")


def test_all_can_be_marked_as_read_at_once():
    user = a_user()
    for number in range(3):
        tell(user, key=f"k{number}")
    client = signed_in(user)
    assert client.post("/messages/read/").status_code == 302
    assert not Message.objects.filter(read_at=None).exists()


def test_nobody_reads_or_opens_anothers_message():
    _case, message = accepted()
    client = signed_in(a_user("别人"))
    assert message.text not in page(client, "/messages/")
    assert client.get(f"/messages/{message.pk}/").status_code == 404
    assert client.post(f"/messages/{message.pk}/").status_code == 404
    assert Client().get("/messages/").status_code == 302


def test_the_list_asks_as_much_for_three_as_for_one():
    user, counts = a_user(), []
    client = signed_in(user)
    page(client, "/messages/")  # what a process keeps from then on
    for number in range(3):
        tell(user, key=f"k{number}")
        with CaptureQueriesContext(connection) as asked:
            page(client, "/messages/")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_wishes_are_kept_and_bad_ones_are_told_with_what_was_typed():
    user = a_user()
    client = signed_in(user)
    good = {"off": ["SMS"], "language": "en", "mail": "me@example.edu.cn"}
    assert client.post("/messages/settings/", good).status_code == 302
    assert Preference.objects.get().off == ["SMS"]
    assert Address.objects.get().value == "me@example.edu.cn"
    bad = client.post("/messages/settings/", {"language": "en", "mail": "no address"})
    assert bad.status_code == 422
    assert "no address" in bad.content.decode()
    assert Address.objects.get().value == "me@example.edu.cn"


def test_staff_are_not_offered_to_switch_off_what_their_work_needs():
    client = signed_in(holder("R5", of="houqin"))
    assert 'value="SMS"' not in page(client, "/messages/settings/")
    assert client.post("/messages/settings/", {"off": ["SMS"], "language": "en"}).status_code == 422


# --- The ledger -----------------------------------------------------------------------------


def failed():
    """A message that no carrier took, at the foot of its ladder."""
    case, message = accepted(mode=Mode.CONFIDENTIAL)
    Message.objects.update(
        ladder=["SMS"], rung=0, channel="SMS", state="READY", not_before=None, urgent=True
    )
    drain(Scripted(REFUSED), at=now())
    message.refresh_from_db()
    assert message.state == "FAILED"
    return case, message


def test_the_ledger_tells_what_became_of_messages_and_nothing_of_the_person():
    case, _message = failed()
    text = page(client_of("R3"), "/desk/deliveries/")
    assert case.number in text
    assert "诉求人" in text
    assert "BLACK" in text
    assert not [canary for canary in (NAME, PHONE, TITLE) if canary in text]


@pytest.mark.parametrize("role", ["R2", "R5", "R8", "R9", "R10", "R11", "R12", "R14"])
def test_the_ledger_is_the_offices(role):
    failed()
    assert client_of(role, of="houqin").get("/desk/deliveries/").status_code in {403, 404}


def test_of_a_sealed_request_the_ledger_has_no_line():
    case, _message = failed()
    type(case).objects.filter(pk=case.pk).update(seal="CRISIS")
    assert case.number not in page(client_of("R3"), "/desk/deliveries/")


@pytest.mark.parametrize("template", ["claim_decided", "export_ready", "new_device"])
def test_the_ledger_names_nobody_who_does_not_work_here(template):
    """Not who asked for a claim that was decided just now, nor who ceased to work here long ago."""
    gone = holder("R3", name=NAME)
    gone.memberships.update(to_date=BEGAN + timedelta(days=1))
    for user in (a_user(NAME), gone):
        message = tell(user, key=user.account, template=template, at=now())
        client = client_of("R4")
        assert NAME not in page(client, "/desk/deliveries/")
        assert client.post(f"/desk/deliveries/{message.pk}/retry/").status_code == 404


def test_the_ledger_tells_of_work_without_a_request_and_not_of_what_staff_ask_for_themselves():
    clerk = holder("R3", name="值班某")
    mine = tell(clerk, key="a", template="claim_decided", at=now())
    shift = tell(clerk, at=now())
    assert list(queries.ledger(an_actor("R4"))) == [shift]
    assert mine.user == clerk
    text = page(client_of("R4"), "/desk/deliveries/")
    assert "值班某" in text


def test_the_ledger_is_searched_by_number_channel_state_and_day():
    case, _message = failed()
    other, _message = accepted(owner=a_user())
    client = client_of("R3")
    for query in ({"number": case.number.lower()}, {"channel": "SMS"}, {"state": "FAILED"}):
        text = page(client, "/desk/deliveries/", **query)
        assert case.number in text
        assert other.number not in text
    assert case.number not in page(client, "/desk/deliveries/", day="2020-01-01")
    assert client.get("/desk/deliveries/", {"day": "nonsense"}).status_code == 422


def test_what_failed_is_sent_again_by_a_button_and_only_then():
    _case, message = failed()
    client = client_of("R3")
    assert client.post(f"/desk/deliveries/{message.pk}/retry/").status_code == 302
    message.refresh_from_db()
    assert (message.state, message.tries) == ("READY", 0)
    assert client.post(f"/desk/deliveries/{message.pk}/retry/").status_code == 409


def test_the_request_itself_says_that_nobody_was_reached_to_those_who_read_notes():
    case, _message = failed()
    text = page(client_of("R3"), f"/desk/cases/{case.number}/")
    assert "通知未送达：已受理" in text
    assert "BLACK" in text
    assert "通知未送达" not in page(client_of("R2"), f"/desk/cases/{case.number}/")
    assert "通知未送达" not in page(signed_in(case.owner), f"/requests/{case.number}/")


# --- The call list --------------------------------------------------------------------------


def to_ring():
    case, _message = accepted()
    Message.objects.update(
        ladder=["SMS", "CALL"], rung=0, channel="SMS", state="READY", not_before=None, urgent=True
    )
    drain(Scripted(REFUSED), at=now())
    return case, Message.objects.get(channel=Channel.CALL)


def test_a_number_is_shown_to_whoever_takes_the_call_on_until_it_is_done():
    case, call = to_ring()
    client, other = client_of("R2"), client_of("R4")
    assert case.number in page(client, "/desk/calls/")
    assert PHONE not in page(client, "/desk/calls/")
    assert client.post(f"/desk/calls/{call.pk}/taking/").status_code == 302
    assert PHONE in page(client, "/desk/calls/")
    assert PHONE not in page(other, "/desk/calls/")
    assert other.post(f"/desk/calls/{call.pk}/taking/").status_code == 409
    assert other.post(f"/desk/calls/{call.pk}/done/").status_code == 409
    assert client.post(f"/desk/calls/{call.pk}/done/").status_code == 302
    assert case.number not in page(client, "/desk/calls/")
    assert [a.outcome for a in call.attempts.all()] == ["TAKEN", "RUNG"]


@pytest.mark.parametrize("role", ["R5", "R8", "R10", "R11", "R12", "R13"])
def test_the_call_list_is_for_those_who_ring(role):
    _case, call = to_ring()
    client = client_of(role, of="houqin")
    assert client.get("/desk/calls/").status_code in {403, 404}
    assert client.post(f"/desk/calls/{call.pk}/taking/").status_code in {403, 404}


def test_a_call_that_was_taken_and_left_is_another_s_after_an_hour():
    _case, call = to_ring()
    client, other = client_of("R2"), client_of("R4")
    client.post(f"/desk/calls/{call.pk}/taking/")
    Message.objects.filter(pk=call.pk).update(tried_at=now() - timedelta(minutes=59))
    assert other.post(f"/desk/calls/{call.pk}/taking/").status_code == 409
    assert "taking" not in page(other, "/desk/calls/")
    Message.objects.filter(pk=call.pk).update(tried_at=now() - timedelta(minutes=60))
    assert f"/desk/calls/{call.pk}/taking/" in page(other, "/desk/calls/")
    assert other.post(f"/desk/calls/{call.pk}/taking/").status_code == 302
    assert PHONE in page(other, "/desk/calls/")
    assert PHONE not in page(client, "/desk/calls/")
    assert client.post(f"/desk/calls/{call.pk}/done/").status_code == 409


def test_a_call_can_be_given_back_by_whoever_has_taken_it():
    _case, call = to_ring()
    client, other = client_of("R2"), client_of("R4")
    client.post(f"/desk/calls/{call.pk}/taking/")
    assert other.post(f"/desk/calls/{call.pk}/release/").status_code == 409
    assert client.post(f"/desk/calls/{call.pk}/release/").status_code == 302
    assert PHONE not in page(client, "/desk/calls/")
    assert other.post(f"/desk/calls/{call.pk}/taking/").status_code == 302
    assert [a.outcome for a in call.attempts.all()] == ["TAKEN", "LATER", "TAKEN"]


def test_the_call_of_an_alarm_stands_first_and_shows_no_more_than_its_number():
    other, _call = to_ring()
    Message.objects.update(urgent=False)
    member = holder("R12")
    case = a_case(State.SUBMITTED, title=TITLE)
    crisis.alarm(case, by=an_actor("R3"), at=now())
    services.tell([member], "crisis_alarm", {"time": now(), "number": case.number}, key="a", at=now(), case=case, urgent=True, every_channel=True)  # fmt: skip
    call = Message.objects.get(template="crisis_alarm", channel=Channel.CALL)
    client = client_of("R3")
    text = page(client, "/desk/calls/")
    assert text.index(case.number) < text.index(other.number)
    assert TITLE not in text
    assert f"/desk/cases/{case.number}/" not in text, "it would lead nowhere"
    client.post(f"/desk/calls/{call.pk}/taking/")
    assert f"tel:{member.phone}" in page(client, "/desk/calls/")
    assert client.post(f"/desk/calls/{call.pk}/done/").status_code == 302
    assert case.number not in page(client, "/desk/deliveries/")


def test_whoever_made_a_request_does_not_see_who_else_was_told_of_it_nor_rings_them():
    clerk, contact = holder("R3"), holder("R5", of="houqin", name="某联系人")
    case = a_case(State.DISPATCHED, owner=clerk)
    Message.objects.create(
        key="k", case=case, user=contact, who=f"u{contact.pk}", purpose="dispatch", urgent=True,
        template="order_new", ladder=["CALL"], channel="CALL", created_at=now(),
    )  # fmt: skip
    client = signed_in(clerk)
    for path in ("/desk/deliveries/", "/desk/calls/"):
        assert contact.name in page(client_of("R4"), path)
        assert contact.name not in page(client, path)
    assert client.post(f"/desk/calls/{Message.objects.get().pk}/taking/").status_code == 404


# --- What a carrier reports -----------------------------------------------------------------

SECRET = "a receipt secret of some length"


def sent():
    message = tell(urgent=True, at=now())
    a_gateway(
        settings={"url": "http://127.0.0.1:1/", "id_path": "json.id"},
        secrets={"receipt_secret": SECRET},
    )
    drain(Scripted(), at=now())
    return message


def report(status, *, token=SECRET, msgid="c1"):
    body = {"msgid": msgid, "status": status}
    return Client().post(
        f"/notices/receipts/sms/?token={token}", body, content_type="application/json"
    )


def test_a_receipt_says_that_it_arrived():
    message = sent()
    answer = report("DELIVRD")
    assert (answer.status_code, answer.content) == (200, b"ok")
    message.refresh_from_db()
    assert message.state == "DELIVERED"
    assert report("DELIVRD").status_code == 200, "carriers repeat themselves"
    assert message.attempts.count() == 2


def test_a_receipt_that_it_never_will_goes_down_the_ladder():
    message = sent()
    Message.objects.update(ladder=["SMS", "CALL"])
    report("UNDELIV")
    message.refresh_from_db()
    assert (message.state, message.why, message.error) == ("FAILED", "BOUNCED", "UNDELIV")
    assert Message.objects.filter(channel="CALL").exists()


def test_a_stranger_reports_nothing_and_an_unknown_message_is_passed_over():
    message = sent()
    assert report("DELIVRD", token="guess").status_code == 403
    assert report("DELIVRD", msgid="not ours").status_code == 200
    assert Client().post("/notices/receipts/nowhere/").status_code == 404
    message.refresh_from_db()
    assert message.state == "SENT"


# --- An outage, and the console -------------------------------------------------------------


def test_the_desk_says_that_a_gateway_does_not_answer(settings):
    settings.NOTICES = "live"
    a_gateway(out_since=now(), failures=3)
    assert "短信通道自" in page(client_of("R3"), "/desk/cases/")
    Gateway.objects.update(out_since=None)
    assert "短信通道自" not in page(client_of("R3"), "/desk/cases/")


def test_the_console_tells_how_messages_stand_drains_and_retries(capsys):
    _case, message = failed()
    call_command("notices")
    assert "SMS     gateway sms" in capsys.readouterr().out
    call_command("notices", "retry")
    assert "queued again: 1" in capsys.readouterr().out
    call_command("notices", "drain")
    assert "sent: 1" in capsys.readouterr().out
    message.refresh_from_db()
    assert message.state == "DELIVERED"
