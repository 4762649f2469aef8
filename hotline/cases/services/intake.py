"""A request is heard: written down, submitted, completed, withdrawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from hotline.base.masking import words_of
from hotline.base.refusals import Invalid, Repeated
from hotline.base.words import clean
from hotline.cases import access, numbers, seals
from hotline.cases.codes import Mode, Seal
from hotline.cases.headline import entitle
from hotline.cases.models import Case, Remark, Requester
from hotline.cases.models.aftercare import Why
from hotline.cases.models.record import RemarkKind
from hotline.cases.screen import Sign, screen
from hotline.cases.services import (
    aftercare,
    consenting,
    copies,
    crisis,
    drafting,
    enclosing,
    files,
    recusing,
)
from hotline.cases.services.files import Upload
from hotline.cases.services.given import Person, Words
from hotline.cases.services.turn import Turn, cancel_orders, move, signature
from hotline.people.actor import NOBODY, Actor
from hotline.people.models import User
from hotline.worktime import clock

SHORTEST = 10  # characters of a requester's text; a clerk's summary may be shorter
TITLE_MOST = 80


Tie = Callable[[Case, Turn], None]


def untied(case: Case, turn: Turn) -> None:
    """It belongs to nothing but itself."""


@dataclass(frozen=True)
class Receipt:
    """What the requester takes home; ``code`` is told once, and only to those without an account."""

    case: Case
    code: str = ""


def submit(
    words: Words,
    *,
    by: Actor,
    at: datetime,
    person: Person | None = None,
    key: UUID | None = None,
    draft: Case | None = None,
    tie: Tie = untied,
) -> Receipt:
    """Submit a request (T01): number it, keep who asks apart from it, look for signs of a crisis.

    ``person`` is given when a clerk registers for somebody else. ``key`` is the form's own: the
    same form twice raises Repeated. ``tie`` may join it to an event at birth. Raises Invalid for what cannot be.
    """
    if draft is not None:
        _refuse_repeat(key)
    consenting.refuse_outdated(words, at=at)
    on_behalf, writer = person is not None, by
    person = person or Person.of(writer)
    if words.mode == Mode.ANONYMOUS and not on_behalf:
        by = NOBODY  # not even the record knows
    try:
        with files.staged(words.files, draft) as staged, transaction.atomic():
            kept = drafting.take(draft, by=writer) if draft else None
            receipt = _enter(words, person, kept, key, by=by, at=at, on_behalf=on_behalf, tie=tie)
            files.record(staged, receipt.case, at=at, signed=by.user)
            if words.named or draft is not None:
                _name(receipt.case, words, by=by, at=at)
            if words.named or receipt.case.target_unit_id is not None:
                recusing.relieve(receipt.case, at=at)
            crisis.heed(receipt.case, *_said(receipt.case), at=at)
            return receipt
    except IntegrityError:
        _refuse_repeat(key)
        kept = drafting.draft_of(key, by=writer) if key and draft is None else None
        if kept is None:
            raise
        # The page kept its draft at the same moment.
        return submit(words, by=writer, at=at, key=key, draft=kept, tie=tie)


def _enter(
    words: Words, person: Person, draft: Case | None, key: UUID | None, *, by: Actor, at: datetime,
    on_behalf: bool, tie: Tie,
) -> Receipt:  # fmt: skip
    """Write the request and who asks. Of a draft that is sent anonymously only the files come along."""
    named = draft if words.mode == Mode.ANONYMOUS else None
    if named is not None:
        Case.objects.filter(pk=named.pk).update(form_key=None)
        draft = None
    case = draft or Case(created_at=at, stage_at=at)
    with move(case, "submit", by=by, at=at, channel=words.channel) as turn:
        _describe(case, words, person, shortest=1 if on_behalf else SHORTEST)
        case.form_key = key
        case.registered_by = by.user if on_behalf else None
        case.owner = _owner(words, person, by=by, on_behalf=on_behalf)
        case.privacy_notice = words.notice
        case.flagged = screen(*_said(case)) > Sign.NONE
        case.submitted_at = turn.at
        case.number = numbers.next_numbers(turn.at)[0]
        code = access.new_code() if case.owner is None else ""
        case.code_hash = access.hashed(case.number, code) if code else ""
        tie(case, turn)
    _keep_person(case, person, fresh=draft is None)
    clerk = case.registered_by if on_behalf else None
    consenting.record(case, words, clerk=clerk, reader=by.user, at=turn.at)
    if named is not None:
        named.attachments.update(case=case, by=None)
        named.delete()
    if case.hides_requester and (draft or named):  # its files were kept before that was chosen
        copies.withhold_documents(case)
    return Receipt(case, code)


def _name(case: Case, words: Words, *, by: Actor, at: datetime) -> None:
    """Close it to whom it names before anybody is told of it."""
    case.named_people.all().delete()
    recusing.write_names(case, recusing.names_in(words.named), by=by.user, at=at)


def _said(case: Case) -> tuple[str, str, str]:
    """Everything that the requester wrote: a place can be a cry for help, too."""
    return case.title, case.body, case.place_detail


def _refuse_repeat(key: UUID | None) -> None:
    earlier = Case.objects.filter(form_key=key).only("number").first() if key else None
    if earlier and earlier.number:
        raise Repeated(earlier.number)


def _owner(words: Words, person: Person, *, by: Actor, on_behalf: bool) -> User | None:
    if words.mode == Mode.ANONYMOUS:
        return None
    if not on_behalf:
        return by.user
    # A number that rings proves nothing, a 学号/工号 that the caller gives is taken as theirs.
    return User.objects.filter(account=person.account).first() if person.account else None


def _describe(case: Case, words: Words, person: Person, *, shortest: int) -> None:
    """Write what was said onto the request, in a title nothing of who says it. Raises Invalid."""
    body = clean(words.body, field="body")
    if len(body) < shortest:
        short = _("请至少写 %(least)d 个字，说清楚是什么事、在哪里。") % {"least": shortest}
        raise Invalid(short, body=short)
    case.body = body
    for name in ("type", "category", "place", "target_unit", "mode", "channel"):
        setattr(case, name, getattr(words, name))
    title = clean(words.title, most=TITLE_MOST, field="title")
    case.title = entitle(title, body, known=words_of(person)) or _untitled(case)
    case.place_detail = clean(words.place_detail, most=80, field="place_detail")
    case.city_number = clean(words.city_number, most=60, field="city_number")
    case.seal = Seal.NONE
    if words.about_office or seals.is_about_office(case.target_unit, case.category):
        enclosing.shut(case)
    protected = case.seal or (case.category and case.category.confidential)
    if protected and case.mode == Mode.NAMED:
        case.mode = Mode.CONFIDENTIAL


def _untitled(case: Case) -> str:
    """What to call a request whose text has no clause fit for a title."""
    return str(case.category or case.type or _("（无标题）"))


def _keep_person(case: Case, person: Person, *, fresh: bool) -> None:
    """Who asks, beside the request; nothing at all for 匿名."""
    if case.mode == Mode.ANONYMOUS:
        person = Person()
    if fresh:
        Requester.objects.create(case=case, **vars(person))
    else:
        Requester.objects.update_or_create(case=case, defaults=vars(person))


def was_sent(key: UUID) -> bool:
    """Has a form become a request already?"""
    return Case.objects.filter(form_key=key, number__isnull=False).exists()


def mark_seen(case: Case, *, by: Actor) -> None:
    """The owner has read the request as it stands now."""
    if case.owner_id == by.user_id and case.owner_seen_version != case.version:
        Case.objects.filter(pk=case.pk).update(owner_seen_version=case.version)


# --- What the requester may still do -----------------------------------------------------


def supply(
    case: Case,
    *,
    words: str,
    by: Actor,
    at: datetime,
    uploads: list[Upload] | None = None,
) -> None:
    """Give the facts that were asked for (T03); the request goes back to the triage queue."""
    with (
        files.staged(uploads, case) as staged,
        crisis.heeded(case, words, at=at),
        move(case, "supply", by=by, at=at) as turn,
    ):
        _say(case, RemarkKind.SUPPLEMENT, words, by=by, at=turn.at)
        files.record(staged, case, at=at, signed=signature(by, case))


def supplement(
    case: Case,
    *,
    words: str,
    by: Actor,
    at: datetime,
    uploads: list[Upload] | None = None,
) -> None:
    """Add facts to a request under way. Of a 保密 one, a unit reads them once a clerk releases them."""
    with (
        files.staged(uploads, case) as staged,
        crisis.heeded(case, words, at=at),
        move(case, "supplement", by=by, at=at) as turn,
    ):
        remark = _say(case, RemarkKind.SUPPLEMENT, words, by=by, at=turn.at)
        rows = files.record(staged, case, at=at, signed=signature(by, case))
        if case.hides_requester:
            case.attachments.filter(pk__in=[row.pk for row in rows]).update(withheld=True)
        turn.facts |= {"remark": remark.pk, "files": len(rows)}


def urge(case: Case, *, words: str, by: Actor, at: datetime) -> None:
    """The requester asks to hurry; once in the hours that the terms allow. Raises Invalid sooner."""
    with crisis.heeded(case, words, at=at), move(case, "urge", by=by, at=at) as turn:
        last = case.steps.filter(verb="urge").order_by("-seq").first()
        soonest = last.at + timedelta(hours=turn.terms.urge_hours) if last else turn.at
        if turn.at < soonest:
            when = date_format(soonest.astimezone(clock.ZONE), "m-d H:i")
            raise Invalid(_("您已经催办过，%(when)s 之后可以再次催办。") % {"when": when})
        _say(case, RemarkKind.URGE, words or _("请尽快办理"), by=by, at=turn.at)
        case.urged_at = case.urged_at or turn.at


def withdraw(
    case: Case, *, reason: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Take a request back (T25). For a complaint the office calls, to exclude pressure."""
    with move(case, "withdraw", by=by, at=at, reason=reason, version=version) as turn:
        cancel_orders(case, at=turn.at)
        case.left_at = turn.at
        if case.is_complaint and case.mode != Mode.ANONYMOUS and not case.seal:
            aftercare.schedule_visit(case, Why.WITHDRAWAL, turn)


def hide(case: Case, *, by: Actor, at: datetime) -> None:
    """Raise a 实名 request to 保密. What has been told cannot be made 匿名: withdraw, ask again."""
    with move(case, "hide", by=by, at=at):
        copies.raise_secrecy(case)


def _say(case: Case, kind: RemarkKind, words: str, *, by: Actor, at: datetime) -> Remark:
    text = clean(words, field="words")
    if not text:
        raise Invalid(_("请填写内容。"), words=_("请填写内容。"))
    if screen(text) > Sign.NONE:
        case.flagged = True
    shown = "" if case.hides_requester else text
    return Remark.objects.create(
        case=case, kind=kind, text=text, shown=shown, by=signature(by, case), at=at,
        sealed=case.seal == Seal.CRISIS,
    )  # fmt: skip
