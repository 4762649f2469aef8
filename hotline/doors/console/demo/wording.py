"""What is said in one life: the request as it was written, and everything said after it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from hotline.cases.codes import Channel, Mode
from hotline.catalog.models import Place
from hotline.doors.console.demo.life import Life, World
from hotline.doors.console.demo.people import Cast
from hotline.doors.console.demo.texts import Slots, fill, mistype
from hotline.worktime.clock import ZONE

MOODS = {  # weights of polite, plain, annoyed, angry by the type of a request
    "ZX": (5, 5, 0.1, 0),
    "QZ": (4, 5, 2, 0.5),
    "YJ": (2, 5, 3, 0.7),
    "JY": (5, 5, 0.1, 0),
    "TS": (1, 3, 5, 2.5),
    "JB": (2, 5, 2, 0.7),
    "BY": (0, 1, 0, 0),
    "QT": (3, 5, 0.5, 0),
}
NAMES = ("polite", "plain", "annoyed", "angry")
KINDS_OF_ANSWER = {"ZX": "_ask", "BY": "_praise", "JY": "_idea"}
NOTED = frozenset({Channel.PHONE, Channel.CITY, Channel.DUTY, Channel.VISIT, Channel.MEDIA})
REPAIRS = ("H103", "H201", "H202", "H203", "H204", "T104", "L301", "L105")
TYPOS = 0.05
SIGNED = 0.07  # how often a text carries a name or a number of its own
PLACES = {  # slots that name a building, and the kind of building
    "dorm": "dorm", "teach": "teach", "canteen": "canteen", "gate": "gate", "lab": "lab",
    "abroad": "abroad", "library": "library", "sport": "sport", "clinic": "clinic",
    "office": "office", "parcel": "parcel", "flat": "staff",
}  # fmt: skip


def phrase(life: Life, key: str) -> str:
    """One of the phrases of a kind, in the language of the request where the requester says it."""
    phrases = life.world.books.phrases
    if life.ask.english and f"{key}_en" in phrases:
        key = f"{key}_en"
    return fill(life.rng.choice(phrases[key]), life.slots, life.rng)


def fitting(life: Life, key: str) -> str:
    """A phrase that may speak of something repaired, where it is about that."""
    repair = life.category.code.startswith(REPAIRS) and not life.ask.english
    return phrase(life, f"{key}_fix" if repair and life.chance(0.6) else key)


def reasoned(life: Life, key: str) -> dict[str, Any]:
    """A reason code with the words that go with it."""
    row = dict(life.rng.choice(life.world.books.phrases[key]))
    return {
        name: fill(value, life.slots, life.rng) if isinstance(value, str) else value
        for name, value in row.items()
    }


def request_words(life: Life) -> tuple[str, str]:
    """Title and text of a request, as its channel would bring it."""
    title = fill(life.ask.title, life.slots, life.rng)
    body = fill(life.ask.ask, life.slots, life.rng)
    opener, closer = _mood(life)
    body = _joined(opener, body, closer, english=life.ask.english)
    if life.chance(TYPOS) and not life.ask.english:
        body = mistype(body, life.world.books.typos, life.rng)
    return title, _brought(life, body)


def _mood(life: Life) -> tuple[str, str]:
    """What stands before and after the matter; an agent who takes it down leaves the tone away."""
    if life.ask.t == "BY":
        return "", ""
    if life.channel in NOTED:
        asks = "_ask" if life.ask.t == "ZX" else ""
        return "", phrase(life, f"closer_noted{asks}") if life.chance(0.4) else ""
    mood = life.rng.choices(NAMES, MOODS[life.ask.t])[0]
    opener = phrase(life, f"opener_{mood}") if life.chance(0.55) else ""
    closer = phrase(life, f"closer_{mood}") if life.chance(0.6) else ""
    if life.person.name and life.chance(SIGNED):
        closer += (" " if life.ask.english else "") + phrase(life, "signed")
    return opener, closer


def _joined(*parts: str, english: bool) -> str:
    return (" " if english else "").join(part for part in parts if part).strip()


def _brought(life: Life, body: str) -> str:
    """Who writes it down says so: a call is told by an agent, a letter is copied."""
    key = {
        Channel.PHONE: "by_phone",
        Channel.CITY: "by_city",
        Channel.LEADER: "by_leader",
        Channel.MEDIA: "by_media",
        Channel.DUTY: "by_duty",
        Channel.VISIT: "by_visit",
        Channel.LETTER: "by_letter",
    }.get(Channel(life.channel))
    if key == "by_phone" and life.ask.t == "ZX":
        key = "by_phone_ask"
    return phrase(life, key) + body if key else body


def answer_words(life: Life, *, again: bool = False) -> str:
    """The unit's public answer; ``again`` after a rework."""
    body = fill(life.answer, life.slots, life.rng)
    if life.ask.english:
        return f"{body} {phrase(life, 'answer_close')}"
    kind = KINDS_OF_ANSWER.get(life.ask.t, "")
    words = phrase(life, f"answer_open{kind}") + body
    if again:
        words = phrase(life, "answer_again") + words
    if life.promise:
        life.slots.made["promise"] = day_words(life.promise)
        words += phrase(life, "promise")
    return words + (phrase(life, f"answer_close{kind}") if life.chance(0.6) else "")


def day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


# --- Particulars -------------------------------------------------------------------------


def slots_of(
    life_at: datetime, world: World, text: str, remember: Callable[[Place], None], campus: str = ""
) -> Slots:
    """Makers of every slot; ``remember`` learns the first building that is named.

    All buildings of a request stand on one campus: the main one where ``text`` tells of another.
    """
    rng, cast = world.rng, world.cast
    day = life_at.astimezone(ZONE).date()
    home = campus or world.places.home(rng, main="{campus}" in text)

    def building(kind: str) -> str:
        place = world.places.pick(kind, home, rng)
        remember(place)
        return str(place.name)

    def near(low: int, high: int) -> str:
        return day_words(day + timedelta(days=rng.randint(low, high)))

    makers: dict[str, Callable[[], str]] = {
        slot: partial(building, kind) for slot, kind in PLACES.items()
    }
    makers |= {
        "campus": lambda: str(rng.choice(world.places.campuses[1:]).name),
        "floor": lambda: f"{rng.randint(1, 6)}楼",
        "room": lambda: f"{rng.randint(1, 6)}{rng.randint(1, 32):02d}",
        "date": lambda: near(-4, -1),
        "today": lambda: day_words(day),
        "soon": lambda: near(2, 6),
        "next": lambda: near(9, 24),
        "time": lambda: _time(rng.choice((7, 8, 12, 13, 17, 18, 19, 21)), rng.choice((0, 0, 30))),
        "night": lambda: _time(rng.choice((22, 23, 0, 1)), rng.choice((0, 30))),
        "n": lambda: str(rng.randint(2, 9)),
        "nn": lambda: str(rng.randint(11, 48)),
        "hot": lambda: str(rng.randint(31, 36)),
        "week": lambda: f"第{rng.randint(3, 16)}周",
        "course": lambda: rng.choice(cast.courses),
        "yuan": lambda: str(rng.choice((3, 5, 6, 8, 12, 15, 20))),
        "money": lambda: str(rng.choice((198, 260, 350, 480, 800, 1200, 1800, 2600))),
        "other": lambda: rng.choice(world.books.phrases["others"]),
    }
    return Slots(makers)


PARTS_OF_DAY = ((1, "夜里"), (6, "凌晨"), (11, "早上"), (14, "中午"), (18, "下午"), (24, "晚上"))


def _time(hour: int, minute: int) -> str:
    part = next(word for before, word in PARTS_OF_DAY if hour < before)
    shown = hour if hour <= 12 else hour - 12
    return f"{part}{shown or 12}点{'半' if minute else ''}"


def personal_slots(life: Life, cast: Cast) -> None:
    """What the requester says of themselves."""
    person, made = life.person, life.slots.made
    words = life.world.books.phrases
    made["name"] = person.name or words["no_name"]
    made["phone"] = person.phone or words["no_phone"]
    made["grade"] = person.grade or words["no_grade"]
    made["address"] = words["address"].get(person.kind, "") if life.mode == Mode.NAMED else ""
    college = person.college
    made["college"] = str(college.short) if college else words["no_college"]
    majors = cast.majors.get(college.code, []) if college else []
    made["major"] = life.rng.choice(majors) if majors else words["no_major"]
