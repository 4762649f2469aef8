"""Holds what the database has against what must be; every difference is one line."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from hotline.cases.models import Case, Clock, Extension, Step
from tests.simulation import minutes, rungs
from tests.simulation.replay import Hear, Life, Promised
from tests.worktime.counter import SHANGHAI

RAISED = ("remind", "chase", "supervise", "escalate")


@dataclass
class Findings:
    """What was checked, and what differs."""

    requests: int = 0
    clocks: int = 0
    rungs: int = 0
    messages: int = 0
    differences: list[str] = field(default_factory=list)

    def differs(self, case: Case, about: str, expected: object, found: object) -> None:
        self.differences.append(
            f"{case.number} {about}: expected {_say(expected)}, found {_say(found)}"
        )


def _say(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(SHANGHAI):%Y-%m-%d %a %H:%M:%S}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_say(one) for one in value) + "]"
    return str(value)


def compare_case(case: Case, until: datetime, findings: Findings, hear: Hear) -> None:
    """The clocks and the rungs of one request; ``hear`` is told of each step on the way."""
    findings.requests += 1
    steps = list(case.steps.order_by("seq"))
    rows = [
        (o.pk, o.unit.code, o.is_lead) for o in case.orders.select_related("unit").order_by("id")
    ]
    asked = dict(Extension.objects.filter(order__case=case).values_list("pk", "new_due_at"))
    promised = Life(rows, asked).tell(steps, hear)
    unmatched = defaultdict(list)
    for row in case.clocks.all():
        unmatched[row.kind, row.stage, row.order_id, row.started_at].append(row)
    raised = _raised(steps)
    for clock in promised:
        findings.clocks += 1
        same = unmatched[(*clock.key, clock.start)]
        if not same:
            findings.differs(
                case, f"{clock.kind} {clock.stage} of {clock.start}", "a clock", "none"
            )
            continue
        row = min(same, key=lambda r: (r.round != clock.round, r.pk))
        same.remove(row)
        _same_clock(case, clock, row, findings)
        _same_rungs(case, clock, row, raised.pop(row.pk, []), steps, until, findings)
    for rest in unmatched.values():
        for row in rest:
            findings.differs(
                case, f"clock {row.kind} {row.stage}", "none", f"{row.started_at} {row.due_at}"
            )
    for pk, left in raised.items():
        if pk is not None:
            findings.differs(case, "rungs of no clock", "none", str(left))
    _same_events(case, steps, raised.get(None, []), findings)


def _raised(
    steps: list[Step],
) -> dict[int | None, list[tuple[str, datetime, datetime | None, int]]]:
    found = defaultdict(list)
    for step in steps:
        if step.verb in RAISED:
            reached = step.facts.get("reached")
            reached = datetime.fromisoformat(reached) if reached else None
            found[step.facts.get("clock_id")].append(
                (step.facts["rung"], step.at, reached, step.facts["level"])
            )
    return found


def _same_clock(case: Case, clock: Promised, row: Clock, findings: Findings) -> None:
    name = f"{clock.kind} {clock.stage} of order {clock.order}, round {clock.round}"
    pauses = [[pause.from_at, pause.to_at] for pause in row.pauses.all()]
    provisional = (
        not clock.natural and clock.due is not None and minutes.guesses(clock.start, clock.due)
    )
    for what, expected, found in (
        ("due", clock.due, row.due_at),
        ("stopped", clock.stop, row.stopped_at),
        ("round", clock.round, row.round),
        (
            "natural",
            clock.natural and clock.due is not None,
            row.natural and row.due_at is not None,
        ),
        ("provisional", provisional, row.provisional),
        ("pauses", [list(pause) for pause in clock.pauses], pauses),
    ):
        if expected != found:
            findings.differs(case, f"{name}, {what}", expected, found)


def _same_rungs(case, clock, row, found, steps, until, findings: Findings) -> None:
    must = [(one.rung, one.seen, one.at, one.level) for one in rungs.expected(clock, steps, until)]
    findings.rungs += len(must)
    name = f"{clock.kind} {clock.stage} of order {clock.order}, round {clock.round}"
    for missing in (Counter(must) - Counter(found)).elements():
        findings.differs(case, f"{name}, rung", missing, "none")
    for surplus in (Counter(found) - Counter(must)).elements():
        findings.differs(case, f"{name}, rung", "none", surplus)
    if row.level != (highest := _level(clock, must)):
        findings.differs(case, f"{name}, level", highest, row.level)


def _level(clock: Promised, must: list[tuple]) -> int:
    """The highest since more time was last granted."""
    since = max(clock.granted, default=clock.start)
    return max((level for _r, seen, _at, level in must if seen >= since), default=0)


def _same_events(case: Case, steps: list[Step], found: list[tuple], findings: Findings) -> None:
    """The rungs that no clock tells of: sent back unsatisfied, unsatisfied twice, a promise broken."""
    must, reworks = [], 0
    for step in steps:
        if step.verb == "rework":
            reworks += 1
            must.append(("F1" if reworks == 1 else "F2", step.at))
        if step.verb == "reopen" and step.facts.get("broken_promise"):
            must.append(("F4", step.at))
    findings.rungs += len(must)
    have = Counter((rung, at) for rung, at, _reached, _level in found)
    for missing in (Counter(must) - have).elements():
        findings.differs(case, "rung", missing, "none")
    for surplus in (have - Counter(must)).elements():
        findings.differs(case, "rung", "none", surplus)
