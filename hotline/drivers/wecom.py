"""WeCom (企业微信): a message of our application to one person, or of a robot to a group."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard, wire
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import WECOM, DeliveryError, Kind, Parcel, Sent
from hotline.drivers.tokens import Token, ask_with, errcode

STALE = frozenset({40014, 42001})

# About this person or this message: 40003 bad userid, 40031 and 81013 nobody left of those
# named, 40058 bad parameter, 44004 nothing in it, 45002 too long, 46004 no such person,
# 60111 no such userid. Not so: -1 busy, 40001 secret, 45009 too often, 60020 our address.
PERMANENT = frozenset({40003, 40031, 40058, 44004, 45002, 46004, 60111, 81013})
ROBOT_PERMANENT = frozenset({40008, 40058, 44004, 45002})

# The same words to the same person within four hours, the longest it takes, are the same message.
DUPLICATE_SECONDS = 14400

TITLE_BYTES, TEXT_BYTES, CARD_BYTES, MARKDOWN_BYTES = 128, 2048, 512, 4096


@dataclass(frozen=True, kw_only=True)
class WecomAppSettings(Settings):
    """A self-built application of the school's WeCom."""

    corp_id: str = asked(_("企业 ID"), _("管理后台 → 我的企业 → 企业信息。"))
    agent_id: int = asked("AgentId", _("管理后台 → 应用管理 → 自建应用。"))
    secret: str = asked("Secret", _("与 AgentId 在同一页。"), secret=True)
    button: str = asked(_("卡片按钮文字"), _("至多 4 个字。"), default="查看")
    endpoint: str = asked(_("接口地址"), default="https://qyapi.weixin.qq.com")

    def faults(self) -> dict[str, Words]:
        if not wire.is_address(self.endpoint):
            return {"endpoint": _("请填写以 https:// 开头的地址。")}
        return {} if len(self.button) <= 4 else {"button": _("至多 4 个字。")}


class WecomApp:
    """Sends a card where there is somewhere to lead, else a text."""

    channel: ClassVar[str] = WECOM
    # WeCom is asked to pass over what it has had: to ask again after a lost answer is safe.
    idempotent: ClassVar[bool] = True

    def __init__(self, settings: WecomAppSettings) -> None:
        self._settings = settings
        self._endpoint = settings.endpoint.rstrip("/")
        keys = [("corpid", settings.corp_id), ("corpsecret", settings.secret)]
        self._token = Token(
            lambda: wire.ask("GET", f"{self._endpoint}/cgi-bin/gettoken", params=keys)
        )

    def send(self, parcel: Parcel) -> Sent:
        """Hand one message over; raises DeliveryError with WeCom's errcode."""
        content = self._content(parcel)
        address = f"{self._endpoint}/cgi-bin/message/send"
        code, told = ask_with(
            self._token,
            lambda token: wire.post_json(address, content, params=[("access_token", token)]),
            stale=STALE,
        )
        if code:
            raise DeliveryError(str(code), permanent=code in PERMANENT)
        if told.get("invaliduser") or told.get("unlicenseduser"):
            raise DeliveryError("invaliduser", permanent=True)
        return Sent(str(told.get("msgid", ""))[:128])

    def _content(self, parcel: Parcel) -> dict[str, Any]:
        content: dict[str, Any] = {
            "touser": guard.name(parcel),
            "agentid": self._settings.agent_id,
            "enable_duplicate_check": 1,
            "duplicate_check_interval": DUPLICATE_SECONDS,
        }
        if not parcel.url:
            return content | {"msgtype": "text", "text": {"content": cut(parcel.text, TEXT_BYTES)}}
        card = {
            "title": cut(parcel.title or parcel.text, TITLE_BYTES),
            "description": cut(plain(parcel.text), CARD_BYTES),
            "url": parcel.url,
            "btntxt": self._settings.button,
        }
        return content | {"msgtype": "textcard", "textcard": card}


@dataclass(frozen=True, kw_only=True)
class WecomRobotSettings(Settings):
    """The webhook of a group's robot; whoever knows it can write to the group."""

    webhook: str = asked(
        _("Webhook 地址"), _("群聊 → 群机器人 → 添加后给出的完整地址。"), secret=True
    )

    def faults(self) -> dict[str, Words]:
        if wire.is_address(self.webhook) and urlsplit(self.webhook).query.startswith("key="):
            return {}
        return {"webhook": _("请粘贴完整的地址，其中含有 key=。")}


class WecomRobot:
    """Writes to one group, at most 20 a minute (45009 after that); ``to`` is not used."""

    channel: ClassVar[str] = WECOM

    def __init__(self, settings: WecomRobotSettings) -> None:
        self._settings = settings

    def send(self, parcel: Parcel) -> Sent:
        """Hand one message over; raises DeliveryError with WeCom's errcode."""
        lines = [f"**{unlinked(parcel.title)}**"] if parcel.title else []
        lines.append(unlinked(parcel.text))
        link = f"\n[查看]({parcel.url})" if parcel.url else ""
        words = cut("\n".join(lines), MARKDOWN_BYTES - len(link.encode())) + link
        content = {"msgtype": "markdown", "markdown": {"content": words}}
        code = errcode(wire.post_json(self._settings.webhook, content).object())
        if code:
            raise DeliveryError(str(code), permanent=code in ROBOT_PERMANENT)
        return Sent("")


def cut(text: str, most: int) -> str:
    """The text in at most so many bytes of UTF-8, never ending inside a character."""
    data = text.encode()
    return text if len(data) <= most else data[: most - 3].decode("utf-8", "ignore") + "…"


def plain(text: str) -> str:
    """Without what cards and Markdown would read as markup or as a call to somebody (<@id>)."""
    return text.replace("<", "＜").replace(">", "＞")


def unlinked(text: str) -> str:
    """Without what Markdown would read as a link: a title is somebody's words, and leads nowhere."""
    return plain(text).replace("[", "［").replace("]", "］")


APP = Kind(
    code="wecom_app",
    label=_("企业微信应用消息"),
    channel=WECOM,
    settings=WecomAppSettings,
    make=WecomApp,
)
ROBOT = Kind(
    code="wecom_robot",
    label=_("企业微信群机器人"),
    channel=WECOM,
    settings=WecomRobotSettings,
    make=WecomRobot,
)
