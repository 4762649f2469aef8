"""How a request is heard: who asks, on which way, in which mode; submitted, completed, taken back."""

from collections.abc import Mapping
from typing import Any

from hotline.cases.codes import Channel, Mode, State
from hotline.cases.models import Case, ConsentKind
from hotline.cases.services import drafting, intake, judging
from hotline.cases.services.files import Upload
from hotline.cases.services.given import Person, Words
from hotline.catalog import privacy
from hotline.doors.console.demo import photos, wording
from hotline.doors.console.demo.hours import AWAKE
from hotline.doors.console.demo.life import Beats, Life
from hotline.people.actor import Actor
from hotline.people.models import Kind, User

CHANNELS: Mapping[Channel, float] = {
    Channel.PHONE: 34, Channel.MINI: 24, Channel.WEB: 15, Channel.WECHAT: 13, Channel.VISIT: 3,
    Channel.LETTER: 2.2, Channel.LEADER: 3, Channel.CITY: 3.2, Channel.DUTY: 1.6, Channel.MEDIA: 1,
}  # fmt: skip
OWN = frozenset({Channel.WEB, Channel.MINI, Channel.WECHAT})  # the requester writes it alone
FROM_OUTSIDE: Mapping[Channel, float] = {
    Channel.PHONE: 6,
    Channel.CITY: 3,
    Channel.LETTER: 1,
    Channel.VISIT: 1,
}
WITHOUT_PERSON = frozenset({Channel.MEDIA})
HIDDEN = 0.1  # how often somebody stays hidden although the matter gives no cause
ANONYMOUS = 0.4  # of those who stay hidden
POOLS = {
    "student": ((Kind.UNDERGRADUATE, 14), (Kind.MASTER, 4), (Kind.DOCTOR, 1)),
    "undergraduate": ((Kind.UNDERGRADUATE, 1),),
    "graduate": ((Kind.MASTER, 3), (Kind.DOCTOR, 1)),
    "international": ((Kind.INTERNATIONAL, 1),),
    "teacher": ((Kind.TEACHER, 1),),
    "staff": ((Kind.TEACHER, 4), (Kind.STAFF, 3), (Kind.RETIRED, 1)),
    "retired": ((Kind.RETIRED, 1),),
}
OUTSIDE = {"parent": Kind.PARENT, "outsider": Kind.OUTSIDER, "alumnus": Kind.ALUMNUS}


def cast(life: Life, *, user: User | None = None, channel: str = "", mode: str = "") -> None:
    """Decide who asks, by which channel and in which mode, where the caller has not."""
    life.user = user or _somebody(life)
    life.channel = channel or _drawn(life, _channels(life))
    life.mode = mode or _mode(life)
    life.person = _person(life)
    wording.personal_slots(life, life.world.cast)


def _somebody(life: Life) -> User | None:
    if life.ask.who in OUTSIDE:
        return None
    pool = POOLS[life.ask.who]
    kind = life.rng.choices([k for k, _ in pool], [w for _, w in pool])[0]
    people = life.world.cast.asking[kind][int(life.ask.odd) :]
    # Some ask often: the front of the list more than its end, the demo's own accounts now and then.
    return people[int(len(people) * life.rng.random() ** 1.3)]


def _channels(life: Life) -> Mapping[Channel, float]:
    """Who has no account rings or writes; English comes in writing."""
    if life.user is None:
        return FROM_OUTSIDE
    written = OWN | {Channel.LETTER}
    return {c: w for c, w in CHANNELS.items() if c in written} if life.ask.english else CHANNELS


def _drawn(life: Life, weights: Mapping[Channel, float]) -> str:
    return life.rng.choices(list(weights), list(weights.values()))[0]


def _mode(life: Life) -> str:
    if life.chance(max(life.ask.hidden, HIDDEN if life.ask.t not in {"ZX", "BY"} else 0.02)):
        own = life.channel in OWN or life.channel == Channel.PHONE
        return Mode.ANONYMOUS if own and life.chance(ANONYMOUS) else Mode.CONFIDENTIAL
    return Mode.NAMED


def _person(life: Life) -> Person:
    if life.user is not None:
        known = Person.of(life.world.actor(life.user))
        if life.channel in OWN or life.chance(0.8):
            return known
        known.account = ""  # rang, and gave no number of their own: a code instead of an account
        return known
    if life.channel in WITHOUT_PERSON:
        return Person()
    name = life.rng.choice(life.world.cast.outside)
    phone = f"154{life.rng.randrange(10**8):08d}"
    return Person(name=name, phone=phone, kind=OUTSIDE.get(life.ask.who, Kind.OUTSIDER))


def hear(life: Life) -> Beats:
    """The request comes in, at once or by way of a draft (T01)."""
    yield life.now
    draft = None
    if life.plan.draft and life.channel in OWN and life.mode != Mode.ANONYMOUS:
        draft = write_draft(life)
        yield life.later(4, 240, AWAKE)
    submit(life, draft)


def write_draft(life: Life) -> Case:
    """Half a request, kept for later."""
    title, body = wording.request_words(life)
    half = Words(body=body[: max(12, len(body) // 2)], title=title, mode=life.mode)
    life.case = drafting.keep(half, by=_writer(life), at=life.now)
    life.world.written.append(life.case.pk)
    return life.case


def submit(life: Life, draft: Case | None = None) -> None:
    """Submit it, and remember in which standing its requester comes back to it."""
    title, body = wording.request_words(life)
    knows = life.channel in OWN and not life.chance(0.35)
    words = Words(
        body=body,
        title=title if life.chance(0.75) or life.channel not in OWN else "",
        type=life.world.shelf.types[life.ask.t],
        category=life.category if knows or life.channel not in OWN else None,
        place=life.place,
        place_detail=life.slots.made.get("room", "") if life.place else "",
        target_unit=life.world.cast.units[life.ask.target] if life.ask.target else None,
        mode=life.mode,
        channel=life.channel,
        city_number=_city_number(life),
        files=_photo(life),
        **_agreed(life),
    )
    own = life.channel in OWN
    receipt = intake.submit(
        words, by=_writer(life), at=life.now, person=None if own else life.person, draft=draft
    )
    life.case = receipt.case
    life.world.written.append(life.case.pk)
    for row in life.case.attachments.all() if words.files else ():
        judging.judge(row, at=life.now)
    life.voice = _voice(life)


def _agreed(life: Life) -> dict[str, Any]:
    """The notice that was in force, and what they agreed to: most to an SMS, some to be published."""
    version = privacy.version_at(life.now)
    if not version or life.channel not in OWN | {Channel.PHONE}:
        return {}
    kinds = {ConsentKind.SMS} if life.now.minute % 4 else set()
    kinds |= {ConsentKind.PUBLISH} if life.now.minute % 3 == 0 else set()
    return {"notice": version, "consents": frozenset(kinds)}


def _writer(life: Life) -> Actor:
    """Who fills in the form: the requester, or whoever of the office takes it down."""
    if life.channel in OWN and life.user is not None:
        return life.world.actor(life.user)
    if life.channel == Channel.CITY:
        return life.world.of_office("R14")
    if life.channel in {Channel.PHONE, Channel.DUTY}:
        return life.world.of_office("R2")
    return life.clerk


def _voice(life: Life) -> Actor:
    if life.case.owner_id is not None and life.user is not None:
        return life.world.actor(life.user)
    return Actor(bearer_of=frozenset({life.case.pk}))


def _city_number(life: Life) -> str:
    if life.channel != Channel.CITY:
        return ""
    return f"{life.now:%Y%m%d}{life.rng.randrange(10**6):06d}"


def _photo(life: Life) -> list[Upload]:
    if not life.plan.photo or not life.world.photos:
        return []
    life.world.photos -= 1
    return [photos.picture(life.rng, life.category.code)]


# --- What the requester does later -------------------------------------------------------


def supplement(life: Life) -> None:
    """Facts added on the way; of a hidden requester, a clerk lets the units read them."""
    intake.supplement(
        life.case, words=wording.phrase(life, "supplement"), by=life.voice, at=life.now
    )


def urge(life: Life) -> None:
    intake.urge(life.case, words=wording.phrase(life, "urge"), by=life.voice, at=life.now)


def withdraw(life: Life) -> Beats:
    """Taken back by the requester (T25); for a complaint, the office calls."""
    yield life.later(20, 400, AWAKE)
    take_back(life, reason=life.rng.choice(("CH01", "CH01", "CH02", "CH03")))


def take_back(life: Life, *, reason: str) -> None:
    intake.withdraw(life.case, reason=reason, by=life.voice, at=life.now)


def supply(life: Life) -> Beats:
    """The facts that were asked for, within the time there is for them (T03)."""
    yield life.later(15, 700, AWAKE)
    if life.case.state == State.NEED_INFO:
        intake.supply(life.case, words=wording.phrase(life, "supply"), by=life.voice, at=life.now)
