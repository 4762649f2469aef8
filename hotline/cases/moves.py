"""The law: from which state to which, and who may. One table for a request, one for a work order.

It guards every write, draws the buttons, and is the documentation. T01 to T30 are the numbers
of docs/domain.md. A verb in both tables moves a lead order and its request together; on a
joint order only the second table applies, and the request stays where it is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hotline.cases import policies
from hotline.cases.codes import (
    ACTIVE,
    AT_WORK,
    LIVE_ORDERS,
    OPEN,
    PROMISED,
    WITH_UNIT,
    OrderState,
    State,
)
from hotline.cases.models import Case, WorkOrder
from hotline.cases.models.record import Side
from hotline.catalog.models import ReasonKind
from hotline.people.actor import Actor

S, O, R = State, OrderState, ReasonKind
REQUESTER, OFFICE, UNIT, LEADER, SYSTEM, RECEIVER = (
    Side.REQUESTER, Side.OFFICE, Side.UNIT, Side.LEADER, Side.SYSTEM, Side.RECEIVER,
)  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One verb of a request. ``target`` None: it stays where it is."""

    code: str
    sources: frozenset[State]
    target: State | None
    may: Callable[[Actor, Case], bool]
    side: Side = OFFICE
    reason: ReasonKind | None = None  # a reason code of this kind is mandatory
    words: bool = False  # a text is mandatory
    queues: tuple[str, ...] = ()  # jobs that leave with the step


@dataclass(frozen=True)
class OrderMove:
    """One verb of a work order."""

    sources: frozenset[OrderState]
    target: OrderState | None
    may: Callable[[Actor, WorkOrder], bool]


def _m(
    code: str,
    sources: Iterable[State],
    target: State | None,
    may: Callable[[Actor, Case], bool],
    side: Side = OFFICE,
    **more: object,
) -> Move:
    return Move(code, frozenset(sources), target, may, side, **more)  # type: ignore[arg-type]


def _o(
    sources: Iterable[OrderState],
    target: OrderState | None,
    may: Callable[[Actor, WorkOrder], bool],
) -> OrderMove:
    return OrderMove(frozenset(sources), target, may)


VISITED = {S.CLOSED, S.DISSATISFIED, S.WITHDRAWN, S.ARCHIVED}
DIRECTED = WITH_UNIT | {S.CLOSED, S.DISSATISFIED, S.ARCHIVED}  # a unit has, or had, it in hand
MERGEABLE_INTO = OPEN - {S.MERGED, S.REJECTED, S.WITHDRAWN, S.REFERRED, S.CRISIS}
NOT_ENCLOSED = WITH_UNIT | {S.AWAIT_INSTRUCTION, S.REFERRED, S.CRISIS}
ALONG = {S.MERGED, S.CLOSED, S.ARCHIVED}  # opened only together with what it was merged into
LOOK = ("oversight.happened",)  # what no clock tells of may have come to a rung
FREE = ("cases.free_merged",)  # what was merged into it must not wait for it
p = policies
MOVES: dict[str, Move] = {
    # heard
    "submit":            _m("T01", {S.DRAFT}, S.SUBMITTED, p.submitter, REQUESTER),
    "ask":               _m("T02", {S.SUBMITTED}, S.NEED_INFO, p.triager, reason=R.SUSPEND, words=True),
    "supply":            _m("T03", {S.NEED_INFO}, S.SUBMITTED, p.supplier, REQUESTER),
    "propose_decline":   _m("T04", {S.SUBMITTED}, None, p.proposer, reason=R.DECLINE, words=True),
    "decline":           _m("T04", {S.SUBMITTED}, S.REJECTED, p.decliner, reason=R.DECLINE, words=True,
                            queues=FREE),
    "keep":              _m("T04", {S.SUBMITTED}, None, p.confirmer, words=True),
    "expire":            _m("T04b", {S.NEED_INFO}, S.REJECTED, p.is_system, SYSTEM, reason=R.DECLINE, queues=FREE),
    "accept":            _m("T05", {S.SUBMITTED}, S.ACCEPTED, p.triager),
    "reclassify":        _m("T05", {S.ACCEPTED, S.AWAIT_INSTRUCTION}, None, p.triager),
    # sent
    "answer":            _m("T06", {S.ACCEPTED}, S.CLOSED, p.answerer, words=True, queues=("cases.close_merged",)),
    "dispatch":          _m("T07", {S.ACCEPTED}, S.DISPATCHED, p.dispatcher),
    "redact":            _m("T07", ACTIVE | {S.ARCHIVED}, None, p.triager),  # archived: before it is opened again
    "add_joint":         _m("T07", {S.DISPATCHED, S.IN_PROGRESS}, None, p.through_order, UNIT),
    "seek_instruction":  _m("T08", {S.ACCEPTED, S.DISSATISFIED}, S.AWAIT_INSTRUCTION, p.seeker, words=True),
    "instruct":          _m("T09", {S.AWAIT_INSTRUCTION}, S.DISPATCHED, p.instructor, LEADER, words=True),
    "direct":           _m("T09", DIRECTED, None, p.instructor, LEADER, words=True),
    "report":           _m("T09", frozenset(S) - {S.DRAFT, S.CRISIS}, None, p.reporter, UNIT, words=True),
    "conclude":         _m("T09", frozenset(S) - {S.DRAFT, S.CRISIS}, None, p.overseer, words=True),
    # handled
    "sign":              _m("T10", {S.DISPATCHED}, S.IN_PROGRESS, p.through_order, UNIT),
    "send_back":         _m("T11", {S.DISPATCHED, S.IN_PROGRESS}, S.RETURN_REVIEW, p.through_order, UNIT,
                            reason=R.RETURN, words=True),
    "uphold":            _m("T12", {S.RETURN_REVIEW}, S.DISPATCHED, p.decider, words=True),
    "reassign":          _m("T13", {S.RETURN_REVIEW}, S.DISPATCHED, p.decider, words=True),
    "release":           _m("T13", WITH_UNIT, None, p.decider, words=True),  # a joint unit's return
    "assign":            _m("T14", {S.DISPATCHED, S.IN_PROGRESS}, None, p.through_order, UNIT),
    "hand_over":         _m("T14", WITH_UNIT, None, p.through_order),  # whoever had it has left
    "contact":           _m("T14", {S.IN_PROGRESS}, None, p.through_order, UNIT),
    "interim":           _m("T14", {S.IN_PROGRESS}, None, p.through_order, UNIT),
    "unit_note":         _m("T14", {S.DISPATCHED, S.IN_PROGRESS, S.ANSWERED}, None, p.through_order, UNIT),
    "ask_extension":     _m("T15", {S.IN_PROGRESS}, None, p.through_order, UNIT, reason=R.EXTEND, words=True),
    "grant_extension":   _m("T15", {S.IN_PROGRESS}, None, p.decider),
    "refuse_extension":  _m("T15", {S.IN_PROGRESS}, None, p.decider, words=True),
    "suspend":           _m("T16", {S.IN_PROGRESS}, None, p.decider, reason=R.SUSPEND, words=True),
    "resume":            _m("T16", {S.IN_PROGRESS}, None, p.decider),
    "submit_reply":      _m("T17", {S.IN_PROGRESS}, None, p.through_order, UNIT),
    "return_reply":      _m("T17", {S.IN_PROGRESS}, None, p.through_order, UNIT, words=True),
    "reply":             _m("T17", {S.IN_PROGRESS}, S.ANSWERED, p.through_order, UNIT),
    "return_answer":     _m("T18", {S.ANSWERED}, S.IN_PROGRESS, p.reviewer, reason=R.REWORK, words=True),
    "close":             _m("T19", {S.ANSWERED}, S.CLOSED, p.reviewer, queues=("cases.close_merged",)),
    # after the answer
    "rate":              _m("T20", {S.CLOSED}, S.ARCHIVED, p.is_requester, REQUESTER),
    "contest":           _m("T21", {S.CLOSED}, S.DISSATISFIED, p.is_requester, REQUESTER),
    "rework":            _m("T22", {S.DISSATISFIED}, S.DISPATCHED, p.decider, reason=R.REWORK, words=True,
                            queues=LOOK),
    "propose_end":       _m("T23", {S.DISSATISFIED}, None, p.decider, words=True),
    "end":               _m("T23", {S.DISSATISFIED}, S.ARCHIVED, p.decider, words=True),
    "refuse_end":        _m("T23", {S.DISSATISFIED}, None, p.decider, words=True),
    "lapse":             _m("T24", {S.CLOSED}, S.ARCHIVED, p.is_system, SYSTEM),
    "claim_visit":       _m("T30", VISITED, None, p.visitor),
    "visit":             _m("T30", VISITED, None, p.visitor),
    "visit_rate":        _m("T30", {S.CLOSED}, S.ARCHIVED, p.visitor),
    "visit_contest":     _m("T21", {S.CLOSED}, S.DISSATISFIED, p.visitor),
    "reopen":            _m("T27", {S.ARCHIVED}, S.DISPATCHED, p.decider, words=True, queues=LOOK),
    # 列入计划: asked back on the day it was promised for; reopened when nobody says that it is done
    "ask_back":          _m("2.7", {S.CLOSED, S.ARCHIVED}, None, p.is_system, SYSTEM),
    "keep_promise":      _m("2.7", {S.CLOSED, S.ARCHIVED}, None, p.promiser, UNIT, words=True),
    "archive":           _m("", {S.REJECTED, S.WITHDRAWN, S.REFERRED}, S.ARCHIVED, p.is_system, SYSTEM),
    # beside the main road
    "withdraw":          _m("T25", ACTIVE, S.WITHDRAWN, p.supplier, REQUESTER, reason=R.WITHDRAW, queues=FREE),
    "merge":             _m("T26", {S.ACCEPTED}, S.MERGED, p.merger, reason=R.MERGE),
    "absorb":            _m("T26", MERGEABLE_INTO, None, p.merger, queues=LOOK),
    "unmerge":           _m("T26", {S.MERGED}, S.ACCEPTED, p.triager, words=True),
    "close_merged":      _m("T26", {S.MERGED}, S.CLOSED, p.is_system, SYSTEM),
    "refer":             _m("T28", ACTIVE, S.REFERRED, p.decider, reason=R.DECLINE, words=True, queues=FREE),
    "alarm":             _m("T29", frozenset(S) - {S.DRAFT, S.CRISIS}, S.CRISIS, p.alarmist,
                            queues=(*FREE, "oversight.alarm")),
    "crisis_note":       _m("T29", {S.CRISIS}, None, p.crisis_team, words=True),
    "stand_down":        _m("T29", {S.CRISIS}, S.ACCEPTED, p.crisis_team, words=True),
    "seal":              _m("T29", {S.CRISIS}, S.ARCHIVED, p.crisis_team, words=True),
    # about the hotline office itself: closed to it, and opened again only with the requester's word
    "enclose":           _m("1.1", (OPEN | {S.ARCHIVED}) - NOT_ENCLOSED, None, p.encloser, words=True),
    "recall":            _m("1.1", WITH_UNIT | {S.AWAIT_INSTRUCTION}, S.ACCEPTED, p.encloser, words=True),
    "ask_open":          _m("1.1", ACTIVE, None, p.receiver, words=True),
    "open_up":           _m("1.1", ACTIVE | ALONG, None, p.opener),
    "refuse_open":       _m("1.1", ACTIVE, None, p.closed_in, REQUESTER),
    # nobody has to do with what touches them: see services/recusing.py
    "name_people":       _m("1.1", frozenset(S) - {S.DRAFT}, None, p.namer),
    "step_aside":        _m("1.1", frozenset(S) - {S.DRAFT}, None, p.stepper),
    "unit_step_aside":   _m("1.1", frozenset(S) - {S.DRAFT}, None, p.through_order, UNIT),
    "take_back":         _m("1.1", WITH_UNIT | {S.AWAIT_INSTRUCTION}, S.ACCEPTED, p.is_system, SYSTEM, words=True),
    "raise":             _m("1.1", (OPEN | {S.ARCHIVED}) - {S.REFERRED, S.CRISIS}, None, p.is_system, SYSTEM, words=True),
    # what other organs have (R10, R11): receipt is all that is said here, and nothing comes back
    "acknowledge":       _m("1.1", {S.REFERRED, S.ARCHIVED}, None, p.discipline, RECEIVER),
    "hand_back":         _m("T29", {S.CRISIS}, S.REFERRED, p.crisis_team, words=True),
    # watched over: reminded, chased (催办), supervised (督办), laid before a leader (领导督办)
    "remind":            _m("2.6", PROMISED, None, p.is_system, SYSTEM),
    "chase":             _m("2.6", PROMISED, None, p.overseer),
    "supervise":         _m("2.6", PROMISED, None, p.overseer, reason=R.SUPERVISE),
    "escalate":          _m("2.6", PROMISED, None, p.overseer, reason=R.SUPERVISE),
    "recount":           _m("4", PROMISED | {S.CRISIS}, None, p.is_system, SYSTEM),
    "explain":           _m("2.6", frozenset(S) - {S.DRAFT, S.CRISIS}, None, p.explainer, UNIT, words=True),
    "discharge":         _m("2.6", frozenset(S) - {S.DRAFT, S.CRISIS}, None, p.overseer, words=True),  # 销号
    # said beside the moves
    "supplement":        _m("", ACTIVE | {S.MERGED, S.CRISIS}, None, p.supplier, REQUESTER),
    "urge":              _m("", ACTIVE - {S.NEED_INFO, S.DISSATISFIED} | {S.MERGED}, None, p.is_requester, REQUESTER),
    "hide":              _m("", ACTIVE | {S.MERGED, S.CLOSED}, None, p.secrecy_raiser, REQUESTER),
    "note":              _m("", frozenset(S) - {S.DRAFT, S.CRISIS}, None, p.noter, words=True),
    "quarantine":        _m("", frozenset(S) - {S.DRAFT}, None, p.is_system, SYSTEM),  # an infected file
    "free_file":         _m("", frozenset(S) - {S.DRAFT}, None, p.is_system, SYSTEM, words=True),  # a false alarm
}  # fmt: skip

ASIDE = frozenset(
    {"recount", "remind", "chase", "supervise", "escalate", "quarantine", "free_file"}
)  # what a form in hand need not know of
PROPOSED_IN = MOVES["keep"].sources | MOVES["end"].sources  # where a second person decides

ORDER_MOVES: dict[str, OrderMove] = {
    "sign":             _o({O.SENT}, O.HANDLING, p.unit_handler),
    "assign":           _o({O.SENT} | AT_WORK, None, p.unit_handler),
    "hand_over":        _o(LIVE_ORDERS, None, p.administrator),
    "add_joint":        _o({O.SENT} | AT_WORK, None, p.joiner),
    "contact":          _o(AT_WORK, None, p.handler),
    "interim":          _o(AT_WORK, None, p.lead_speaker),
    "unit_note":        _o({O.SENT, O.ANSWERED} | AT_WORK, None, p.handler),
    "unit_step_aside":  _o(LIVE_ORDERS, None, p.handler),
    "send_back":        _o({O.SENT, O.HANDLING}, O.RETURN_REVIEW, p.unit_handler),
    "uphold":           _o({O.RETURN_REVIEW}, O.SENT, p.order_decider),
    "reassign":         _o({O.RETURN_REVIEW}, O.RETURNED, p.lead_decider),
    "release":          _o({O.RETURN_REVIEW}, O.RETURNED, p.joint_decider),
    "ask_extension":    _o({O.HANDLING}, O.EXTENSION_REVIEW, p.lead_handler),
    "grant_extension":  _o({O.EXTENSION_REVIEW}, O.HANDLING, p.order_decider),
    "refuse_extension": _o({O.EXTENSION_REVIEW}, O.HANDLING, p.order_decider),
    "suspend":          _o({O.HANDLING}, O.SUSPENDED, p.lead_decider),
    "resume":           _o({O.SUSPENDED}, O.HANDLING, p.order_decider),
    "submit_reply":     _o({O.HANDLING}, O.HEAD_REVIEW, p.handler),
    "return_reply":     _o({O.HEAD_REVIEW}, O.HANDLING, p.head),
    "reply":            _o({O.HANDLING, O.EXTENSION_REVIEW, O.HEAD_REVIEW}, O.ANSWERED, p.replier),
    "return_answer":    _o({O.ANSWERED}, O.HANDLING, p.follows_case),
    "close":            _o({O.ANSWERED}, O.DONE, p.follows_case),
    "cancel":           _o(LIVE_ORDERS, O.CANCELLED, p.follows_case),
}  # fmt: skip
