"""Claimed before it is sent, settled after, and down the ladder where a way has failed."""

from dataclasses import replace

import pytest
from django.db import connection

from hotline.base.refusals import Invalid
from hotline.drivers.carriers import KINDS
from hotline.notices import carriers, services
from hotline.notices.codes import Channel, Why
from hotline.notices.models import Attempt, Gateway, Message
from hotline.notices.services import circuit, delivery, ladder, sweeping
from tests.make import NOON, a_user
from tests.notices.scene import (
    DOWN,
    LOST,
    REFUSED,
    Scripted,
    a_gateway,
    drain,
    later,
    tell,
)

pytestmark = pytest.mark.django_db
LADDER = (Channel.SMS, Channel.MAIL, Channel.CALL)


def test_the_carrier_gets_address_signed_text_and_our_reference_and_no_transaction_is_open():
    user = a_user()
    message = tell(user)

    class Looking(Scripted):
        def send(self, parcel):
            assert Message.objects.get(pk=message.pk).state == "SENDING"
            self.depth = len(connection.savepoint_ids)
            return super().send(parcel)

    carrier = Looking()
    outside = len(connection.savepoint_ids)
    assert drain(carrier) == 1
    (parcel,) = carrier.parcels
    assert parcel.to == user.phone
    assert parcel.text == "【师生服务热线】您的值班将于6月3日 12:00开始，请按时接班。"
    assert parcel.ref == f"m{message.pk}"
    assert carrier.depth == outside
    message.refresh_from_db()
    assert (message.state, message.carrier_id, message.sent_at) == ("SENT", "c1", NOON)
    assert [(a.outcome, a.gateway) for a in message.attempts.all()] == [("SENT", "sms")]


def test_what_was_sent_is_not_sent_again():
    tell()
    carrier = Scripted()
    assert (drain(carrier), drain(carrier)) == (1, 0)


def test_a_message_claimed_by_one_worker_is_not_there_for_another():
    tell()
    a_gateway()
    assert delivery.claim("SMS", "sms", at=NOON) is not None
    assert delivery.claim("SMS", "sms", at=NOON) is None


def test_the_urgent_goes_first():
    tell(key="calm")
    urgent = tell(key="hurry", urgent=True)
    a_gateway()
    assert delivery.claim("SMS", "sms", at=NOON) == urgent


def test_a_passing_failure_is_tried_again_after_pauses_that_grow_and_then_has_failed():
    message = tell()
    gateway = a_gateway()
    at = NOON
    for number in range(1, 6):
        drain(Scripted(DOWN), at=at)
        circuit.answered(Gateway.objects.get(), at=at)  # the gateway itself is well
        message.refresh_from_db()
        assert message.tries == number
        if number < 5:
            assert message.state == "READY"
            assert message.not_before == at + delivery.BACK_OFF[number - 1]
            assert drain(Scripted(), at=at, gateway=gateway) == 0, "not before its time"
            at = message.not_before
    assert (message.state, message.why, message.error) == ("FAILED", "TRIES", "NO_CONNECTION")
    assert message.attempts.count() == 5


def test_a_refusal_goes_down_the_ladder_to_the_call_list():
    message = tell(ladder=LADDER)
    drain(Scripted(REFUSED))
    message.refresh_from_db()
    assert (message.state, message.why, message.error) == ("FAILED", "REFUSED", "BLACK")
    mail = Message.objects.get(channel="MAIL")
    assert (mail.first, mail.rung, mail.user) == (False, 1, message.user)
    assert "值班" in mail.text
    drain(Scripted(), channel="MAIL")  # nobody has given an address
    call = Message.objects.get(channel="CALL")
    assert (call.state, call.why) == ("READY", "NO_ADDRESS")
    assert Message.objects.count() == 3


def test_an_answer_that_was_lost_is_asked_for_once_more_and_then_is_unknown():
    message = tell()
    carrier = Scripted(LOST, LOST)
    drain(carrier)
    message.refresh_from_db()
    assert (message.state, message.doubtful) == ("UNKNOWN", True)
    assert len(carrier.parcels) == 2
    assert [a.outcome for a in message.attempts.all()] == ["LOST", "LOST"]


def test_a_carrier_that_refuses_doubles_itself_may_be_asked_as_often_as_any():
    message = tell()
    drain(Scripted(LOST, idempotent=True))
    message.refresh_from_db()
    assert (message.state, message.doubtful) == ("READY", False)


def test_what_a_crash_left_half_sent_goes_out_once_more_and_says_so():
    message = tell()
    a_gateway()
    assert delivery.claim("SMS", "sms", at=NOON)
    assert sweeping.reclaim(at=later(minutes=1)) == 0, "it may still be under way"
    assert sweeping.reclaim(at=later(minutes=5)) == 1
    message.refresh_from_db()
    assert (message.state, message.doubtful) == ("READY", True)
    carrier = Scripted()
    drain(carrier, at=later(minutes=6))
    message.refresh_from_db()
    assert (message.state, message.doubtful, len(carrier.parcels)) == ("SENT", True, 1)


def test_two_crashes_in_a_row_leave_it_unknown_and_the_next_way_begins():
    message = tell(ladder=(Channel.SMS, Channel.CALL))
    a_gateway()
    for number in (1, 2):
        assert delivery.claim("SMS", "sms", at=later(hours=number))
        sweeping.reclaim(at=later(hours=number, minutes=5))
    message.refresh_from_db()
    assert message.state == "UNKNOWN"
    assert Message.objects.get(channel="CALL").why == "ANSWER_LOST"


def test_a_message_that_breaks_its_carrier_goes_down_its_ladder_and_the_next_one_is_sent():
    broken, well = tell(key="broken", ladder=LADDER), tell(key="well")
    assert drain(Scripted(ValueError("Authorization: Bearer secret"))) == 1
    for message in (broken, well):
        message.refresh_from_db()
    assert (broken.state, broken.error, well.state) == ("FAILED", "BROKEN", "SENT")
    assert Message.objects.get(channel="MAIL").state == "READY"


def test_a_message_at_which_a_worker_dies_each_time_is_given_up_on_a_carrier_without_doubles():
    message = tell(ladder=(Channel.SMS, Channel.CALL))
    for number in range(5):
        message.refresh_from_db()
        assert message.state == "READY"
        assert delivery.claim("SMS", "", at=later(hours=number))
        sweeping.reclaim(at=later(hours=number, minutes=5))
    message.refresh_from_db()
    assert (message.state, message.why, message.error) == ("FAILED", "TRIES", "CRASH")
    assert Message.objects.get(channel="CALL").state == "READY"


def test_two_sweeps_that_found_the_same_crash_let_it_go_out_once_more_and_not_twice():
    message = tell(ladder=(Channel.SMS, Channel.CALL))
    a_gateway()
    delivery.claim("SMS", "sms", at=NOON)
    first, second = (Message.objects.get(pk=message.pk) for _ in "ab")
    delivery.lost(first, at=later(minutes=4), code="CRASH")
    assert delivery.claim("SMS", "sms", at=later(minutes=4))
    delivery.lost(second, at=later(minutes=4), code="CRASH")
    assert delivery.claim("SMS", "sms", at=later(minutes=4)) is None
    again = Message.objects.get(pk=message.pk)
    assert delivery.claim("SMS", "sms", at=later(minutes=4)) is None
    delivery.lost(again, at=later(minutes=5), code="CRASH")
    delivery.lost(again, at=later(minutes=5), code="CRASH")
    assert Message.objects.filter(channel="CALL").count() == 1


def test_what_lost_its_title_while_it_was_being_sent_goes_on_without_it():
    message = tell(ladder=LADDER, template="accepted")
    Message.objects.update(params={"number": "RX2606-0142-7", "title": "漏水"})
    a_gateway()
    claimed = delivery.claim("SMS", "sms", at=NOON)
    Message.objects.filter(pk=message.pk).update(params={"number": "RX2606-0142-7", "title": ""})
    ladder.fall(claimed, Why.REFUSED, at=NOON)
    assert (
        Message.objects.get(channel="MAIL").text == "您的诉求RX2606-0142-7已受理，可登录查看进展。"
    )


def test_whoever_comes_late_with_an_answer_changes_nothing_but_the_ledger():
    message = tell()
    a_gateway()
    claimed = delivery.claim("SMS", "sms", at=NOON)
    sweeping.reclaim(at=later(minutes=5))
    delivery.settle(claimed, at=later(minutes=6), outcome="SENT", state="SENT")
    message.refresh_from_db()
    assert message.state == "READY"
    assert Attempt.objects.filter(message=message).count() == 2


# --- A gateway that does not answer ---------------------------------------------------------


def test_after_three_failures_the_gateway_is_out_and_messages_wait_without_losing_tries():
    for number in range(10):
        tell(key=f"k{number}")
    carrier = Scripted(*[DOWN] * 99)
    drain(carrier)
    gateway = Gateway.objects.get()
    assert (gateway.failures, gateway.out_since) == (3, NOON)
    assert len(carrier.parcels) == 3
    assert sorted(Message.objects.values_list("tries", flat=True)) == [0] * 8 + [1] * 2
    assert not Message.objects.exclude(state="READY").exists()


def test_one_probe_a_minute_and_the_queue_drains_when_it_answers():
    for number in range(6):
        tell(key=f"k{number}")
    down = Scripted(*[DOWN] * 99)
    drain(down)
    assert drain(down, at=later(seconds=30)) == 0
    assert len(down.parcels) == 3, "no probe yet"
    drain(down, at=later(minutes=1))
    drain(down, at=later(minutes=1, seconds=5))
    assert len(down.parcels) == 4, "one probe"
    well = Scripted()
    assert drain(well, at=later(minutes=3)) == 6
    gateway = Gateway.objects.get()
    assert (gateway.failures, gateway.out_since) == (0, None)


def test_what_is_urgent_does_not_wait_for_a_gateway_that_is_out():
    for number in range(3):
        tell(key=f"k{number}", ladder=(Channel.SMS, Channel.CALL), urgent=True)
    drain(Scripted(*[DOWN] * 99))
    assert Message.objects.filter(channel="CALL", why="OUTAGE").count() == 1
    assert Message.objects.filter(channel="SMS", state="READY").count() == 2, "tried later"


def test_a_message_that_the_gateway_never_takes_is_not_the_only_one_that_asks_whether_it_is_back():
    gateway = a_gateway(out_since=NOON, probe_at=NOON, failures=3)
    first, second = (tell(key=key, urgent=True) for key in "ab")

    class Choosy(Scripted):
        def send(self, parcel):
            if parcel.ref == f"m{first.pk}":
                raise DOWN
            return super().send(parcel)

    for minute in range(2):
        gateway.refresh_from_db()
        drain(Choosy(), at=later(minutes=minute), gateway=gateway)
    second.refresh_from_db()
    assert second.state == "SENT"
    assert Gateway.objects.get().out_since is None


def test_an_alarm_goes_to_a_gateway_that_is_out_as_well_and_finds_out_that_it_is_back(settings):
    settings.NOTICES = "live"
    a_gateway(out_since=NOON, probe_at=NOON, failures=3)
    user, carrier = a_user(), Scripted(DOWN)
    services.tell([user], "drill_alarm", {"time": NOON}, key="k", at=NOON, urgent=True, every_channel=True)  # fmt: skip
    assert list(Message.objects.order_by("id").values_list("channel", "state")) == [
        ("SMS", "READY"), ("CALL", "READY"),
    ]  # fmt: skip
    drain(carrier)
    sweeping.sweep(at=later(minutes=1))
    assert drain(carrier, at=later(minutes=1)) == 1
    assert Gateway.objects.get().out_since is None


def test_of_a_gateway_that_is_out_one_urgent_message_a_minute_asks_and_the_others_pass_it_by(
    settings,
):
    settings.NOTICES = "live"
    a_gateway(out_since=NOON, probe_at=NOON, failures=3)
    ladder = (Channel.SMS, Channel.CALL)
    message = tell(key="asks", ladder=ladder, urgent=True)
    assert message.channel == "SMS"
    drain(Scripted(DOWN))
    assert tell(key="passes", ladder=ladder, urgent=True).channel == "CALL"
    assert tell(key="asks again", at=later(minutes=1), ladder=ladder, urgent=True).channel == "SMS"
    assert set(Message.objects.filter(channel="CALL").values_list("why", flat=True)) == {"OUTAGE"}


def test_an_urgent_message_waits_for_a_gateway_that_is_out_no_longer_than_a_minute(settings):
    settings.NOTICES = "live"
    a_gateway(out_since=NOON, probe_at=NOON)
    message = tell(ladder=(Channel.SMS, Channel.CALL), urgent=True)
    sweeping.sweep(at=later(seconds=30))
    assert not Message.objects.filter(channel="CALL").exists()
    sweeping.sweep(at=later(minutes=1))
    message.refresh_from_db()
    assert (message.state, message.why) == ("FAILED", "OUTAGE")
    assert Message.objects.get(channel="CALL").state == "READY"


def test_a_gateway_is_asked_no_faster_than_its_pace():
    gateway = a_gateway(per_second=4)
    pauses = [circuit.turn(gateway, at=NOON) for _ in range(5)]
    assert pauses == [0, 0.25, 0.5, 0.75, 1.0]
    assert circuit.turn(gateway, at=later(seconds=9)) == 0


def test_a_gateway_out_of_service_sends_nothing():
    tell()
    gateway = a_gateway()
    Gateway.objects.update(enabled=False)
    assert drain(Scripted(), gateway=gateway) == 0


def test_without_a_gateway_a_live_platform_takes_the_next_way(settings):
    settings.NOTICES = "live"
    user = a_user()
    services.tell([user], "shift_soon", {"time": NOON}, key="k", at=NOON, ladder=LADDER)
    message = Message.objects.get()
    assert (message.channel, message.why) == ("CALL", "NO_GATEWAY")


def test_a_gateway_taken_away_lets_what_waits_there_step_over(settings):
    settings.NOTICES = "live"
    a_gateway()
    message = tell(ladder=(Channel.SMS, Channel.CALL))
    assert message.channel == "SMS"
    Gateway.objects.all().delete()
    services.drain("SMS", clock=lambda: NOON, pause=lambda _s: None)
    message.refresh_from_db()
    assert (message.state, message.why) == ("SKIPPED", "NO_GATEWAY")
    assert Message.objects.get(channel="CALL").state == "READY"


@pytest.mark.parametrize("settings_", [{"url": "http://127.0.0.1:9/", "success": ""}, {"url": 5}])
def test_a_gateway_whose_settings_cannot_be_used_stops_nothing_that_others_carry(
    settings, settings_
):
    settings.NOTICES = "live"
    a_gateway(settings=settings_)
    stuck, waiting = tell(key="a"), tell(key="b", ladder=(Channel.SMS, Channel.CALL))
    delivery.claim("SMS", "sms", at=NOON)
    sweeping.sweep(at=later(minutes=5))
    stuck.refresh_from_db()
    assert stuck.state == "READY"
    assert services.drain("SMS", clock=lambda: later(minutes=5), pause=lambda _s: None) == 0
    waiting.refresh_from_db()
    assert (waiting.state, waiting.why) == ("SKIPPED", "NO_GATEWAY")


def test_a_driver_that_cannot_be_made_is_a_gateway_that_cannot_be_used(monkeypatch):
    def broken(_settings):
        raise RuntimeError

    kind = replace(KINDS["http_sms"], code="broken", make=broken)
    monkeypatch.setitem(KINDS, kind.code, kind)
    gateway = Gateway(kind="broken", settings={"url": "http://127.0.0.1:9/"})
    with pytest.raises(Invalid):
        carriers.carrier_of(gateway)


# --- Test mode ------------------------------------------------------------------------------


def test_the_postbox_takes_every_channel_and_nothing_leaves_the_house():
    message = tell(ladder=(Channel.WECOM, Channel.SMS))
    assert services.drain("WECOM", clock=lambda: NOON, pause=lambda _s: None) == 1
    message.refresh_from_db()
    assert (message.state, message.gateway) == ("DELIVERED", "")
