"""A gateway is described in settings: what is sent, what counts as a yes, what is reported."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.base.refusals import Invalid
from hotline.drivers import http_sms, templates
from hotline.drivers.carriers import Parcel, Sent
from hotline.drivers.expressions import Misspelt, expression, holds
from hotline.drivers.http_settings import HttpSmsSettings
from tests.drivers.standins import Contract, standing
from tests.drivers.test_contracts import refused

NASTY = '甲"}&to=1\\\r\n{secret}%26+😀𬭎'
PARCEL = Parcel(to="13800138000", text=NASTY, ref="m1")
AT = datetime(2026, 11, 26, 2, 40, tzinfo=UTC)


class Fixed(Contract):
    """Answers what it is told to."""

    reply = (200, "text/plain", b"0,98765")

    def answer(self, asked):
        return self.reply


def sent(there, **settings):
    ours = http_sms.HttpSms(HttpSmsSettings.read({"url": f"{there.url}/s", **settings}), lambda: AT)
    return ours.send(PARCEL), there.seen[-1]


def test_a_json_body_holds_any_text_as_a_text():
    with standing(Fixed()) as there:
        _, asked = sent(
            there,
            body='{"to": ["{to}"], "n": 1, "in": {"text": "【校】{text}", "ref": "{ref}"}}',
            success="status == 200",
        )
        assert json.loads(asked.body) == {
            "to": ["13800138000"], "n": 1, "in": {"text": "【校】" + NASTY, "ref": "m1"},
        }  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_a_form_is_encoded_in_the_gateways_own_charset(charset):
    with standing(Fixed()) as there:
        _, asked = sent(
            there,
            body_type="form",
            charset=charset,
            body="account={account}\npassword={secret}&mobile={to}&msg={text}",
            account="校办",
            secret="p&=w",
            success="text startswith '0,'",
        )
        assert parse_qs(asked.body.decode(), encoding=charset) == {
            "account": ["校办"], "password": ["p&=w"], "mobile": ["13800138000"], "msg": [NASTY],
        }  # fmt: skip
        assert asked.headers["content-type"].endswith(f"charset={charset}")


def test_a_gateway_may_be_asked_with_a_get():
    with standing(Fixed()) as there:
        url = f"{there.url}/s?u={{account}}&to={{to}}&c={{text}}"
        _, asked = sent(there, url=url, method="GET", account="a", success="status == 200")
        assert asked.query == {"u": "a", "to": "13800138000", "c": NASTY}
        assert asked.body == b""


@pytest.mark.parametrize("type", ["md5", "hmac-sha256-base64"])
def test_a_request_is_signed_as_described(type):
    import base64
    import hashlib
    import hmac

    words = b"campusgeheim20261126104000"
    expected = {
        "md5": hashlib.md5(words, usedforsecurity=False).hexdigest(),
        "hmac-sha256-base64": base64.b64encode(
            hmac.new(b"geheim", words, "sha256").digest()
        ).decode(),
    }
    with standing(Fixed()) as there:
        _, asked = sent(
            there,
            account="campus",
            secret="geheim",
            sign_type=type,
            body='{"time": "{time}", "sign": "{sign}"}',
            success="status == 200",
        )
        assert json.loads(asked.body) == {"time": "20261126104000", "sign": expected[type]}


def test_the_id_and_the_code_are_found_where_they_are_said_to_be():
    reply = {"result": "0", "rows": [{"taskid": 42}]}
    with standing(Fixed()) as there:
        there.contract.reply = (200, "application/json", json.dumps(reply).encode())
        where = {"success": "json.result == 0", "id_path": "json.rows[0].taskid"}
        assert sent(there, **where)[0] == Sent("42")


@pytest.mark.parametrize(
    ("reply", "code", "permanent", "unknown"),
    [
        ((200, "application/json", b'{"code": "E7"}'), "E7", True, False),
        ((200, "application/json", b'{"code": 9}'), "9", False, False),
        ((200, "application/json", b"{}"), "HTTP_200", False, False),
        ((400, "application/json", b'{"code": "E7"}'), "E7", True, False),
        ((500, "application/json", b'{"code": "E7"}'), "HTTP_500", False, False),
        ((502, "text/html", b"<h1>"), "HTTP_502", False, True),
        ((200, "text/html", b"<h1>"), "UNREADABLE_ANSWER", False, True),
        ((404, "text/html", b"<h1>"), "HTTP_404", False, False),
    ],
)
def test_a_no_is_told_from_no_answer(reply, code, permanent, unknown):
    with standing(Fixed()) as there:
        there.contract.reply = reply
        settings = HttpSmsSettings.read({"url": there.url, "permanent": "E7，E8"})
        error = refused(http_sms.HttpSms(settings), PARCEL)
        assert (error.code, error.permanent, error.unknown) == (code, permanent, unknown)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "ftp://gateway/"),
        ("url", "https://user:pw@gateway/"),
        ("url", "https://{to}.example/"),
        ("url", "https://gateway/?x={unknown}"),
        ("url", "https://"),
        ("headers", "no colon"),
        ("headers", "X-To: {to}"),
        ("headers", "X: a\nBad Name: b"),
        ("body", '{"to": {to}}'),
        ("body", '{"to": "{phone}"}'),
        ("success", "json.code = 0"),
        ("success", "__import__('os')"),
        ("success", "env.HOME == 1"),
        ("code_path", "json.a b"),
        ("receipt_secret", "short"),
        ("method", "DELETE"),
    ],
)
def test_a_description_that_cannot_work_is_refused_beside_its_field(field, value):
    with pytest.raises(Invalid) as caught:
        HttpSmsSettings.read({"url": "https://gateway/", field: value})
    assert set(caught.value.fields) == {field}


def test_a_secret_that_no_header_can_carry_is_refused_when_it_is_typed():
    given = {"url": "https://gateway/", "headers": "Authorization: Bearer {secret}"}
    with pytest.raises(Invalid) as caught:
        HttpSmsSettings.read({**given, "secret": "密钥"})
    assert set(caught.value.fields) == {"headers"}
    assert HttpSmsSettings.read({"url": "https://gateway/", "secret": "密钥"}).secret == "密钥"


YES = {
    "status": 200,
    "text": " 0,123",
    "json": {"code": "0", "n": 5, "ok": True, "d": [{"e": None}]},
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("status == 200", True),
        ("status >= 200 and status < 300", True),
        ("status == 200 and json.code == 0", True),
        ("json.code == '0'", True),
        ("json.code != 0", False),
        ("json.n in [1, 5]", True),
        ("json.n in ['6', \"5\"]", True),
        ("json.ok == true", True),
        ("json.ok == 1", False),
        ("json.missing.deeper[3] == null", True),
        ("json.d[0].e == null", True),
        ("json.d[1].e == null and not json.d[1]", True),
        ("not json.ok or json.n > 4", True),
        ("not (json.ok or json.n > 4)", False),
        ("text startswith '0,' and text contains '12'", True),
        ("json.code < 'abc'", False),
        ("false", False),
        ("json.n <= 5 and json.n >= 5.0", True),
    ],
)
def test_the_expression_language(source, expected):
    assert holds(expression(source), YES) is expected


@pytest.mark.parametrize(
    "source",
    [
        "", "   ", "status ==", "== 200", "status = 200", "(status == 200", "status == 200)",
        "status 200", "json.code in 5", "json.code in []", "json.code in [1", "and", "not",
        "__class__", "json.__class__()", "open('x')", "status == 'a", "1 ; 2", "a" * 501,
        "(" * 30 + "1" + ")" * 30, "not " * 30 + "1", "lambda: 1", "json[0", "status == 1 == 1",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused_with_words(source):
    with pytest.raises(Misspelt) as caught:
        expression(source)
    assert str(caught.value)


@given(st.text(max_size=60))
def test_no_text_makes_the_language_fail_otherwise(source):
    with suppress(Misspelt):
        holds(expression(source), YES)


@given(st.text(max_size=200), st.text(max_size=200))
def test_no_text_breaks_out_of_json_or_a_form(text, secret):
    values = {"text": text, "secret": secret}
    assert json.loads(templates.fill_json('{"a": "{text}", "b": 1}', values)) == {"a": text, "b": 1}
    encodable = text.encode("utf-8", "ignore").decode()
    filled = templates.fill_form("a={text}&b=1", {"text": encodable}, charset="utf-8").decode()
    assert parse_qs(filled, keep_blank_values=True, max_num_fields=2) == {
        "a": [encodable],
        "b": ["1"],
    }
