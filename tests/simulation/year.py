"""The year passes: people act at random moments, and before each act everything that time brings.

No clock but the one that is passed in. Sweeps run when something is due, as they would run every
minute (oversight, notices) or every five (cases): at the first such minute that is not before it.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random

from django.db import transaction
from django.db.models import Min

from hotline.base import jobs
from hotline.base.refusals import Refusal
from hotline.cases.codes import Mode, OrderState, Outcome, State
from hotline.cases.models import Case, Clock, Step, WorkOrder
from hotline.cases.services import intake, sweeping
from hotline.cases.services.given import Words
from hotline.notices import services as notices
from hotline.notices.carriers import Postbox
from hotline.notices.models import Message
from hotline.notices.services.delivery import Way
from hotline.notices.stories import story_of
from hotline.oversight.services import watching
from hotline.people.actor import NOBODY
from tests.make import type_
from tests.simulation.cast import Cast, gather
from tests.simulation.habits import TYPES, habits, towards_the_end
from tests.worktime.counter import SHANGHAI

MINUTE = timedelta(minutes=1)
BEGIN = datetime(2025, 12, 1, tzinfo=SHANGHAI)
LAST_BIRTH = datetime(2026, 12, 20, tzinfo=SHANGHAI)
END = datetime(2027, 1, 20, tzinfo=SHANGHAI)
BY_TIME = (State.NEED_INFO, State.CLOSED, State.REJECTED, State.WITHDRAWN, State.REFERRED)
ENOUGH = 14  # acts after which people hurry to the end


class CountingPostbox(Postbox):
    """Remembers what it was given, and when."""

    def __init__(self, year: "Year") -> None:
        self.year, self.sent = year, []

    def send(self, parcel):
        self.sent.append((parcel.ref, self.year.now))
        return super().send(parcel)


@dataclass
class Year:
    """One run: so many requests, one seed."""

    requests: int
    seed: int
    cast: Cast = field(init=False)
    now: datetime = BEGIN
    acts: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        self.cast = gather()
        self.postbox = CountingPostbox(self)
        self.told = 0  # the last step that was turned into messages
        self.events: list[tuple[datetime, int, int | None]] = []
        self.count = 0

    def run(self) -> None:
        with jobs.quiet():
            minutes = int((LAST_BIRTH - BEGIN) / MINUTE)
            for _ in range(self.requests):
                self._plan(BEGIN + self.chance.randrange(minutes) * MINUTE, None)
            while self.events:
                at, _n, pk = heappop(self.events)
                self._pass_time(until=at)
                self.now = at
                if pk is None:
                    self._be_born(at)
                else:
                    self._act(pk, at)
                self._spread(at)
            self._pass_time(until=END)

    def _plan(self, at: datetime, pk: int | None) -> None:
        self.count += 1
        if at < END:
            heappush(self.events, (at, self.count, pk))

    def _be_born(self, at: datetime) -> None:
        mode = self.chance.choice(
            [Mode.NAMED, Mode.NAMED, Mode.NAMED, Mode.CONFIDENTIAL, Mode.ANONYMOUS]
        )
        words = Words(
            body="三号楼二层的水龙头一直漏水，报修两次没有人来。", mode=mode,
            type=type_(self.chance.choice(TYPES)),
        )  # fmt: skip
        by = NOBODY if mode == Mode.ANONYMOUS else self.cast.somebody(self.chance)
        case = intake.submit(words, by=by, at=at).case
        self.acts["submit"] += 1
        self._plan(at + self._while(), case.pk)

    def _act(self, pk: int, at: datetime) -> None:
        case = Case.objects.select_related("lead_unit", "type", "urgency", "category").get(pk=pk)
        found = habits(case, self.cast, at, self.chance)
        hurry = self.acts[pk] > ENOUGH
        if hurry:
            found = towards_the_end(found)
        if found:
            [(_w, name, act)] = self.chance.choices(found, [weight for weight, _n, _a in found])
            try:
                with transaction.atomic():
                    act()
                self.acts[name] += 1
            except Refusal as refusal:
                self.refused[f"{name}: {refusal}"] += 1
        self.acts[pk] += 1
        over = case.state == State.ARCHIVED and self.chance.random() < 0.5
        if not over:
            self._plan(at + self._while(hurry=hurry), pk)

    def _while(self, *, hurry: bool = False) -> timedelta:
        """People answer at once, the same day, within the week, or much too late."""
        if hurry:
            return timedelta(minutes=self.chance.randint(1, 1500))
        least, most = self.chance.choices(
            [(1, 90), (90, 1500), (1500, 9000), (9000, 40_000)], [45, 37, 15, 3]
        )[0]
        return timedelta(minutes=self.chance.randint(least, most))

    # --- What time brings -------------------------------------------------------------------

    def _pass_time(self, until: datetime) -> None:
        """Run every sweep that is due until a moment, in the order of time."""
        while True:
            due = [(at, n, act) for n, (at, act) in enumerate(self._comings()) if at is not None]
            if not due or min(due)[0] > until:
                return
            at, _n, act = min(due)
            assert at >= self.now, f"a sweep left something undone at {self.now}"
            self.now = at
            act(at=at)
            self._spread(at)

    def _comings(self):
        watched = Clock.objects.filter(stopped_at=None).aggregate(at=Min("next_at"))["at"]
        held = Message.objects.filter(state="HELD").aggregate(at=Min("not_before"))["at"]
        yield self._at_next(watched, 1), watching.sweep
        yield self._at_next(self._edge(), 5), sweeping.sweep
        yield self._at_next(held, 1), notices.sweep

    def _edge(self) -> datetime | None:
        """When the first thing comes that a request does by itself."""
        waits = Case.objects.filter(state__in=BY_TIME).aggregate(at=Min("next_due_at"))["at"]
        rests = WorkOrder.objects.filter(state=OrderState.SUSPENDED).aggregate(
            at=Min("suspended_until")
        )["at"]
        planned = Case.objects.filter(outcome=Outcome.PLANNED, seal="")
        done = planned.filter(state__in=[State.CLOSED, State.ARCHIVED], promise_due_at=None)
        day = done.aggregate(day=Min("promise_date"))["day"]
        unkept = planned.filter(state=State.ARCHIVED).aggregate(at=Min("promise_due_at"))["at"]
        return min(
            filter(None, [waits, rests, _midnight(day), unkept and unkept + MINUTE]), default=None
        )

    def _at_next(self, at: datetime | None, minutes: int) -> datetime | None:
        """The first minute (or fifth minute) that is not before a moment, nor before now."""
        if at is None:
            return None
        at = max(at, self.now)
        step = timedelta(minutes=minutes)
        behind = (at - BEGIN) % step
        return at if not behind else at + (step - behind)

    def _spread(self, at: datetime) -> None:
        """Every new step becomes messages, and what may go out goes out."""
        for step in Step.objects.filter(pk__gt=self.told).select_related("case").order_by("pk"):
            if step.verb in {"rework", "reopen"}:
                watching.happened(step.case, at=at)
        for pk in Step.objects.filter(pk__gt=self.told).order_by("pk").values_list("pk", flat=True):
            notices.fan_out(story_of(pk, at=at))
            self.told = pk
        ready = Message.objects.filter(state="READY").values_list("channel", flat=True).distinct()
        for channel in list(ready):
            if channel in {"WECHAT", "WECOM", "SMS", "MAIL"}:
                notices.drain(
                    channel, clock=lambda: at, pause=lambda _s: None, way=Way(channel, self.postbox)
                )


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) if day else None
