"""The intake clerk's work: accept, classify, ask for facts, refuse, answer at once, refer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import clean
from hotline.cases import seals
from hotline.cases.codes import Outcome, Referral, Seal
from hotline.cases.models import Case, Remark
from hotline.cases.models.record import PASSED_ON, RemarkKind
from hotline.cases.services import (
    aftercare,
    along,
    copies,
    enclosing,
    petitions,
    proposals,
    recusing,
)
from hotline.cases.services.turn import Turn, cancel_orders, move
from hotline.catalog.models import Category, RequestType, Urgency
from hotline.people.actor import Actor
from hotline.people.models import Unit


def accept(
    case: Case,
    *,
    category: Category,
    type: RequestType,
    urgency: Urgency,
    by: Actor,
    at: datetime,
    target_unit: Unit | None = None,
    version: int | None = None,
) -> None:
    """Take a request on (T05): what it is, how urgent. The clerk judges urgency, not the tone."""
    with move(case, "accept", by=by, at=at, version=version) as turn:
        _classify(case, category, type, urgency, target_unit, turn)
        case.accepted_at = turn.at


def reclassify(
    case: Case,
    *,
    category: Category,
    type: RequestType,
    urgency: Urgency,
    by: Actor,
    at: datetime,
    target_unit: Unit | None = None,
    version: int | None = None,
) -> None:
    """Correct what an accepted request is about, before it goes to a unit."""
    with transaction.atomic():
        with move(case, "reclassify", by=by, at=at, version=version) as turn:
            _classify(case, category, type, urgency, target_unit, turn)
        if case.seal in seals.APART:  # it may have waited for leaders, who have no part there
            recusing.relieve(case, at=at)


def _classify(
    case: Case,
    category: Category,
    type: RequestType,
    urgency: Urgency,
    target: Unit | None,
    turn: Turn,
) -> None:
    if urgency.rank == 0:
        raise Invalid(
            _("危机件请使用“危机”按钮，不走普通受理。"),
            urgency=_("危机件不走普通受理。"),
        )
    if target != case.target_unit:  # who says whom a complaint is about, or is not, stands by it
        turn.facts["target"] = [unit and unit.code for unit in (case.target_unit, target)]
    turn.facts["old"] = [case.category_code, case.type and case.type.code]  # unmaskings.py asks
    case.category, case.type, case.urgency, case.target_unit = (
        category,
        type,
        urgency,
        target,
    )
    if category.confidential:
        copies.raise_secrecy(case)
    if case.seal == Seal.NONE and seals.is_about_office(target, category):
        enclosing.shut(case)
        along.take_in(case, at=turn.at)
    turn.facts |= {
        "category": category.code,
        "type": type.code,
        "urgency": urgency.code,
    }


def ask(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Ask the requester for exactly what is missing (T02); their clock stands still meanwhile."""
    with move(case, "ask", by=by, at=at, reason="GQ01", text=words, version=version):
        Remark.objects.create(
            case=case,
            kind=RemarkKind.QUESTION,
            text=clean(words),
            shown=clean(words),
            by=by.user,
            at=at,
        )


def propose_decline(
    case: Case,
    *,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Propose to refuse a complaint (T04); somebody else must confirm it."""
    with move(
        case,
        "propose_decline",
        by=by,
        at=at,
        reason=reason,
        text=words,
        version=version,
    ):
        proposals.propose(case, "decline", reason=reason, words=words, by=by, at=at)


def decline(
    case: Case,
    *,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Refuse a request (T04), telling why and which channel is the right one.

    A complaint is refused only on the proposal of another person. Raises NotAllowed otherwise.
    """
    with move(case, "decline", by=by, at=at, reason=reason, text=words, version=version):
        if case.is_complaint:
            proposals.decide(case, "decline", accepted=True, by=by, at=at)
        case.answer = clean(words)


def keep(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Do not confirm the proposed refusal: the request stays in the triage queue."""
    with move(case, "keep", by=by, at=at, text=words, version=version):
        proposals.decide(case, "decline", accepted=False, by=by, at=at)


def expire(case: Case, *, by: Actor, at: datetime) -> None:
    """No facts came in time (T04b): refused as unclear, with the way back told."""
    with move(case, "expire", by=by, at=at, reason="BS06"):
        case.answer = _("未能在时限内收到补充信息，本件不再办理。您可以随时带上补充信息重新提交。")


def answer(
    case: Case,
    *,
    words: str,
    basis: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Answer a consultation at once (T06), saying on what rule or notice the answer rests."""
    with move(case, "answer", by=by, at=at, text=words, version=version) as turn:
        if case.type is None or not case.type.is_consultation:
            raise Invalid(_("只有咨询可以直接答复，其他诉求请派单办理。"))
        if not basis.strip():
            raise Invalid(_("请写明依据。"), basis=_("请写明答复所依据的知识条目、通知或文件。"))
        case.answer, case.basis = clean(words), clean(basis, most=200, field="basis")
        case.direct, case.outcome = True, Outcome.RESOLVED
        aftercare.mark_closed(case, turn)
        aftercare.plan_visit(case, turn)


def redacted(
    case: Case,
    *,
    title: str,
    body: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Set the copy that units read (脱敏件). Raises Invalid while it still names the requester."""
    with move(case, "redact", by=by, at=at, version=version):
        copies.set_copy(case, title, body)


def refer(
    case: Case,
    *,
    to: Referral,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Hand a request to another channel (T28); the person is told where and why."""
    with move(
        case, "refer", by=by, at=at, reason=reason, text=words, version=version, to=to
    ) as turn:
        cancel_orders(case, at=turn.at)
        case.referred_to, case.answer = to, clean(words)
        case.left_at = turn.at
        if to == Referral.DISCIPLINE:  # what is in it is no longer this office's to read
            case.seal = Seal.DISCIPLINE
        if to == Referral.PETITION:
            petitions.receive(case, at=turn.at)


def acknowledge(case: Case, *, by: Actor, at: datetime, version: int | None = None) -> None:
    """The discipline office says that it has it, and nothing more. Raises WrongState for a second time."""
    with move(case, "acknowledge", by=by, at=at, version=version):
        if case.steps.filter(verb="acknowledge").exists():
            raise WrongState(_("已经告知诉求人收到。"))


def note(case: Case, *, words: str, by: Actor, at: datetime) -> None:
    """Leave an internal note for the office."""
    with move(case, "note", by=by, at=at, text=words):
        pass


def release(
    case: Case,
    *,
    remark: Remark,
    words: str,
    by: Actor,
    at: datetime,
    files: Iterable[int] = (),
) -> None:
    """Let units read a supplement of a 保密 request, in a redacted form. Raises Invalid for anything else."""
    if remark.kind not in PASSED_ON or remark.sealed:
        raise Invalid(_("这段话不能转给单位。"))
    with move(case, "redact", by=by, at=at, remark=remark.pk):
        if copies.leaks_requester(case, words):
            raise Invalid(_("转给单位的内容里仍有诉求人的姓名或号码，请删去。"))
        case.remarks.filter(pk=remark.pk).update(shown=clean(words))
        case.attachments.filter(pk__in=files).update(withheld=False)
