"""The audit of an answer, and what comes after it: closing, rating, visits, the end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.utils.translation import gettext as _

from hotline.base.masking import Find, find_personal
from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import clean
from hotline.cases.codes import Mode, OrderState, RatedBy, Score, Solved, State
from hotline.cases.models import Case, Rating, Visit, VisitTry
from hotline.cases.models.aftercare import VisitState, Why
from hotline.cases.screen import Sign, screen
from hotline.cases.services import copies, crisis, proposals
from hotline.cases.services.turn import (
    Turn,
    cancel_visits,
    follow,
    forget_answer,
    lead_order,
    live_orders,
    move,
    signature,
)
from hotline.people.actor import Actor
from hotline.people.permissions import P

CHECKLIST = (
    "contacted",
    "answered",
    "grounds",
    "private",
    "plain",
)  # the auditor's five questions
HOUR_APART = timedelta(hours=1)  # tries of a visit fall into different hours


@dataclass
class Opinion:
    """A rating as it was given: one fact, one result, two dimensions."""

    result: str
    contacted: bool
    solved: str
    attitude: str
    words: str = ""


# --- The audit ---------------------------------------------------------------------------


def leaks(case: Case) -> list[Find]:
    """Names, phones and the like in the answer: to be looked at before it goes out."""
    return find_personal(case.answer, known=copies.known_words(case))


def close(
    case: Case,
    *,
    checked: Iterable[str],
    by: Actor,
    at: datetime,
    leaks_seen: bool = False,
    version: int | None = None,
) -> None:
    """Pass the audit (T19): the answer goes to the requester and their clock stops.

    Raises Invalid while a question of the checklist is open, or a find of the leak scan has
    not been looked at.
    """
    order = lead_order(case)
    with move(case, "close", by=by, at=at, order=order, version=version) as turn:
        missing = set(CHECKLIST) - set(checked)
        if missing:
            raise Invalid(_("请逐项核对审核清单。"), checked=_("请逐项核对审核清单。"))
        found = leaks(case)
        if found and not leaks_seen:
            words = _("答复中有 %(count)d 处疑似个人信息，请核对后勾选确认，或退回修改。")
            words %= {"count": len(found)}
            raise Invalid(words, leaks_seen=words)
        turn.facts["leaks_seen"] = len(found)
        order.ended_at = turn.at
        for joint in live_orders(case):
            if joint.pk != order.pk:
                done = joint.state == OrderState.ANSWERED
                follow(joint, "close" if done else "cancel", at=turn.at)
        mark_closed(case, turn)
        plan_visit(case, turn)


def return_answer(
    case: Case,
    *,
    reason: str,
    words: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Send an answer back to its unit (T18), naming the defect; the clock has never stopped."""
    order = lead_order(case)
    with move(
        case,
        "return_answer",
        by=by,
        at=at,
        order=order,
        reason=reason,
        text=words,
        version=version,
    ):
        order.answered_at = None
        order.attachments.update(withheld=True)  # what goes out next is chosen anew
        forget_answer(case)


def mark_closed(case: Case, turn: Turn) -> None:
    """The moment of closing, on a request that is being moved, and how long it took until then."""
    case.closed_at = turn.at
    case.first_closed_at = case.first_closed_at or turn.at
    took = (
        turn.calendars.office.between(case.submitted_at or turn.at, turn.at)
        - case.paused_working_minutes
    )
    case.worked_minutes = max(took, 0)
    turn.facts |= {"worked": case.worked_minutes, "paused": case.paused_minutes}


# --- The requester's word ----------------------------------------------------------------


def rate(
    case: Case, opinion: Opinion, *, by: Actor, at: datetime, version: int | None = None
) -> Rating:
    """The requester rates the answer (T20), or rejects it with reasons (T21), once a round."""
    verb = "contest" if opinion.result == Score.DISSATISFIED else "rate"
    said = crisis.heeded(case, opinion.words, at=at)
    with said, move(case, verb, by=by, at=at, version=version) as turn:
        rating = _keep_rating(case, opinion, RatedBy.REQUESTER, by, turn)
        cancel_visits(case, at=turn.at, why=Why.SAMPLE)  # who has rated is not asked for a sample
    return rating


def lapse(case: Case, *, by: Actor, at: datetime) -> None:
    """No rating came (T24): 未评价, which is never 满意."""
    with move(case, "lapse", by=by, at=at):
        pass


def archive(case: Case, *, by: Actor, at: datetime) -> None:
    """File a refused, withdrawn or referred request away."""
    with move(case, "archive", by=by, at=at):
        pass


def propose_end(
    case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Propose that nothing more can be done (T23), after it was explained in person."""
    with move(case, "propose_end", by=by, at=at, text=words, version=version):
        proposals.propose(case, "end", words=words, by=by, at=at)


def end(
    case: Case,
    *,
    words: str,
    by: Actor,
    at: datetime,
    agree: bool = True,
    version: int | None = None,
) -> None:
    """A second person ends it (T23), or not. It still counts as 不满意."""
    with move(
        case,
        "end" if agree else "refuse_end",
        by=by,
        at=at,
        text=words,
        version=version,
    ):
        proposals.decide(case, "end", accepted=agree, by=by, at=at)


# --- Visits ------------------------------------------------------------------------------


def plan_visit(case: Case, turn: Turn) -> Visit | None:
    """Plan the call-back that a closed request needs (T30): some always, of the others a sample."""
    why = _why_visit(case, turn)
    return schedule_visit(case, why, turn) if why else None


def schedule_visit(case: Case, why: Why, turn: Turn) -> Visit:
    """Put a call-back on the list, in place of one that still waits: nobody is called twice."""
    cancel_visits(case, at=turn.at)
    due_at = turn.calendar.after(turn.at, *turn.terms.visit_limit)
    return Visit.objects.create(case=case, round=case.round, why=why, due_at=due_at)


def claim(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Take a visit on, for a day: only whoever has it sees the number to call.

    Raises NotAllowed to anyone who handled the request, WrongState where somebody else has it.
    """
    with move(visit.case, "claim_visit", by=by, at=at, visit=visit.pk) as turn:
        _refuse_handlers(visit.case, by)
        _refuse_taken(visit, by, turn.at)
        visit.claimed_by, visit.claimed_at = by.user, turn.at
        visit.save(update_fields=["claimed_by", "claimed_at"])


def record_visit(
    visit: Visit,
    *,
    reached: bool,
    words: str,
    by: Actor,
    at: datetime,
    opinion: Opinion | None = None,
    version: int | None = None,
) -> None:
    """Record one call of a visit, with what the requester said of the answer if they said so.

    An opinion that cannot count any more is kept as words. Raises NotAllowed to anyone who handled
    the request, WrongState where somebody else has it, Invalid for a second try in one hour.
    """
    case = visit.case
    verb = "visit"
    if opinion and not (reached and _may_still_rate(case)):
        words, opinion = " ".join(filter(None, [words, opinion.words])), None
    if opinion:
        verb = "visit_contest" if opinion.result == Score.DISSATISFIED else "visit_rate"
    said = crisis.heeded(case, words, opinion.words if opinion else "", at=at)
    with (
        said,
        move(case, verb, by=by, at=at, version=version, visit=visit.pk, reached=reached) as turn,
    ):
        _refuse_handlers(case, by)
        _refuse_taken(visit, by, turn.at)
        tries = list(visit.tries.all())
        if tries and turn.at - tries[-1].at < HOUR_APART and not reached:
            raise Invalid(_("请换一个时段再联系：两次尝试须间隔一小时以上。"))
        text = clean(words, most=500, field="words")
        case.flagged = case.flagged or screen(text) > Sign.NONE
        VisitTry.objects.create(visit=visit, reached=reached, words=text, by=by.user, at=turn.at)
        if opinion:
            _keep_rating(case, opinion, RatedBy.VISITOR, by, turn)
        if reached or len(tries) + 1 >= turn.terms.visit_tries:
            visit.state = VisitState.DONE if reached else VisitState.UNREACHED
            visit.ended_at = turn.at
            visit.save(update_fields=["state", "ended_at"])


def _why_visit(case: Case, turn: Turn) -> Why | None:
    if case.mode == Mode.ANONYMOUS or case.seal:
        return None  # nobody to call, or nobody who may
    if case.is_complaint:
        return Why.COMPLAINT
    if case.is_urgent:
        return Why.URGENT
    if case.round > 1:
        return Why.REWORK
    if case.steps.filter(verb="instruct").exists():
        return Why.INSTRUCTION
    # A sample that nobody can choose, and anybody can draw again.
    drawn = crc32((case.number or "").encode()) % 100 < turn.terms.visit_sample_percent
    return Why.SAMPLE if drawn else None


def _refuse_handlers(case: Case, by: Actor) -> None:
    """Whoever answered, or belongs to a unit that did, does not ask whether the answer was good."""
    of_unit = case.lead_unit_id is not None and by.may(P.HANDLE, unit=case.lead_unit_id)
    answered = case.steps.filter(by=by.user_id, verb__in=["answer", "reply", "submit_reply"])
    if by.user_id is None or of_unit or answered.exists():
        raise NotAllowed(_("回访须由未参与办理的人员进行。"))


def _refuse_taken(visit: Visit, by: Actor, at: datetime) -> None:
    """Under the request's lock: the visit still waits, and for nobody else."""
    visit.refresh_from_db(fields=["state", "claimed_by", "claimed_at"])
    if visit.state != VisitState.PENDING:
        raise WrongState(_("这次回访已经完成或取消。"))
    if visit.is_held(at) and visit.claimed_by_id != by.user_id:
        raise WrongState(_("这次回访已由他人领取。"))


def _may_still_rate(case: Case) -> bool:
    return case.state == State.CLOSED and not case.ratings.filter(round=case.round).exists()


def _keep_rating(case: Case, opinion: Opinion, source: RatedBy, by: Actor, turn: Turn) -> Rating:
    words = clean(opinion.words, most=2000, field="words")
    if opinion.result == Score.DISSATISFIED and not words:
        why = _("请写明不满意的原因，方便我们重新办理。")
        raise Invalid(why, words=why)
    if case.ratings.filter(round=case.round).exists():
        raise Invalid(_("这一次办理您已经评价过了。"))
    case.flagged = case.flagged or screen(words) > Sign.NONE
    rating = Rating.objects.create(
        case=case,
        round=case.round,
        contacted=opinion.contacted,
        solved=Solved(opinion.solved),
        result=Score(opinion.result),
        attitude=Score(opinion.attitude),
        words=words,
        source=source,
        by=signature(by, case),
        at=turn.at,
    )
    turn.facts |= {"rating": rating.pk, "result": rating.result}
    return rating
