"""What carriers report is matched with the try that it is about, whenever and however it comes."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.drivers.carriers import Sent
from hotline.notices import tasks
from hotline.notices.models import Gateway, Message
from hotline.notices.services import desk, receipts
from tests.make import NOON, an_actor
from tests.notices.scene import LOST, Scripted, a_gateway, drain, later, tell

pytestmark = pytest.mark.django_db
TOKEN = "a receipt secret of some length"
MINUTE = timedelta(minutes=1)


def reporting():
    return a_gateway(settings={"url": "http://127.0.0.1:9/"}, secrets={"receipt_secret": TOKEN})


def report(at=NOON, **content):
    answer, _body = receipts.take("sms", json.dumps(content).encode(), {}, {"token": TOKEN}, at=at)
    return answer.value


def read_later():
    """The receipts that wait as jobs, read as the worker reads them."""
    waiting = list(ProcrastinateJob.objects.filter(task_name="notices.receipt").order_by("id"))
    for job in waiting:
        tasks.receipt(**job.args)
    return [job.scheduled_at for job in waiting]


def state_of(message):
    message.refresh_from_db()
    return message.state


class Quick(Scripted):
    """Reports before its answer has been written down."""

    def __init__(self, *script, **content):
        super().__init__(*script)
        self.content = content

    def send(self, parcel):
        sent = super().send(parcel)
        assert report(**self.content) == 200
        return sent


class Naming(Scripted):
    def __init__(self, name):
        super().__init__()
        self.name = name

    def send(self, parcel):
        super().send(parcel)
        return Sent(self.name)


@pytest.mark.parametrize(
    ("status", "before", "after"), [("UNDELIV", "SENT", "FAILED"), ("DELIVRD", "SENT", "DELIVERED")]
)
def test_a_receipt_that_is_quicker_than_our_own_record_is_read_again(status, before, after):
    reporting()
    message = tell()
    drain(Quick(msgid="c1", status=status))
    assert state_of(message) == before
    assert read_later() == [NOON + MINUTE]
    assert state_of(message) == after


def test_a_receipt_of_somebody_elses_message_is_passed_over_at_once_where_nothing_is_being_sent():
    reporting()
    message = tell()
    drain(Scripted())
    assert report(msgid="of others", status="UNDELIV") == 200
    assert (read_later(), state_of(message)) == ([], "SENT")


@pytest.mark.parametrize("ours", [False, True])
def test_an_old_no_that_is_repeated_does_not_end_the_new_try(ours):
    reporting()
    message = tell()
    drain(Scripted())
    old = {"msgid": "c1", "status": "UNDELIV"} | ({"ref": f"m{message.pk}"} if ours else {})
    report(**old)
    assert state_of(message) == "FAILED"
    desk.retry(message, by=an_actor("R4"), at=later(minutes=1))
    again = Quick(**old)
    again.parcels.append(None)  # so that its next answer is c2
    drain(again, at=later(minutes=1))
    report(**old)
    read_later()
    assert state_of(message) == "SENT"
    report(msgid="c2", status="DELIVRD")
    assert state_of(message) == "DELIVERED"


def test_where_the_answer_was_lost_our_own_reference_is_enough():
    reporting()
    message = tell()
    drain(Scripted(LOST, LOST))
    assert state_of(message) == "UNKNOWN"
    report(msgid="never heard", ref=f"m{message.pk}", status="DELIVRD")
    assert state_of(message) == "DELIVERED"


@pytest.mark.parametrize(
    "name",
    ["z" * 80, "z" * 81, "z" * 128, "号" * 100],
    ids=["fits", "one more", "longest", "no ASCII"],
)
def test_a_long_name_is_known_again_and_its_neighbour_is_not_taken_for_it(name):
    reporting()
    message = tell()
    drain(Naming(name))
    report(msgid=name[:-1] + "y", status="DELIVRD")
    assert state_of(message) == "SENT"
    report(msgid=name, status="DELIVRD")
    assert state_of(message) == "DELIVERED"


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_name_that_no_database_can_hold_is_none(name):
    reporting()
    message = tell()
    drain(Naming(name))
    assert state_of(message) == "SENT"
    assert report(msgid=name, ref="m\0", status="DELIVRD") == 200
    assert state_of(message) == "SENT"


def test_such_a_name_is_none_while_the_gateway_is_sending_as_well():
    reporting()
    message = tell()
    drain(Quick(msgid="a\0b", ref="x", status="DELIVRD"))
    assert (read_later(), state_of(message)) == ([], "SENT")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("0001-01-01 00:00:00", NOON),
        ("2026-06-03 12:00:30", NOON + MINUTE / 2),
        ("9999-12-31 23:59:59", NOON + 2 * MINUTE),
        ("2026-06-31 12:00:00", NOON + 2 * MINUTE),
    ],
)
def test_no_message_arrives_before_it_was_made_or_in_time_to_come(told, kept):
    kind = {"kind": "aliyun_sms", "settings": {"access_key_id": "x", "sign_name": "s"}}
    secrets = {"access_key_secret": "y", "receipt_token": TOKEN}
    a_gateway()
    Gateway.objects.update(**kind, secrets=secrets)
    message = tell()
    drain(Scripted())
    body = json.dumps([{"biz_id": "c1", "success": True, "report_time": told}]).encode()
    receipts.take("sms", body, {}, {"token": TOKEN}, at=NOON + 2 * MINUTE)
    message.refresh_from_db()
    assert message.delivered_at == kept
    assert message.attempts.last().at == kept


def test_while_the_settings_cannot_be_read_the_carrier_is_asked_to_come_again():
    reporting()
    Gateway.objects.update(settings={"url": ""})
    assert report(msgid="c1", status="DELIVRD") == 503
    assert not Message.objects.exists()


def test_a_form_of_more_fields_than_any_carrier_sends_is_no_receipt():
    reporting()
    fields = {f"a{n}": "1" for n in range(300)}
    answer = Client().post(f"/notices/receipts/sms/?token={TOKEN}", "&".join(f"{n}={v}" for n, v in fields.items()), content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert answer.status_code == 403
