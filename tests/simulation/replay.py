"""What must have been promised: the clocks of a request, told from its steps alone.

Limits are read from the raw catalogue file and, where docs/domain.md (2.3) gives a term, written
down here a second time. The work orders' rows give nothing but their number, unit and part.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.simulation import minutes

Hear = Callable[[Any, "Life", dict[int, str]], None]
TAXONOMY = Path(__file__).parents[2] / "hotline/catalog/data/taxonomy.yaml"
OFFICE = {  # 2.3: T05, T09, T12, T18, T22
    "SUBMITTED": "30min", "ACCEPTED": "30min", "AWAIT_INSTRUCTION": "2wd", "RETURN_REVIEW": "2wh",
    "ANSWERED": "4wh", "DISSATISFIED": "1wd",
}  # fmt: skip
URGENT_ACCEPT, SUPPLY, REWORK, EXTEND, JOINT_BACK, URGE = "15min", "3wd", "3wd", "4wh", "2wh", "4wh"
UNIT_WORKS = {"SENT", "HANDLING", "EXTENSION_REVIEW", "HEAD_REVIEW", "SUSPENDED"}
LIVE = UNIT_WORKS | {"RETURN_REVIEW", "ANSWERED"}
WAITING = set(OFFICE) | {"NEED_INFO", "DISPATCHED", "IN_PROGRESS", "CLOSED", "REJECTED"}
MOVES_ON = {  # verbs after which a request is somewhere, and the requester reads of it
    "ask", "supply", "decline", "expire", "accept", "answer", "dispatch", "seek_instruction",
    "instruct", "sign", "send_back", "uphold", "reassign", "reply", "return_answer", "close", "rate",
    "contest", "rework", "end", "lapse", "visit_rate", "visit_contest", "reopen", "archive",
    "withdraw", "refer",
}  # fmt: skip


@cache
def taxonomy() -> dict[str, dict[str, Any]]:
    raw = yaml.safe_load(TAXONOMY.read_text())
    return {
        name: {row["code"]: row for row in raw[name]}
        for name in ("categories", "types", "urgencies")
    }


@dataclass
class Order:
    """A unit's order as the steps tell it."""

    pk: int
    unit: str
    lead: bool
    sent: datetime
    due: datetime
    respond: datetime
    natural: bool
    respond_natural: bool
    round: int
    state: str = "SENT"
    contacted: datetime | None = None
    suspended: datetime | None = None
    returned: datetime | None = None
    designated: bool = False


@dataclass
class Promised:
    """A clock as it should be. ``runs`` are the spans in which it ran, each with its due time."""

    kind: str
    stage: str
    order: int | None
    round: int
    start: datetime
    due: datetime | None
    natural: bool
    pauses: list[list[datetime | None]] = field(default_factory=list)
    runs: list[tuple[datetime, datetime | None, datetime | None]] = field(default_factory=list)
    naturals: list[bool] = field(default_factory=list)  # whether nights counted in each run
    granted: list[datetime] = field(default_factory=list)
    stop: datetime | None = None
    rests: bool = False

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.kind, self.stage, self.order

    def run(self, at: datetime) -> None:
        self.runs.append((at, None, self.due))
        self.naturals.append(self.natural)

    def halt(self, at: datetime) -> None:
        if self.runs and self.runs[-1][1] is None:
            self.runs[-1] = (self.runs[-1][0], at, self.runs[-1][2])


@dataclass
class Life:
    """One request, told step by step. ``rows`` are its work orders: (number, unit, is lead)."""

    rows: list[tuple[int, str, bool]]
    new_dues: dict[int, datetime]  # what extensions asked for
    clocks: list[Promised] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    state: str = "DRAFT"
    round: int = 1
    urged: datetime | None = None
    closed = left = False
    promised: datetime | None = None
    category = type = urgency = ""

    def tell(self, steps: Iterable[Any], hear: Hear | None = None) -> list[Promised]:
        """Every clock there must have been; ``hear`` is told each step, and how it was before."""
        for step in steps:
            before = {order.pk: order.state for order in self.orders.values()}
            self.at, self.verb, self.granted_to = step.at, step.verb, None
            self.rested: tuple[datetime, bool] | None = None
            self._take(step)
            self._keep()
            if hear is not None:
                hear(step, self, before)
        return self.clocks

    # --- What a step does -------------------------------------------------------------------

    def _take(self, step: Any) -> None:
        order = self.orders.get(step.order_id) if step.order_id else None
        if order is not None and step.order_after:
            order.state = step.order_after
        joint = order is not None and not order.lead
        if step.verb in MOVES_ON and not joint:
            self.state, self.stage_at, self.urged = step.after, step.at, None
        DOES.get(step.verb, nothing)(self, step, order)

    def call_off(self) -> None:
        for order in self.orders.values():
            if order.state in LIVE:
                order.state = "CANCELLED"

    def _limits(self) -> tuple[str, str, str]:
        """Sign, respond and resolve (2.3): the stricter of what applies, counted from now."""
        known = taxonomy()
        own = known["categories"][self.category]
        rows = [own]
        if self.urgency < own["urgency"]:
            rows.append(known["urgencies"][self.urgency])
        if self.type != own["type"] and "resolve" in known["types"][self.type]:
            rows.append(known["types"][self.type])
        respond = min((minutes.after(self.at, row["respond"]), row["respond"]) for row in rows)[1]
        resolve = min((minutes.after(self.at, row["resolve"]), row["resolve"]) for row in rows)[1]
        return known["urgencies"][self.urgency]["sign"], respond, resolve

    def send(self, step: Any) -> None:
        again = step.verb in {"rework", "reopen"} or (step.verb == "instruct" and self.closed)
        if again:
            self.call_off()
            self.round, self.closed = self.round + 1, False
        _sign, respond, resolve = self._limits()
        if step.verb in {"rework", "reopen"}:
            resolve = REWORK
        due, natural = minutes.after(self.at, resolve), minutes.is_natural(resolve)
        if step.verb == "instruct":  # a leader may have named a day
            told = datetime.fromisoformat(step.facts["due"])
            if told != due and (told.astimezone(minutes.SHANGHAI).hour, told.minute) == (18, 0):
                due, natural = told, False
        for order in self.orders.values():
            if order.state in LIVE and order.unit == step.facts["lead"]:
                order.state = "CANCELLED"
        lead = self._order(step.facts["lead"], True, due, respond, natural)
        self.promised = self.promised or due
        self.join(step.facts.get("joint", []), lead)

    def join(self, units: list[str], lead: Order) -> None:
        respond = self._limits()[1]
        due = minutes.share(self.at, max(lead.due, self.at), natural=lead.natural)
        for unit in units:
            self._order(unit, False, due, respond, lead.natural)

    def _order(self, unit: str, lead: bool, due: datetime, respond: str, natural: bool) -> Order:
        pk = next(
            pk
            for pk, code, is_lead in self.rows
            if pk not in self.orders and (code, is_lead) == (unit, lead)
        )
        order = self.orders[pk] = Order(
            pk, unit, lead, self.at, due, minutes.after(self.at, respond), natural,
            minutes.is_natural(respond), self.round,
        )  # fmt: skip
        return order

    def uphold(self, order: Order) -> None:
        if order.lead and (order.returned is None or order.returned < order.due):
            _sign, respond, resolve = self._limits()
            order.sent, order.due = self.at, minutes.after(self.at, resolve)
            order.respond, order.natural = (
                minutes.after(self.at, respond),
                minutes.is_natural(resolve),
            )
            order.respond_natural = minutes.is_natural(respond)
        order.returned = None

    def resume(self, order: Order) -> None:
        self.rested = order.suspended, order.natural
        order.due = minutes.moved(order.due, order.suspended, self.at, natural=order.natural)
        if order.contacted is None:
            order.respond = minutes.moved(
                order.respond, order.suspended, self.at, natural=order.respond_natural
            )
        order.suspended = None

    # --- What should run --------------------------------------------------------------------

    def _keep(self) -> None:
        running = {clock.key: clock for clock in self.clocks if clock.stop is None}
        for want in self._wanted():
            clock = running.get(want.key)
            if clock is not None and self._is_same(clock, want):
                del running[want.key]
            else:
                clock = self._earlier(want)
            if clock is None:
                self.clocks.append(want)
                if want.rests:
                    want.pauses.append([self.at, None])
                else:
                    want.run(self.at)
            else:
                self._agree(clock, want)
        for clock in running.values():
            self._stop(clock)

    def _stop(self, clock: Promised) -> None:
        clock.stop = self.at
        clock.halt(self.at)
        if clock.pauses and clock.pauses[-1][1] is None:
            clock.pauses[-1][1] = self.at
        clock.rests = False

    def _earlier(self, want: Promised) -> Promised | None:
        """One that had stopped and goes on: a refused return, an answer that did not pass."""
        if want.start >= self.at or want.kind == "OFFICE":
            return None
        found = [c for c in self.clocks if c.key == want.key and c.stop is not None]
        if not found or not self._is_same(found[-1], want):
            return None
        found[-1].stop = None
        found[-1].run(self.at)
        return found[-1]

    def _is_same(self, clock: Promised, want: Promised) -> bool:
        if clock.kind == "REQUESTER":
            return clock.round == self.round
        return clock.stage in {"EXTENSION", "JOINT_RETURN"} or clock.start == want.start

    def _agree(self, clock: Promised, want: Promised) -> None:
        resumed = clock.rests and not want.rests
        if want.rests and not clock.rests:
            clock.halt(self.at)
            clock.pauses.append([self.at, None])
        if resumed:
            clock.pauses[-1][1] = self.at
        due = self._due(clock, want, resumed=resumed)
        changed = due != clock.due
        clock.due, clock.rests = due, want.rests
        if changed:
            clock.natural = want.natural
            if self.granted_to is not None:
                clock.granted.append(self.at)
            clock.halt(self.at)
        if (changed or resumed) and not want.rests:
            clock.run(self.at)

    def _due(self, clock: Promised, want: Promised, *, resumed: bool) -> datetime | None:
        if clock.kind == "URGE" or clock.stage in {"EXTENSION", "JOINT_RETURN"}:
            return clock.due
        if clock.kind != "REQUESTER" or clock.due is None:
            return want.due or clock.due
        if self.granted_to is not None:
            return max(clock.due, self.granted_to)
        if resumed and self.rested is not None:
            stopped, natural = self.rested
            return minutes.moved(clock.due, stopped, self.at, natural=natural)
        return clock.due

    def _wanted(self) -> Iterator[Promised]:
        live = [o for o in self.orders.values() if o.state in LIVE and o.round == self.round]
        lead = next((o for o in live if o.lead), None)
        if self.state in WAITING and not (self.closed or self.left):
            first = self.round == 1
            due = self.promised if first or lead is None else lead.due
            rests = self.state == "NEED_INFO" or (lead is not None and lead.state == "SUSPENDED")
            start = self.submitted if first else self.stage_at
            yield self._one("REQUESTER", start, due, lead.natural if lead else False, rests=rests)
        if self.state == "NEED_INFO":
            yield self._one("SUPPLY", self.stage_at, minutes.after(self.stage_at, SUPPLY))
        if self.state in OFFICE:
            due, natural = self._offices()
            yield self._one("OFFICE", self.stage_at, due, natural, stage=self.state)
        if self.urged is not None:
            yield self._one("URGE", self.urged, minutes.after(self.at, URGE))
        for order in live:
            yield from self._units(order)

    def _units(self, order: Order) -> Iterator[Promised]:
        rests = order.state == "SUSPENDED"
        if order.state == "SENT":
            sign = self._limits()[0]
            yield self._one(
                "SIGN",
                order.sent,
                minutes.after(order.sent, sign),
                minutes.is_natural(sign),
                order=order.pk,
            )
        if order.state in UNIT_WORKS:
            if order.lead and order.contacted is None:
                yield self._one(
                    "CONTACT",
                    order.sent,
                    order.respond,
                    order.respond_natural,
                    order=order.pk,
                    rests=rests,
                )
            yield self._one(
                "UNIT", order.sent, order.due, order.natural, order=order.pk, rests=rests
            )
        if order.state == "EXTENSION_REVIEW":
            yield self._one(
                "OFFICE", self.at, minutes.after(self.at, EXTEND), stage="EXTENSION", order=order.pk
            )
        if order.state == "RETURN_REVIEW" and not order.lead:
            yield self._one(
                "OFFICE",
                self.at,
                minutes.after(self.at, JOINT_BACK),
                stage="JOINT_RETURN",
                order=order.pk,
            )

    def _offices(self) -> tuple[datetime, bool]:
        limit = OFFICE[self.state]
        if not limit.endswith("min"):
            return minutes.after(self.stage_at, limit), False
        if self.urgency in {"U0", "U1"}:
            return minutes.after(self.stage_at, URGENT_ACCEPT), True
        return minutes.used_up(self.stage_at, minutes.split(limit)[0]), False  # of staffed hours

    def _one(
        self,
        kind: str,
        start: datetime,
        due: datetime | None,
        natural: bool = False,
        *,
        stage: str = "",
        order: int | None = None,
        rests: bool = False,
    ) -> Promised:
        return Promised(kind, stage, order, self.round, start, due, natural, rests=rests)


# --- What single verbs do -------------------------------------------------------------------


def nothing(_life: Life, _step: Any, _order: Order) -> None:
    """Most verbs move a request or an order on, and no more."""


def submit(life: Life, step: Any, _order: Order) -> None:
    life.state, life.stage_at, life.submitted = step.after, step.at, step.at


def accept(life: Life, step: Any, _order: Order) -> None:
    life.category, life.type = step.facts["category"], step.facts["type"]
    life.urgency = step.facts["urgency"]


def send_back(_life: Life, step: Any, order: Order) -> None:
    order.returned = step.at


def reach(life: Life, step: Any, order: Order) -> None:
    if step.facts.get("reached", "YES") == "YES":  # an interim word reaches by itself
        order.contacted, life.urged = order.contacted or step.at, None


def grant(life: Life, step: Any, order: Order) -> None:
    order.due, order.natural = life.new_dues[step.facts["extension"]], False
    life.granted_to = order.due


def suspend(_life: Life, step: Any, order: Order) -> None:
    order.suspended = step.at


def urge(life: Life, step: Any, _order: Order) -> None:
    life.urged = life.urged or step.at


def close(life: Life, _step: Any, _order: Order) -> None:
    life.closed = True
    life.call_off()


def leave(life: Life, _step: Any, _order: Order) -> None:
    life.left = True
    life.call_off()


DOES: dict[str, Callable[[Life, Any, Order], None]] = {
    "submit": submit, "accept": accept, "send_back": send_back, "contact": reach, "interim": reach,
    "ask_extension": reach, "grant_extension": grant, "suspend": suspend, "urge": urge,
    "close": close, "answer": close, "withdraw": leave, "refer": leave,
    "dispatch": lambda life, step, _order: life.send(step),
    "instruct": lambda life, step, _order: life.send(step),
    "rework": lambda life, step, _order: life.send(step),
    "reopen": lambda life, step, _order: life.send(step),
    "reassign": lambda life, step, _order: life.send(step),
    "add_joint": lambda life, step, order: life.join(step.facts.get("joint", []), order),
    "uphold": lambda life, _step, order: life.uphold(order),
    "resume": lambda life, _step, order: life.resume(order),
}  # fmt: skip
