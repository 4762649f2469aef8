"""Kannel's sendsms over HTTP, which speaks CMPP and SMPP to the operators behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard, receipts, sms_length, wire
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import SMS, DeliveryError, Kind, Parcel, Receipt, Sent

# Delivered to the phone (1), not delivered (2), refused by the centre (16): the final words.
MASK = 1 + 2 + 16
DELIVERED, FINAL = 1, frozenset({1, 2, 16})


@dataclass(frozen=True, kw_only=True)
class KannelSettings(Settings):
    """A sendsms-user of smsbox."""

    url: str = asked(_("sendsms 地址"), default="http://127.0.0.1:13013/cgi-bin/sendsms")
    username: str = asked(_("用户名"), _("kannel.conf 中 sendsms-user 一组的 username。"))
    password: str = asked(_("密码"), secret=True)
    sender: str = asked(_("发送号码"), _("运营商分配的接入号；留空用 default-sender。"), default="")
    smsc: str = asked(_("通道"), _("指定 smsc-id；留空由 kannel 选择。"), default="")
    receipt_url: str = asked(
        _("回执地址"), _("kannel 能访问到的本系统回执地址；留空则不要回执。"), default=""
    )
    receipt_token: str = asked(_("回执令牌"), _("至少 16 个字符。"), default="", secret=True)

    def faults(self) -> dict[str, Words]:
        found: dict[str, Words] = {}
        if not wire.is_address(self.url):
            found["url"] = _("请填写以 http:// 或 https:// 开头的地址。")
        if self.receipt_url and (not wire.is_address(self.receipt_url) or "?" in self.receipt_url):
            found["receipt_url"] = _("请填写不带问号的完整地址。")
        if self.receipt_url and len(self.receipt_token) < 16:
            found["receipt_token"] = _("回执令牌至少 16 个字符。")
        return found


class Kannel:
    """Sends a text; Kannel cuts it into parts."""

    channel: ClassVar[str] = SMS

    def __init__(self, settings: KannelSettings) -> None:
        self._settings = settings

    def send(self, parcel: Parcel) -> Sent:
        """Hand one SMS over; raises DeliveryError. Kannel tells no id: receipts carry our ref."""
        answer = wire.ask("GET", self._settings.url, params=self._params(parcel))
        # "0: Accepted for delivery" and "3: Queued for later delivery" come with 202.
        if answer.status == 202:
            return Sent("")
        if answer.status == 503:
            raise DeliveryError("HTTP_503")
        if answer.status in {400, 404} and "authorization" not in answer.text.lower():
            raise DeliveryError(f"HTTP_{answer.status}", permanent=True)
        if answer.status == 200:
            raise DeliveryError("UNREADABLE_ANSWER", unknown=True)
        raise answer.fault()

    def _params(self, parcel: Parcel) -> list[tuple[str, str]]:
        settings = self._settings
        params = {
            "username": settings.username,
            "password": settings.password,
            "from": settings.sender,
            "to": guard.phone(parcel),
            "text": parcel.text,
            "coding": "0" if sms_length.is_gsm(parcel.text) else "2",
            "charset": "UTF-8",
            "smsc": settings.smsc,
        }
        if settings.receipt_url:
            params |= {"dlr-mask": str(MASK), "dlr-url": self._receipt_url(parcel)}
        return [(name, value) for name, value in params.items() if value]

    def _receipt_url(self, parcel: Parcel) -> str:
        known = urlencode({"token": self._settings.receipt_token, "ref": guard.ref(parcel)})
        # Kannel replaces %d by what became of it, so a % of ours is doubled.
        return f"{self._settings.receipt_url}?{known.replace('%', '%%')}&status=%d"


def parse_receipt(
    settings: KannelSettings, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> list[Receipt] | None:
    """Kannel's GET of the address we gave it."""
    status = query.get("status", "")
    if not receipts.token_is(settings.receipt_token, query) or not status.isdecimal():
        return None
    if int(status) not in FINAL:
        return []
    ok = int(status) == DELIVERED
    return [receipts.receipt("", query.get("ref", ""), ok, f"DLR_{status}")]


KIND = Kind(
    code="kannel",
    label=_("运营商直连（kannel：CMPP、SMPP）"),
    channel=SMS,
    settings=KannelSettings,
    make=Kannel,
    parse_receipt=parse_receipt,
)
