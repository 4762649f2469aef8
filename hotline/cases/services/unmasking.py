"""Seeing in full who somebody is: asked for with a reason, for some classes granted by a second
person, for a time. Everything is a row of its own; nothing is changed afterwards."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.masking import redact, words_of
from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import reason
from hotline.cases import folder, policies, recusal, seals, unmaskings
from hotline.cases.models import Case, Purpose, Unmasking, UnmaskingEvent, UnmaskingVerb
from hotline.cases.sight import Sight
from hotline.cases.unmasking import LONGEST, WAITS
from hotline.catalog import terms
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.permissions import P

WORDS_LEAST = 10  # characters


def ask(
    sight: Sight, *, fields: Collection[str], purpose: str, words: str, by: Actor, at: datetime
) -> Unmasking:
    """Ask to see ``fields`` of a request in full; where no second person is needed, it is granted.

    ``sight`` is how this person sees it now. Raises NotAllowed where their standing does not let them
    ask, WrongState while an earlier asking is open or waits, Invalid for a reason that is too short or
    names the requester.
    """
    if by.user is None or not fields or set(fields) - sight.unmaskable:
        raise NotAllowed(_("您不能申请查看这些信息。"))
    two = unmaskings.takes_two(sight.case)
    with transaction.atomic():
        _refuse_second(sight.case, by.user.pk, at)
        row = Unmasking.objects.create(
            case=sight.case, order=sight.unit_order, by=by.user, at=at, fields=sorted(fields),
            purpose=Purpose(purpose), words=_reason(sight.case, words), two=two,
        )  # fmt: skip
        if two:
            _tell(row, _deciders(row, at), "unmask_asked")
        else:
            _event(row, UnmaskingVerb.GRANT, at, until=at + _minutes())
    return row


def _refuse_second(case: Case, by: int, at: datetime) -> None:
    """One asking at a time: of several sent at once the others wait here, and are refused."""
    _refuse_erased(case.pk)
    if any(asked.is_open(at) or asked.waits(at) for asked in folder.asked(case, by, at=at)):
        raise WrongState(_("您对这件诉求已有一项申请。"))


def _refuse_erased(case: int) -> None:
    """Lock it. Of whom it was forgotten nobody writes any more: what is written here stays."""
    held = Case.objects.select_for_update().filter(pk=case).values_list("erased_at", flat=True)
    if list(held) != [None]:
        raise WrongState(_("这件诉求已匿名化，不能再变动。"))


def _reason(case: Case, words: str) -> str:
    text, person = reason(words, least=WORDS_LEAST), folder.requester(case)
    known = words_of(person) if person else []
    if redact(text, known=known, kinds=frozenset({"known", "phone", "identity"})) != text:
        named = _("理由会长期保存，请不要写诉求人的姓名、学号工号或电话。")
        raise Invalid(named, words=named)
    return text


def _minutes() -> timedelta:
    return min(timedelta(minutes=max(1, terms.current().unmask_minutes)), LONGEST)


def grant(unmasking: Unmasking, *, by: Actor, at: datetime) -> None:
    """Agree to what somebody else asks. Raises NotAllowed and WrongState."""
    with _deciding(unmasking, by, at) as row:
        _event(row, UnmaskingVerb.GRANT, at, by=by, until=at + _minutes())
        _tell(row, [row.by_id], "unmask_decided")


def refuse(unmasking: Unmasking, *, words: str, by: Actor, at: datetime) -> None:
    """Do not agree, and say why. Raises NotAllowed, WrongState and Invalid."""
    with _deciding(unmasking, by, at) as row:
        text = _reason(row.case, words)
        _event(row, UnmaskingVerb.REFUSE, at, by=by, words=text)
        _tell(row, [row.by_id], "unmask_decided")


def end(unmasking: Unmasking, *, by: Actor, at: datetime) -> None:
    """Hide it again before the time is up: for whoever asked, and for who may grant.

    Raises NotAllowed, and WrongState when it is not open.
    """
    with transaction.atomic():
        row = _locked(unmasking)
        if row.by_id != by.user_id and not policies.may_with(by, row.case, P.UNMASK):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        events = {event.verb: event for event in row.events.all()}
        granted = events.get(UnmaskingVerb.GRANT)
        if granted is None or UnmaskingVerb.END in events or at >= (granted.until or at):
            raise WrongState(_("查看时限已经结束。"))
        _event(row, UnmaskingVerb.END, at, by=by)


@contextmanager
def _deciding(unmasking: Unmasking, by: Actor, at: datetime) -> Iterator[Unmasking]:
    """The locked row of an asking that waits, for somebody who may decide on it."""
    with transaction.atomic():
        _refuse_erased(unmasking.case_id)
        row = _locked(unmasking)
        if not policies.unmask_decider(by, row.case, row.by_id):
            raise NotAllowed(_("须由另一位有批准权限的人员决定。"))
        if row.events.exists() or at >= row.at + WAITS:
            raise WrongState(_("这项申请已经有结果，或已过期。"))
        yield row


def _locked(unmasking: Unmasking) -> Unmasking:
    rows = Unmasking.objects.select_for_update(of=("self",)).select_related("case__category")
    return rows.get(pk=unmasking.pk)


def _event(
    row: Unmasking,
    verb: UnmaskingVerb,
    at: datetime,
    *,
    by: Actor | None = None,
    until: datetime | None = None,
    words: str = "",
) -> None:
    UnmaskingEvent.objects.create(
        unmasking=row, verb=verb, by=by.user if by else None, at=at, until=until, words=words
    )


def _deciders(row: Unmasking, at: datetime) -> list[int]:
    """Who is told that a decision waits: those who may decide on it, and nobody else learns of it."""
    case, on = row.case, localdate(at)
    key = seals.stand_in(case.seal, P.UNMASK)
    held = people.standing(key, on=on, category=case.category_code) if key else []
    closed = recusal.kept_away(case, held, on=on) | {row.by_id, case.owner_id}
    return [user.pk for user in held if user.pk not in closed]


def _tell(row: Unmasking, whom: list[int], template: str) -> None:
    if whom:
        jobs.defer(
            "notices.tell", people=whom, template=template, key=f"unmask{row.pk}:{template}",
            facts={"number": row.case.number or ""}, case_id=row.case_id,
        )  # fmt: skip
