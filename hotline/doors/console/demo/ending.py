"""After the answer: rated or not, called back, reworked, reopened, filed away."""

from datetime import datetime, timedelta

from hotline.cases.codes import Score, Solved, State
from hotline.cases.models import Visit
from hotline.cases.services import aftercare, dispatching, intake
from hotline.cases.services.aftercare import Opinion
from hotline.doors.console.demo import acts, deciding, wording, working
from hotline.doors.console.demo.hours import AWAKE, OFFICE, STAFFED, WORK
from hotline.doors.console.demo.life import Beats, Life
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import Unit

TELLS = 0.62  # how often somebody who is reached by telephone also rates the answer
REACHED = 0.8


def follow_up(life: Life) -> Beats:
    """From the closed answer to the archive, however many rounds that takes."""
    while life.case.state == State.CLOSED:
        yield from judged(life)
        if life.case.state != State.DISSATISFIED:
            break
        if life.plan.ended:
            yield from explained(life)
            yield from called_back(life)
        if life.case.state == State.DISSATISFIED:
            yield from reworked(life)
    if life.plan.reopened and life.case.closed_at and life.case.state == State.ARCHIVED:
        life.plan.reopened = False
        yield from reopened(life)
        yield from follow_up(life)


def judged(life: Life) -> Beats:
    """The requester's word, the call-back, or the end of the days for either."""
    visit = life.case.visits.filter(state="PENDING").first()
    rated = _when_rated(life)
    called = OFFICE.after(life.now, life.rng.triangular(90, 950, 420)) if visit else None
    if rated is not None and (called is None or rated < called):
        yield life.at(rated)
        rate(life)
        if life.case.state == State.ARCHIVED and visit is not None:
            yield from called_back(life)
        return
    if visit is not None and called is not None:
        yield life.at(called)
        yield from call_back(life, visit)
    if life.case.state == State.CLOSED:
        if rated is not None and rated > life.now:
            yield life.at(rated)
            rate(life)
        else:
            if life.chance(0.5):
                intake.mark_seen(life.case, by=life.voice)
            yield life.time_up()
            aftercare.lapse(life.case, by=SYSTEM, at=life.now)


def _when_rated(life: Life) -> datetime | None:
    if not life.plan.rating:
        return None
    return AWAKE.after(life.now, life.rng.triangular(4, 4200, 60))


def rate(life: Life) -> None:
    """By the requester, with reasons where it is no good rating (T20, T21)."""
    score, life.plan.rating = Score(life.plan.rating), ""
    aftercare.rate(life.case, opinion(life, score), by=life.voice, at=life.now)
    intake.mark_seen(life.case, by=life.voice)


def opinion(life: Life, score: Score) -> Opinion:
    """The four marks that go with a score, and some words."""
    solved, attitude = {
        Score.SATISFIED: (Solved.YES, Score.SATISFIED),
        Score.FAIR: (life.rng.choice((Solved.YES, Solved.PARTLY)), Score.SATISFIED),
        Score.DISSATISFIED: (life.rng.choice((Solved.NO, Solved.PARTLY)), Score.FAIR),
    }[score]
    if score == Score.DISSATISFIED and life.chance(0.4):
        attitude = Score.DISSATISFIED
    says = score == Score.DISSATISFIED or life.chance(0.6)
    say = wording.phrase if score == Score.FAIR else wording.fitting
    words = say(life, f"rating_{score.lower()}") if says else ""
    return Opinion(score, life.chance(0.95), solved, attitude, words)


def called_back(life: Life) -> Beats:
    """A call that must be made although the requester has already had their say."""
    visit = life.case.visits.filter(state="PENDING").first()
    if visit is not None:
        yield life.later(60, 700, OFFICE)
        yield from call_back(life, visit)


def call_back(life: Life, visit: Visit) -> Beats:
    """A call by somebody who had no part in it (T30), in up to three different hours."""
    by = visitor(life)
    aftercare.claim(visit, by=by, at=life.now)
    for nth in range(3):
        reached = life.chance(REACHED)
        said = None
        if reached and life.case.state == State.CLOSED and (life.plan.rating or life.chance(TELLS)):
            said = opinion(life, Score(life.plan.rating or _kind_score(life)))
            life.plan.rating = ""
        words = wording.phrase(life, "visit_reached" if reached else "visit_missed")
        aftercare.record_visit(
            visit, reached=reached, words=words, by=by, at=life.now, opinion=said
        )
        if reached or nth == 2:
            return
        yield life.later(70, 300, OFFICE)


def _kind_score(life: Life) -> str:
    return str(
        life.rng.choices((Score.SATISFIED, Score.FAIR, Score.DISSATISFIED), (86, 12.5, 1.5))[0]
    )


def visitor(life: Life) -> Actor:
    """One of the agents who did not answer it."""
    answered = set(life.case.steps.filter(verb="answer").values_list("by", flat=True))
    return life.rng.choice([a for a in life.world.cast.office["R2"] if a.user_id not in answered])


def reworked(life: Life) -> Beats:
    """Not satisfied: the next round, by the same unit (T22)."""
    yield life.later(20, 200, OFFICE)
    to = _first_unit(life)
    life.order = dispatching.rework(
        life.case, **wording.reasoned(life, "rework"), to=to, by=life.manager, at=life.now
    )
    yield from _once_more(life)


def _first_unit(life: Life) -> Unit | None:
    """What was answered at once goes to a unit for the first time, in a copy that it may read."""
    if life.case.lead_unit_id is not None:
        return None
    if life.case.hides_requester:
        deciding.redact(life)
    return life.unit


def _once_more(life: Life) -> Beats:
    life.plan.joint = life.plan.assign = False
    life.answer = wording.fitting(life, "second_answer")
    target = OFFICE.after(life.now, life.rng.uniform(120, 600))
    yield from acts.spread(life, acts.acts_of(life), min(target, life.order.due_at))
    yield from working.answered(life)
    if not life.plan.rating and life.chance(0.7):
        life.plan.rating = life.rng.choice((Score.SATISFIED, Score.SATISFIED, Score.FAIR))


def explained(life: Life) -> Beats:
    """Nothing more can be done: explained in person, and ended by two people (T23)."""
    yield life.later(30, 240, OFFICE)
    words = wording.phrase(life, "propose_end")
    aftercare.propose_end(life.case, words=words, by=life.manager, at=life.now)
    yield life.later(20, 200, OFFICE)
    agree = not life.plan.end_refused
    words = wording.phrase(life, "end" if agree else "refuse_end")
    aftercare.end(life.case, words=words, agree=agree, by=life.second, at=life.now)
    life.plan.ended = False


def reopened(life: Life) -> Beats:
    """Opened again for new facts, or because a promise was not kept (T27)."""
    if life.promise is not None:
        morning = WORK.start_of(life.promise + timedelta(days=1))
        yield life.at(OFFICE.after(morning, life.rng.uniform(20, 200)))
        words = wording.phrase(life, "reopen_promise")
        life.promise, life.plan.promised = None, False
    else:
        yield life.later(300, 2400, STAFFED)
        words = wording.phrase(life, "reopen")
    to = _first_unit(life)
    life.order = dispatching.reopen(life.case, words=words, to=to, by=life.manager, at=life.now)
    yield from _once_more(life)


def closed_with(life: Life, child: Life) -> Beats:
    """What was merged into a request got its answer with it, and is rated for itself."""
    yield child.at(life.now + timedelta(seconds=5))
    child.case.refresh_from_db()
    yield from follow_up(child)
