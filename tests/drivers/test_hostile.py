"""A carrier may be slow, dead, rude or somebody else: we end in time, and know what we do not know."""

import logging
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hotline.drivers import aliyun_sms, http_sms, kannel, tencent_sms, wechat_subscribe, wecom, wire
from hotline.drivers.carriers import DeliveryError, Parcel, Sent
from tests.drivers.contracts import Aliyun, Gateway, KannelBox, Tencent, WechatBox, WecomBox
from tests.drivers.sinks import serving
from tests.drivers.standins import standing
from tests.drivers.test_contracts import CARD, SMS_PARCEL, refused

CARRIERS = [
    (Gateway, http_sms.HttpSms, SMS_PARCEL),
    (Aliyun, aliyun_sms.AliyunSms, SMS_PARCEL),
    (Tencent, tencent_sms.TencentSms, SMS_PARCEL),
    (KannelBox, kannel.Kannel, SMS_PARCEL),
    (WecomBox, wecom.WecomApp, CARD),
    (WechatBox, wechat_subscribe.WechatSubscribe, CARD),
]
every = pytest.mark.parametrize(
    ("contract", "carrier", "parcel"), CARRIERS, ids=[c.__name__ for c, *_ in CARRIERS]
)


@pytest.fixture
def hurried(monkeypatch):
    """Half a second in place of ten."""
    monkeypatch.setattr(wire, "TOTAL_SECONDS", 0.5)


def primed(contract, carrier, parcel, there):
    """A carrier that has its token already, so that the next request is the message."""
    ours = carrier(there.contract.settings(there.url))
    ours.send(parcel)
    return ours


@every
@pytest.mark.parametrize(
    ("mood", "code", "unknown"),
    [
        ("drop", "NO_ANSWER", True),
        ("huge", "ANSWER_TOO_LARGE", True),
        ("huge-chunked", "ANSWER_TOO_LARGE", True),
        ("html", "UNREADABLE_ANSWER", True),
        ("not-json", "UNREADABLE_ANSWER", True),
        ("deep-json", "UNREADABLE_ANSWER", True),
        ("bomb", "UNREADABLE_ANSWER", True),
        ("redirect", "HTTP_302", False),
        ("busy", "HTTP_503", False),
        ("lost-upstream", "HTTP_504", True),
    ],
)
def test_what_is_no_answer_is_told_as_what_it_is(contract, carrier, parcel, mood, code, unknown):
    with standing(contract()) as there:
        ours = primed(contract, carrier, parcel, there)
        there.moods.append(mood)
        error = refused(ours, parcel)
        assert (error.code, error.permanent, error.unknown) == (code, False, unknown)
        there.mood = "answer"
        ours.send(parcel)


@every
@pytest.mark.parametrize("mood", ["hang", "drip", "drip-head"])
def test_nobody_holds_us_longer_than_the_time_in_all(hurried, contract, carrier, parcel, mood):
    with standing(contract()) as there:
        ours = primed(contract, carrier, parcel, there)
        there.moods.append(mood)
        begun = time.monotonic()
        error = refused(ours, parcel)
        assert (error.code, error.unknown) == ("NO_ANSWER", True)
        assert time.monotonic() - begun < 2


@every
def test_a_dead_carrier_was_not_asked_and_is_asked_again_when_it_is_back(contract, carrier, parcel):
    with standing(contract()) as there:
        there.die()
        ours = carrier(there.contract.settings(there.url))
        error = refused(ours, parcel)
        assert (error.code, error.permanent, error.unknown) == ("NO_CONNECTION", False, False)
        there.start()
        ours.send(parcel)
        assert there.contract.taken.total() == 1


def renew_client():
    """As in a process that starts now."""
    wire._client().close()
    wire._client.cache_clear()


def test_a_certificate_is_believed_only_where_somebody_vouches_for_it(tmp_path, monkeypatch):
    with standing(Gateway()) as there:
        there._server.socket = serving(tmp_path).wrap_socket(there._server.socket, server_side=True)
        ours = http_sms.HttpSms(there.contract.settings(there.url.replace("http", "https")))
        assert refused(ours, SMS_PARCEL).code == "NO_CONNECTION"
        assert there.seen == []

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        renew_client()
        try:
            assert ours.send(SMS_PARCEL) == Sent("g1")
        finally:
            monkeypatch.undo()
            renew_client()


@every
@pytest.mark.parametrize(
    "bad",
    [
        {"to": "13800138000\r\nX-Evil: 1"},
        {"to": "13800138000&to=13900139000"},
        {"to": "１３８００１３８０００"},
        {"to": ""},
        {"to": "张三"},
        {"ref": "m1\r\nX-Evil: 1"},
        {"ref": "m1&x=y"},
        {"ref": "m" * 65},
    ],
)
def test_what_could_become_a_header_or_a_parameter_is_refused(contract, carrier, parcel, bad):
    if "ref" in bad and carrier in {wecom.WecomApp, wechat_subscribe.WechatSubscribe}:
        bad = {"to": bad["ref"] + "\n" * 128}  # these take no ref
    with standing(contract()) as there:
        ours = carrier(there.contract.settings(there.url))
        error = refused(ours, replace(parcel, **bad))
        assert (error.permanent, error.unknown) == (True, False)
        assert there.contract.taken.total() == 0
        assert [asked for asked in there.seen if "gettoken" not in asked.path] == []


def outcome(carrier, parcel):
    """What was raised, or an empty error where all went well."""
    try:
        carrier.send(parcel)
    except DeliveryError as error:
        return error
    return DeliveryError("")


SECRETS = [
    "geheim-geheim", "aliyun-secret", "tencent-secret", "kannel-pass", "wecom-secret",
    "wechat-secret", "13800138000", "zhangsan", "20261126-0001",
]  # fmt: skip


@every
@pytest.mark.parametrize("mood", ["drop", "html", "huge", "answer", "dead"])
def test_nothing_of_a_person_or_a_key_is_in_errors_or_logs(contract, carrier, parcel, mood, caplog):
    caplog.set_level(logging.DEBUG)
    with standing(contract()) as there:
        ours = carrier(there.contract.settings(there.url))
        if mood == "dead":
            there.die()
        elif mood == "answer":
            there.contract.code = "x13800138000"
        else:
            there.mood = mood
        error = outcome(ours, parcel)
        written = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
        assert (error.__context__, error.__cause__) == (None, None)
        written += (
            caplog.text + repr(there.contract.settings(there.url)) + repr(ours) + repr(parcel)
        )
        assert [secret for secret in SECRETS if secret in written] == []


def test_many_threads_share_one_carrier_and_one_token():
    with standing(WecomBox()) as there:
        ours = wecom.WecomApp(there.contract.settings(there.url))
        with ThreadPoolExecutor(8) as pool:
            done = list(pool.map(lambda _n: ours.send(CARD), range(80)))
        assert done == [Sent("ms1")] * 80
        assert there.contract.issued == 1
        assert there.contract.taken["zhangsan"] == 80


def test_a_text_that_looks_like_a_template_stays_a_text():
    with standing(Gateway()) as there:
        ours = http_sms.HttpSms(there.contract.settings(there.url))
        ours.send(Parcel(to="10086", text='{secret} {to} ","mobile":"1', ref="m1"))
        assert b"geheim" not in there.seen[0].body
        assert there.contract.taken == {"m1": 1}
