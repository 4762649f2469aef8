"""The unit's work: sign, assign, get in touch, ask for time, return, answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import clean
from hotline.cases import extensions, recusal
from hotline.cases.codes import LIVE_ORDERS, Means, OrderState, Outcome, Part, Reached
from hotline.cases.models import Contact, Extension, Remark, Reply, WorkOrder
from hotline.cases.models.record import RemarkKind
from hotline.cases.services import files
from hotline.cases.services.clocks import past
from hotline.cases.services.files import Upload
from hotline.cases.services.turn import Turn, move, pause
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import Unit, User
from hotline.people.permissions import P
from hotline.worktime import clock
from hotline.worktime.trace import limit_words


@dataclass
class Answer:
    """What a unit has to say in the end: the public answer and the internal note are two things."""

    text: str
    outcome: str = ""
    internal: str = ""
    promise_date: date | None = None
    without_parts: bool = False  # the lead answers although joint units have not


def sign(order: WorkOrder, *, by: Actor, at: datetime, version: int | None = None) -> None:
    """Take an order on (T10). Signing is not yet contact."""
    with move(order.case, "sign", by=by, at=at, order=order, version=version) as turn:
        order.signed_at = turn.at


def assign(
    order: WorkOrder,
    *,
    by: Actor,
    at: datetime,
    section: Unit | None = None,
    assignee: User | None = None,
    words: str = "",
) -> None:
    """Pass an order on inside the unit (二级转派), to a section or a person of it."""
    with move(order.case, "assign", by=by, at=at, order=order, text=words) as turn:
        if section is None and assignee is None:
            raise Invalid(_("请选择科室或承办人。"), section=_("请选择科室或承办人。"))
        staff = people.staff_of(order.unit, permission=P.HANDLE, on=clock.day_of(turn.at))
        if assignee is not None and not staff.filter(pk=assignee.pk).exists():
            words = _("只能分给本单位的人员。")
            raise Invalid(words, assignee=words)
        if assignee is not None and assignee.pk in recusal.away_from(order.case):
            words = _("此人须回避，请分给其他同事。")
            raise Invalid(words, assignee=words)
        if section is not None and section.parent_id != order.unit_id:
            raise Invalid(_("只能分给本单位的科室。"), section=_("只能分给本单位的科室。"))
        order.section, order.assignee = section, assignee
        turn.facts |= {
            "section": section and section.code,
            "assignee": assignee and assignee.pk,
        }


def contact(
    order: WorkOrder, *, means: str, reached: str, words: str, by: Actor, at: datetime
) -> None:
    """Log an attempt to reach the requester; a successful one stops the response clock."""
    with move(
        order.case, "contact", by=by, at=at, order=order, means=means, reached=reached
    ) as turn:
        Contact.objects.create(
            order=order,
            means=Means(means),
            reached=Reached(reached),
            words=clean(words, most=500, field="words"),
            by=by.user,
            at=turn.at,
        )
        if reached == Reached.YES:
            order.contacted_at = order.contacted_at or turn.at
            order.case.urged_at = None


def interim(order: WorkOrder, *, words: str, by: Actor, at: datetime) -> None:
    """Tell the requester how things stand (阶段性答复); it counts as contact by the platform."""
    text = clean(words, field="words")
    if not text:
        raise Invalid(_("请填写内容。"), words=_("请填写内容。"))
    with move(order.case, "interim", by=by, at=at, order=order) as turn:
        _tell(order, text, by, turn.at)


def note(order: WorkOrder, *, words: str, by: Actor, at: datetime) -> None:
    """A note for the own unit and the office."""
    with move(order.case, "unit_note", by=by, at=at, order=order) as turn:
        text = clean(words, field="words")
        if not text:
            raise Invalid(_("请填写内容。"), words=_("请填写内容。"))
        Remark.objects.create(
            case=order.case, order=order, kind=RemarkKind.UNIT_NOTE, text=text, shown=text,
            by=by.user, at=turn.at,
        )  # fmt: skip


def send_back(
    order: WorkOrder,
    *,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    suggested: Unit | None = None,
    version: int | None = None,
) -> None:
    """Return an order (T11): code, facts, and whom to ask instead.

    Raises Invalid after a designation, or later after signing than the terms allow.
    """
    with move(
        order.case,
        "send_back",
        by=by,
        at=at,
        order=order,
        reason=reason,
        text=words,
        version=version,
    ) as turn:
        if order.designated or (order.is_lead and order.case.designated):
            raise Invalid(_("指定承办的工单不能退回；如有困难请联系热线办。"))
        limit = turn.terms.return_limit
        if order.signed_at and turn.at > turn.calendar.after(order.signed_at, *limit):
            raise Invalid(_("签收已超过 %(limit)s，不能再退单。") % {"limit": limit_words(limit)})
        if reason in {"TD01", "TD02"} and suggested is None:
            raise Invalid(_("请填写建议的承办单位。"), suggested=_("请填写建议的承办单位。"))
        order.returned_at = turn.at
        turn.facts["suggested"] = suggested and suggested.code


def ask_extension(
    order: WorkOrder,
    *,
    reason: str,
    words: str,
    interim: str,
    until: date,
    by: Actor,
    at: datetime,
) -> Extension:
    """Ask for more time (T15): before it is up, once, with an interim reply to the requester."""
    with move(
        order.case,
        "ask_extension",
        by=by,
        at=at,
        order=order,
        reason=reason,
        text=words,
    ) as turn:
        new_due = turn.calendar.end_of(until)
        _check_extension(order, new_due, interim, turn)
        extension = Extension.objects.create(
            order=order, reason=reason, text=turn.text, interim=clean(interim),
            old_due_at=order.due_at, new_due_at=new_due, by=by.user, at=turn.at,
        )  # fmt: skip
        _tell(order, clean(interim), by, turn.at)
        turn.facts["extension"] = extension.pk
    return extension


def decide_extension(order: WorkOrder, *, grant: bool, words: str, by: Actor, at: datetime) -> None:
    """Grant or refuse more time (T15). What the requester was promised at first stays on record."""
    verb = "grant_extension" if grant else "refuse_extension"
    with move(order.case, verb, by=by, at=at, order=order, text=words) as turn:
        extension = order.extensions.get(granted=None)
        if grant and extension.new_due_at <= turn.at:
            raise WrongState(_("申请的时限已经过去，不能再同意延期。"))
        _settle(extension, granted=grant, words=turn.text, by=by, at=turn.at)
        if grant:
            order.natural = False  # a day was granted
            # a new calendar may have put it off further meanwhile: nobody loses time by a grant
            _set_due(order, max(order.due_at, extension.new_due_at), turn)
            turn.granted_at = order.due_at
        turn.facts["extension"] = extension.pk


def suspend(
    order: WorkOrder, *, reason: str, words: str, until: date, by: Actor, at: datetime
) -> None:
    """Stop the clock (T16), until a day at most thirty days away; it goes on by itself then."""
    with move(order.case, "suspend", by=by, at=at, order=order, reason=reason, text=words) as turn:
        end = turn.calendar.start_of(until)
        most = turn.terms.suspend_days_most
        if not turn.at < end <= turn.at + timedelta(days=most):
            words = _("恢复日期须在今天之后、%(most)d 天以内。") % {"most": most}
            raise Invalid(words, until=words)
        order.suspended_at, order.suspended_until = turn.at, end
        if order.is_lead:
            order.case.next_due_at = end


def resume(order: WorkOrder, *, by: Actor, at: datetime, words: str = "") -> None:
    """Let the clock go on: as much time is left as when it was stopped."""
    with move(order.case, "resume", by=by, at=at, order=order, text=words) as turn:
        stopped = order.suspended_at or turn.at
        turn.rested = past(stopped, turn.at, turn.calendar, natural=order.natural)
        _set_due(order, turn.rested(order.due_at), turn)
        if order.contacted_at is None:
            order.respond_due_at = turn.rested(order.respond_due_at)
        order.suspended_at = order.suspended_until = None
        if order.is_lead:
            pause(order.case, stopped, turn.at)


def submit_reply(
    order: WorkOrder,
    answer: Answer,
    *,
    by: Actor,
    at: datetime,
    version: int | None = None,
    uploads: list[Upload] | None = None,
) -> Reply:
    """Lay a drafted answer before the unit's head; complaints need it, others may."""
    with (
        files.staged(uploads, order.case) as staged,
        move(order.case, "submit_reply", by=by, at=at, order=order, version=version) as turn,
    ):
        _check_answer(order, answer, turn)
        reply = _write(order, answer, by, turn.at)
        files.record(staged, order.case, at=at, signed=by.user, order=order)
        turn.facts["reply"] = reply.pk
    return reply


def return_reply(order: WorkOrder, *, words: str, by: Actor, at: datetime) -> None:
    """The head does not approve: back to the contact, with what to change; its files with it."""
    with move(order.case, "return_reply", by=by, at=at, order=order, text=words):
        order.attachments.update(withheld=True)


def reply(
    order: WorkOrder, answer: Answer, *, by: Actor, at: datetime, version: int | None = None,
    uploads: list[Upload] | None = None,
) -> Reply:  # fmt: skip
    """Answer (T17): the lead to the requester by way of the audit, a joint unit to the lead.

    Raises Invalid without outcome, contact, or the joint units' parts; NotAllowed for a
    complaint's answer that the head has not approved.
    """
    with (
        files.staged(uploads, order.case) as staged,
        move(order.case, "reply", by=by, at=at, order=order, version=version) as turn,
    ):
        _check_answer(order, answer, turn)
        for extension in order.extensions.filter(granted=None):
            _settle(extension, granted=False, words=_("已先行答复"), by=by, at=turn.at)
        reply = _write(order, answer, by, turn.at)
        files.record(staged, order.case, at=at, signed=by.user, order=order)
        order.answered_at = turn.at
        turn.facts["reply"] = reply.pk
        if order.is_lead:
            order.case.answer = reply.text
            order.case.outcome = reply.outcome
            order.case.promise_date = reply.promise_date
    return reply


def _tell(order: WorkOrder, text: str, by: Actor, at: datetime) -> None:
    Remark.objects.create(
        case=order.case, order=order, kind=RemarkKind.INTERIM, text=text, shown=text,
        by=by.user, at=at,
    )  # fmt: skip
    Contact.objects.create(
        order=order, means=Means.PLATFORM, reached=Reached.YES, by=by.user, at=at
    )
    order.contacted_at = order.contacted_at or at
    order.case.urged_at = None


def _check_extension(order: WorkOrder, new_due: datetime, interim: str, turn: Turn) -> None:
    if why := extensions.why_none(order, at=turn.at):
        raise Invalid(why)
    if not interim.strip():
        raise Invalid(_("请填写给诉求人的阶段性答复。"), interim=_("请填写给诉求人的阶段性答复。"))
    latest = extensions.latest(order)
    if not order.due_at < new_due <= latest:
        words = _("新的时限须晚于原时限，且不晚于 %(latest)s。") % {
            "latest": latest.astimezone(clock.ZONE).strftime("%Y-%m-%d")
        }
        raise Invalid(words, until=words)


def _settle(extension: Extension, *, granted: bool, words: str, by: Actor, at: datetime) -> None:
    extension.granted, extension.decision = granted, words
    extension.decided_by, extension.decided_at = by.user, at
    extension.save()


def _set_due(order: WorkOrder, due: datetime, turn: Turn) -> None:
    order.due_at = due
    turn.facts["due"] = due.isoformat()
    if order.is_lead:
        order.case.due_at = order.case.next_due_at = due


def _check_answer(order: WorkOrder, answer: Answer, turn: Turn) -> None:
    if not clean(answer.text, field="text"):
        raise Invalid(_("请填写答复内容。"), text=_("请填写答复内容。"))
    if not order.is_lead:
        return
    if not answer.outcome:
        raise Invalid(_("请选择办理结果。"), outcome=_("请选择办理结果。"))
    today = clock.day_of(turn.at)
    if answer.outcome == Outcome.PLANNED and (answer.promise_date or today) <= today:
        words = _("列入计划须写明今后的日期。")
        raise Invalid(words, promise_date=words)
    if not order.contacts.exists():
        raise Invalid(_uncontacted())
    if not answer.without_parts and awaits_parts(order):
        words = _unjoined()
        raise Invalid(words, without_parts=words)


def lacking(order: WorkOrder, *, awaited: bool) -> list[str]:
    """What a lead's answer will need besides its words: told before somebody writes it.

    ``awaited`` is whether it awaits the joint units' parts.
    """
    missing = [] if order.contacts.exists() else [_uncontacted()]
    return [*missing, _unjoined()] if awaited else missing


def awaits_parts(order: WorkOrder) -> bool:
    """Has a joint unit of this round not given its part yet?"""
    waiting = LIVE_ORDERS - {OrderState.ANSWERED}
    parts = order.case.orders.filter(part=Part.JOINT, round=order.round, state__in=waiting)
    return parts.exists()


def _uncontacted() -> str:
    return _("答复前请先联系诉求人，并登记联系情况。")


def _unjoined() -> str:
    return _("协办单位尚未提交意见；确需先行答复的，请勾选“不等待协办意见”。")


def _write(order: WorkOrder, answer: Answer, by: Actor, at: datetime) -> Reply:
    planned = answer.outcome == Outcome.PLANNED
    return Reply.objects.create(
        order=order,
        text=clean(answer.text, field="text"),
        internal=clean(answer.internal, field="internal"),
        outcome=answer.outcome if order.is_lead else "",
        promise_date=answer.promise_date if planned else None,
        by=by.user,
        at=at,
    )
