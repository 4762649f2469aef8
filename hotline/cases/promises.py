"""The clocks of a request as one person may read them: why a time is what it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from hotline.cases import folder
from hotline.cases.codes import State
from hotline.cases.models import Case, Clock, ClockKind, ClockPause, WorkOrder
from hotline.cases.services import clocks
from hotline.cases.services.overseeing import LEVELS
from hotline.cases.sight import Sight
from hotline.cases.timeline import LABELS
from hotline.catalog import calendars, policy, shelf
from hotline.catalog.models import Category, RequestType, Urgency
from hotline.worktime.trace import Line, Why, explain, limit_words, words

THEIRS = frozenset(
    {ClockKind.REQUESTER, ClockKind.SUPPLY, ClockKind.URGE}
)  # the requester's to know
LIMITED = {  # clocks with a limit of category, tier or type, and which of the two
    ClockKind.CONTACT: "respond", ClockKind.UNIT: "resolve", ClockKind.REQUESTER: "resolve",
}  # fmt: skip


@dataclass(frozen=True)
class SeenPause:
    """A time that did not count, and the ground for it."""

    from_at: datetime
    to_at: datetime | None
    why: str


@dataclass
class SeenClock:
    """One promise: whose, how long, since when, until when, and how that was counted."""

    clock: Clock
    title: str
    unit: str
    limit: str
    source: str = ""  # whose limit it is: the category's, the tier's, the type's
    pauses: list[SeenPause] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)  # how the due time was counted, in words

    @property
    def level(self) -> str:
        """The highest level of supervision that it has come to."""
        return str(LABELS[LEVELS[self.clock.level]])

    @property
    def is_late(self) -> bool:
        """Was it kept, or did it stop after it was due?"""
        end, due = self.clock.stopped_at, self.clock.due_at
        return end is not None and due is not None and end > due


def clocks_for(sight: Sight) -> list[SeenClock]:
    """What this person may know of the promises, those that run first; three queries at most."""
    rows = [row for row in sight.case.clocks.all() if _may_know(row, sight)]
    pauses: dict[int, list[ClockPause]] = {}
    for pause in ClockPause.objects.filter(clock__in=[row.pk for row in rows]):
        pauses.setdefault(pause.clock_id, []).append(pause)
    orders = {order.pk: order for order in folder.orders(sight.case)}
    rows.sort(key=lambda row: (row.stopped_at is not None, -row.pk))
    return [
        SeenClock(
            clock=row,
            title=_title(row),
            unit=_unit(orders.get(row.order_id or 0)),
            limit=_limit(row),
            source=_source(row, sight.case),
            pauses=_pauses(pauses.get(row.pk, [])),
            trace=_trace(row, sight.case, rested=row.pk in pauses),
        )
        for row in rows
    ]


def _may_know(row: Clock, sight: Sight) -> bool:
    """The requester knows their own, a unit those of its order and the urging that it has to answer,
    the office all."""
    if sight.is_self:
        return row.kind in THEIRS
    if sight.is_unit:
        own = sight.unit_order
        if own is None:
            return False
        if row.kind == ClockKind.URGE:
            return _leads_now(own)
        return row.order_id == own.pk and row.stage not in clocks.ASKED_OF
    return True


def _leads_now(order: WorkOrder) -> bool:
    return order.is_lead and order.round == order.case.round


def awaited_of(order: WorkOrder) -> dict[str, datetime]:
    """By kind, when a unit has to have signed and to have answered an urging; one query."""
    kinds = [ClockKind.SIGN, ClockKind.URGE] if _leads_now(order) else [ClockKind.SIGN]
    rows = order.case.clocks.filter(kind__in=kinds, stopped_at=None, due_at__isnull=False)
    return {
        row.kind: row.due_at
        for row in rows.only("kind", "order", "due_at")
        if row.due_at and row.order_id in {None, order.pk}
    }


def _title(row: Clock) -> str:
    if row.kind != ClockKind.OFFICE:
        return str(ClockKind(row.kind).label)
    stage = {
        clocks.EXTENSION: _("延期审批"),
        clocks.JOINT_RETURN: _("协办退单审批"),
    }.get(row.stage) or str(State(row.stage).label)
    return f"{ClockKind(row.kind).label} · {stage}"


def _unit(order: WorkOrder | None) -> str:
    return str(order.unit) if order is not None else ""


def _limit(row: Clock) -> str:
    """ "5wd" in words; a joint unit's share of the lead's time; "" where a day was named."""
    if row.is_share:
        return _("主办单位时限的 %(share)s") % {"share": row.limit}
    return limit_words(row.amount) if row.amount else ""


def _source(row: Clock, case: Case) -> str:
    """Whose limit a unit's is, as far as the request as it stands still tells; else ""."""
    if not row.limit or case.category is None or case.urgency is None:
        return ""
    if row.kind == ClockKind.SIGN:
        return _owned(case.urgency)
    if row.kind not in LIMITED:
        return ""
    rules, name = policy.of(row.policy_id), LIMITED[ClockKind(row.kind)]
    for owner, limits in rules.sources(case.category, case.urgency, case.type):
        if str(getattr(limits, name)) == row.limit:
            return _owned(owner)
    return ""


def _owned(owner: Category | Urgency | RequestType) -> str:
    kinds = {Category: _("分类"), Urgency: _("紧急程度"), RequestType: _("类型")}
    return f"{kinds[type(owner)]} {owner.code}"


def _trace(row: Clock, case: Case, *, rested: bool) -> list[str]:
    """How the due time was counted, with the calendar that it was counted with."""
    limit = row.amount
    if row.due_at is None or limit is None:
        return []
    kept = calendars.of(row.calendar_id)
    if calendars.is_staffed(limit, natural=row.natural):
        due = kept.after(row.started_at, limit, case.urgency, natural=row.natural)
        start = Line(Why.START, at=row.started_at, limit=limit)
        lines = [start, Line(Why.STAFFED), Line(Why.DUE, at=due)]
    else:
        lines = explain(row.started_at, limit, kept.of(case.urgency))
    if rested or lines[-1].at != row.due_at:  # it rested, or was promised when less was known
        lines[-1] = Line(Why.DUE, at=row.due_at)
        lines.insert(-1, Line(Why.RESTED))
    return [words(line) for line in lines]


def _pauses(rows: Iterable[ClockPause]) -> list[SeenPause]:
    reasons = shelf.current().reasons
    return [
        SeenPause(row.from_at, row.to_at, str(reasons.get(row.reason, "") or _("挂起")))
        for row in rows
    ]
