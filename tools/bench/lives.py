"""The life of one request as rows: what the services would have written, without their work.

The closed ones carry three to six steps. Of the way through a unit the signing is left out of
the steps, so that there are no more; its moment is on the order all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from hotline.cases.codes import (
    Channel,
    Mode,
    OrderState,
    Outcome,
    Part,
    RatedBy,
    Score,
    Solved,
    State,
)
from hotline.cases.models import (
    Case,
    Clock,
    ClockKind,
    Contact,
    Rating,
    Reply,
    Requester,
    Step,
    WorkOrder,
)
from hotline.cases.models.record import Side
from hotline.cases.numbers import month_of, written
from hotline.cases.services.clocks import OFFICE_STAGES
from hotline.people.models import User
from tools.bench import words
from tools.bench.people import Cast, Directory
from tools.bench.sheets import Sheet

S = State
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Path = Sequence[tuple[str, S, Side, timedelta]]  # verb, state after it, whose, how long it took

SUBMIT = ("submit", S.SUBMITTED, Side.REQUESTER, timedelta())
ACCEPT = ("accept", S.ACCEPTED, Side.OFFICE, 25 * MINUTE)
DISPATCH = ("dispatch", S.DISPATCHED, Side.OFFICE, 20 * MINUTE)
SIGN = ("sign", S.IN_PROGRESS, Side.UNIT, 2 * HOUR)
REPLY = ("reply", S.ANSWERED, Side.UNIT, 40 * HOUR)
CLOSE = ("close", S.CLOSED, Side.OFFICE, 3 * HOUR)
ANSWER = ("answer", S.CLOSED, Side.OFFICE, 15 * MINUTE)
RATE = ("rate", S.ARCHIVED, Side.REQUESTER, 30 * HOUR)
LAPSE = ("lapse", S.ARCHIVED, Side.SYSTEM, 7 * DAY)
HEARD = (SUBMIT, ACCEPT)
SENT = (*HEARD, DISPATCH)
REFUSED = (SUBMIT, ("decline", S.REJECTED, Side.OFFICE, 2 * HOUR))
WITHDRAWN = (*HEARD, ("withdraw", S.WITHDRAWN, Side.REQUESTER, 5 * HOUR))
ARCHIVE = ("archive", S.ARCHIVED, Side.SYSTEM, 7 * DAY)

FINISHED: Sequence[tuple[int, Path]] = (  # of a hundred archived requests
    (42, (*SENT, REPLY, CLOSE, RATE)), (28, (*SENT, REPLY, CLOSE, LAPSE)),
    (14, (*HEARD, ANSWER, RATE)), (10, (*HEARD, ANSWER, LAPSE)),
    (4, (*REFUSED, ARCHIVE)), (2, (*WITHDRAWN, ARCHIVE)),
)  # fmt: skip
UNFINISHED: Sequence[tuple[int, Path]] = (  # of a hundred open ones
    (10, (SUBMIT,)), (3, (SUBMIT, ("ask", S.NEED_INFO, Side.OFFICE, HOUR))), (6, HEARD),
    (1, (*HEARD, ("seek_instruction", S.AWAIT_INSTRUCTION, Side.OFFICE, HOUR))),
    (15, SENT), (36, (*SENT, SIGN)), (8, (*SENT, SIGN, REPLY)),
    (2, (*SENT, ("send_back", S.RETURN_REVIEW, Side.UNIT, HOUR))),
    (15, (*SENT, SIGN, REPLY, CLOSE)), (1, REFUSED), (1, WITHDRAWN),
    (2, (*SENT, SIGN, REPLY, CLOSE, ("contest", S.DISSATISFIED, Side.REQUESTER, 20 * HOUR))),
)  # fmt: skip
ORDER_STATES = {
    S.DISPATCHED: OrderState.SENT, S.IN_PROGRESS: OrderState.HANDLING,
    S.ANSWERED: OrderState.ANSWERED, S.RETURN_REVIEW: OrderState.RETURN_REVIEW,
}  # fmt: skip
CHANNELS = [Channel.WEB] * 4 + [Channel.PHONE] * 3 + [Channel.MINI] * 2 + [Channel.VISIT]
MODES = [Mode.NAMED] * 17 + [Mode.CONFIDENTIAL] * 2 + [Mode.ANONYMOUS]
SCORES = [Score.SATISFIED] * 14 + [Score.FAIR] * 4 + [Score.DISSATISFIED] * 2


@dataclass
class Book:
    """One sheet a table, filled request by request."""

    case: Sheet = field(default_factory=lambda: Sheet(Case))
    requester: Sheet = field(default_factory=lambda: Sheet(Requester))
    order: Sheet = field(default_factory=lambda: Sheet(WorkOrder))
    contact: Sheet = field(default_factory=lambda: Sheet(Contact))
    reply: Sheet = field(default_factory=lambda: Sheet(Reply))
    step: Sheet = field(default_factory=lambda: Sheet(Step))
    rating: Sheet = field(default_factory=lambda: Sheet(Rating))
    clock: Sheet = field(default_factory=lambda: Sheet(Clock))
    counters: dict[str, int] = field(default_factory=dict)  # the last number of each month

    @property
    def sheets(self) -> list[Sheet]:
        return [
            self.case, self.requester, self.order, self.contact, self.reply, self.step, self.rating,
            self.clock,
        ]  # fmt: skip


@dataclass
class Writer:
    """Writes whole lives into a book; the same seed writes the same."""

    book: Book
    cast: Cast
    rng: Random
    now: datetime

    def archived(self, at: datetime) -> None:
        """A request that was submitted at ``at`` and is over."""
        self._write(self._one_of(FINISHED), at, hurry=1.0)

    def open(self, at: datetime) -> None:
        """A request that somebody still works on."""
        path = self._one_of(UNFINISHED)
        took: timedelta = sum((leg[3] for leg in path), timedelta())
        self._write(path, at, hurry=min(1.0, (self.now - at) / took / 2 if took else 1.0))

    def accepted(self, at: datetime) -> None:
        """A request that waits to be dispatched."""
        self._write(HEARD, at, hurry=0.1)

    def _one_of(self, paths: Sequence[tuple[int, Path]]) -> Path:
        return self.rng.choices([p for _w, p in paths], [weight for weight, _p in paths])[0]

    def _write(self, path: Path, at: datetime, *, hurry: float) -> None:
        moments = [at]
        for _verb, _state, _side, took in path[1:]:
            moments.append(moments[-1] + took * hurry * self.rng.uniform(0.4, 1.6))
        duty, owner = self.rng.choice(self.cast.directory), self.rng.choice(self.cast.students)
        when = {verb: moment for (verb, *_), moment in zip(path, moments, strict=True)}
        case = self._case(path, when, duty, owner)
        self._requester(case, owner)
        orders = self._orders(case, duty, when) if case["lead_unit_id"] else []
        key = self.book.case.add(**case)
        self._steps(key, path, moments, orders, case)
        for order in orders:
            self.book.order.add(**order)
            self._handled(order, case, when)
        self._clocks(path, moments, case, orders)
        self._rate(key, when, case)

    def _case(
        self, path: Path, when: dict[str, datetime], duty: Directory, owner: User
    ) -> dict[str, Any]:
        rng, state, at = self.rng, path[-1][1], when["submit"]
        mode = Mode.CONFIDENTIAL if duty.confidential else rng.choice(MODES)
        channel, text = rng.choice(CHANNELS), words.body(rng, duty.things)
        known = mode != Mode.ANONYMOUS
        closed = when.get("close") or when.get("answer")
        case = {
            "id": self._next_case(), "number": self._number(at), "state": state, "mode": mode,
            "channel": channel, "version": len(path), "is_demo": True, "title": text[:38] + "…",
            "body": text, "category_id": duty.id, "type_id": duty.type, "created_at": at,
            "submitted_at": at, "stage_at": max(when.values()), "owner_id": owner.pk if known else None,
            "code_hash": "" if known else f"{rng.getrandbits(256):064x}",
            "form_key": UUID(int=rng.getrandbits(128), version=4) if channel == Channel.WEB else None,
            "registered_by_id": None if channel == Channel.WEB else rng.choice(self.cast.clerks).pk,
            "privacy_notice": "2026-01", "urgency_id": None, "accepted_at": when.get("accept"),
            "lead_unit_id": None, "direct": "answer" in when, "left_at": when.get("withdraw"),
            "first_closed_at": closed, "closed_at": closed,
            "worked_minutes": int((closed - at) / MINUTE / 3) if closed else None,
            "next_due_at": self._next_due(state),
            "answer": words.answer(rng, duty.things) if {"reply", "answer", "decline"} & {*when} else "",
        }  # fmt: skip
        if "accept" in when:
            case["urgency_id"] = duty.urgency
        if sent := when.get("dispatch"):
            case |= {
                "lead_unit_id": duty.lead, "dispatched_at": sent, "due_at": sent + duty.days * DAY,
                "promised_at": sent + duty.days * DAY, "shown_title": case["title"],
                "shown_body": text, "outcome": Outcome.RESOLVED if closed else "",
            }  # fmt: skip
        return case

    def _next_due(self, state: State) -> datetime | None:
        """One in six is late, except where the nightly jobs would already have moved it on."""
        if state == S.ARCHIVED:
            return None
        waits_for_time = state in {S.NEED_INFO, S.REJECTED, S.CLOSED, S.WITHDRAWN}
        return self.now + self.rng.uniform(1 if waits_for_time else -1, 5) * DAY

    def _next_case(self) -> int:
        key = self.book.case.next
        self.book.case.next += 1
        return key

    def _number(self, at: datetime) -> str:
        month = month_of(at)
        self.book.counters[month] = serial = self.book.counters.get(month, 0) + 1
        return written(month, serial)

    def _requester(self, case: dict[str, Any], owner: User) -> None:
        person = {} if case["mode"] == Mode.ANONYMOUS else {
            "name": owner.name, "account": owner.account, "phone": owner.phone, "kind": owner.kind,
            "college_id": owner.college_id, "grade": owner.grade,
        }  # fmt: skip
        self.book.requester.add(case_id=case["id"], **person)

    def _orders(
        self, case: dict[str, Any], duty: Directory, when: dict[str, datetime]
    ) -> list[dict[str, Any]]:
        """The lead's order first, then those of at most one joint unit in three requests."""
        state = ORDER_STATES.get(case["state"], OrderState.DONE)
        sent, opinion = when["dispatch"], self.rng.choice(words.OPINIONS)
        units = [(duty.lead, Part.LEAD, state)]
        if duty.joint and self.rng.random() < 0.5:
            joint = OrderState.SENT if state == OrderState.RETURN_REVIEW else state
            units.append((duty.joint[0], Part.JOINT, joint))
        return [
            {
                "id": self._next_order(), "case_id": case["id"], "unit_id": unit, "part": part,
                "round": 1, "state": order_state, "opinion": opinion, "sent_at": sent,
                "respond_due_at": sent + 4 * HOUR, "due_at": sent + duty.days * DAY,
                "signed_at": None if order_state == OrderState.SENT else when.get("sign", sent + HOUR),
                "contacted_at": when.get("reply") and when["reply"] - HOUR,
                "answered_at": when.get("reply"),
                "ended_at": when.get("close"),
            }
            for unit, part, order_state in units
        ]  # fmt: skip

    def _next_order(self) -> int:
        key = self.book.order.next
        self.book.order.next += 1
        return key

    def _steps(
        self,
        key: int,
        path: Path,
        moments: list[datetime],
        orders: list[dict[str, Any]],
        case: dict[str, Any],
    ) -> None:
        before, lead = S.DRAFT, orders[0] if orders else None
        for seq, ((verb, after, side, _took), at) in enumerate(zip(path, moments, strict=True), 1):
            of_order = lead if side == Side.UNIT or verb == "dispatch" else None
            self.book.step.add(
                case_id=key, order_id=of_order and of_order["id"], seq=seq, verb=verb,
                before=before, after=after, side=side, by_id=self._signature(side, case, lead), at=at,
                text=case["answer"] if verb == "answer" else "",
                facts='{"channel": "WEB"}' if verb == "submit" else "{}",
            )  # fmt: skip
            before = after

    def _signature(
        self, side: Side, case: dict[str, Any], lead: dict[str, Any] | None
    ) -> int | None:
        if side == Side.REQUESTER:
            owner: int | None = case["owner_id"]
            return owner
        if side == Side.UNIT and lead:
            return self.cast.contacts[lead["unit_id"]].pk
        return self.rng.choice(self.cast.clerks).pk if side == Side.OFFICE else None

    def _handled(
        self, order: dict[str, Any], case: dict[str, Any], when: dict[str, datetime]
    ) -> None:
        """What the unit did before it answered: it called, it wrote."""
        if "reply" not in when:
            return
        by, at = self.cast.contacts[order["unit_id"]].pk, when["reply"]
        self.book.contact.add(
            order_id=order["id"], means="PHONE", reached="YES", words="已说明处理安排。",
            by_id=by, at=at - HOUR,
        )  # fmt: skip
        self.book.reply.add(
            order_id=order["id"], text=case["answer"], outcome=Outcome.RESOLVED, by_id=by, at=at
        )

    def _clocks(
        self,
        path: Path,
        moments: list[datetime],
        case: dict[str, Any],
        orders: list[dict[str, Any]],
    ) -> None:
        """The requester's clock, one for each stage of the office, and those of each order."""
        ended, late = case["closed_at"] or case["left_at"], case["next_due_at"]
        if case["state"] == S.ARCHIVED:
            ended = ended or moments[-1]
        self._clock(case, ClockKind.REQUESTER, moments[0], case.get("promised_at"), ended)
        for n, (_verb, state, *_leg) in enumerate(path):
            if state in OFFICE_STAGES:
                start, end = moments[n], moments[n + 1] if n + 1 < len(path) else None
                due = start + 4 * HOUR if end else late
                self._clock(case, ClockKind.OFFICE, start, due, end, stage=state)
        for order in orders:
            sent, pk, answered = order["sent_at"], order["id"], order["answered_at"]
            self._clock(
                case, ClockKind.SIGN, sent, sent + 4 * HOUR, order["signed_at"], order_id=pk
            )
            done = None if order["state"] in {OrderState.SENT, OrderState.HANDLING} else moments[-1]
            stop = answered or done
            if order["part"] == Part.LEAD:
                reached = order["contacted_at"] or done
                self._clock(
                    case, ClockKind.CONTACT, sent, order["respond_due_at"], reached, order_id=pk
                )
            due = late if stop is None else order["due_at"]
            self._clock(case, ClockKind.UNIT, sent, due, stop, order_id=pk)

    def _clock(
        self, case: dict[str, Any], kind: ClockKind, start: datetime, due: datetime | None,
        end: datetime | None, *, stage: str = "", order_id: int | None = None,
    ) -> None:  # fmt: skip
        self.book.clock.add(
            case_id=case["id"], order_id=order_id, kind=kind, stage=stage, round=1, limit="5wd",
            started_at=start, due_at=due, stopped_at=end and max(start, end),
            next_at=due if end is None else None,
        )  # fmt: skip

    def _rate(self, key: int, when: dict[str, datetime], case: dict[str, Any]) -> None:
        at = when.get("rate") or when.get("contest")
        if at is None:
            return
        result = Score.DISSATISFIED if "contest" in when else self.rng.choice(SCORES)
        bad = result == Score.DISSATISFIED
        self.book.rating.add(
            case_id=key, round=1, contacted=not bad, solved=Solved.NO if bad else Solved.YES,
            result=result, attitude=Score.SATISFIED, words="问题还在，没有真正解决。" if bad else "",
            source=RatedBy.REQUESTER, by_id=case["owner_id"], at=at,
        )  # fmt: skip
