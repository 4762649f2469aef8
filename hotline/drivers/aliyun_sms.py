"""Aliyun SMS (阿里云短信): SendSms of 2017-05-25, signed with ACS3-HMAC-SHA256."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from urllib.parse import quote, urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard, receipts, wire
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import SMS, DeliveryError, Kind, Parcel, Receipt, Sent

# About this number, template or text. Whatever is about the account, its money, its rights or
# its limits can be put right, and the message then goes.
PERMANENT = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.MOBILE_COUNT_OVER_LIMIT",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.SMS_SIGNATURE_SCENE_ILLEGAL",
        "isv.SMS_CONTENT_ILLEGAL",
        "isv.SMS_SIGN_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.INVALID_JSON_PARAM",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.PARAM_NOT_SUPPORT_URL",
        "isv.PARAM_LENGTH_LIMIT",
        "isv.EXTEND_CODE_ERROR",
        "isv.BLACK_LIST",
        "MissingPhoneNumbers",
        "MissingTemplateCode",
        "MissingSignName",
    }
)


@dataclass(frozen=True, kw_only=True)
class AliyunSettings(Settings):
    """The keys of a RAM user that may send SMS, and the approved signature."""

    access_key_id: str = asked(
        "AccessKey ID", _("RAM 访问控制 → 用户 → 创建 AccessKey；只授予短信发送权限。")
    )
    access_key_secret: str = asked("AccessKey Secret", secret=True)
    sign_name: str = asked(_("短信签名"), _("短信服务控制台 → 国内消息 → 签名管理，不含【】。"))
    endpoint: str = asked(_("接口地址"), default="https://dysmsapi.aliyuncs.com")
    receipt_token: str = asked(
        _("回执令牌"),
        _("至少 16 个字符，写在回执地址的 token 参数中；留空则不接收回执。"),
        default="",
        secret=True,
    )

    def faults(self) -> dict[str, Words]:
        return address_and_token(self.endpoint, self.receipt_token)


def address_and_token(endpoint: str, token: str) -> dict[str, Words]:
    """The faults that the clouds' settings have in common."""
    found: dict[str, Words] = {}
    if not wire.is_address(endpoint):
        found["endpoint"] = _("请填写以 https:// 开头的地址。")
    if 0 < len(token) < 16:
        found["receipt_token"] = _("回执令牌至少 16 个字符。")
    return found


class AliyunSms:
    """Sends an approved template; the text of the parcel is not used."""

    channel: ClassVar[str] = SMS

    def __init__(
        self, settings: AliyunSettings, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._settings = settings
        self._clock = clock

    def send(self, parcel: Parcel) -> Sent:
        """Hand one SMS over; raises DeliveryError with Aliyun's code."""
        query = {
            "PhoneNumbers": guard.phone(parcel),
            "SignName": self._settings.sign_name,
            "TemplateCode": parcel.template,
            "TemplateParam": json.dumps(dict(parcel.params), ensure_ascii=False),
            "OutId": guard.ref(parcel),
        }
        params = [(name, value) for name, value in query.items() if value]
        headers = signed_headers(
            self._settings,
            action="SendSms",
            version="2017-05-25",
            params=params,
            at=self._clock(),
            nonce=secrets.token_hex(16),
        )
        # The signature is over these very bytes, so the address is written here and not by httpx.
        address = f"{self._settings.endpoint.rstrip('/')}/?{canonical_query(params)}"
        answer = wire.ask("POST", address, headers=headers)
        told = answer.object()
        code = str(told.get("Code", ""))
        if answer.status == 200 and code == "OK":
            return Sent(str(told.get("BizId", ""))[:128])
        if not code:
            raise answer.fault()
        raise DeliveryError(code, permanent=code in PERMANENT)


def canonical_query(params: Iterable[tuple[str, str]]) -> str:
    """Names in order, everything but unreserved characters percent-encoded."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(params))


def signed_headers(
    settings: AliyunSettings,
    *,
    action: str,
    version: str,
    params: Iterable[tuple[str, str]],
    at: datetime,
    nonce: str,
) -> dict[str, str]:
    """The headers of a request without a body, the signature among them."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": urlsplit(settings.endpoint).netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", canonical_query(params), lines, names, empty])
    text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(settings.access_key_secret.encode(), text.encode(), "sha256").hexdigest()
    return headers | {
        "Authorization": f"ACS3-HMAC-SHA256 Credential={settings.access_key_id},"
        f"SignedHeaders={names},Signature={signature}"
    }


def parse_receipt(
    settings: AliyunSettings, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> list[Receipt] | None:
    """SmsReport, pushed in batches over HTTP; it is not signed, so the address holds a token."""
    found = receipts.items(body) if receipts.token_is(settings.receipt_token, query) else None
    if found is None:
        return None
    return [
        receipts.receipt(
            str(item.get("biz_id", "")),
            str(item.get("out_id", "")),
            item.get("success") is True,
            str(item.get("err_code", "")),
            str(item.get("report_time", "")),
        )
        for item in found
    ]


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")


KIND = Kind(
    code="aliyun_sms",
    label=_("阿里云短信"),
    channel=SMS,
    settings=AliyunSettings,
    make=AliyunSms,
    parse_receipt=parse_receipt,
    answer_with=lambda _settings: ('{"code": 0, "msg": "成功"}', "application/json"),
)
