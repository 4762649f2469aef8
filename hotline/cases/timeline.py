"""The steps of a request as one person may read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.cases import folder
from hotline.cases.models import Step, WorkOrder
from hotline.cases.models.record import Side
from hotline.cases.sight import Sight, Viewer

LABELS: Mapping[str, str | Promise] = {
    "submit": gettext_lazy("提交"),
    "ask": gettext_lazy("要求补充"),
    "supply": gettext_lazy("补充材料"),
    "propose_decline": gettext_lazy("提议不予受理"),
    "decline": gettext_lazy("不予受理"),
    "keep": gettext_lazy("不同意不予受理"),
    "expire": gettext_lazy("逾期未补充"),
    "accept": gettext_lazy("受理"),
    "reclassify": gettext_lazy("更正分类"),
    "answer": gettext_lazy("直接答复"),
    "dispatch": gettext_lazy("派单"),
    "redact": gettext_lazy("核对脱敏件"),
    "add_joint": gettext_lazy("增加协办"),
    "seek_instruction": gettext_lazy("提请批示"),
    "instruct": gettext_lazy("校领导批示"),
    "sign": gettext_lazy("签收"),
    "send_back": gettext_lazy("申请退单"),
    "uphold": gettext_lazy("不同意退单，指定承办"),
    "reassign": gettext_lazy("同意退单，改派"),
    "release": gettext_lazy("同意退出协办"),
    "assign": gettext_lazy("单位内分办"),
    "contact": gettext_lazy("联系诉求人"),
    "interim": gettext_lazy("阶段性答复"),
    "unit_note": gettext_lazy("单位备注"),
    "ask_extension": gettext_lazy("申请延期"),
    "grant_extension": gettext_lazy("同意延期"),
    "refuse_extension": gettext_lazy("不同意延期"),
    "suspend": gettext_lazy("挂起"),
    "resume": gettext_lazy("恢复办理"),
    "submit_reply": gettext_lazy("送责任人审签"),
    "return_reply": gettext_lazy("责任人退回修改"),
    "reply": gettext_lazy("答复"),
    "return_answer": gettext_lazy("审核退回"),
    "close": gettext_lazy("审核通过，办结"),
    "rate": gettext_lazy("评价"),
    "contest": gettext_lazy("评价不满意"),
    "rework": gettext_lazy("重办"),
    "propose_end": gettext_lazy("提议解释后办结"),
    "end": gettext_lazy("解释后办结"),
    "refuse_end": gettext_lazy("不同意办结"),
    "lapse": gettext_lazy("期满未评价"),
    "visit": gettext_lazy("回访"),
    "visit_rate": gettext_lazy("回访评价"),
    "visit_contest": gettext_lazy("回访不满意"),
    "reopen": gettext_lazy("重开"),
    "archive": gettext_lazy("归档"),
    "withdraw": gettext_lazy("撤回"),
    "merge": gettext_lazy("并单"),
    "unmerge": gettext_lazy("解除并单"),
    "close_merged": gettext_lazy("随主件办结"),
    "refer": gettext_lazy("转出"),
    "alarm": gettext_lazy("转入危机处置"),
    "crisis_note": gettext_lazy("处置记录"),
    "stand_down": gettext_lazy("转办剩余事项"),
    "seal": gettext_lazy("封存"),
    "supplement": gettext_lazy("补充"),
    "urge": gettext_lazy("催办"),
    "hide": gettext_lazy("改为保密"),
    "note": gettext_lazy("内部备注"),
}
# What a unit reads of the history. Ratings, notes and the office's deliberations are not its.
FOR_UNITS = frozenset({
    "dispatch", "instruct", "add_joint", "sign", "send_back", "uphold", "reassign", "release",
    "assign", "contact", "interim", "unit_note", "ask_extension", "grant_extension",
    "refuse_extension", "suspend", "resume", "submit_reply", "return_reply", "reply",
    "return_answer", "close", "rework", "reopen", "withdraw", "supplement", "urge", "hide",
})  # fmt: skip
TO_UNITS = frozenset({"instruct", "uphold", "return_answer", "rework", "reopen"})  # said to them


@dataclass(frozen=True)
class SeenStep:
    """One line of the history: when, what, on whose behalf, and the words if they may be read."""

    at: datetime
    verb: str
    label: str
    who: str
    text: str
    reason: str


def steps_for(sight: Sight) -> list[SeenStep]:
    """The history, oldest first; two queries however long it is."""
    rows = sight.case.steps.annotate(signed=F("by__name")).order_by("seq")
    orders = {order.pk: order for order in folder.orders(sight.case)}
    told = [(step, orders.get(step.order_id or 0)) for step in rows.only(*TOLD)]
    return [
        _seen(step, order, sight)
        for step, order in told
        if not sight.is_unit or _is_theirs(step, sight)
    ]


TOLD = ("case_id", "verb", "side", "at", "reason", "text", "order_id")


def _is_theirs(step: Step, sight: Sight) -> bool:
    if step.verb not in FOR_UNITS:
        return False
    if sight.viewer is Viewer.JOINT and step.order_id is not None and sight.unit_order:
        return step.order_id == sight.unit_order.pk
    return True


def _seen(step: Step, order: WorkOrder | None, sight: Sight) -> SeenStep:
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
        text=step.text if may_read else "",
        reason=step.reason if may_read else "",
    )


def _who(step: Step, order: WorkOrder | None, sight: Sight, *, of_own_unit: bool) -> str:
    """A name only inside the own house; the requester is never more than that."""
    name: str | None = step.signed  # type: ignore[attr-defined]
    if step.side == Side.REQUESTER:
        return _("诉求人")
    if step.side == Side.UNIT and order is not None:
        named = (sight.reads_notes or of_own_unit) and name is not None
        return f"{order.unit} {name}" if named else str(order.unit)
    side = str(Side(step.side).label)
    return f"{side} {name}" if sight.reads_notes and name else side
