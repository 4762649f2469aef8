"""WeChat subscription messages (小程序订阅消息): one consent, one message."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard, wire
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import WECHAT, DeliveryError, Kind, Parcel, Sent
from hotline.drivers.tokens import Token, ask_with

STALE = frozenset({40001, 40014, 42001})

# 43101 refused, or the consent is used up; 40003 openid; 40037 template; 41030 page; 47003
# parameters; 43116 and 20001 template taken back; 43107, 43108 ability closed, or not friends.
PERMANENT = frozenset({40003, 40037, 41030, 43101, 43107, 43108, 43116, 47003, 20001})


# What a variable may hold, by the kind that its name begins with; one longer is 47003.
LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10, "symbol": 5, "letter": 32}


@dataclass(frozen=True, kw_only=True)
class WechatSettings(Settings):
    """The school's mini-program."""

    app_id: str = asked("AppID", _("小程序后台 → 开发管理 → 开发设置。"))
    secret: str = asked(
        "AppSecret", _("与 AppID 在同一页；服务器地址须加入 IP 白名单。"), secret=True
    )
    state: str = asked(
        _("跳转的小程序版本"),
        default="formal",
        choices=(("formal", _("正式版")), ("trial", _("体验版")), ("developer", _("开发版"))),
    )
    endpoint: str = asked(_("接口地址"), default="https://api.weixin.qq.com")

    def faults(self) -> dict[str, Words]:
        if wire.is_address(self.endpoint):
            return {}
        return {"endpoint": _("请填写以 https:// 开头的地址。")}


class WechatSubscribe:
    """Sends a template with its values.

    ``url`` is the mini-program page that it opens (``pages/case?id=1``); an address of the web
    cannot be opened from there and is left out.
    """

    channel: ClassVar[str] = WECHAT

    def __init__(self, settings: WechatSettings) -> None:
        self._settings = settings
        self._endpoint = settings.endpoint.rstrip("/")
        keys = {
            "grant_type": "client_credential",
            "appid": settings.app_id,
            "secret": settings.secret,
        }
        self._token = Token(lambda: wire.post_json(f"{self._endpoint}/cgi-bin/stable_token", keys))

    def send(self, parcel: Parcel) -> Sent:
        """Hand one message over; raises DeliveryError with WeChat's errcode."""
        content = {
            "touser": guard.name(parcel),
            "template_id": parcel.template,
            "data": {name: {"value": fitted(name, value)} for name, value in parcel.params.items()},
            "miniprogram_state": self._settings.state,
            "lang": "zh_CN",
        } | ({} if not parcel.url or "://" in parcel.url else {"page": parcel.url})
        address = f"{self._endpoint}/cgi-bin/message/subscribe/send"
        code, told = ask_with(
            self._token,
            lambda token: wire.post_json(address, content, params=[("access_token", token)]),
            stale=STALE,
        )
        if code:
            raise DeliveryError(str(code), permanent=code in PERMANENT)
        return Sent(str(told.get("msgid", ""))[:128])


def fitted(name: str, value: str) -> str:
    """The value on one line and no longer than WeChat takes for its kind."""
    most = LONGEST.get(name.rstrip("0123456789"), len(value))
    line = " ".join(value.split())
    return line if len(line) <= most else line[: most - 1] + "…"


KIND = Kind(
    code="wechat_subscribe",
    label=_("微信小程序订阅消息"),
    channel=WECHAT,
    settings=WechatSettings,
    make=WechatSubscribe,
)
