"""A request's story in plain words, for the person who asked: what happened, what happens next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hotline.cases.codes import Outcome, State
from hotline.cases.models import Case, Step
from hotline.cases.models.record import RemarkKind
from hotline.cases.seals import APART
from hotline.cases.sight import Sight
from hotline.cases.timeline import of_petition
from hotline.doors.ui import moments


@dataclass(frozen=True)
class Chapter:
    """One thing that happened, told to the requester."""

    at: datetime
    title: str
    words: str = ""


@dataclass(frozen=True)
class Outlook:
    """What happens next, by when, and whether it is the requester's turn."""

    words: str
    by: datetime | None = None
    yours: bool = False


def chapters(sight: Sight) -> list[Chapter]:
    """The steps that concern the requester, oldest first. No name of staff, no internal word."""
    steps = list(sight.case.steps.select_related("order__unit").order_by("seq"))
    told = [chapter for step in steps if (chapter := _chapter(step, sight.case))]
    told += [Chapter(*line) for line in of_petition(sight.case)]
    told += [
        Chapter(row.at, *_remark_words(row.kind, row.text))
        for row in sight.remarks
        if row.kind in REMARKS
    ]
    return sorted(told, key=lambda chapter: chapter.at)


REMARKS = {RemarkKind.QUESTION, RemarkKind.SUPPLEMENT, RemarkKind.URGE, RemarkKind.INTERIM}


def _remark_words(kind: str, text: str) -> tuple[str, str]:
    titles = {
        RemarkKind.QUESTION: _("请您补充"),
        RemarkKind.SUPPLEMENT: _("您补充了内容"),
        RemarkKind.URGE: _("您催办了一次"),
        RemarkKind.INTERIM: _("承办单位给您留言"),
    }
    return titles[RemarkKind(kind)], text


def _chapter(step: Step, case: Case) -> Chapter | None:
    unit = str(step.order.unit) if step.order else str(case.lead_unit or "")
    lead = str(case.lead_unit or "")
    words = {
        "submit": (_("已提交"), ""),
        "decline": (_("不予受理"), step.text),
        "expire": (_("未收到补充，不再办理"), ""),
        "accept": (_("已受理"), ""),
        "answer": (_("热线办直接答复"), step.text),
        "dispatch": (_("已派给承办单位"), _("由%(unit)s办理。") % {"unit": lead} if lead else ""),
        "seek_instruction": (_("已提请学校领导研究"), ""),
        "instruct": (_("学校领导已作出安排"), ""),
        "sign": (_("%(unit)s已签收") % {"unit": unit}, ""),
        "send_back": (_("承办单位提出改由其他单位办理，热线办正在审核"), ""),
        "uphold": (_("仍由%(unit)s办理") % {"unit": unit}, ""),
        "reassign": (_("已改由其他单位办理"), ""),
        "grant_extension": (_("办理时限已延长"), ""),
        "suspend": (_("暂缓办理"), step.text),
        "resume": (pgettext("done", "恢复办理"), ""),
        "reply": (_("%(unit)s已办理完毕，热线办正在审核答复") % {"unit": unit}, ""),
        "close": (_("已办结"), ""),
        "close_merged": (_("已随同类诉求一并办结"), ""),
        "rate": (_("您作了评价"), ""),
        "contest": (_("您对办理结果不满意"), ""),
        "visit_rate": (_("热线办回访，您作了评价"), ""),
        "visit_contest": (_("热线办回访，您不满意"), ""),
        "rework": (_("已要求承办单位重新办理"), ""),
        "end": (_("已向您解释，本件办结"), step.text),
        "lapse": (_("评价期已过"), ""),
        "reopen": (_("已重新办理"), ""),
        "withdraw": (_("已撤回"), ""),
        "merge": (_("与同类诉求合并办理"), _("您会单独得到答复，也可以单独评价。")),
        "unmerge": (_("恢复单独办理"), ""),
        "refer": (_("已转往其他渠道"), step.text),
        "hide": (_("已改为保密"), ""),
        "enclose": (_("已转党政办专人办理，热线办不再能看到"), step.text),
        "recall": (_("已转党政办专人办理，热线办不再能看到"), step.text),
        "ask_open": (_("党政办问您：可否交热线办办理"), step.text),
        "open_up": (_("已交热线办按普通程序办理"), step.text),
        "refuse_open": (_("您不同意交热线办，仍由党政办办理"), ""),
        "acknowledge": (_("纪检监察机构已收到"), ""),
        "hand_back": (_("继续处理您的事项"), ""),
        "alarm": (_("我们很重视您的情况，正在联系专人帮助您"), ""),
        "stand_down": (_("继续办理您的事项"), ""),
    }.get(step.verb)
    if words is not None and case.seal in APART:
        words = _by_receivers().get(step.verb, words[0]), words[1]
    joint = step.order is not None and not step.order.is_lead
    return None if words is None or joint else Chapter(step.at, *words)


def _by_receivers() -> dict[str, str]:
    """What the receivers of complaints about the office do in its place: it is not named."""
    return {
        "answer": _("党政办直接答复"),
        "send_back": _("承办单位提出改由其他单位办理，党政办正在审核"),
        "reply": _("承办单位已办理完毕，党政办正在审核答复"),
    }


def _outlook_of_receivers() -> dict[str, str]:
    return {
        State.SUBMITTED: _("党政办专人会尽快受理，热线办看不到这件诉求。"),
        State.ACCEPTED: _("党政办正在确定由哪个单位办理。"),
        State.ANSWERED: _("党政办正在审核答复，审核通过后您会看到。"),
        State.DISSATISFIED: _("党政办正在研究您的意见，决定是否重办。"),
    }


def outlook(case: Case) -> Outlook:
    """What happens next and by when, in the words of the present state."""
    words = {
        State.DRAFT: _("这是草稿，还没有提交。"),
        State.SUBMITTED: _("热线办会在值守时间内尽快受理。"),
        State.NEED_INFO: _("请您补充所需内容，我们才能继续办理。"),
        State.ACCEPTED: _("热线办正在确定由哪个单位办理。"),
        State.AWAIT_INSTRUCTION: _("等待学校领导研究决定。"),
        State.DISPATCHED: _("承办单位会签收并与您联系，最迟在此之前答复："),
        State.RETURN_REVIEW: _("承办单位正在办理，最迟在此之前答复："),
        State.IN_PROGRESS: _("承办单位正在办理，最迟在此之前答复："),
        State.ANSWERED: _("热线办正在审核答复，审核通过后您会看到。"),
        State.CLOSED: _("请您评价：问题解决了吗？不满意可以要求重办。"),
        State.DISSATISFIED: _("热线办正在研究您的意见，决定是否重办。"),
        State.MERGED: _("与同类诉求一并办理，办结后您会单独得到答复。"),
        State.CRISIS: _("如果您或身边的人有危险，请立即拨打页面上的电话，会有人陪您。"),
    }.get(State(case.state))
    if case.seal in APART:
        words = _outlook_of_receivers().get(State(case.state), words)
    if words is None:
        return _after_all(case)
    yours = case.state in {State.NEED_INFO, State.CLOSED}
    return Outlook(words, _by(case), yours=yours)


def _by(case: Case) -> datetime | None:
    """What the requester may count on; how the office's own limits stand is not their worry."""
    if case.state in {State.DISPATCHED, State.RETURN_REVIEW, State.IN_PROGRESS}:
        return case.due_at
    untimed = {State.DRAFT, State.MERGED, State.CRISIS}
    return None if case.state in untimed else case.next_due_at


def _after_all(case: Case) -> Outlook:
    if case.state == State.ARCHIVED and case.outcome == Outcome.PLANNED and case.promise_date:
        when = {"day": moments.day(case.promise_date)}
        return Outlook(_("承诺在 %(day)s 前落实；到期未兑现，我们会重新办理。") % when)
    return Outlook(_("本件已经结束。如有新的情况，请另行提交。"))


def queue(minutes: int | None) -> str:
    """How long somebody may have to wait until a clerk looks at what they submit, in words."""
    if minutes is None:
        return _("现在来的人很多，还估计不出要等多久；每一件都会有人处理，承诺的时限不变。")
    if minutes <= 120:
        span = _("%(n)d 分钟") % {"n": minutes}
    else:
        span = _("%(n)s 小时") % {"n": f"{minutes / 60:g}"}
    words = _(
        "现在来的人很多。按最近两小时的速度估计，约 %(span)s后有人看到您的诉求；这是估计，不是承诺，承诺的时限不变。"
    )
    return words % {"span": span}
