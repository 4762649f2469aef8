"""What happened becomes rows of the outbox: to whom, by which way, in which words. Sends nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from hotline.base import jobs
from hotline.cases import recusal
from hotline.cases.models import Case, Step
from hotline.catalog import shelf
from hotline.notices import rest, ways, wording
from hotline.notices.audience import Telling, told_of
from hotline.notices.codes import CARRIED, PENDING, Channel, State, Why
from hotline.notices.models import Message
from hotline.notices.stories import Recipient, Story
from hotline.people.models import User
from hotline.worktime.clock import ZONE

USUAL = (Channel.WECOM, Channel.SMS, Channel.CALL)
Facts = Mapping[str, str | int | datetime | None]


@dataclass(frozen=True)
class Letter:
    """One thing to tell one person; not yet which way it takes."""

    key: str
    purpose: str
    template: str
    ladder: tuple[Channel, ...]
    to: Recipient
    facts: Facts = field(default_factory=dict)
    case: Case | None = None
    step_id: int | None = None
    level: int | None = None
    urgent: bool = False
    every_channel: bool = False


@shelf.steady()
def fan_out(story: Story) -> int:
    """Turn a step into messages, each once however often this runs; how many are new.

    What seals a request takes back what was still to be said of it, and what was said of it loses
    its words. What hides who asks takes the title out of what units read or is still to go.
    """
    with transaction.atomic():
        if story.seals:
            withhold(story.step)
        elif story.bars:
            forget(story.step)
        elif story.step.verb == "hide":
            untitle(story.case, before=story.step.pk)
        letters = [
            _letter(story, telling, to)
            for telling in told_of(story.step.verb, story.step.facts.get("to", ()))
            for to in story.recipients(telling)
        ]
        return post(_one_each(letters), at=story.at)


def _letter(story: Story, telling: Telling, to: Recipient) -> Letter:
    step, who = story.step, _who(to, story.case)
    level = step.facts.get("level") if step.verb in LEVELLED else None
    if level is None or "slip" in step.facts:  # a slip that is returned asks anew, each time
        key = f"s{step.pk}:{telling.template}:{who}"
    else:  # one message a level, order, person and day
        thing = f"o{to.order.pk}" if to.order else f"c{step.case_id}"
        key = f"l{level}:{thing}:{who}:{localdate(step.at):%Y%m%d}"
    return Letter(
        key, step.verb, telling.template, telling.ladder, to, story.values(telling, to),
        story.case, step.pk, level, telling.urgent or story.case.is_urgent, telling.every_channel,
    )  # fmt: skip


LEVELLED = frozenset({"remind", "chase", "supervise", "escalate"})


def _one_each(letters: Iterable[Letter]) -> list[Letter]:
    """Nobody is told of the same step twice because they stand in two lines of the table.

    But who works for two units is told of the order of each.
    """
    found: dict[str, list[Letter]] = {}
    for letter in letters:
        told = found.setdefault(f"{_who(letter.to, letter.case)}:{letter.to.to_requester}", [])
        orders = {each.to.order.pk if each.to.order else None for each in told}
        if not told or (letter.to.order and not orders & {letter.to.order.pk, None}):
            told.append(letter)
    return [letter for told in found.values() for letter in told]


def tell(
    people: Iterable[User],
    template: str,
    facts: Facts,
    *,
    key: str,
    at: datetime,
    case: Case | None = None,
    urgent: bool = False,
    every_channel: bool = False,
    ladder: tuple[Channel, ...] = USUAL,
) -> int:
    """Tell people of something that is no step: a drill, a shift, a digest. How many are new.

    The same ``key`` tells the same person once. ``facts`` fill the template's variables; moments
    are written in the reader's language. Raises KeyError for a template that there is not.
    """
    wording.specs()[template]
    letters = [
        Letter(
            f"t:{key}:u{user.pk}", template, template, ladder, _as(user, case), facts, case,
            urgent=urgent, every_channel=every_channel,
        )
        for user in people
    ]  # fmt: skip
    with transaction.atomic():
        if every_channel:
            _supersede(letters)
        return post(letters, at=at)


def _as(user: User, case: Case | None) -> Recipient:
    """Told of a request of their own, anybody is its requester, whom no page of the office names."""
    return Recipient(user, to_requester=case is not None and case.owner_id == user.pk)


def _supersede(letters: list[Letter]) -> None:
    """Whoever is called once more need not be rung up for the first time as well."""
    first = letters[0] if letters else None
    if first is not None:
        calls = Message.objects.filter(channel=Channel.CALL, state=State.READY, done_by=None)
        calls = calls.filter(template=first.template, case=first.case)
        calls = calls.filter(user__in=[letter.to.user for letter in letters])
        keys = [f"{letter.key}:{Channel.CALL}" for letter in letters]
        calls.exclude(key__in=keys).update(state=State.SKIPPED)


def take_back(key: str) -> int:
    """Nobody need be told any more of what other rooms tell under keys that begin so; how many
    messages still waited, and no clerk has taken on."""
    told = Message.objects.filter(key__startswith=f"t:{key}", done_by=None)
    return told.filter(state__in=PENDING - {State.SENDING}).update(state=State.SKIPPED)


def tell_by_job(
    people: Iterable[User],
    template: str,
    facts: Mapping[str, int | str],
    *,
    key: str,
    at: datetime,
    case_id: int | None = None,
    urgent: bool = False,
    every_channel: bool = False,
    ladder: Iterable[str] = USUAL,
) -> int:
    """The same from a job's plain values: ``time`` is a moment as ISO 8601 writes it."""
    moments = {"time": datetime.fromisoformat(str(facts["time"]))} if "time" in facts else {}
    case = Case.objects.get(pk=case_id) if case_id else None
    return tell(
        people, template, {**facts, **moments}, key=key, at=at, case=case, urgent=urgent,
        every_channel=every_channel, ladder=tuple(Channel(way) for way in ladder),
    )  # fmt: skip


@shelf.steady()
def post(letters: list[Letter], *, at: datetime) -> int:
    """Write letters into the outbox, those that are not there yet, and wake the deliveries."""
    if not letters:
        return 0
    reach = ways.Reach.of(
        (letter.to.user for letter in letters if letter.to.user),
        asked={x.case for x in letters if x.to.to_requester and x.case is not None},
    )
    rows = [row for letter in letters for row in _rows(letter, reach, at)]
    known = set(Message.objects.filter(key__in=[r.key for r in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    Message.objects.bulk_create(fresh, ignore_conflicts=True)
    for channel in sorted({row.channel for row in fresh if row.state == State.READY}):
        wake(channel)
    return len(fresh)


def wake(channel: str) -> None:
    """See to it that somebody delivers what waits on a channel."""
    if channel in CARRIED:
        jobs.wake("notices.drain", lock=f"notices.drain.{channel}", channel=channel)


def _rows(letter: Letter, reach: ways.Reach, at: datetime) -> Iterable[Message]:
    """One row on the first way that is open; one on each where every channel is to ring."""
    if not letter.every_channel:
        yield _row(letter, reach, at, letter.ladder, first=True)
        return
    opened = [c for c in letter.ladder if not _hindrance(letter, reach, c, at)]
    for number, channel in enumerate(opened or letter.ladder[:1]):
        yield _row(letter, reach, at, (channel,), first=number == 0, tail=f":{channel}")


def _hindrance(letter: Letter, reach: ways.Reach, channel: str, at: datetime) -> Why:
    phone = ways.address(letter.to.user, _requester(letter), Channel.SMS)
    return reach.hindrance(
        channel,
        letter.to.user,
        phone=phone,
        to_requester=letter.to.to_requester,
        case_id=letter.case.pk if letter.case else None,
        urgent=letter.urgent,
        every_channel=letter.every_channel,
        at=at,
    )


def _requester(letter: Letter) -> Any:
    return getattr(letter.case, "requester", None) if letter.to.to_requester else None


def _row(
    letter: Letter,
    reach: ways.Reach,
    at: datetime,
    ladder: tuple[Channel, ...],
    *,
    first: bool,
    tail: str = "",
) -> Message:
    hindrances = [_hindrance(letter, reach, channel, at) for channel in ladder]
    open_rungs = [n for n, why in enumerate(hindrances) if not why]
    if Why.OFF in hindrances:  # whoever wants no message is not rung up either
        open_rungs = [n for n in open_rungs if ladder[n] != Channel.CALL]
    rung = open_rungs[0] if open_rungs else 0
    state, not_before = State.READY, None
    if not open_rungs:
        state = State.SKIPPED
    elif ladder[rung] == Channel.PAGE:
        state = State.DELIVERED
    elif not letter.urgent and rest.is_quiet(at) and ladder[rung] != Channel.CALL:
        state, not_before = State.HELD, rest.awake(at)
    language = reach.language(letter.to.user)
    words = wording.wording(letter.template, ladder[rung], language)
    values = said(letter.facts, language)
    return Message(
        key=f"{letter.key}{tail}",
        case=letter.case, order=letter.to.order, step_id=letter.step_id, user=letter.to.user,
        who=_who(letter.to, letter.case), to_requester=letter.to.to_requester,
        purpose=letter.purpose, template=letter.template, level=letter.level, urgent=letter.urgent,
        language=language, title=wording.heading(words.spec.code, words.language), text=text_of(words, values),
        params=values, ladder=list(ladder), rung=rung, channel=ladder[rung],
        first=first, state=state, why=_why(hindrances[:rung] if open_rungs else hindrances),
        created_at=at, not_before=not_before,
        delivered_at=at if state == State.DELIVERED else None,
    )  # fmt: skip


def _why(hindrances: list[Why]) -> Why:
    """Why not on the first way; the reason nearest to the way that was taken."""
    return next((why for why in reversed(hindrances) if why), Why.NONE)


def text_of(words: wording.Wording, values: Mapping[str, str]) -> str:
    """What a person reads: of a WeChat message the words an SMS would have."""
    if words.channel == Channel.WECHAT:
        words = wording.wording(words.spec.code, Channel.SMS, words.language)
    return wording.fill(words, values)


def said(facts: Facts, language: str) -> dict[str, str]:
    """Facts as words in a language, the title short."""
    words = {name: _say(value, language) for name, value in facts.items()}
    if "title" in words:
        words["title"] = wording.cut(words["title"], wording.TITLE_MOST)
    return words


def _say(value: str | int | datetime | None, language: str) -> str:
    if value is None:
        return "—"
    if not isinstance(value, datetime):
        return str(value)
    here = value.astimezone(ZONE)
    if language == "en":
        return f"{here.day} {MONTHS[here.month - 1]} {here:%H:%M}"
    return f"{here.month}月{here.day}日 {here:%H:%M}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _who(to: Recipient, case: Case | None) -> str:
    if to.user is not None:
        return f"u{to.user.pk}"
    return f"c{case.pk if case else 0}"


def _before(step: Step) -> QuerySet[Message]:
    """What was told of a request before a step of it, by its steps or by another room."""
    earlier = Q(step_id__lt=step.pk) | Q(step=None, created_at__lt=step.at)
    return Message.objects.filter(earlier, case=step.case_id)


def withhold(step: Step) -> None:
    """Take back what was still to be said of a request, and blank what others were told of it."""
    told = _before(step)
    told.filter(state__in=PENDING - {State.SENDING}).update(state=State.SKIPPED, why=Why.SEALED)
    told.filter(to_requester=False).update(text="", params={})


def forget(step: Step) -> None:
    """Take from those who must keep away what they were told, or were still to be told, of a request."""
    told = _before(step).filter(user__isnull=False, to_requester=False)
    theirs = told.filter(user__in=recusal.away_from(step.case))
    theirs.filter(state__in=PENDING - {State.SENDING}).update(state=State.SKIPPED, why=Why.SEALED)
    theirs.update(text="", params={}, why=Why.SEALED)


def untitle(case: Case, *, before: int) -> None:
    """Take the title out of what units were told of a request, and out of what is still to go.

    It may say who asks. Pages draw what units may read of it from then on; a message is not drawn
    again.
    """
    theirs = Q(order__isnull=False) | Q(state__in=PENDING)
    told = Message.objects.filter(theirs, case=case, step_id__lt=before, to_requester=False)
    for message in told.filter(params__has_key="title").order_by("id"):
        values = {**message.params, "title": ""}
        words = wording.wording(message.template, message.channel, message.language)
        Message.objects.filter(pk=message.pk).update(text=text_of(words, values), params=values)
