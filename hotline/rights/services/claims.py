"""What people ask about their own data. To be forgotten: time to think again, the office's decision within fifteen days, the doing.

A person needs nobody's leave beyond what the law says: the office refuses by one of its grounds, or
grants. What is granted is done as soon as nothing stands in the way; requests under way finish first.
A correction of what the campus directory says is done with the decision, and needs no time to think.
"""

import secrets
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, NotAllowed, Refusal, WrongState
from hotline.base.words import clean, reason
from hotline.cases import policies
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services.turn import hold
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.services import erasing as accounts
from hotline.rights import obstacles, queries
from hotline.rights.models import Claim, ClaimKind, ClaimState, Ground
from hotline.rights.services import correcting, erasing

UNDO = timedelta(days=7)
DECIDE = timedelta(days=15)
REMIND = timedelta(days=3)  # before the office's time is up
BATCH = 200  # requests that one run makes anonymous
WORDS_LEAST = 5  # characters of a refusal


def ask(case: Case | None, *, words: str = "", by: Actor, at: datetime) -> Claim:
    """Ask that one request be made anonymous, or, without one, everything and the account.

    Raises NotAllowed for anybody else's, Invalid for what archive rules keep, WrongState where it has
    been asked or done already.
    """
    if case is None and by.user is None:
        raise NotAllowed(_("请先登录。"))
    if case is not None:
        _refuse_case(case, by)
    mine = case is None or (by.user is not None and case.owner_id == by.user_id)
    claim = Claim(
        kind=ClaimKind.PERSON if case is None else ClaimKind.CASE, case=case,
        user=by.user if mine else None, words=clean(words, most=1000, field="words"),
        asked_at=at, undo_until=at + UNDO, due_at=at + DECIDE,
    )  # fmt: skip
    return _filed(claim)


def ask_correction(fact: str, wanted: str, *, words: str, by: Actor, at: datetime) -> Claim:
    """Ask that a fact of the campus directory be put right, with a reason.

    Raises NotAllowed for a stranger, Invalid for what it cannot be, WrongState while one waits.
    """
    if by.user is None:
        raise NotAllowed(_("请先登录。"))
    value = correcting.checked(by.user, fact, wanted)
    why = reason(words, least=WORDS_LEAST, most=1000)
    claim = Claim(
        kind=ClaimKind.CORRECT, user=by.user, fact=fact, wanted=value, words=why,
        asked_at=at, undo_until=at, due_at=at + DECIDE,
    )  # fmt: skip
    return _filed(claim)


def _filed(claim: Claim) -> Claim:
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
    except IntegrityError:
        raise WrongState(_("您已经申请过，正在处理。")) from None
    return claim


def _refuse_case(case: Case, by: Actor) -> None:
    if not policies.is_requester(by, case):
        raise NotAllowed(_("只有诉求人本人可以申请。"))
    if case.state == State.DRAFT or case.erased_at is not None:
        raise WrongState(_("这件诉求没有可以删除的内容。"))
    if obstacles.is_in_files(case):
        raise Invalid(_("这件诉求的卷宗按档案规定保存，不能在线申请删除。请联系热线办。"))


def undo(claim: Claim, *, by: Actor, at: datetime) -> None:
    """The person thinks again, as long as nothing has been done. Raises NotAllowed or WrongState."""
    if not is_own(claim, by):
        raise NotAllowed(_("只有申请人本人可以撤回。"))
    with transaction.atomic():
        row = _locked(claim, ClaimState.OPEN, ClaimState.GRANTED)
        if row.erased:
            raise WrongState(_("已经开始删除，不能撤回。"))
        row.state, row.done_at = ClaimState.UNDONE, at
        row.words = row.wanted = ""
        row.save(update_fields=["state", "done_at", "words", "wanted"])


def is_own(claim: Claim, by: Actor) -> bool:
    """Is it this person's, or of the request whose code they bear?"""
    if claim.user_id is not None:
        return claim.user_id == by.user_id
    return claim.case_id in by.bearer_of


def grant(claim: Claim, *, by: Actor, at: datetime) -> None:
    """Agree: a correction is made at once. Not while the person may still think again, nor to erase what
    archive rules keep by now.

    Raises NotAllowed, WrongState, or Invalid where the account cannot be so.
    """
    _allow(claim, by)
    with transaction.atomic():
        row = _locked(claim, ClaimState.OPEN)
        if at < row.undo_until:
            raise WrongState(_("申请人还在可以撤回的期限内，请到期后再同意。"))
        if row.case is not None and obstacles.is_in_files(row.case):
            raise WrongState(_("这件诉求的卷宗按档案规定保存，只能不同意并写明法律依据。"))
        if row.kind == ClaimKind.CORRECT and row.user is not None:
            _correct(row, row.user, by=by, at=at)
            return
        row.state, row.decided_by, row.decided_at = ClaimState.GRANTED, by.user, at
        row.save(update_fields=["state", "decided_by", "decided_at"])
        jobs.defer("rights.carry_out")


def _correct(row: Claim, user: User, *, by: Actor, at: datetime) -> None:
    """What was typed stays in the record of the account (Revision), and in no second place."""
    correcting.apply(row, user, by=by, at=at)
    row.state, row.decided_by, row.decided_at, row.done_at = ClaimState.DONE, by.user, at, at
    row.words = row.wanted = ""
    row.save(update_fields=["state", "decided_by", "decided_at", "done_at", "words", "wanted"])
    _tell_person(row)


def refuse(claim: Claim, *, ground: str = "", words: str, by: Actor, at: datetime) -> None:
    """Refuse in words, and to erase only by one of the law's grounds.

    Raises NotAllowed, WrongState or Invalid.
    """
    _allow(claim, by)
    text = clean(words, most=1000, field="words")
    wrong = {}
    if claim.kind == ClaimKind.CORRECT:
        ground = ""
    elif ground not in Ground:
        wrong["ground"] = _("请选择法律依据。")
    if len(text) < WORDS_LEAST:
        wrong["words"] = _("请向申请人写明理由。")
    if wrong:
        raise Invalid(_("请更正标出的内容。"), **wrong)
    with transaction.atomic():
        row = _locked(claim, ClaimState.OPEN)
        row.state, row.ground, row.answer = ClaimState.REFUSED, ground, text
        row.decided_by, row.decided_at = by.user, at
        row.save(update_fields=["state", "ground", "answer", "decided_by", "decided_at"])
        _tell_person(row)


def _allow(claim: Claim, by: Actor) -> None:
    if not queries.open_to(by).filter(pk=claim.pk).exists():
        raise NotAllowed(_("您没有决定个人信息申请的权限。"))
    if claim.user_id is not None and claim.user_id == by.user_id:
        raise NotAllowed(_("自己的申请须由他人决定。"))


def _locked(claim: Claim, *states: ClaimState) -> Claim:
    row = Claim.objects.select_for_update().get(pk=claim.pk)
    if row.state not in states:
        raise WrongState(_("这项申请已经处理过。"))
    return row


def carry_out(*, at: datetime) -> int:
    """Do what was granted, as far as nothing stands in the way; how many requests that were."""
    done = 0
    for claim in Claim.objects.filter(state=ClaimState.GRANTED).order_by("id"):
        done += _carry_out(claim, at=at, most=BATCH - done)
        if done >= BATCH:
            jobs.defer("rights.carry_out")
            break
    return done


def _carry_out(claim: Claim, *, at: datetime, most: int) -> int:
    if _became_a_file(claim):
        _decide_again(claim)
        return 0
    done = 0
    for case in _ready(claim)[:most]:
        with suppress(Refusal):  # something has happened to it meanwhile: the next run looks again
            _erase(case, claim, at=at)
            done += 1
    if not _left(claim):
        with suppress(Refusal):  # the person thought again: others are still waiting
            _finish(claim, at=at)
    return done


def _became_a_file(claim: Claim) -> bool:
    """Do archives keep by now what somebody granted? What is done again after a restore nobody grants."""
    case = claim.case
    if case is None or case.erased_at is not None or claim.decided_by_id is None:
        return False
    return obstacles.is_in_files(case)


def _decide_again(claim: Claim) -> None:
    """Whoever holds the key of the file is reminded, and refuses in words that reach the person."""
    rows = Claim.objects.filter(pk=claim.pk, state=ClaimState.GRANTED)
    rows.update(state=ClaimState.OPEN, decided_by=None, decided_at=None, reminded_at=None)


@transaction.atomic
def _erase(case: Case, claim: Claim, *, at: datetime) -> None:
    """One request of a claim, unless it was taken back while others were done. Raises WrongState.

    The request's row is locked first, as by whoever erases it for its age.
    """
    hold(case.pk)
    row = _locked(claim, ClaimState.GRANTED)
    erasing.erase(case, why=erasing.Why.ASKED, at=at)
    row.erased += 1
    row.save(update_fields=["erased"])


def _ready(claim: Claim) -> list[Case]:
    if claim.case is not None:
        return [] if claim.case.erased_at or obstacles.of(claim.case) else [claim.case]
    return list(erasing.finished(claim.user)) if claim.user else []


def _left(claim: Claim) -> bool:
    """Is there still something that waits for its end?"""
    if claim.case_id is not None:
        return not Case.objects.filter(pk=claim.case_id, erased_at__isnull=False).exists()
    rows = Case.objects.filter(owner=claim.user).exclude(state=State.DRAFT)
    return rows.exclude(obstacles.stays_in_files()).exists()


@transaction.atomic
def _finish(claim: Claim, *, at: datetime) -> None:
    """All of it is anonymous; the account goes last, unless the record needs its name."""
    row = _locked(claim, ClaimState.GRANTED)
    if row.kind == ClaimKind.PERSON and row.user is not None:
        row.kept = Case.objects.filter(obstacles.in_files(), owner=row.user).count()
        if accounts.has_worked(row.user):
            erasing.discard_drafts(row.user)
        else:
            erasing.close(row.user, why=erasing.Why.ASKED, at=at)
        erasing.forget_claims(row.user, at=at)
    row.state, row.done_at, row.words = ClaimState.DONE, at, ""
    row.save(update_fields=["state", "done_at", "words", "kept"])
    _tell_person(row)
    if row.kind == ClaimKind.CASE:  # whose request it was is known to nobody any more
        Claim.objects.filter(pk=row.pk).update(user=None)


def _tell_person(claim: Claim) -> None:
    """The outcome, where there is still somebody to be told; the bearer of a code reads it on the page.

    The message outlives what was asked and says nothing of it: by its number it would lead from the
    forgotten request to its reader. A job that runs twice has the same key and tells them once.
    """
    if claim.user_id is not None:
        jobs.defer(
            "notices.tell", people=[claim.user_id], template="claim_decided",
            key=f"claim:{secrets.token_hex(8)}", ladder=["WECOM", "SMS", "PAGE"],
        )  # fmt: skip


def remind(*, at: datetime) -> int:
    """Tell whoever decides of what must be decided within three days, each once; how many."""
    waiting = Claim.objects.filter(state=ClaimState.OPEN, reminded_at=None, due_at__lte=at + REMIND)
    ids = list(waiting.values_list("pk", flat=True))
    deciders = _deciders(at) if ids else []
    if deciders:
        with transaction.atomic():
            for count, told in _by_count(ids, deciders, at=at).items():
                jobs.defer(
                    "notices.tell", people=told, template="claims_wait",
                    key=f"claims{at:%Y%m%d%H%M}:{count}", facts={"count": count},
                )  # fmt: skip
            Claim.objects.filter(pk__in=ids).update(reminded_at=at)
    return len(ids)


def _deciders(at: datetime) -> list[User]:
    held = (people.standing(each, on=localdate(at)) for each in sorted(queries.DECIDERS))
    return list({user.pk: user for users in held for user in users}.values())


def _by_count(ids: list[int], deciders: Iterable[User], *, at: datetime) -> dict[int, list[int]]:
    """Whom to tell of how many: each of those that they may open, and of no other."""
    found: dict[int, list[int]] = {}
    for user in deciders:
        rows = queries.open_to(people.actor_of(user, on=localdate(at))).filter(pk__in=ids)
        if count := rows.count():
            found.setdefault(count, []).append(user.pk)
    return found
