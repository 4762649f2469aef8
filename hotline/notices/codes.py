"""The words in which a message's way is told. Stored as capitals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(TextChoices):
    """How a message travels. The first four have carriers (drivers), the last two need none."""

    WECHAT = "WECHAT", _("微信订阅消息")
    WECOM = "WECOM", _("企业微信")
    SMS = "SMS", _("短信")
    MAIL = "MAIL", _("电子邮件")
    CALL = "CALL", _("电话通知")  # a clerk rings: the call list
    PAGE = "PAGE", _("站内消息")  # read on the own page and sent nowhere


CARRIED = (Channel.WECHAT, Channel.WECOM, Channel.SMS, Channel.MAIL)


class State(TextChoices):
    """Where a message stands. READY waits for a carrier; HELD waits for the morning."""

    HELD = "HELD", _("待早晨发送")
    READY = "READY", pgettext_lazy("message", "待发送")
    SENDING = "SENDING", _("发送中")
    SENT = "SENT", _("已发送")
    DELIVERED = "DELIVERED", _("已送达")
    FAILED = "FAILED", _("发送失败")
    UNKNOWN = "UNKNOWN", _("结果不明")
    SKIPPED = "SKIPPED", _("未发送")


PENDING = frozenset({State.HELD, State.READY, State.SENDING})
OUT = frozenset({State.SENDING, State.SENT, State.DELIVERED, State.UNKNOWN})  # may have been read


class Why(TextChoices):
    """Why a message was not sent, or not on the way that comes first."""

    NONE = "", ""
    NO_WAY = "NO_WAY", _("没有可用的联系方式")
    NO_ADDRESS = "NO_ADDRESS", _("没有该渠道的地址")
    NO_GATEWAY = "NO_GATEWAY", _("该渠道没有启用通道")
    OFF = "OFF", _("本人已关闭该渠道")
    CAP = "CAP", _("已达当日条数上限")
    DIGEST = "DIGEST", _("已并入早晨汇总")
    SEALED = "SEALED", _("诉求已密封")
    OUTAGE = "OUTAGE", _("通道中断，改走下一渠道")
    TRIES = "TRIES", _("多次尝试未成功")
    REFUSED = "REFUSED", _("通道拒绝发送")
    BOUNCED = "BOUNCED", _("回执显示未送达")
    ANSWER_LOST = "ANSWER_LOST", _("发出后没有得到答复")


class Outcome(TextChoices):
    """What came of one attempt."""

    SENT = "SENT", _("通道已接收")
    DELIVERED = "DELIVERED", _("已送达")
    LATER = "LATER", _("暂时失败")
    FAILED = "FAILED", _("失败")
    LOST = "LOST", _("答复丢失")
    TAKEN = "TAKEN", _("已领取")
    RUNG = "RUNG", _("已打电话")
