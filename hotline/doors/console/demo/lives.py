"""The lives that a request may have, from its first word to the archive."""

from typing import Any

from hotline.cases.codes import Mode, Referral, State
from hotline.cases.moves import MERGEABLE_INTO
from hotline.cases.services import crisis, merging
from hotline.doors.console.demo import acts, deciding, ending, hearing, wording, working
from hotline.doors.console.demo.hours import ALWAYS, AWAKE
from hotline.doors.console.demo.life import Beats, Life


def handled(life: Life) -> Beats:
    """Heard, accepted, dispatched, worked on, answered, judged."""
    yield from hearing.hear(life)
    yield from deciding.take_on(life)
    yield from _by_units(life)


def _by_units(life: Life) -> Beats:
    if life.plan.instructed:
        yield from deciding.instructed(life)
    else:
        astray = acts.stray(life) if life.plan.bounces else None
        yield from deciding.dispatch(life, to=astray)
    if life.plan.hide and life.case.mode == Mode.NAMED:
        yield from deciding.hide(life)
    yield from working.worked_on(life)
    for child in life.merged:
        life.world.begin(ending.closed_with(life, child))
    if life.instruction is not None and not life.case.seal:
        yield from deciding.reported(life, life.instruction)
    yield from ending.follow_up(life)


def answered_at_once(life: Life) -> Beats:
    """A question with an answer that is known."""
    yield from hearing.hear(life)
    yield from deciding.take_on(life)
    yield from deciding.answer_at_once(life)
    yield from ending.follow_up(life)


def silent(life: Life) -> Beats:
    """Asked for facts, and never heard of again."""
    yield from hearing.hear(life)
    yield from deciding.expired(life)


def declined(life: Life, row: dict[str, Any]) -> Beats:
    """Not for this office, or nothing in it."""
    yield from hearing.hear(life)
    kept = bool(row.get("kept"))
    yield from deciding.decline(life, reason=row["reason"], words=row["words"], kept=kept)
    if kept:
        yield from deciding.take_on(life)
        yield from _by_units(life)
    else:
        yield from deciding.archived(life)


def referred(life: Life, row: dict[str, Any]) -> Beats:
    """For another organ by law: it is told where, and leaves the figures."""
    yield from hearing.hear(life)
    yield from deciding.take_on(life)
    to, words = Referral(row["to"]), row["words"]
    yield from deciding.refer(life, to=to, reason=row["reason"], words=words)
    yield from deciding.archived(life)


def withdrawn(life: Life) -> Beats:
    """Taken back by its requester before or after a unit has it."""
    yield from hearing.hear(life)
    yield from deciding.take_on(life)
    if life.chance(0.6):
        yield from deciding.dispatch(life)
    yield from hearing.withdraw(life)
    yield from ending.called_back(life)
    yield from deciding.archived(life)


def merged(life: Life, master: Life, *, reason: str = "BD02") -> Beats:
    """One of several who tell of the same: it waits for their answer, and gets its own."""
    yield from hearing.hear(life)
    yield from deciding.take_on(life)
    yield life.later(3, 40)
    if not takes(master):
        yield from _by_units(life)
        return
    merging.merge(life.case, into=master.case, reason=reason, by=life.clerk, at=life.now)
    master.merged.append(life)
    if life.chance(0.02):
        yield life.later(20, 90)
        life.case.refresh_from_db()
        if life.case.state == State.MERGED:  # the other has not been answered meanwhile
            master.merged.remove(life)
            words = wording.phrase(life, "unmerge")
            merging.unmerge(life.case, words=words, by=life.clerk, at=life.now)
            yield from _by_units(life)


def takes(master: Life) -> bool:
    """Can another request still be merged into this one?"""
    case = getattr(master, "case", None)
    return (
        case is not None
        and case.state in MERGEABLE_INTO - {State.ANSWERED}
        and case.closed_at is None
    )


def in_crisis(life: Life, row: dict[str, Any]) -> Beats:
    """A cry for help: sealed at once, taken over within minutes, led out again or filed away (T29)."""
    yield from hearing.hear(life)
    team = life.world.of_office("R12")
    if life.case.state != State.CRISIS:
        yield life.later(1, 5, ALWAYS)
        crisis.alarm(life.case, by=life.clerk, at=life.now)
    yield life.later(3, 10, ALWAYS)
    crisis.note(life.case, words=wording.phrase(life, "crisis_first"), by=team, at=life.now)
    yield life.later(40, 300, AWAKE)
    crisis.note(life.case, words=wording.phrase(life, "crisis_then"), by=team, at=life.now)
    yield life.later(300, 1500, AWAKE)
    if not row.get("remaining"):
        words = wording.phrase(life, "crisis_end")
        crisis.seal(life.case, words=words, by=team, at=life.now)
        return
    crisis.stand_down(
        life.case, title=row["remaining_title"], remaining=row["remaining"], by=team, at=life.now
    )
    yield life.later(5, 40)
    deciding.reclassify(life)
    yield from _by_units(life)
