"""The steps of a request as one person may read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from hotline.cases import folder
from hotline.cases.folder import SignedStep
from hotline.cases.models import Case, WorkOrder
from hotline.cases.models.record import Side
from hotline.cases.sight import Sight, Viewer
from hotline.catalog import shelf

LABELS: Mapping[str, str | Promise] = {
    "submit": pgettext_lazy("done", "提交"),
    "ask": pgettext_lazy("done", "要求补充"),
    "supply": pgettext_lazy("done", "补充材料"),
    "propose_decline": pgettext_lazy("done", "提议不予受理"),
    "decline": pgettext_lazy("done", "不予受理"),
    "keep": pgettext_lazy("done", "不同意不予受理"),
    "expire": pgettext_lazy("done", "逾期未补充"),
    "accept": pgettext_lazy("done", "受理"),
    "reclassify": pgettext_lazy("done", "更正分类"),
    "answer": pgettext_lazy("done", "直接答复"),
    "dispatch": pgettext_lazy("done", "派单"),
    "redact": pgettext_lazy("done", "核对脱敏件"),
    "add_joint": pgettext_lazy("done", "增加协办"),
    "seek_instruction": pgettext_lazy("done", "提请批示"),
    "instruct": pgettext_lazy("done", "校领导批示"),
    "direct": pgettext_lazy("done", "校领导批示"),
    "report": pgettext_lazy("done", "报告批示办理结果"),
    "conclude": pgettext_lazy("done", "批示件办结"),
    "sign": pgettext_lazy("done", "签收"),
    "send_back": pgettext_lazy("done", "申请退单"),
    "uphold": pgettext_lazy("done", "不同意退单，指定承办"),
    "reassign": pgettext_lazy("done", "同意退单，改派"),
    "release": pgettext_lazy("done", "同意退出协办"),
    "assign": pgettext_lazy("done", "单位内分办"),
    "hand_over": pgettext_lazy("done", "承办人变动，移交同事"),
    "contact": pgettext_lazy("done", "联系诉求人"),
    "interim": pgettext_lazy("done", "阶段性答复"),
    "unit_note": pgettext_lazy("done", "单位备注"),
    "ask_extension": pgettext_lazy("done", "申请延期"),
    "grant_extension": pgettext_lazy("done", "同意延期"),
    "refuse_extension": pgettext_lazy("done", "不同意延期"),
    "suspend": pgettext_lazy("done", "挂起"),
    "resume": pgettext_lazy("done", "恢复办理"),
    "submit_reply": pgettext_lazy("done", "送责任人审签"),
    "return_reply": pgettext_lazy("done", "责任人退回修改"),
    "reply": pgettext_lazy("done", "答复"),
    "return_answer": pgettext_lazy("done", "审核退回"),
    "close": pgettext_lazy("done", "审核通过，办结"),
    "rate": pgettext_lazy("done", "评价"),
    "contest": pgettext_lazy("done", "评价不满意"),
    "rework": pgettext_lazy("done", "重办"),
    "propose_end": pgettext_lazy("done", "提议解释后办结"),
    "end": pgettext_lazy("done", "解释后办结"),
    "refuse_end": pgettext_lazy("done", "不同意办结"),
    "lapse": pgettext_lazy("done", "期满未评价"),
    "claim_visit": pgettext_lazy("done", "领取回访"),
    "visit": pgettext_lazy("done", "回访"),
    "visit_rate": pgettext_lazy("done", "回访评价"),
    "visit_contest": pgettext_lazy("done", "回访不满意"),
    "reopen": pgettext_lazy("done", "重开"),
    "archive": pgettext_lazy("done", "归档"),
    "withdraw": pgettext_lazy("done", "撤回"),
    "merge": pgettext_lazy("done", "并单"),
    "absorb": pgettext_lazy("done", "并入一件同类诉求"),
    "unmerge": pgettext_lazy("done", "解除并单"),
    "close_merged": pgettext_lazy("done", "随主件办结"),
    "refer": pgettext_lazy("done", "转出"),
    "alarm": pgettext_lazy("done", "转入危机处置"),
    "crisis_note": pgettext_lazy("done", "处置记录"),
    "stand_down": pgettext_lazy("done", "转办剩余事项"),
    "seal": pgettext_lazy("done", "封存"),
    "enclose": pgettext_lazy("done", "反映热线办，转党政办专办"),
    "recall": pgettext_lazy("done", "反映热线办，收回转党政办专办"),
    "ask_open": pgettext_lazy("done", "征求诉求人意见：可否交热线办办理"),
    "open_up": pgettext_lazy("done", "交热线办按普通程序办理"),
    "refuse_open": pgettext_lazy("done", "诉求人不同意交热线办"),
    "name_people": pgettext_lazy("done", "核对涉及人员"),
    "step_aside": pgettext_lazy("done", "申请回避"),
    "unit_step_aside": pgettext_lazy("done", "申请回避"),
    "take_back": pgettext_lazy("done", "收回，重新派单"),
    "raise": pgettext_lazy("done", "办理人员须回避，转上级专办"),
    "acknowledge": pgettext_lazy("done", "已收到"),
    "hand_back": pgettext_lazy("done", "人员平安，交回接收部门"),
    "remind": pgettext_lazy("done", "到期提醒"),
    "chase": pgettext_lazy("done", "催办（黄）"),
    "supervise": pgettext_lazy("done", "督办（橙）"),
    "escalate": pgettext_lazy("done", "领导督办（红）"),
    "ask_back": pgettext_lazy("done", "承诺到期，请单位反馈"),
    "keep_promise": pgettext_lazy("done", "承诺已兑现"),
    "recount": pgettext_lazy("done", "按新日历重算时限"),
    "explain": pgettext_lazy("done", "督办反馈"),
    "discharge": pgettext_lazy("done", "督办销号"),
    "supplement": pgettext_lazy("done", "补充"),
    "urge": pgettext_lazy("done", "催办"),
    "hide": pgettext_lazy("done", "改为保密"),
    "note": pgettext_lazy("done", "内部备注"),
    "quarantine": pgettext_lazy("done", "附件有病毒，已隔离"),
    "free_file": pgettext_lazy("done", "附件解除隔离"),
}
# What a unit reads of the history. Ratings, notes and the office's deliberations are not its.
FOR_UNITS = frozenset({
    "dispatch", "instruct", "add_joint", "sign", "send_back", "uphold", "reassign", "release",
    "assign", "hand_over", "contact", "interim", "unit_note", "ask_extension", "grant_extension",
    "refuse_extension", "suspend", "resume", "submit_reply", "return_reply", "reply",
    "return_answer", "close", "rework", "reopen", "withdraw", "supplement", "urge", "hide",
    "remind", "chase", "supervise", "escalate", "discharge", "recount", "explain",
    "ask_back", "keep_promise", "direct", "report", "conclude",
})  # fmt: skip
TO_UNITS = frozenset(
    {
        "chase",
        "supervise",
        "escalate",
        "discharge",
        "instruct",
        "direct",
        "uphold",
        "return_answer",
        "rework",
        "reopen",
    }
)  # said to them
SENDING = frozenset({"dispatch", "instruct", "uphold", "reassign", "release", "rework", "reopen"})


@dataclass(frozen=True)
class SeenStep:
    """One line of the history: when, what, on whose behalf, and the words if they may be read."""

    at: datetime
    verb: str
    label: str
    who: str
    to: str  # the unit that it went to
    text: str
    reason: str  # code and name


def steps_for(sight: Sight) -> list[SeenStep]:
    """The history, oldest first; two queries however long it is."""
    orders = {order.pk: order for order in folder.orders(sight.case)}
    return [
        _seen(step, orders.get(step.order_id or 0), sight)
        for step in folder.steps(sight.case)
        if not sight.is_unit or _is_theirs(step, sight)
    ]


def of_petition(case: Case) -> list[tuple[datetime, str, str]]:
    """How far the petition office has come, and what it has to say to the requester: all of its file
    that they read. When, what, in which words."""
    file = getattr(case, "petition", None)
    if file is None:
        return []
    ended = _("信访部门不予受理") if file.accepted_at is None else _("信访部门已出具处理意见书")
    lines = (
        (file.registered_at, _("信访部门已登记"), ""), (file.accepted_at, _("信访部门已受理"), ""),
        (file.extended_at, _("信访办理期限已延长"), ""), (file.ended_at, ended, file.told),
    )  # fmt: skip
    return [(at, title, words) for at, title, words in lines if at is not None]


def _is_theirs(step: SignedStep, sight: Sight) -> bool:
    if step.verb not in FOR_UNITS or sight.is_later(step.at):
        return False
    if sight.is_joint and step.order_id is not None and sight.unit_order:
        return step.order_id == sight.unit_order.pk
    return True


def _seen(step: SignedStep, order: WorkOrder | None, sight: Sight) -> SeenStep:
    own = sight.unit_order
    of_own_unit = own is not None and order is not None and order.unit_id == own.unit_id
    may_read = sight.reads_notes or of_own_unit or (sight.is_unit and step.verb in TO_UNITS)
    if sight.viewer is Viewer.AGENT or sight.viewer is Viewer.CALLER_AGENT:
        may_read = step.verb != "note"
    return SeenStep(
        at=step.at,
        verb=step.verb,
        label=str(LABELS[step.verb]),
        who=_who(step, order, sight, of_own_unit=of_own_unit),
        to=str(order.unit) if order and step.verb in SENDING else "",
        text=_words(step, sight, own=of_own_unit and step.side == Side.UNIT) if may_read else "",
        reason=shelf.current().reason(step.reason) if may_read else "",
    )


def _words(step: SignedStep, sight: Sight, *, own: bool) -> str:
    """What was said with it, without the name to whom it is hidden, save in their own words and their
    unit's; for the office also who was made the unit complained of, or no longer is."""
    said = step.text if own else sight.discreet(step.text, by=step.by_id)
    if not (step.target and sight.reads_notes):
        return said
    was, now = (shelf.current().unit(code) if code else None for code in step.target)
    changed = _("被反映单位：%(was)s → %(now)s") % {"was": was or _("无"), "now": now or _("无")}
    return "\n".join(filter(None, (said, changed)))


def _who(step: SignedStep, order: WorkOrder | None, sight: Sight, *, of_own_unit: bool) -> str:
    """A name only inside the own house; the requester is never more than that."""
    if step.side == Side.REQUESTER:
        return _("诉求人")
    if step.side == Side.UNIT and order is not None:
        named = (sight.reads_notes or of_own_unit) and step.name is not None
        return f"{order.unit} {step.name}" if named else str(order.unit)
    side = str(Side(step.side).label)
    return f"{side} {step.name}" if sight.reads_notes and step.name else side
