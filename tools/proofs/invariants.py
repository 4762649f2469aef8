"""What holds in every state, whoever did what in whichever order. For tests, and for proofs by running."""

from collections.abc import Iterator
from itertools import pairwise

from hotline.cases.codes import LIVE_ORDERS, PROMISED, OrderState, Part, State
from hotline.cases.models import Case, Clock, Step, WorkOrder
from hotline.cases.moves import MOVES
from hotline.cases.services import clocks

GONE = {OrderState.RETURNED, OrderState.CANCELLED}
WITH_UNITS = {
    State.DISPATCHED: {OrderState.SENT},
    State.RETURN_REVIEW: {OrderState.RETURN_REVIEW},
    State.IN_PROGRESS: {
        OrderState.HANDLING, OrderState.EXTENSION_REVIEW, OrderState.SUSPENDED, OrderState.HEAD_REVIEW,
    },
    State.ANSWERED: {OrderState.ANSWERED},
}  # fmt: skip


def broken(case: Case) -> Iterator[str]:
    """Whatever does not hold of one request, in words; nothing where all does."""
    case.refresh_from_db()
    orders = list(case.orders.all())
    live = [o for o in orders if o.state in LIVE_ORDERS and o.round == case.round]
    yield from _steps(case, list(case.steps.order_by("seq")))
    yield from _orders(case, orders, live)
    yield from _fields(case)
    yield from _clocks(case, live)


def _steps(case: Case, steps: list[Step]) -> Iterator[str]:
    """The steps are whole, in order, lawful, and told one after the other they end where it stands."""
    if [step.seq for step in steps] != list(range(1, case.version + 1)):
        yield "a step is missing, or one too many"
    if not all(a.at <= b.at for a, b in pairwise(steps)):
        yield "time runs backwards"
    if not all(a.after == b.before for a, b in pairwise(steps)):
        yield "a step begins where the one before did not end"
    if steps and steps[-1].after != case.state:
        yield f"the steps end in {steps[-1].after}, it stands in {case.state}"
    for step in steps:
        law = MOVES[step.verb]
        alone = step.order is not None and step.order.part == Part.JOINT
        if not alone and step.before not in law.sources:
            yield f"{step.verb} from {step.before}"
        if step.after != (step.before if alone else law.target or step.before):
            yield f"{step.verb} to {step.after}"


def _orders(case: Case, orders: list[WorkOrder], live: list[WorkOrder]) -> Iterator[str]:
    rounds = [o.round for o in orders if o.part == Part.LEAD and o.state not in GONE]
    if len(rounds) != len(set(rounds)):
        yield "two lead orders in one round"
    leads = [o for o in live if o.part == Part.LEAD]
    if State(case.state) not in WITH_UNITS:
        if live:
            yield "a unit works on what has left it"
    elif not leads:
        yield "no unit leads what is with units"
    elif (leads[0].unit_id, leads[0].due_at) != (case.lead_unit_id, case.due_at):
        yield "the lead order and its request disagree"
    elif leads[0].state not in WITH_UNITS[State(case.state)]:
        yield f"the lead order is {leads[0].state}, the request {case.state}"
    for order in orders:
        if order.due_at < order.sent_at or (order.signed_at and order.signed_at < order.sent_at):
            yield "an order is due or signed before it was sent"


def _fields(case: Case) -> Iterator[str]:
    if case.paused_minutes < 0 or case.paused_working_minutes < 0:
        yield "it rested for less than no time"
    if case.hops > 2 and not case.designated:
        yield "handed on too often"
    if case.state == State.CLOSED and case.closed_at is None:
        yield "closed, and nobody knows when"
    if case.round != 1 and case.first_closed_at is None:
        yield "a second round without a first end"
    if case.worked_minutes is not None and case.worked_minutes < 0:
        yield "it took less than no time"
    if case.state not in {State.ARCHIVED, State.MERGED, State.DRAFT} and case.next_due_at is None:
        yield "nobody's clock runs"


def _clocks(case: Case, live: list[WorkOrder]) -> Iterator[str]:
    """Every promise that stands has a clock that runs to the same moment, and no other runs."""
    running = {(c.kind, c.stage, c.order_id): c for c in case.clocks.filter(stopped_at=None)}
    if case.version == 0 or (
        not running and case.steps.filter(verb="note").count() == case.version
    ):
        return  # nothing has moved it yet
    yield from _unit_clocks(running, live)
    stages = {key[1] for key in running if key[0] == "OFFICE"} - set(clocks.ASKED_OF)
    if stages != ({case.state} if case.state in clocks.OFFICE_STAGES else set()):
        yield f"the office's clocks are those of {sorted(stages)}"
    waits = case.state in PROMISED and case.closed_at is None
    if any(key[0] == "REQUESTER" for key in running) != waits:
        yield "the requester's clock is not as promised"
    for clock in running.values():
        resting = clock.pauses.filter(to_at=None).exists()
        if (clock.next_at is None) != (resting or clock.due_at is None):
            yield f"oversight does not look at the clock {clock.kind}, or looks at one that rests"
    for clock in case.clocks.all():
        spans = [(p.from_at, p.to_at or clock.stopped_at) for p in clock.pauses.all()]
        if not all(clock.started_at <= a and (b is None or a <= b) for a, b in spans):
            yield f"a rest of the clock {clock.kind} is outside it"


def _unit_clocks(
    running: dict[tuple[str, str, int | None], Clock], live: list[WorkOrder]
) -> Iterator[str]:
    working = {o.pk: o for o in live if o.state in clocks.UNIT_WORKS}
    units = {key[2]: clock for key, clock in running.items() if key[0] == "UNIT"}
    if set(units) != set(working):
        yield "the units' clocks are not those of the units that work"
        return
    for pk, order in working.items():
        clock = units[pk]
        if (clock.due_at, clock.started_at) != (order.due_at, order.sent_at):
            yield "a unit's clock and its order disagree"
        if clock.pauses.filter(to_at=None).exists() != (order.state == OrderState.SUSPENDED):
            yield "a unit's clock rests, or does not, unlike its order"
    sent = {o.pk for o in live if o.state == OrderState.SENT}
    if {key[2] for key in running if key[0] == "SIGN"} != sent:
        yield "the clocks of signing are not those of the orders that are sent"
