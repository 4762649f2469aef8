"""History brought along: requests of an earlier system, written whole and in bulk.

The one place that writes requests without a move for each: what happened is over, and nobody
may be told of it again, so no job is queued. The law holds all the same. Every request walks
it verb by verb, and its steps are what the services would have recorded, marked ``imported``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from django.db import connection, transaction

from hotline.base import bulk
from hotline.base.words import shorten
from hotline.cases import numbers, seals
from hotline.cases.codes import Mode, OrderState, Part, RatedBy, Score, Seal
from hotline.cases.headline import entitle
from hotline.cases.models import Case, Rating, Remark, Reply, Requester, Step, WorkOrder
from hotline.cases.models.record import RemarkKind
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.screen import Sign, screen
from hotline.cases.services import copies
from hotline.cases.services.turn import accept_due, check
from hotline.catalog import calendars, policy, terms
from hotline.catalog.models import Category, RequestType
from hotline.catalog.terms import Terms
from hotline.people.actor import Actor
from hotline.people.models import Unit, User

BATCH = 1000  # requests that are held in memory at a time
SAID = (Reply, Remark, Rating)
ONE_AT_A_TIME = 0x1907  # an advisory lock: a second import waits, then finds what the first wrote


@dataclass(frozen=True, slots=True)
class Past:
    """One request as an earlier system has it. Moments are aware, and in order where given.

    ``number`` is that system's own; ``closed_at`` None says that the matter is still open.
    Texts are fit to store (base/words.py), and ``category`` comes with its urgency.
    """

    number: str
    channel: str
    type: RequestType
    category: Category
    body: str
    heard_at: datetime
    title: str = ""
    name: str = ""
    phone: str = ""
    secret: bool = False  # the person asked not to be named
    unit: Unit | None = None
    sent_at: datetime | None = None
    closed_at: datetime | None = None
    answer: str = ""
    score: Score | None = None
    city_number: str = ""


def already_there(legacy_numbers: Collection[str]) -> set[str]:
    """Which of these numbers of an earlier system have been brought along before."""
    rows = Case.objects.filter(legacy_number__in=legacy_numbers)
    return {number for number in rows.values_list("legacy_number", flat=True) if number}


def holds_demo() -> bool:
    """Are there requests here that nobody ever made?"""
    return Case.objects.filter(is_demo=True).exists()


@transaction.atomic
def bring(pasts: Iterable[Past], *, by: Actor, at: datetime) -> int:
    """Write all of these requests or, when ``pasts`` raises on the way, none; return how many.

    They are numbered in the month they were heard in. Raises WrongState where one would walk
    against the law.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    now = terms.current()
    rows, count = iter(pasts), 0
    while batch := list(islice(rows, BATCH)):
        ids = zip(bulk.reserve(Case, len(batch)), bulk.reserve(WorkOrder, len(batch)), strict=True)
        _write([Life(past, pks, by.user, at, now) for past, pks in zip(batch, ids, strict=True)])
        count += len(batch)
    if count >= BATCH:
        bulk.count_again(Case, Requester, WorkOrder, Step, *SAID)
    return count


class Life:
    """One request from the moment it was heard, as rows that are not yet written."""

    def __init__(
        self, past: Past, pks: tuple[int, int], by: User | None, at: datetime, terms: Terms
    ) -> None:
        """``pks`` are the ids of the request, and of its work order if there is to be one."""
        self.past, self.by = past, by
        self.pk, self.order_pk = pks
        self.case = _case(past, self.pk)
        self.person = Requester(case=self.case, name=past.name, phone=past.phone)
        self.order: WorkOrder | None = None
        self.steps: list[Step] = []
        self.said: list[Reply | Remark | Rating] = []
        self._hear(terms)
        if past.unit is not None:
            self._send(past.unit, past.sent_at or past.heard_at)
        if past.closed_at is None:
            self._stay_open(terms)
        else:
            self._close(past.closed_at)
            self._end(past.closed_at, min(past.closed_at + timedelta(terms.unrated_days), at))

    def _hear(self, terms: Terms) -> None:
        case, heard = self.case, self.past.heard_at
        sealed = {"sealed": case.seal} if case.seal else {}
        self._step("submit", heard, channel=case.channel, **sealed)
        codes = {name: getattr(case, name).code for name in ("category", "type", "urgency")}
        self._step("accept", heard, **codes)
        case.submitted_at = case.accepted_at = heard
        case.next_due_at = accept_due(case, terms, heard)

    def _send(self, unit: Unit, sent: datetime) -> None:
        case = self.case
        past = self.past
        promise = policy.current().promise(
            past.category,
            past.category.urgency,
            past.type,
            sent,
            calendars.current().of(past.category.urgency),
        )
        case.shown_title, case.shown_body = copies.proposed_copy(case)
        case.lead_unit, case.dispatched_at = unit, sent
        case.due_at = case.promised_at = promise.resolve_at
        case.next_due_at = promise.respond_at
        self._step("dispatch", sent, lead=unit.code, due=promise.resolve_at.isoformat(), joint=[])
        self.order = WorkOrder(
            pk=self.order_pk, case_id=self.pk, unit=unit, part=Part.LEAD, round=1, state=OrderState.SENT, sent_at=sent,
            respond_due_at=promise.respond_at, due_at=promise.resolve_at,
        )  # fmt: skip

    def _stay_open(self, terms: Terms) -> None:
        """It goes on here: the unit signs it, or a clerk dispatches it. What was noted is kept."""
        self.case.flagged = screen(self.case.title, self.case.body) > Sign.NONE
        if not self.past.answer:
            return
        kind = RemarkKind.UNIT_NOTE if self.order else RemarkKind.NOTE
        text, since = self.past.answer, self.case.stage_at
        self._step("unit_note" if self.order else "note", since)
        self.said.append(
            Remark(case_id=self.pk, order=self.order, kind=kind, text=text, shown=text, at=since)
        )

    def _close(self, closed: datetime) -> None:
        case, text, order = self.case, self.past.answer, self.order
        worked = calendars.office().between(self.past.heard_at, closed)
        effect = {"paused": 0, "worked": worked}
        if order is None:
            self._step("answer", closed, **effect)
            case.direct = True
        else:
            order.signed_at = order.sent_at  # nobody knows better; the law needs a moment
            self._step("sign", order.sent_at)
            order.answered_at = order.ended_at = closed
            self._step("reply", closed)
            self._step("close", closed, **effect)
            if text:
                self.said.append(Reply(order_id=order.pk, text=text, at=closed))
        case.answer, case.worked_minutes = text, worked
        case.first_closed_at = case.closed_at = closed

    def _end(self, closed: datetime, lapsed: datetime) -> None:
        score = self.past.score
        if score is None:
            self._step("lapse", lapsed)
        elif score is Score.DISSATISFIED:
            self._step("contest", closed)
            self._step("end", closed)
        else:
            self._step("rate", closed)
        if score is not None:
            self.said.append(
                Rating(case_id=self.pk, round=1, result=score, source=RatedBy.IMPORT, at=closed)
            )
        self.case.next_due_at = None

    def _step(self, verb: str, at: datetime, **facts: Any) -> None:
        """Walk one verb of the law, and record it. Raises WrongState where the law has no way."""
        case, law, order = self.case, MOVES[verb], self.order
        check(law.sources, case.state)
        if order is not None and verb in ORDER_MOVES:
            check(ORDER_MOVES[verb].sources, order.state)
            order.state = ORDER_MOVES[verb].target or order.state
        else:
            order = None
        before, case.state = case.state, law.target or case.state
        if case.state != before:
            case.stage_at = at
        case.version += 1
        step = Step(
            case_id=self.pk, order_id=order.pk if order else None, seq=case.version, verb=verb,
            before=before, after=case.state, order_after=order.state if order else "",
            side=law.side, by=self.by, at=at, facts={"imported": True, **facts},
        )  # fmt: skip
        self.steps.append(step)


def _case(past: Past, pk: int) -> Case:
    known = [word for word in (past.name, past.phone) if word]
    about_office = seals.is_about_office(None, past.category)
    return Case(
        pk=pk, legacy_number=past.number, city_number=past.city_number, channel=past.channel,
        type=past.type, category=past.category, urgency=past.category.urgency,
        title=shorten(entitle(past.title, past.body, known=known) or past.category.name, 80),
        body=past.body, seal=Seal.OFFICE if about_office else Seal.NONE,
        mode=_mode(past, secret=about_office), created_at=past.heard_at, stage_at=past.heard_at,
    )  # fmt: skip


def _mode(past: Past, *, secret: bool) -> Mode:
    """Nobody can be told who asked where nobody wrote it down; else the category may force 保密."""
    if not (past.name or past.phone):
        return Mode.ANONYMOUS
    secret = secret or past.secret or past.category.confidential
    return Mode.CONFIDENTIAL if secret else Mode.NAMED


def _write(batch: list[Life]) -> None:
    """Insert a batch, parents first."""
    _number([life.case for life in batch])
    said = [row for life in batch for row in life.said]
    bulk.write([life.case for life in batch])
    bulk.write([life.person for life in batch])
    bulk.write([life.order for life in batch if life.order])
    bulk.write([step for life in batch for step in life.steps])
    for model in SAID:
        bulk.write([row for row in said if isinstance(row, model)])


def _number(cases: list[Case]) -> None:
    """Number requests in the month they were heard in, the earliest first."""
    cases = sorted(cases, key=lambda case: case.created_at)
    for _month, group in groupby(cases, key=lambda case: numbers.month_of(case.created_at)):
        rows = list(group)
        given = numbers.next_numbers(rows[0].created_at, len(rows))
        for case, number in zip(rows, given, strict=True):
            case.number = number
