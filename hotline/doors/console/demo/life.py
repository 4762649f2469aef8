"""One request on its way through the house, and the world that it lives in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from random import Random

from hotline.cases.codes import Channel, Mode
from hotline.cases.models import Case, WorkOrder
from hotline.cases.services.given import Person
from hotline.catalog import queries as catalog
from hotline.catalog.models import Category, Place, RequestType, Urgency
from hotline.catalog.queries import Duty
from hotline.doors.console.demo.hours import ALWAYS, DUTY, OFFICE, STAFFED, Rhythm
from hotline.doors.console.demo.people import Cast
from hotline.doors.console.demo.places import Places
from hotline.doors.console.demo.seasons import Calendar
from hotline.doors.console.demo.texts import Ask, Books, Slots
from hotline.oversight.models import Instruction
from hotline.people import queries as people
from hotline.people.actor import NOBODY, Actor
from hotline.people.models import Unit, User
from hotline.worktime.clock import ZONE

Beats = Iterator[datetime]  # a life yields the moment at which it goes on, and acts then
ON_DUTY = frozenset({"houqin", "baowei", "xinxi", "xinli", "xiaoyiyuan"})


class Shelf:
    """The catalogue, read once."""

    def __init__(self) -> None:
        rows = Category.objects.filter(enabled=True).select_related("urgency", "type")
        self.categories: dict[str, Category] = {row.code: row for row in rows}
        self.types = {row.code: row for row in RequestType.objects.all()}
        self.urgencies = {row.code: row for row in Urgency.objects.all()}

    @cache  # noqa: B019 - lives as long as the demo is written
    def duty(self, code: str, text: str = "") -> Duty:
        """Who should handle a category; place words in ``text`` may name another unit."""
        return catalog.duty(self.categories[code], text)


@dataclass
class World:
    """Everything that the lives have in common, and the one source of chance."""

    rng: Random
    calendar: Calendar
    cast: Cast
    places: Places
    books: Books
    shelf: Shelf
    begin: Callable[[Beats], None]  # let something else begin
    photos: int = 0  # how many pictures may still be taken
    written: list[int] = field(default_factory=list)  # every request of the demo
    actors: dict[int, Actor] = field(default_factory=dict)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def unit(self, pk: int) -> Unit:
        return self.cast.by_id[pk]

    def actor(self, user: User) -> Actor:
        """A requester's standing; they hold no role."""
        if user.pk not in self.actors:
            on = self.calendar.until.astimezone(ZONE).date()
            self.actors[user.pk] = people.actor_of(user, on=on)
        return self.actors[user.pk]

    def of_office(self, role: str, *, but: Actor | None = None) -> Actor:
        """Somebody of the office who holds a role; not ``but``, where a second person is needed."""
        return self.rng.choice([a for a in self.cast.office[role] if a is not but])


@dataclass
class Plan:
    """What will happen to a request: drawn before its life begins."""

    hours: float = 5.0  # natural hours from the submission to the answer, as far as people work
    late: bool = False  # the unit may miss its time
    direct: bool = False
    draft: bool = False
    info: bool = False
    note: bool = False
    reclassify: bool = False
    joint: bool = False
    joint_returns: bool = False
    bounces: int = 0
    upheld: bool = False
    calls_in: bool = False  # the lead brings in another unit itself
    assign: bool = False
    interim: bool = False
    unit_note: bool = False
    supplement: bool = False
    urge: bool = False
    hide: bool = False
    extension: str = ""  # "granted" or "refused"
    suspended: bool = False
    head: bool = False  # before the head although it is no complaint
    head_returns: bool = False
    audit_returns: bool = False
    instructed: bool = False
    promised: bool = False
    rating: str = ""  # what the requester says by themselves: a Score, or nothing
    ended: bool = False  # a bad rating ends explained, not reworked
    end_refused: bool = False  # the second person does not agree to that
    visited: bool = True
    reopened: bool = False
    photo: bool = False


class Life:
    """One request: its text, its people, how far it has come."""

    case: Case
    order: WorkOrder
    instruction: Instruction | None = None
    voice: Actor = NOBODY  # the requester, by account or by number and code

    def __init__(self, world: World, at: datetime, ask: Ask, plan: Plan, slots: Slots) -> None:
        self.world, self.now, self.ask, self.plan, self.slots = world, at, ask, plan, slots
        self.started = at
        self.user: User | None = None
        self.person = Person()
        self.channel: str = Channel.WEB
        self.mode: str = Mode.NAMED
        self.place: Place | None = None
        self.answer = ask.answer
        self.merged: list[Life] = []
        self.promise: date | None = None

    @property
    def rng(self) -> Random:
        return self.world.rng

    def chance(self, share: float) -> bool:
        return self.world.chance(share)

    def later(self, low: float, high: float, rhythm: Rhythm = STAFFED) -> datetime:
        """Let some minutes of a rhythm pass, more often few than many."""
        minutes = self.rng.triangular(low, high, low + (high - low) / 4)
        self.now = rhythm.after(self.now, minutes)
        return self.now

    def at(self, moment: datetime) -> datetime:
        """Go on at a moment, or now when that has passed."""
        self.now = max(self.now, moment)
        return self.now

    def time_up(self) -> datetime:
        """Wait out the time of the present state; the sweep comes round every five minutes."""
        due = self.case.next_due_at or self.now
        return self.at(due + timedelta(minutes=self.rng.uniform(0.2, 4.8)))

    # --- Who has to do with it ------------------------------------------------------------

    @cached_property
    def clerk(self) -> Actor:
        return self.world.of_office("R3")

    @cached_property
    def manager(self) -> Actor:
        return self.world.of_office("R4")

    @cached_property
    def second(self) -> Actor:
        """A second manager, for what takes two."""
        return self.world.of_office("R4", but=self.manager)

    def contact(self, unit: Unit) -> Actor:
        """Who works on an order of a unit: for a request, always the same person."""
        people = self.world.cast.contacts[unit.code]
        return people[self._turn % len(people)]

    @property
    def lead(self) -> Unit:
        """Whose order it is now."""
        return self.world.unit(self.order.unit_id)

    @property
    def section(self) -> Unit | None:
        pk = self.order.section_id
        return self.world.unit(pk) if pk else None

    @cached_property
    def _turn(self) -> int:
        return self.rng.randrange(1000)

    # --- What it is about -----------------------------------------------------------------

    @cached_property
    def category(self) -> Category:
        return self.world.shelf.categories[self.ask.category]

    @cached_property
    def urgency(self) -> Urgency:
        calm = self.ask.t in {"ZX", "JY", "BY"} and self.category.urgency.code == "U1"
        return self.world.shelf.urgencies[
            self.ask.u or ("U3" if calm else self.category.urgency.code)
        ]

    @cached_property
    def unit(self) -> Unit:
        """The unit that should lead, by the text's own wish or by the directory."""
        if self.ask.lead:
            return self.world.cast.units[self.ask.lead]
        return self.duty.lead

    @cached_property
    def duty(self) -> Duty:
        text = self.ask.ask if self.category.code.startswith("L") else ""
        return self.world.shelf.duty(self.category.code, text)

    @cached_property
    def joint(self) -> list[Unit]:
        """Who assists: as the text says, or one or two of the directory."""
        if self.ask.joint:
            return [self.world.cast.units[code] for code in self.ask.joint]
        others = [unit for unit in self.duty.joint if unit != self.unit]
        return others[: self.rng.choice((1, 1, 2))]

    def rhythm_of(self, unit: Unit) -> Rhythm:
        """When a unit works: around the clock on what is urgent, in the evening where it has duty."""
        if unit.code not in ON_DUTY:
            return OFFICE
        return ALWAYS if self.urgency.code == "U1" and self.chance(0.3) else DUTY
