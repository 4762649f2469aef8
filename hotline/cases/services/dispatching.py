"""From the office to the units: dispatch, returns, designation, rework, instruction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean
from hotline.cases import seals
from hotline.cases.codes import OrderState, Part, State
from hotline.cases.models import Case, WorkOrder
from hotline.cases.services import copies, recusing
from hotline.cases.services.turn import (
    Turn,
    follow,
    lead_order,
    live_orders,
    move,
    next_round,
)
from hotline.catalog import policy
from hotline.catalog.policy import Promise
from hotline.people.actor import Actor
from hotline.people.models import Unit
from hotline.worktime import clock

JOINT_SHARE = (2, 3)  # joint units answer to the lead at two thirds of its time (2.5)


@dataclass
class Orders:
    """Who is to do what: the content of a dispatch form."""

    lead: Unit
    joint: list[Unit] = field(default_factory=list)
    opinion: str = ""
    joint_opinion: str = ""
    shown_title: str = ""  # the redacted copy; mandatory when the requester is hidden
    shown_body: str = ""
    withheld: Collection[int] = ()  # attachments that units do not get
    looked_at: Collection[int] = ()  # attachments decided about; the others stay as they are


def dispatch(
    case: Case, orders: Orders, *, by: Actor, at: datetime, version: int | None = None
) -> WorkOrder:
    """Hand a request to its lead and joint units (T07) and start their clocks.

    The lead is due at the limits of category and urgency counted from ``at``. Raises Invalid
    when the units conflict with what is complained of, or the redacted copy is missing.
    """
    with move(case, "dispatch", by=by, at=at, version=version) as turn:
        case.dispatched_at = case.dispatched_at or turn.at
        lead = _send(case, orders, _promise(case, turn), turn)
        case.promised_at = case.promised_at or lead.due_at
    return lead


def uphold(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Refuse a return (T12): the same unit is designated (指定承办) and may not return it again."""
    order = lead_order(case)
    with move(case, "uphold", by=by, at=at, order=order, text=words, version=version) as turn:
        case.designated = True
        order.signed_at = None
        if order.returned_at is None or order.returned_at < order.due_at:
            _restart(case, order, turn)
        order.returned_at = None  # a unit that was late already stays late


def reassign(
    case: Case,
    *,
    to: Unit,
    words: str,
    by: Actor,
    at: datetime,
    designate: bool = False,
    version: int | None = None,
) -> WorkOrder:
    """Agree to a return and send the request to another unit (T13).

    The second such hop must be a designation after 会商 (``words`` are its minutes): there is
    no third. Raises Invalid otherwise.
    """
    order = lead_order(case)
    with move(case, "reassign", by=by, at=at, order=order, text=words, version=version) as turn:
        if to == order.unit:
            raise Invalid(_("请选择另一家单位；如仍由原单位办理，请选择“不同意退单”。"))
        case.hops += 1
        if case.hops >= turn.terms.bounces_most and not designate:
            raise Invalid(
                _("这件诉求已改派过一次，须会商后指定承办单位。"),
                designate=_("须会商后指定承办。"),
            )
        case.designated = designate
        order.ended_at = turn.at
        order.state = OrderState.RETURNED
        order.save(update_fields=["state", "ended_at"])  # frees the place of the round's one lead
        return _send(case, Orders(to, opinion=order.opinion), _promise(case, turn), turn)


def decide_joint(order: WorkOrder, *, agree: bool, words: str, by: Actor, at: datetime) -> None:
    """Decide on a joint unit's return: release it, or hold it to its part."""
    verb = "release" if agree else "uphold"
    with move(order.case, verb, by=by, at=at, order=order, text=words) as turn:
        if agree:
            order.ended_at = turn.at
        else:
            order.signed_at = order.returned_at = None
            order.designated = True


def add_joint(
    order: WorkOrder, *, units: Iterable[Unit], words: str, by: Actor, at: datetime
) -> None:
    """The lead, or the office, brings in other units (首接负责: the lead stays where it is)."""
    case = order.case
    with move(case, "add_joint", by=by, at=at, order=order, text=words) as turn:
        present = {o.unit_id for o in live_orders(case)}
        fresh = [unit for unit in units if unit.pk not in present]
        if not fresh:
            raise Invalid(_("请选择尚未参与的单位。"), units=_("请选择尚未参与的单位。"))
        _join(case, fresh, words, order, turn)


def seek_instruction(
    case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Put a request before the leaders (T08): nothing may be done before they decide."""
    with move(
        case,
        "seek_instruction",
        by=by,
        at=at,
        text=words,
        version=version,
        reason="GQ04",
    ):
        pass


def instruct(
    case: Case,
    orders: Orders,
    *,
    words: str,
    due: date | None,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> WorkOrder:
    """A leader's instruction (T09), given or recorded: text, lead unit, date."""
    with move(case, "instruct", by=by, at=at, text=words, version=version, reason="DB05") as turn:
        if case.closed_at is not None:
            next_round(case, turn.at)
        promise = _promise(case, turn)
        if due is not None:
            promise = promise._replace(resolve_at=_end_of(due, turn), resolve="", natural=False)
        case.designated = True
        orders.opinion = orders.opinion or words
        case.dispatched_at = case.dispatched_at or turn.at
        lead = _send(case, orders, promise, turn)
        case.promised_at = case.promised_at or lead.due_at
    return lead


def direct(
    case: Case,
    *,
    joint: Iterable[Unit] = (),
    words: str,
    due: date | None,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> WorkOrder | None:
    """A leader's instruction about a request that a unit has, or had, in hand (T09).

    The unit stays and may not return it any more; ``joint`` units come in where it is at work.
    ``due`` brings the end of the unit's time forward and never puts it off. Returns the order in
    hand, if there is one. Raises Invalid without a unit, and for a date that has passed.
    """
    with move(case, "direct", by=by, at=at, text=words, version=version) as turn:
        if case.lead_unit is None:
            raise Invalid(_("这件诉求还没有承办单位。"))
        orders = live_orders(case)
        lead = next((order for order in orders if order.is_lead), None)
        end = _end_of(due, turn) if due is not None else None
        if lead is None:
            return None
        case.designated = True
        turn.facts["order_id"] = lead.pk
        if end is not None and end < lead.due_at:
            _bring_forward(case, lead, end, turn)
        present = {order.unit_id for order in orders}
        fresh = [unit for unit in joint if unit.pk not in present]
        if fresh and case.state in (State.DISPATCHED, State.IN_PROGRESS):
            _join(case, fresh, turn.text, lead, turn)
        turn.lead = lead
        turn.facts["due"] = lead.due_at.isoformat()
        return lead


def rework(
    case: Case,
    *,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    to: Unit | None = None,
    version: int | None = None,
) -> WorkOrder:
    """Send a request that did not satisfy back to its unit (T22): the next round, three days.

    Another unit than before only where the first gave others away (CB06).
    """
    with move(case, "rework", by=by, at=at, reason=reason, text=words, version=version) as turn:
        unit = _round_unit(case, to, other_allowed=reason == "CB06")
        next_round(case, turn.at)
        return _send(case, Orders(unit, opinion=words), _rework_promise(case, turn), turn)


def reopen(
    case: Case,
    *,
    words: str,
    by: Actor,
    at: datetime,
    to: Unit | None = None,
    version: int | None = None,
) -> WorkOrder:
    """Open an archived request again (T27): new facts, or a promise that was not kept.

    Raises Invalid once the days that the terms allow have passed, unless a promise has lapsed.
    """
    with move(case, "reopen", by=by, at=at, text=words, version=version) as turn:
        if case.closed_at is None or case.left_at is not None or case.seal not in seals.WALKING:
            raise Invalid(_("只有正常办结后归档的诉求可以重开。"))
        broken = case.promise_date is not None and case.promise_date < clock.day_of(turn.at)
        if not broken and (turn.at - case.stage_at).days > turn.terms.reopen_days:
            raise Invalid(_("归档已超过可重开的期限，请重新登记一件诉求。"))
        turn.facts["broken_promise"] = broken
        turn.reason = "DB06" if broken else ""
        unit = _round_unit(case, to, other_allowed=True)
        next_round(case, turn.at)
        case.dispatched_at = case.dispatched_at or turn.at
        case.policy_id = turn.policy = policy.in_force(turn.at)  # it is promised anew
        return _send(case, Orders(unit, opinion=words), _rework_promise(case, turn), turn)


# --- How ---------------------------------------------------------------------------------


def _promise(case: Case, turn: Turn) -> Promise:
    """What a unit is promised to do by when: under the request's own policy, once it has one."""
    if case.category is None or case.urgency is None:
        raise Invalid(_("请先用“更正分类”确定分类和紧急程度。"))
    return turn.rules.promise(case.category, case.urgency, case.type, turn.at, turn.calendar)


def _rework_promise(case: Case, turn: Turn) -> Promise:
    usual = _promise(case, turn)
    limit = turn.terms.rework_limit
    return usual._replace(
        resolve_at=turn.calendar.after(turn.at, *limit),
        resolve=str(limit),
        natural=limit.unit in clock.NATURAL,
    )


def _end_of(day: date, turn: Turn) -> datetime:
    end = turn.calendar.end_of(day)
    if end <= turn.at:
        raise Invalid(_("办结日期须晚于现在。"), due=_("办结日期须晚于现在。"))
    return end


def _bring_forward(case: Case, order: WorkOrder, end: datetime, turn: Turn) -> None:
    """The unit has until ``end``, which is sooner; what the requester was promised stays."""
    turn.brought_forward = True
    order.due_at, order.natural = end, False
    order.respond_due_at = min(order.respond_due_at, end)
    order.save(update_fields=["due_at", "respond_due_at", "natural"])
    case.due_at = end
    if case.state == State.IN_PROGRESS and order.state != OrderState.SUSPENDED:
        case.next_due_at = end


def _prepare_copy(case: Case, orders: Orders) -> None:
    """What units will read: released by a clerk when the requester is hidden, else made here."""
    title, body = (
        orders.shown_title or case.shown_title,
        orders.shown_body or case.shown_body,
    )
    if not (title and body) and case.hides_requester:
        words = _("这件诉求须保护诉求人身份：请核对并确认转给单位的脱敏内容。")
        raise Invalid(words, shown_body=words)
    if not (title and body):
        title, body = copies.proposed_copy(case)
    copies.set_copy(case, title, body)
    if orders.withheld or orders.looked_at:
        files = case.attachments.filter(order=None)
        files.filter(pk__in=orders.withheld).update(withheld=True)
        released = set(orders.looked_at) - set(orders.withheld)
        files.filter(pk__in=released).update(withheld=False)


def _refuse_target(case: Case, unit: Unit, field: str) -> None:
    """Raises Invalid where a unit is the one complained of."""
    if case.seal in seals.APART and unit.code == seals.OFFICE_UNIT:
        words = _("这件诉求反映的是热线办，不能派给热线办。")
        raise Invalid(words, **{field: words})
    if case.target_unit_id != unit.pk:
        return
    avoid = case.category is not None and case.category.avoid_target
    if avoid or unit.code == seals.OFFICE_UNIT:
        words = _("被反映单位应当回避，请选择其他单位。")
        raise Invalid(words, **{field: words})
    if not case.hides_requester:
        words = _("诉求反映的正是该单位，须先改为保密后再派单。")
        raise Invalid(words, **{field: words})


def _send(case: Case, orders: Orders, promise: Promise, turn: Turn) -> WorkOrder:
    """Make the work orders of a round, and tell the request whose duty it is and by when."""
    if case.policy_id is None:
        case.policy_id = turn.policy = policy.in_force(turn.at)
    _prepare_copy(case, orders)
    _refuse_target(case, orders.lead, "lead")
    case.lead_unit = orders.lead
    present = {order.unit_id: order for order in live_orders(case)}
    if orders.lead.pk in present:  # who assisted now leads
        follow(present[orders.lead.pk], "cancel", at=turn.at)
    lead = _order(case, orders.lead, Part.LEAD, promise, orders.opinion, turn)
    lead.save()
    turn.promises[lead.pk] = promise
    present[lead.unit_id] = lead
    case.due_at = lead.due_at
    joint = [unit for unit in orders.joint if unit.pk not in present]
    _join(case, joint, orders.joint_opinion or orders.opinion, lead, turn)
    turn.lead = lead
    turn.facts |= {"lead": orders.lead.code, "due": lead.due_at.isoformat()}
    return lead


def _join(case: Case, units: list[Unit], words: str, lead: WorkOrder, turn: Turn) -> None:
    for unit in units:
        _refuse_target(case, unit, "joint")
    if units and case.hides_requester and not words.strip():
        told = _("协办单位看不到这件诉求的内容，只看到标题和您的要求：请写明要它做什么。")
        raise Invalid(told, joint_opinion=told)
    due_at = max(lead.due_at, turn.at)
    part_due = turn.calendar.share(turn.at, due_at, *JOINT_SHARE, natural=lead.natural)
    usual = _promise(case, turn)
    promise = usual._replace(
        respond_at=min(usual.respond_at, part_due), resolve_at=part_due, natural=lead.natural,
        resolve="{}/{}".format(*JOINT_SHARE),
    )  # fmt: skip
    made = [_order(case, unit, Part.JOINT, promise, words, turn) for unit in units]
    for order in WorkOrder.objects.bulk_create(made):
        turn.promises[order.pk] = promise
    turn.facts["joint"] = [unit.code for unit in units]


def _order(
    case: Case, unit: Unit, part: Part, promise: Promise, opinion: str, turn: Turn
) -> WorkOrder:
    return WorkOrder(
        head_aside=recusing.head_aside(
            case, unit, "lead" if part == Part.LEAD else "joint", turn.at
        ),
        case=case,
        unit=unit,
        part=part,
        round=case.round,
        opinion=clean(opinion, most=2000, field="opinion"),
        sent_at=turn.at,
        respond_due_at=promise.respond_at,
        due_at=promise.resolve_at,
        natural=promise.natural,
    )


def _restart(case: Case, order: WorkOrder, turn: Turn) -> None:
    """The unit's clock begins anew; what the requester was promised stays."""
    promise = turn.promises[order.pk] = _promise(case, turn)
    order.sent_at, order.respond_due_at, order.due_at = (
        turn.at,
        promise.respond_at,
        promise.resolve_at,
    )
    order.natural = promise.natural
    case.due_at = order.due_at
    turn.facts["due"] = order.due_at.isoformat()


def _round_unit(case: Case, to: Unit | None, *, other_allowed: bool) -> Unit:
    """The lead of the next round: the same, unless there is a ground for another."""
    unit = to or case.lead_unit
    if unit is None:
        raise Invalid(_("请选择主办单位。"), to=_("请选择主办单位。"))
    if case.lead_unit and unit != case.lead_unit and not other_allowed:
        raise Invalid(_("重办一般由原单位办理；泄露他人信息（CB06）时可改派。"))
    return unit
