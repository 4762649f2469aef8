"""What will be asked on which day, and what will become of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from hotline.cases.codes import Channel, Mode
from hotline.doors.console.demo import chances, hearing, lives, seasons, wording
from hotline.doors.console.demo.life import Beats, Life, Plan, World
from hotline.doors.console.demo.texts import Ask, Happening
from hotline.people.models import Kind, User
from hotline.worktime.clock import ZONE

KINDS = {  # how many of a thousand requests go a way of their own
    "declined": 20, "referred": 8, "withdrawn": 17, "silent": 6, "in_crisis": 4, "instructed": 8,
    "twice": 9,
}  # fmt: skip
RARE_EVERY = 1000
RARE_LEAST = 100  # in a demo smaller than this there is no room for them
HAPPENINGS = 7  # events that several people tell of, in a thousand requests
ENGLISH = 0.05
QUESTIONS = 0.32  # how often somebody asks a question where a category has some
JOINS = 0.7  # how often one more voice of the surge is merged into an earlier one


class Planner:
    """Draws the lives of a demo one after the other, from one source of chance."""

    def __init__(self, world: World) -> None:
        self.world, self.rng = world, world.rng
        self.used: Counter[int] = Counter()  # how often a text was used
        self.rare = 0
        self.masters: dict[str, Life] = {}  # of the surge, by what happened
        self.missing = list(world.shelf.categories)
        self.rng.shuffle(self.missing)

    def lives(self, count: int) -> Iterator[Beats]:
        """Lives of ``count`` requests in the order of their moments; some lives hold several."""
        kinds = self._kinds(count)
        self.rng.shuffle(kinds)
        forced = self._forced(kinds)
        moments = self.world.calendar.moments(len(kinds), self.rng)
        for nth, (at, (kind, more)) in enumerate(zip(moments, kinds, strict=True)):
            yield self._begin(at, kind, more, forced.get(nth, ""))

    def _kinds(self, count: int) -> list[tuple[str, int]]:
        """The way of each life, and how many further requests it brings with it."""
        kinds = []
        for kind, share in KINDS.items():
            kinds += [(kind, int(kind == "twice"))] * max(1, share * count // 1000)
        for _ in range(max(1, HAPPENINGS * count // 1000)):
            kinds.append(("happening", self.rng.randint(1, 5)))
        if count >= RARE_LEAST:
            kinds += [("rare", 0)] * (len(chances.RARE) * max(1, count // RARE_EVERY))
        held = sum(1 + more for _kind, more in kinds)
        return kinds + [("ordinary", 0)] * (count - held)

    def _forced(self, kinds: list[tuple[str, int]]) -> dict[int, str]:
        """Each category has a place where it is asked about at least once."""
        ordinary = [nth for nth, (kind, _more) in enumerate(kinds) if kind == "ordinary"]
        places = self.rng.sample(ordinary, min(len(self.missing), len(ordinary)))
        return dict(zip(places, self.missing, strict=False))

    def _begin(self, at: datetime, kind: str, more: int, category: str) -> Beats:
        yield at
        if kind == "happening":
            yield from self._happening(at, more)
        elif kind in self.world.books.odd:
            yield from self._odd(at, kind)
        elif kind == "rare":
            yield from self._rare(at)
        elif not category and kind == "ordinary" and self.world.calendar.in_surge(at, self.rng):
            yield from self._surge(at)
        else:
            ask = self.choose(at, category)
            life = self.life(at, ask)
            yield from self._way(life, kind)

    def _way(self, life: Life, kind: str) -> Beats:
        if kind == "twice":
            yield from self._twice(life)
        elif kind in {"withdrawn", "silent"}:
            yield from getattr(lives, kind)(life)
        elif life.plan.direct and kind != "instructed":
            yield from lives.answered_at_once(life)
        else:
            life.plan.instructed = kind == "instructed"
            yield from lives.handled(life)

    # --- Which text -----------------------------------------------------------------------

    def choose(self, at: datetime, category: str = "", *, types: Iterable[str] = ()) -> Ask:
        """A text that fits the season, the least used first."""
        month = at.astimezone(ZONE).month
        books = self.world.books
        if not category and self.world.chance(ENGLISH):
            pool = books.english
            weights = dict.fromkeys(pool, 1.0)
        else:
            pool, weights = books.asks, seasons.categories_of(month)
        code = category or self.rng.choices(list(weights), list(weights.values()))[0]
        fit = [ask for ask in pool[code] if not ask.months or month in ask.months] or pool[code]
        if not types and self.world.chance(QUESTIONS):
            types = ("ZX",)
        fit = [ask for ask in fit if not types or ask.t in types] or fit
        return self._least_used(fit)

    def _least_used(self, asks: list[Ask]) -> Ask:
        least = min(self.used[id(ask)] for ask in asks)
        ask = self.rng.choice([ask for ask in asks if self.used[id(ask)] == least])
        self.used[id(ask)] += 1
        return ask

    # --- Which life -----------------------------------------------------------------------

    def life(
        self, at: datetime, ask: Ask, *, plan: Plan | None = None, user: User | None = None,
        channel: str = "", mode: str = "", campus: str = "", of: Life | None = None,
    ) -> Life:  # fmt: skip
        """A request about to be made; with ``of``, about the same place and time as another."""
        found: list[Life] = []

        def remember(place: object) -> None:
            found[0].place = found[0].place or place  # type: ignore[assignment]

        text = ask.title + ask.ask + ask.answer
        slots = wording.slots_of(at, self.world, text, remember, campus)
        life = Life(self.world, at, ask, plan or chances.plan(self.world, ask), slots)
        found.append(life)
        if of is not None:
            slots.made |= of.slots.made
            life.place = of.place
        hearing.cast(life, user=user, channel=channel, mode=mode)
        return life

    # --- Ways of their own ----------------------------------------------------------------

    def _odd(self, at: datetime, kind: str) -> Beats:
        """Refused, referred, or a crisis: texts that come with what is decided on them."""
        rows = self.world.books.odd[kind]
        least = min(self.used[id(row)] for row in rows)
        row = self.rng.choice([row for row in rows if self.used[id(row)] == least])
        self.used[id(row)] += 1
        life = self.odd_life(at, row)
        yield from getattr(lives, kind)(life, row)

    def odd_life(self, at: datetime, row: dict[str, object]) -> Life:
        ask = Ask(
            category=str(row["category"]), title=str(row["title"]), ask=str(row["ask"]),
            answer=str(row.get("answer", "")), t=str(row["t"]), who=str(row.get("who", "student")),
            o=str(row.get("o", "RESOLVED")),
            hidden=float(str(row.get("hidden", 0))), english=bool(row.get("english")), odd=True,
        )  # fmt: skip
        plan = chances.plan(self.world, ask)
        plan.draft = plan.reclassify = plan.info = plan.promised = plan.photo = False
        return self.life(at, ask, plan=plan, mode=str(row.get("mode", "")))

    def _rare(self, at: datetime) -> Beats:
        """What happens seldom, each of it in turn."""
        found = chances.RARE[self.rare % len(chances.RARE)]
        self.rare += 1
        ask = self.choose(at, types=("QZ", "YJ", "TS"))
        while found.get("joint") and not self.world.shelf.duty(ask.category).joint:
            ask = self.choose(at, types=("QZ", "YJ", "TS"))
        plan = chances.rare(self.world, ask, found)
        yield from lives.handled(self.life(at, ask, plan=plan))

    def _twice(self, life: Life) -> Beats:
        """The same person asks the same again, by telephone, before the answer has come (BD01)."""
        life.user = life.user or self.world.cast.asking[Kind.UNDERGRADUATE][3]
        hearing.cast(life, user=life.user, channel=Channel.MINI, mode=Mode.NAMED)
        life.plan.hours = max(life.plan.hours, 20.0)
        again = self.life(
            self._soon(life.now, self.rng.uniform(2, 7)), life.ask, user=life.user,
            channel=Channel.WECHAT, mode=Mode.NAMED, of=life,
        )  # fmt: skip
        again.plan.draft = again.plan.info = again.plan.reclassify = False
        self.world.begin(lives.merged(again, life, reason="BD01"))
        yield from lives.handled(life)

    def _soon(self, at: datetime, hours: float) -> datetime:
        """Some hours later, but before the end."""
        return at + min(timedelta(hours=hours), (self.world.calendar.until - at) / 2)

    def _happening(self, at: datetime, more: int) -> Beats:
        """Something that several people tell of within a day: one is handled, the others join."""
        month = at.astimezone(ZONE).month
        fit = [h for h in self.world.books.happenings if not h.months or month in h.months]
        happening = self.rng.choice(fit)
        master = self.voice_of(happening, at)
        master.plan.hours = self.rng.uniform(9, 40)
        for _ in range(more):
            soon = self._soon(at, self.rng.triangular(0.25, 8, 1))
            child = self.voice_of(happening, soon, of=master)
            self.world.begin(lives.merged(child, master))
        yield from lives.handled(master)

    def _surge(self, at: datetime) -> Beats:
        """One more voice of the weeks in which everybody writes."""
        happening = self.rng.choices(
            self.world.books.surge, [len(h.asks) for h in self.world.books.surge]
        )[0]
        master = self.masters.get(happening.code)
        if master is not None and lives.takes(master) and self.world.chance(JOINS):
            yield from lives.merged(self.voice_of(happening, at, of=master), master)
            return
        life = self.voice_of(happening, at)
        if life.plan.direct:
            yield from lives.answered_at_once(life)
            return
        self.masters[happening.code] = life
        yield from lives.handled(life)

    def voice_of(self, happening: Happening, at: datetime, *, of: Life | None = None) -> Life:
        ask = self._least_used(happening.asks)
        plan = chances.plan(self.world, ask)
        plan.bounces, plan.upheld, plan.extension, plan.suspended = 0, False, "", False
        plan.promised = plan.reopened = plan.info = plan.reclassify = False
        return self.life(at, ask, plan=plan, of=of, campus=happening.campus)
