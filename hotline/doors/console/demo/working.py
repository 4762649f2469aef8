"""The units' part, from the dispatch to the closed answer, with returns and delays."""

from datetime import datetime, timedelta

from hotline.cases.codes import Outcome
from hotline.cases.services import aftercare, dispatching, handling
from hotline.cases.services.handling import Answer
from hotline.catalog import terms
from hotline.doors.console.demo import acts, deciding, wording
from hotline.doors.console.demo.hours import OFFICE, WORK
from hotline.doors.console.demo.life import Beats, Life
from hotline.people.actor import SYSTEM
from hotline.people.models import Unit
from hotline.worktime.clock import ZONE

AUDIT_MINUTES = 55  # what the office needs after an answer
MARGIN = timedelta(minutes=150)  # before the time is up, for the audit


def worked_on(life: Life) -> Beats:
    """From the dispatch to the closed answer, with whatever the plan puts in between."""
    if (life.plan.bounces or life.plan.upheld) and not life.case.designated:
        yield from returned(life)
    if life.plan.extension:
        yield from extended(life)
    elif life.plan.suspended:
        yield from suspended(life)
    yield from acts.spread(life, acts.acts_of(life), reply_by(life))
    yield from answered(life)


def reply_by(life: Life) -> datetime:
    """By when the answer should be given: the plan's hours, and within the unit's own time."""
    planned = life.started + timedelta(hours=life.plan.hours) - timedelta(minutes=AUDIT_MINUTES)
    if life.plan.late:
        return max(planned, life.order.due_at + timedelta(hours=life.rng.uniform(1, 30)))
    return min(planned, life.order.due_at - MARGIN)


# --- Returns, more time, standing still --------------------------------------------------


def returned(life: Life) -> Beats:
    """Sent to the wrong unit first, or held to it by a designation (T11 to T13)."""
    for nth in range(life.plan.bounces):
        right = life.unit if nth == life.plan.bounces - 1 else acts.stray(life, life.lead)
        yield from sent_back(life, reason="TD01", suggested=right)
        yield life.later(10, 100, OFFICE)
        life.order = dispatching.reassign(
            life.case, to=right, words=wording.phrase(life, "reassign"), by=life.manager,
            at=life.now, designate=nth == 1,
        )  # fmt: skip
    if life.plan.upheld and not life.case.designated:
        yield from sent_back(life, reason="TD03", suggested=None)
        yield life.later(10, 100, OFFICE)
        words = wording.phrase(life, "uphold")
        dispatching.uphold(life.case, words=words, by=life.manager, at=life.now)
        life.order.refresh_from_db()
        life.order.case = life.case


def sent_back(life: Life, *, reason: str, suggested: Unit | None) -> Beats:
    yield life.later(15, 180, OFFICE)
    life.slots.made["unit"] = str(suggested.short) if suggested else ""
    key = "send_back" if suggested else "send_back_unclear"
    handling.send_back(
        life.order, reason=reason, words=wording.phrase(life, key), suggested=suggested,
        by=life.contact(life.lead), at=life.now,
    )  # fmt: skip


def extended(life: Life) -> Beats:
    """More time asked for before the time is up, and granted or not (T15)."""
    due = life.order.due_at
    yield from acts.spread(life, acts.acts_of(life), life.now + (due - life.now) * 0.5)
    yield life.later(5, 60, life.rhythm_of(life.lead))
    if life.now < due and ask_extension(life):
        yield life.later(10, 120, OFFICE)
        decide_extension(life, grant=life.plan.extension == "granted")


def ask_extension(life: Life) -> bool:
    """Some days more, as far as the terms allow; False where they allow none."""
    most = WORK.after(life.order.sent_at, *terms.current().extension_limit)
    until = OFFICE.after(life.order.due_at, life.rng.choice((3, 4, 5)) * 480)
    if most <= life.order.due_at:
        return False
    handling.ask_extension(
        life.order, **wording.reasoned(life, "extend"), by=life.contact(life.lead), at=life.now,
        until=min(until, most).astimezone(ZONE).date(),
    )  # fmt: skip
    return True


def decide_extension(life: Life, *, grant: bool) -> None:
    words = wording.phrase(life, "extension_granted" if grant else "extension_refused")
    handling.decide_extension(life.order, grant=grant, words=words, by=life.manager, at=life.now)
    if grant:
        hours = (life.order.due_at - life.started) / timedelta(hours=1)
        life.plan.hours = hours * life.rng.uniform(0.7, 0.95)


def suspended(life: Life) -> Beats:
    """The clock stands still until a day, and goes on by itself (T16)."""
    yield from acts.spread(
        life, acts.acts_of(life), life.now + (life.order.due_at - life.now) * 0.4
    )
    yield life.later(10, 90, OFFICE)
    suspend(life)
    yield life.time_up()
    handling.resume(life.order, by=SYSTEM, at=life.now)
    life.plan.hours += (life.now - life.started) / timedelta(hours=1)


def suspend(life: Life) -> None:
    until = (life.now + timedelta(days=life.rng.randint(3, 9))).astimezone(ZONE).date()
    handling.suspend(
        life.order, **wording.reasoned(life, "suspend"), until=until, by=life.manager, at=life.now
    )


# --- The answer --------------------------------------------------------------------------


def answered(life: Life) -> Beats:
    """Drafted, signed off by the head where need be, audited, and sent out (T17 to T19)."""
    yield from written(life)
    if life.plan.audit_returns:
        life.plan.audit_returns = False
        yield life.later(10, 100, OFFICE)
        aftercare.return_answer(
            life.case, **wording.reasoned(life, "audit_return"), by=life.manager, at=life.now
        )
        life.order.refresh_from_db()
        life.order.case = life.case
        yield life.later(30, 200, life.rhythm_of(life.lead))
        yield from written(life)
    yield from deciding.audited(life)


def written(life: Life) -> Beats:
    """The answer is written, by the contact or, after the draft, by the head."""
    yield life.later(5, 60, life.rhythm_of(life.lead))
    answer = the_answer(life)
    if not (life.case.is_complaint or life.plan.head):
        handling.reply(life.order, answer, by=acts.worker(life), at=life.now)
        return
    handling.submit_reply(life.order, answer, by=acts.worker(life), at=life.now)
    head = life.world.cast.heads[life.lead.code]
    if life.plan.head_returns:
        life.plan.head_returns = False
        yield life.later(15, 120, OFFICE)
        words = wording.phrase(life, "head_return")
        handling.return_reply(life.order, words=words, by=head, at=life.now)
        yield life.later(20, 120, OFFICE)
        answer = the_answer(life)
        handling.submit_reply(life.order, answer, by=acts.worker(life), at=life.now)
    yield life.later(8, 90, life.rhythm_of(life.lead) if life.urgency.is_urgent else OFFICE)
    handling.reply(life.order, answer, by=head, at=life.now)


def the_answer(life: Life) -> Answer:
    """The public text, the outcome, and sometimes a word for the house alone."""
    outcome = _outcome(life)
    internal = wording.phrase(life, "internal") if life.chance(0.12) else ""
    return Answer(
        text=wording.answer_words(life, again=life.case.round > 1),
        outcome=outcome,
        internal=internal,
        promise_date=life.promise if outcome == Outcome.PLANNED else None,
        without_parts=True,
    )


def _outcome(life: Life) -> Outcome:
    """What became of it. A plan with a day of its own, as long as that day is still to come."""
    planned = life.plan.promised or life.ask.o == Outcome.PLANNED
    if not planned:
        return Outcome(life.ask.o)
    if life.promise is None:
        days = 12 if life.plan.promised else life.rng.randint(60, 160)
        life.promise = (life.now + timedelta(days=days)).astimezone(ZONE).date()
    past = life.promise < life.world.calendar.until.astimezone(ZONE).date()
    if past and not life.plan.promised:  # nobody would have left it unkept for so long
        life.promise = None
        return Outcome.PARTLY
    return Outcome.PLANNED
