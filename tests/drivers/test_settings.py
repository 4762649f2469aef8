"""What an administrator fills in is checked before a carrier is made of it."""

from dataclasses import dataclass

import pytest

from hotline.base.refusals import Invalid
from hotline.drivers.asked import Settings, asked
from hotline.drivers.carriers import KINDS, DeliveryError, Parcel


@dataclass(frozen=True, kw_only=True)
class Example(Settings):
    host: str = asked("主机", "服务器的地址")
    password: str = asked("密码", secret=True)
    port: int = asked("端口", default=25)
    tls: bool = asked("加密", default=False)
    method: str = asked("方法", default="GET", choices=(("GET", "GET"), ("POST", "POST")))
    body: str = asked("正文", default="", lines=True)

    def faults(self):
        return {"host": "不能是本机"} if self.host == "self" else {}


def test_a_form_becomes_settings_of_the_right_types():
    given = {"host": " smtp ", "password": "p", "port": "587", "tls": "on", "body": "a\nb"}
    assert Example.read(given) == Example(
        host="smtp", password="p", port=587, tls=True, method="GET", body="a\nb"
    )


@pytest.mark.parametrize(
    ("given", "at_fault"),
    [
        ({}, {"host", "password"}),
        ({"host": "a", "password": "p", "port": "25a"}, {"port"}),
        ({"host": "a", "password": "p", "port": "٢٥"}, {"port"}),
        ({"host": "a\r\nX: y", "password": "p"}, {"host"}),
        ({"host": "a", "password": "p" * 4001}, {"password"}),
        ({"host": "a", "password": "p", "method": "DELETE"}, {"method"}),
        ({"host": "self", "password": "p"}, {"host"}),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(given, at_fault):
    with pytest.raises(Invalid) as refused:
        Example.read(given)
    assert set(refused.value.fields) == at_fault == set(Example.check(given))


def test_a_form_can_be_drawn_from_the_fields():
    assert [(f.name, f.kind, f.required, f.secret) for f in Example.fields()] == [
        ("host", "text", True, False),
        ("password", "text", True, True),
        ("port", "number", False, False),
        ("tls", "tick", False, False),
        ("method", "choice", False, False),
        ("body", "lines", False, False),
    ]


def test_secrets_and_people_are_not_in_what_is_printed():
    shown = repr(Example(host="h", password="geheim"))
    assert "geheim" not in shown
    parcel = Parcel(
        to="13800138000", text="您的诉求", title="主题", params={"n": "1"}, url="https://u"
    )
    assert repr(parcel) == "Parcel(ref='', template='')"


def test_an_error_keeps_a_code_and_nothing_a_carrier_might_hide_in_it():
    assert DeliveryError("isv.MOBILE_NUMBER_ILLEGAL").code == "isv.MOBILE_NUMBER_ILLEGAL"
    assert str(DeliveryError("to 13800138000\r\nevil")) == "to_…_evil"
    assert len(DeliveryError("x" * 500).code) == 64
    assert DeliveryError("").code == "UNNAMED"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.code)
def test_every_kind_can_say_what_it_asks_for(kind):
    fields = list(kind.settings.fields())
    assert all(f.label for f in fields)
    assert all(isinstance(str(f.help), str) for f in fields)
    blank = kind.settings.check({})
    assert {f.name for f in fields if f.required} <= set(blank)


GATEWAY = {"url": "https://sms.example.edu.cn/send"}
REPORTS = GATEWAY | {"receipt_secret": "a receipt secret of some length"}


@pytest.mark.parametrize(
    ("given", "at_fault"),
    [
        (GATEWAY | {"success": ""}, {"success"}),
        (GATEWAY | {"code_path": "", "id_path": ""}, set()),
        (GATEWAY | {"receipt_status": "", "receipt_ok": ""}, set()),
        (REPORTS, set()),
        (REPORTS | {"receipt_ref": "", "receipt_list": ""}, set()),
        (REPORTS | {"receipt_ref": "", "receipt_id": ""}, {"receipt_id"}),
        (REPORTS | {"receipt_status": ""}, {"receipt_status"}),
        (REPORTS | {"receipt_ok": " ，"}, {"receipt_ok"}),
    ],
)
def test_a_gateway_says_what_means_yes_and_what_means_that_it_arrived(given, at_fault):
    settings = KINDS["http_sms"].settings
    assert set(settings.check(given)) == at_fault
    if not at_fault:
        KINDS["http_sms"].make(settings.read(given))
