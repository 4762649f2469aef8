"""The desk as it stands today: on every board, something that waits for somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hotline.cases.codes import Channel, Mode, Score, State
from hotline.cases.services import aftercare, dispatching, handling, merging, triage
from hotline.doors.console.demo import acts, deciding, ending, hearing, lives, wording, working
from hotline.doors.console.demo.engine import halting
from hotline.doors.console.demo.hours import ALWAYS, OFFICE, Rhythm
from hotline.doors.console.demo.life import Beats, Life, Plan
from hotline.doors.console.demo.planning import Planner

FULL = 800  # from so many requests on, boards hold several
OddPlay = Callable[[Life, dict[str, Any]], Beats]


@dataclass(frozen=True)
class Scene:
    """One request that has come to a stand: how many working minutes ago it began, and what it is."""

    play: Callable[[Life], Beats]
    ago: float
    category: str = ""
    types: tuple[str, ...] = ("QZ", "YJ", "JY")
    more: bool = True  # only where boards hold several
    account: str = ""  # a demo account that asks
    mode: str = Mode.NAMED
    channel: str = ""
    at_any_time: bool = False  # came in at this moment, whether or not the office was open


def lives_of(planner: Planner, size: int) -> list[Beats]:
    """The lives of everything that waits today; fewer for a small demo."""
    shown = [_life(planner, scene) for scene in SCENES if not scene.more or size >= FULL]
    return [*shown, *(_odd(planner, *scene) for scene in ODD), _pair(planner)]


def requests_in(size: int) -> int:
    """How many requests the boards take of a demo of this size; drafts are none yet."""
    shown = [scene for scene in SCENES if not scene.more or size >= FULL]
    return sum(1 for scene in shown if scene.play is not _draft) + len(ODD) + 2


def _life(planner: Planner, scene: Scene) -> Beats:
    until = planner.world.calendar.until
    rhythm = ALWAYS if scene.at_any_time else OFFICE
    at = rhythm.before(until, scene.ago + planner.rng.uniform(0, 4))
    yield at
    user = planner.world.cast.named[scene.account] if scene.account else None
    ask = planner.choose(at, scene.category, types=scene.types)
    life = planner.life(
        at, ask, plan=Plan(hours=1.0, assign=True), user=user, mode=scene.mode,
        channel=scene.channel or Channel.MINI,
    )  # fmt: skip
    yield from scene.play(life)


# --- Scenes ------------------------------------------------------------------------------


def _draft(life: Life) -> Beats:
    yield life.now
    hearing.write_draft(life)


def _heard(life: Life) -> Beats:
    yield from hearing.hear(life)


def _with_photo(life: Life) -> Beats:
    life.plan.photo = True
    yield from hearing.hear(life)


def _refusal_proposed(life: Life) -> Beats:
    yield from hearing.hear(life)
    yield life.later(3, 8, ALWAYS)
    words = wording.phrase(life, "propose_decline")
    triage.propose_decline(life.case, reason="BS03", words=words, by=life.clerk, at=life.now)


def _asked(life: Life) -> Beats:
    yield from hearing.hear(life)
    yield life.later(5, 20, OFFICE)
    words = wording.phrase(life, "question")
    triage.ask(life.case, words=words, by=life.clerk, at=life.now)


def _accepted(life: Life) -> Beats:
    yield from hearing.hear(life)
    yield life.later(2, 9, OFFICE)
    deciding.accept(life)


def _awaiting(life: Life) -> Beats:
    yield from _accepted(life)
    yield life.later(10, 60, OFFICE)
    words = wording.phrase(life, "seek")
    dispatching.seek_instruction(life.case, words=words, by=life.manager, at=life.now)


def _sent(life: Life) -> Beats:
    yield from _accepted(life)
    yield life.later(2, 10, OFFICE)
    life.order = dispatching.dispatch(life.case, deciding.orders(life), by=life.clerk, at=life.now)


def _sent_astray(life: Life) -> Beats:
    yield from _accepted(life)
    yield life.later(2, 10, OFFICE)
    found = deciding.orders(life, to=acts.stray(life))
    life.order = dispatching.dispatch(life.case, found, by=life.clerk, at=life.now)
    yield from working.sent_back(life, reason="TD01", suggested=life.unit)


def _joint_sent_back(life: Life) -> Beats:
    life.plan.joint = life.plan.joint_returns = True
    yield from _sent(life)
    yield life.later(5, 20, OFFICE)
    acts.sign_joint(life)


def _worked_on(life: Life) -> Beats:
    yield from _sent(life)
    yield from acts.promptly(life)


def _with_words(life: Life) -> Beats:
    life.plan.supplement = life.plan.urge = life.plan.joint = True
    yield from _worked_on(life)
    yield life.later(2, 6, OFFICE)
    deciding.directed(life)


def _more_time(life: Life) -> Beats:
    yield from _worked_on(life)
    yield life.later(5, 30, OFFICE)
    working.ask_extension(life)


def _standing(life: Life) -> Beats:
    yield from _worked_on(life)
    yield life.later(5, 30, OFFICE)
    working.suspend(life)


def _before_the_head(life: Life) -> Beats:
    yield from _worked_on(life)
    yield life.later(5, 30, OFFICE)
    answer = working.the_answer(life)
    handling.submit_reply(life.order, answer, by=acts.worker(life), at=life.now)


def _answered(life: Life) -> Beats:
    yield from _worked_on(life)
    yield from halting(life, working.written(life), lambda life: life.case.state == State.ANSWERED)


def _closed(life: Life) -> Beats:
    yield from _answered(life)
    yield life.later(8, 40, OFFICE)
    deciding.close(life)


def _contested(life: Life) -> Beats:
    yield from _closed(life)
    yield life.later(5, 40, ALWAYS)
    life.plan.rating = Score.DISSATISFIED
    ending.rate(life)


def _end_proposed(life: Life) -> Beats:
    yield from _contested(life)
    yield life.later(5, 30, OFFICE)
    words = wording.phrase(life, "propose_end")
    aftercare.propose_end(life.case, words=words, by=life.manager, at=life.now)


def _promise_over(life: Life) -> Beats:
    life.plan.promised = True
    yield from _closed(life)
    yield from ending.follow_up(life)


def _withdrawn(life: Life) -> Beats:
    yield from _accepted(life)
    yield life.later(10, 60, ALWAYS)
    hearing.take_back(life, reason="CH03")


def _odd(planner: Planner, kind: str, nth: int, rhythm: Rhythm, ago: float, play: OddPlay) -> Beats:
    """A refusal, a referral or a crisis, as the texts have them."""
    at = rhythm.before(planner.world.calendar.until, ago + planner.rng.uniform(0, 4))
    yield at
    row = planner.world.books.odd[kind][nth]
    yield from play(planner.odd_life(at, row), row)


def _alone(life: Life, _row: dict[str, Any]) -> Beats:
    yield from hearing.hear(life)


def _pair(planner: Planner) -> Beats:
    """Two who tell of the same, one of them already merged into the other."""
    at = OFFICE.before(planner.world.calendar.until, 300 + planner.rng.uniform(0, 4))
    yield at
    happening = planner.world.books.happenings[0]
    master = planner.voice_of(happening, at)
    yield from _worked_on(master)
    child = planner.voice_of(happening, master.now, of=master)
    yield from _accepted(child)
    yield child.later(2, 9, OFFICE)
    merging.merge(child.case, into=master.case, reason="BD02", by=child.clerk, at=child.now)


COMPLAINT = ("TS",)
SCENES = (
    Scene(_draft, 100, "H204", more=False, account="student", channel=Channel.WEB),
    Scene(_draft, 1300, "L303", account="student", channel=Channel.WEB),
    Scene(_draft, 2900, "F102"),
    # heard
    Scene(_with_photo, 41, "H204", more=False, at_any_time=True),
    Scene(_heard, 9, "H202", channel=Channel.PHONE, at_any_time=True),
    Scene(_heard, 73, "H104", mode=Mode.ANONYMOUS, at_any_time=True),
    Scene(_heard, 155, "L302", at_any_time=True),
    Scene(_heard, 236, "L102", ("ZX",), at_any_time=True),
    Scene(_refusal_proposed, 120, "L306", COMPLAINT),
    Scene(_asked, 510, "H103", more=False, account="student"),
    Scene(_asked, 930, "L302"),
    Scene(_accepted, 22, "H203", more=False),
    Scene(_accepted, 75, "T102"),
    Scene(_awaiting, 700, "T101", more=False),
    # with a unit
    Scene(_sent, 60, "H204", more=False),
    Scene(_sent, 210, "L101"),
    Scene(_sent, 1010, "H205"),
    Scene(_sent_astray, 260, "H203", more=False),
    Scene(_joint_sent_back, 330, "F105"),
    Scene(_worked_on, 700, "H204", more=False, account="student"),
    Scene(_worked_on, 1130, "H204"),
    Scene(_worked_on, 420, "L301"),
    Scene(_worked_on, 2210, "H205"),
    Scene(_worked_on, 2060, "L303"),
    Scene(_with_words, 640, "F105"),
    Scene(_worked_on, 900, "L101", mode=Mode.CONFIDENTIAL),
    Scene(_more_time, 330, "H204"),
    Scene(_standing, 300, "H103"),
    Scene(_before_the_head, 320, "T106", COMPLAINT),
    Scene(_before_the_head, 200, "F102", COMPLAINT),
    # answered
    Scene(_answered, 250, "H204", more=False),
    Scene(_answered, 560, "L101"),
    Scene(_closed, 620, "H201", more=False, account="student"),
    Scene(_closed, 400, "T106", COMPLAINT),
    Scene(_contested, 640, "F102", more=False),
    Scene(_end_proposed, 1100, "T102"),
    Scene(_promise_over, 5300, "H103"),
    Scene(_promise_over, 5900, "T104"),
    Scene(_withdrawn, 220, "F103", COMPLAINT, more=False),
)
ODD: tuple[tuple[str, int, Rhythm, float, OddPlay], ...] = (
    ("flagged", 0, ALWAYS, 31, _alone),
    ("in_crisis", 0, ALWAYS, 44, _alone),
    ("referred", 0, OFFICE, 900, lives.referred),
    ("declined", 0, ALWAYS, 1600, lives.declined),
)
