"""The words in which a request is told: states, parts, modes, channels. Stored as capitals."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a request stands. moves.py says how it gets from one to the next."""

    DRAFT = "DRAFT", _("草稿")
    SUBMITTED = "SUBMITTED", _("待受理")
    NEED_INFO = "NEED_INFO", _("待补充")
    REJECTED = "REJECTED", _("不予受理")
    ACCEPTED = "ACCEPTED", _("已受理")
    AWAIT_INSTRUCTION = "AWAIT_INSTRUCTION", _("待批示")
    DISPATCHED = "DISPATCHED", _("已派单")
    RETURN_REVIEW = "RETURN_REVIEW", _("退单待审")
    IN_PROGRESS = "IN_PROGRESS", _("办理中")
    ANSWERED = "ANSWERED", _("答复待审")
    CLOSED = "CLOSED", _("已办结")
    DISSATISFIED = "DISSATISFIED", _("不满意待定")
    ARCHIVED = "ARCHIVED", _("已归档")
    MERGED = "MERGED", _("已并单")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    REFERRED = "REFERRED", _("已转出")
    CRISIS = "CRISIS", _("危机处置")


class OrderState(TextChoices):
    """Where a unit's work order stands."""

    SENT = "SENT", _("待签收")
    HANDLING = "HANDLING", _("办理中")
    EXTENSION_REVIEW = "EXTENSION_REVIEW", _("延期待审")
    SUSPENDED = "SUSPENDED", _("已挂起")
    HEAD_REVIEW = "HEAD_REVIEW", _("待责任人审签")
    RETURN_REVIEW = "RETURN_REVIEW", _("退单待审")
    ANSWERED = "ANSWERED", _("已答复")
    DONE = "DONE", _("已完成")
    RETURNED = "RETURNED", _("已退回")
    CANCELLED = "CANCELLED", _("已取消")


class Part(TextChoices):
    LEAD = "LEAD", _("主办")
    JOINT = "JOINT", _("协办")


class Mode(TextChoices):
    """How much of the requester is shown. May be raised at any time, never lowered by staff."""

    NAMED = "NAMED", _("实名")
    CONFIDENTIAL = "CONFIDENTIAL", _("保密")
    ANONYMOUS = "ANONYMOUS", _("匿名")


class Channel(TextChoices):
    PHONE = "PHONE", _("来电")
    WEB = "WEB", _("PC")
    MINI = "MINI", _("小程序")
    WECHAT = "WECHAT", _("公众号/企业微信")
    VISIT = "VISIT", _("来访")
    LETTER = "LETTER", _("来信/邮箱")
    LEADER = "LEADER", _("领导信箱")
    CITY = "CITY", _("12345转办")
    DUTY = "DUTY", _("值班移交")
    MEDIA = "MEDIA", _("舆情转入")


class Seal(TextChoices):
    """Closed rooms: who may not enter does not learn that there is a request."""

    NONE = "", _("不密封")
    CRISIS = "CRISIS", _("危机件")
    DISCIPLINE = "DISCIPLINE", _("纪检件")
    OFFICE = "OFFICE", _("热线办件")
    LEADERS = "LEADERS", _("校领导专办")


class Outcome(TextChoices):
    """What became of the matter, in the unit's words; checked when the requester is visited."""

    RESOLVED = "RESOLVED", _("已解决")
    PARTLY = "PARTLY", _("部分解决")
    EXPLAINED = "EXPLAINED", _("已解释（政策不允许）")
    PLANNED = "PLANNED", _("列入计划")
    UNVERIFIED = "UNVERIFIED", _("无法核实")
    ABANDONED = "ABANDONED", _("诉求人放弃")


class Referral(TextChoices):
    """Where a request goes that is not for this office."""

    PETITION = "PETITION", _("信访")
    DISCIPLINE = "DISCIPLINE", _("纪检监察")
    EMERGENCY = "EMERGENCY", _("110·119·120")
    COURT = "COURT", _("诉讼、仲裁")
    DISCLOSURE = "DISCLOSURE", _("信息公开")


class Score(TextChoices):
    SATISFIED = "SATISFIED", _("满意")
    FAIR = "FAIR", _("基本满意")
    DISSATISFIED = "DISSATISFIED", _("不满意")


class Solved(TextChoices):
    YES = "YES", _("已解决")
    PARTLY = "PARTLY", _("部分解决")
    NO = "NO", _("未解决")


class RatedBy(TextChoices):
    """Who gave a rating; a handler's never counts."""

    REQUESTER = "REQUESTER", _("本人")
    VISITOR = "VISITOR", _("回访")
    IMPORT = "IMPORT", _("历史数据")


class Means(TextChoices):
    """How a unit got in touch with the requester."""

    PLATFORM = "PLATFORM", _("平台留言")
    PHONE = "PHONE", _("经热线转接电话")
    MEETING = "MEETING", _("当面")
    SITE = "SITE", _("现场查看")


class Reached(TextChoices):
    YES = "YES", _("已联系上")
    NO = "NO", _("未联系上")


OPEN = frozenset(State) - {State.DRAFT, State.ARCHIVED}
ACTIVE = frozenset({
    State.SUBMITTED, State.NEED_INFO, State.ACCEPTED, State.AWAIT_INSTRUCTION, State.DISPATCHED,
    State.RETURN_REVIEW, State.IN_PROGRESS, State.ANSWERED, State.DISSATISFIED,
})  # fmt: skip
PROMISED = ACTIVE | {State.MERGED}  # the requester waits for something
WITH_UNIT = frozenset({State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS, State.ANSWERED})
LIVE_ORDERS = frozenset({
    OrderState.SENT, OrderState.HANDLING, OrderState.EXTENSION_REVIEW, OrderState.SUSPENDED,
    OrderState.HEAD_REVIEW, OrderState.RETURN_REVIEW, OrderState.ANSWERED,
})  # fmt: skip
AT_WORK = frozenset({
    OrderState.HANDLING, OrderState.EXTENSION_REVIEW, OrderState.SUSPENDED, OrderState.HEAD_REVIEW,
})  # fmt: skip
