"""Tencent Cloud SMS (腾讯云短信): SendSms of 2021-01-11, signed with TC3-HMAC-SHA256."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard, receipts, wire
from hotline.drivers.aliyun_sms import address_and_token
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import SMS, DeliveryError, Kind, Parcel, Receipt, Sent

JSON = "application/json; charset=utf-8"

# About this number, template or text; limits, money and rights can be put right.
PERMANENT = frozenset(
    {
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.MissingSignature",
        "FailedOperation.MissingTemplateToModify",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.PhoneNumberOnBlacklist",
        "FailedOperation.SignatureIncorrectOrUnapproved",
        "FailedOperation.TemplateIncorrectOrUnapproved",
        "FailedOperation.TemplateParamSetNotMatchApprovedTemplate",
        "FailedOperation.TemplateUnapprovedOrNotExist",
        "InvalidParameterValue.ContentLengthLimit",
        "InvalidParameterValue.IncorrectPhoneNumber",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
        "InvalidParameterValue.TemplateParameterFormatError",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
        "UnsupportedOperation.UnsupportedRegion",
    }
)


@dataclass(frozen=True, kw_only=True)
class TencentSettings(Settings):
    """The keys of a sub-account that may send SMS, the application and the signature."""

    secret_id: str = asked("SecretId", _("访问管理 → 访问密钥 → API 密钥管理；建议使用子账号。"))
    secret_key: str = asked("SecretKey", secret=True)
    app_id: str = asked("SdkAppId", _("短信控制台 → 应用管理。"))
    sign_name: str = asked(_("短信签名"), _("短信控制台 → 国内短信 → 签名管理，不含【】。"))
    region: str = asked(_("地域"), default="ap-guangzhou")
    endpoint: str = asked(_("接口地址"), default="https://sms.tencentcloudapi.com")
    receipt_token: str = asked(
        _("回执令牌"),
        _("至少 16 个字符，写在回执地址的 token 参数中；留空则不接收回执。"),
        default="",
        secret=True,
    )

    def faults(self) -> dict[str, Words]:
        return address_and_token(self.endpoint, self.receipt_token)


class TencentSms:
    """Sends an approved template; the text of the parcel is not used."""

    channel: ClassVar[str] = SMS

    def __init__(
        self, settings: TencentSettings, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._settings = settings
        self._clock = clock

    def send(self, parcel: Parcel) -> Sent:
        """Hand one SMS over; raises DeliveryError with Tencent's code."""
        content = {
            "PhoneNumberSet": [guard.international(parcel)],
            "SmsSdkAppId": self._settings.app_id,
            "SignName": self._settings.sign_name,
            "TemplateId": parcel.template,
            "TemplateParamSet": list(parcel.params.values()),
            "SessionContext": guard.ref(parcel),
        }
        body = json.dumps(content, ensure_ascii=False).encode()
        headers = signed_headers(
            self._settings, service="sms", action="SendSms", body=body, at=self._clock()
        ) | {"X-TC-Version": "2021-01-11", "X-TC-Region": self._settings.region}
        answer = wire.ask("POST", self._settings.endpoint, headers=headers, body=body)
        return _sent(answer)


def _sent(answer: wire.Answer) -> Sent:
    told = answer.object().get("Response")
    if not isinstance(told, dict):
        raise answer.fault()
    status: Any = told.get("Error") or next(iter(told.get("SendStatusSet") or ()), None)
    if not isinstance(status, dict) or not status.get("Code"):
        raise answer.fault()
    code = str(status["Code"])
    if code == "Ok":
        return Sent(str(status.get("SerialNo", ""))[:128])
    raise DeliveryError(code, permanent=code in PERMANENT)


def signed_headers(
    settings: TencentSettings, *, service: str, action: str, body: bytes, at: datetime
) -> dict[str, str]:
    """The headers of a POST with a JSON body, the signature among them."""
    host, stamp = urlsplit(settings.endpoint).netloc, int(at.timestamp())
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    names = "content-type;host;x-tc-action"
    lines = f"content-type:{JSON}\nhost:{host}\nx-tc-action:{action.lower()}\n"
    hashed = hashlib.sha256(body).hexdigest()
    request = f"POST\n/\n\n{lines}\n{names}\n{hashed}"
    scope = f"{day}/{service}/tc3_request"
    text = "\n".join(
        ["TC3-HMAC-SHA256", str(stamp), scope, hashlib.sha256(request.encode()).hexdigest()]
    )
    key = f"TC3{settings.secret_key}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, text.encode(), "sha256").hexdigest()
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={settings.secret_id}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}",
        "Content-Type": JSON,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Timestamp": str(stamp),
    }


def parse_receipt(
    settings: TencentSettings, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> list[Receipt] | None:
    """The status callback; it is not signed, so the address holds a token."""
    found = receipts.items(body) if receipts.token_is(settings.receipt_token, query) else None
    if found is None:
        return None
    return [
        receipts.receipt(
            str(item.get("sid", "")),
            "",
            item.get("report_status") == "SUCCESS",
            str(item.get("errmsg", "")),
            str(item.get("user_receive_time", "")),
        )
        for item in found
    ]


KIND = Kind(
    code="tencent_sms",
    label=_("腾讯云短信"),
    channel=SMS,
    settings=TencentSettings,
    make=TencentSms,
    parse_receipt=parse_receipt,
    answer_with=lambda _settings: ('{"result": 0, "errmsg": "OK"}', "application/json"),
)
