"""The office's part: accept, ask, classify, answer, refuse, dispatch, decide, audit."""

from datetime import date
from typing import Any

from hotline.cases.codes import Referral
from hotline.cases.services import aftercare, copies, dispatching, intake, merging, triage
from hotline.cases.services.aftercare import CHECKLIST
from hotline.cases.services.dispatching import Orders
from hotline.doors.console.demo import hearing, wording
from hotline.doors.console.demo.hours import OFFICE, STAFFED
from hotline.doors.console.demo.life import Beats, Life
from hotline.oversight.models import Instruction
from hotline.oversight.services import instructions
from hotline.oversight.services.instructions import Paper
from hotline.people.actor import SYSTEM
from hotline.people.models import Unit
from hotline.worktime.clock import ZONE


def take_on(life: Life) -> Beats:
    """Accepted by a clerk (T05), after asking for what is missing where something is."""
    if life.plan.info:
        yield life.later(5, 40)
        triage.ask(life.case, words=wording.phrase(life, "question"), by=life.clerk, at=life.now)
        yield from hearing.supply(life)
    yield life.later(2, 14)
    accept(life)
    if life.plan.reclassify:
        yield life.later(3, 25)
        reclassify(life)
    if life.plan.note:
        yield life.later(1, 15)
        triage.note(life.case, words=wording.phrase(life, "note"), by=life.clerk, at=life.now)


def accept(life: Life) -> None:
    found = _class(life)
    if life.plan.reclassify:
        siblings = [c for c in life.world.shelf.categories.values() if c != life.category]
        near = [c for c in siblings if c.code[:2] == life.category.code[:2] and not c.confidential]
        found["category"] = life.rng.choice(near)
    triage.accept(life.case, **found, by=life.clerk, at=life.now)


def reclassify(life: Life) -> None:
    triage.reclassify(life.case, **_class(life), by=life.clerk, at=life.now)


def _class(life: Life) -> dict[str, Any]:
    return {
        "category": life.category,
        "type": life.world.shelf.types[life.ask.t],
        "urgency": life.urgency,
        "target_unit": life.case.target_unit,
    }


def answer_at_once(life: Life) -> Beats:
    """A question that a notice or rule answers (T06)."""
    yield life.later(2, 50) if life.chance(0.85) else life.later(60, 420)
    who = life.clerk if life.chance(0.5) else life.world.of_office("R2")
    triage.answer(
        life.case, words=wording.answer_words(life), basis=life.ask.basis, by=who, at=life.now
    )


def decline(life: Life, *, reason: str, words: str, kept: bool = False) -> Beats:
    """Refused with the right channel told (T04); a complaint by two people."""
    yield life.later(5, 90)
    if life.case.is_complaint:
        triage.propose_decline(life.case, reason=reason, words=words, by=life.clerk, at=life.now)
        yield life.later(10, 150, OFFICE)
        if kept:
            why = wording.phrase(life, "keep")
            triage.keep(life.case, words=why, by=life.manager, at=life.now)
            return
    by = life.manager if life.case.is_complaint else life.clerk
    triage.decline(life.case, reason=reason, words=words, by=by, at=life.now)


def refer(life: Life, *, to: Referral, reason: str, words: str) -> Beats:
    """Handed to the channel that is meant for it (T28)."""
    yield life.later(10, 200, OFFICE)
    triage.refer(life.case, to=to, reason=reason, words=words, by=life.manager, at=life.now)


def archived(life: Life) -> Beats:
    """Refused, withdrawn or referred, and filed away when its days are over."""
    yield life.time_up()
    aftercare.archive(life.case, by=SYSTEM, at=life.now)


def expired(life: Life) -> Beats:
    """Asked for facts that never came (T04b)."""
    yield life.later(5, 40)
    triage.ask(life.case, words=wording.phrase(life, "question"), by=life.clerk, at=life.now)
    yield life.time_up()
    triage.expire(life.case, by=SYSTEM, at=life.now)
    yield from archived(life)


def dispatch(life: Life, *, to: Unit | None = None) -> Beats:
    """Sent to its lead and joint units (T07)."""
    yield life.later(2, 18)
    life.order = dispatching.dispatch(life.case, orders(life, to=to), by=life.clerk, at=life.now)


def orders(life: Life, *, to: Unit | None = None) -> Orders:
    """What a clerk fills in: units, what is asked of them, the copy that they read."""
    lead = to or life.unit
    joint = [unit for unit in life.joint if unit != lead] if life.plan.joint else []
    title, body = copies.proposed_copy(life.case) if life.case.hides_requester else ("", "")
    return Orders(
        lead=lead,
        joint=joint,
        opinion=wording.phrase(life, "opinion"),
        joint_opinion=wording.phrase(life, "joint_opinion") if joint else "",
        shown_title=title,
        shown_body=body,
    )


def release_supplement(life: Life) -> None:
    """A clerk lets the units read what a hidden requester has added."""
    remark = life.case.remarks.filter(kind="SUPPLEMENT", shown="").last()
    if remark is not None:
        words = wording.phrase(life, "released")
        triage.release(life.case, remark=remark, words=words, by=life.clerk, at=life.now)


def hide(life: Life) -> Beats:
    """The requester goes from 实名 to 保密, and a clerk makes the copy that units may go on reading."""
    yield life.later(10, 60)
    intake.hide(life.case, by=life.voice, at=life.now)
    yield life.later(5, 60)
    redact(life)


def redact(life: Life) -> None:
    """A clerk makes the copy that units may read."""
    title, body = copies.proposed_copy(life.case)
    triage.redacted(life.case, title=title, body=body, by=life.clerk, at=life.now)


def instructed(life: Life) -> Beats:
    """Put before the leaders, and decided by one of them (T08, T09)."""
    yield life.later(10, 120, OFFICE)
    dispatching.seek_instruction(
        life.case, words=wording.phrase(life, "seek"), by=life.manager, at=life.now
    )
    yield life.later(60, 600, OFFICE)
    due = OFFICE.after(life.now, life.rng.choice((3, 4, 5)) * 480).astimezone(ZONE).date()
    found = orders(life)
    found.opinion = ""
    life.instruction = _instruct(life, found, due)
    life.order = life.case.orders.get(part="LEAD", round=life.case.round)


def _instruct(life: Life, found: Orders, due: date) -> Instruction:
    """Written by a leader on the platform, or on paper and registered by 督查督办."""
    leader, words = life.world.of_office("R8"), wording.phrase(life, "instruct")
    by, paper = leader, None
    if life.chance(0.3):
        by = life.world.of_office("R9")
        paper = Paper(leader.user, life.now.astimezone(ZONE).date())
    return instructions.instruct(
        life.case, found, words=words, due=due, by=by, at=life.now, paper=paper
    )


def directed(life: Life) -> None:
    """A leader writes on what a unit has in hand, and the unit says how it goes (T09)."""
    leader, words = life.world.of_office("R8"), wording.phrase(life, "instruct")
    row = instructions.direct(life.case, words=words, due=None, by=leader, at=life.now)
    told = wording.phrase(life, "instruct_note")
    instructions.note(row, words=told, by=life.contact(life.lead), at=life.now)


def reported(life: Life, row: Instruction) -> Beats:
    """What came of it is reported by the unit, and closed some days later."""
    yield life.later(1, 5, OFFICE)
    instructions.report(row, words=life.answer, by=life.contact(life.lead), at=life.now)
    life.world.begin(_concluded(life, row))


def _concluded(life: Life, row: Instruction) -> Beats:
    """Closed by 督查督办 and read by its leader, whatever the requester does meanwhile."""
    at = OFFICE.after(life.now, life.rng.uniform(200, 2000))
    yield at
    if not life.case.seal:
        words = wording.phrase(life, "instruct_close")
        instructions.close(row, words=words, by=life.world.of_office("R9"), at=at)
        reader = next(a for a in life.world.cast.office["R8"] if a.user_id == row.leader_id)
        instructions.read(row, by=reader, at=at)


def audited(life: Life) -> Beats:
    """The answer passes the audit (T19); now and then it is sent back first (T18)."""
    yield life.later(8, 110, STAFFED if life.urgency.is_urgent else OFFICE)
    close(life)


def close(life: Life) -> None:
    aftercare.close(life.case, checked=CHECKLIST, leaks_seen=True, by=life.manager, at=life.now)
    if life.merged:
        merging.close_merged(life.case, at=life.now)
