"""What carriers call us with is believed only from them, and read as what it says."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.drivers import aliyun_sms, http_sms, kannel, tencent_sms
from hotline.drivers.carriers import KINDS, Receipt
from tests.drivers.contracts import TOKEN, Aliyun, Gateway, KannelBox, Tencent, signature

GOOD = {"token": TOKEN}
AT = datetime(2026, 11, 26, 2, 40, tzinfo=UTC)

ALIYUN = [
    {
        "phone_number": "13800138000",
        "send_time": "2026-11-26 10:39:58",
        "report_time": "2026-11-26 10:40:00",
        "success": ok,
        "err_code": code,
        "err_msg": "用户接收成功",
        "sms_size": "1",
        "biz_id": f"9006^{n}",
        "out_id": f"m{n}",
    }
    for n, ok, code in ((1, True, "DELIVERED"), (2, False, "SIGN_ILLEGAL"))
]
TENCENT = [
    {
        "user_receive_time": "2026-11-26 10:40:00",
        "nationcode": "86",
        "mobile": "13800138000",
        "report_status": status,
        "errmsg": code,
        "description": "用户短信送达成功",
        "sid": f"5000:{n}",
    }
    for n, status, code in ((1, "SUCCESS", "DELIVRD"), (2, "FAIL", "UNDELIV"))
]
CASES = [
    (aliyun_sms, Aliyun, ALIYUN, [("9006^1", "m1", True, "DELIVERED"), ("9006^2", "m2", False, "SIGN_ILLEGAL")]),
    (tencent_sms, Tencent, TENCENT, [("5000:1", "", True, "DELIVRD"), ("5000:2", "", False, "UNDELIV")]),
]  # fmt: skip
clouds = pytest.mark.parametrize(("driver", "contract", "pushed", "expected"), CASES)


def body(content):
    return json.dumps(content, ensure_ascii=False).encode()


@clouds
def test_the_clouds_push_lists(driver, contract, pushed, expected):
    found = driver.parse_receipt(contract().settings("https://c"), body(pushed), {}, GOOD)
    assert found == [Receipt(*each, AT) for each in expected]


@clouds
@pytest.mark.parametrize(
    "query", [{}, {"token": ""}, {"token": TOKEN[:-1]}, {"token": TOKEN + "é"}]
)
def test_who_does_not_know_the_token_is_not_the_carrier(driver, contract, pushed, expected, query):
    settings = contract().settings("https://c")
    assert driver.parse_receipt(settings, body(pushed), {}, query) is None
    open_to_all = replace(settings, receipt_token="")
    assert driver.parse_receipt(open_to_all, body(pushed), {}, query) is None


@clouds
@pytest.mark.parametrize(
    "nonsense", [b"", b"{}", b"null", b"[" * 100_000, b"\xff\xfe", body([{}] * 1001)]
)
def test_what_cannot_be_read_is_no_receipt(driver, contract, pushed, expected, nonsense):
    assert driver.parse_receipt(contract().settings("https://c"), nonsense, {}, GOOD) is None


@clouds
def test_a_receipt_of_strange_shapes_is_read_without_harm(driver, contract, pushed, expected):
    strange = [{name: {"x": [1]} for name in pushed[0]}, "text", 5, {}, {"success": "true"}]
    found = driver.parse_receipt(contract().settings("https://c"), body(strange), {}, GOOD)
    assert [(each.ok, each.at) for each in found] == [(False, None)] * 3


def gateway(**other):
    return Gateway().settings("https://gateway", **other)


REPORT = {"msgid": "g1", "ref": "m1", "status": "DELIVRD", "mobile": "13800138000"}


@pytest.mark.parametrize(
    ("described", "content", "query"),
    [
        ({}, body(REPORT), GOOD),
        ({}, body([REPORT]), GOOD),
        ({"receipt_list": "json.reports"}, body({"reports": [REPORT]}), GOOD),
        ({}, b"msgid=g1&ref=m1&status=DELIVRD&mobile=1", GOOD),
        ({}, b"", GOOD | REPORT),
    ],
)
def test_a_gateway_reports_in_json_a_form_or_an_address(described, content, query):
    found = http_sms.parse_receipt(gateway(**described), content, {}, query)
    assert found == [Receipt("g1", "m1", True, "DELIVRD", None)]


def test_a_gateways_other_words_mean_that_it_did_not_arrive():
    given = body([REPORT | {"status": "UNDELIV"}, {"status": "DELIVRD"}, 7])
    found = http_sms.parse_receipt(gateway(), given, {}, GOOD)
    assert found == [Receipt("g1", "m1", False, "UNDELIV", None)]


@pytest.mark.parametrize(
    ("described", "expected"),
    [
        ({"receipt_ref": ""}, Receipt("g1", "", True, "DELIVRD", None)),
        ({"receipt_id": ""}, Receipt("", "m1", True, "DELIVRD", None)),
        ({"receipt_list": ""}, Receipt("g1", "m1", True, "DELIVRD", None)),
    ],
)
def test_a_place_left_empty_is_one_where_nothing_is_looked_for(described, expected):
    assert http_sms.parse_receipt(gateway(**described), body(REPORT), {}, GOOD) == [expected]


@pytest.mark.parametrize(
    ("auth", "headers", "believed"),
    [
        ("header", {"x-signature": TOKEN}, True),
        ("header", {"X-Signature": TOKEN + "x"}, False),
        ("header", {}, False),
        ("hmac", {"X-SIGNATURE": signature(TOKEN, body(REPORT))}, True),
        ("hmac", {"X-Signature": signature(TOKEN, body(REPORT) + b" ")}, False),
        ("hmac", {"X-Signature": signature("", body(REPORT))}, False),
        ("hmac", {"X-Signature": TOKEN}, False),
        ("query", {"X-Signature": TOKEN}, False),
    ],
)
def test_a_gateway_proves_itself_as_was_agreed(auth, headers, believed):
    settings = gateway(receipt_auth=auth)
    found = http_sms.parse_receipt(settings, body(REPORT), headers, {})
    assert (found is not None) is believed
    nobody = replace(settings, receipt_secret="")
    assert http_sms.parse_receipt(nobody, body(REPORT), headers, {}) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("1", [Receipt("", "m1", True, "DLR_1", None)]),
        ("2", [Receipt("", "m1", False, "DLR_2", None)]),
        ("16", [Receipt("", "m1", False, "DLR_16", None)]),
        ("8", []),
        ("4", []),
        ("", None),
        ("x", None),
    ],
)
def test_kannel_says_the_last_word_or_none_yet(status, expected):
    settings = KannelBox().settings("http://k")
    query = GOOD | {"ref": "m1", "status": status}
    assert kannel.parse_receipt(settings, b"", {}, query) == expected
    assert kannel.parse_receipt(settings, b"", {}, query | {"token": "x"}) is None


def test_each_carrier_is_answered_as_it_expects():
    assert {
        kind.code: kind.answer_with(contract().settings("https://c"))
        for kind, contract in (
            (KINDS["aliyun_sms"], Aliyun),
            (KINDS["tencent_sms"], Tencent),
            (KINDS["kannel"], KannelBox),
            (KINDS["http_sms"], Gateway),
        )
    } == {
        "aliyun_sms": ('{"code": 0, "msg": "成功"}', "application/json"),
        "tencent_sms": ('{"result": 0, "errmsg": "OK"}', "application/json"),
        "kannel": ("ok", "text/plain"),
        "http_sms": ("ok", "text/plain; charset=utf-8"),
    }
