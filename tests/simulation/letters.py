"""Who must have been told of what, and when it may have gone out; told from the steps alone.

The table of verbs is the house's own (it is data, and so is the ladder's ``to``); who the people
are and when they may be disturbed is worked out here once more.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from hotline.cases.models import Case
from hotline.notices.audience import AUDIENCE, Nobody
from hotline.notices.models import Message
from tests.simulation import rungs
from tests.simulation.cast import Cast
from tests.simulation.compare import Findings
from tests.simulation.replay import LIVE, Life, Order
from tests.worktime.counter import SHANGHAI

WATCHED = {"remind", "chase", "supervise", "escalate"}
STAGES = {
    "SUBMITTED": "TRIAGE",
    "ACCEPTED": "TRIAGE",
    "ANSWERED": "REVIEW",
    "AWAIT_INSTRUCTION": "LEADERS",
}
OF_RUNG = {
    "CONTACT": "UNIT", "HEAD": "HEAD", "OFFICE": "DECIDE", "SUPERVISOR": "SUPERVISORS",
    "LEADER": "LEADERS", "CLERK": "OWNER", "REQUESTER": "REQUESTER",
}  # fmt: skip
Telling = tuple[Any, ...]  # (step, person), or (level, order, case, person, day)


@dataclass
class Listener:
    """Hears every step of one request and writes down who must be told."""

    case: Case
    cast: Cast
    must: Counter[Telling] = field(default_factory=Counter)

    def hear(self, step: Any, life: Life, before: dict[int, str]) -> None:
        people: dict[int, int | None] = {}
        for whom in self._lines(step):
            for person, order in self._people(whom, step, life, before):
                if whom == "REQUESTER" or person != step.by_id:
                    people.setdefault(person, order)
        for person, order in people.items():
            if step.verb in WATCHED:
                day = step.at.astimezone(SHANGHAI).date()
                self.must[step.facts["level"], order, self.case.pk, person, day] = 1
            else:
                self.must[step.pk, person] += 1

    def _lines(self, step: Any) -> Iterator[str]:
        if step.verb in WATCHED and step.facts.get("rung"):
            row = next(row for row in rungs.ladder() if row["code"] == step.facts["rung"])
            yield from (OF_RUNG[code] for code in row["to"])
            return
        row = AUDIENCE[step.verb]
        if not isinstance(row, Nobody):
            yield from (str(line.whom) for line in row if line.only_if in {"", "supply"})

    def _people(
        self, whom: str, step: Any, life: Life, before: dict[int, str]
    ) -> Iterator[tuple[int, int | None]]:
        if whom == "OWNER":
            office = step.facts.get("clock") == "OFFICE"
            whom = STAGES.get(step.facts.get("stage", ""), "DECIDE") if office else "UNIT"
        if whom == "REQUESTER":
            if self.case.owner_id is not None:
                yield self.case.owner_id, None
            return
        cast = self.cast
        held = {
            "TRIAGE": [cast.clerk, *cast.managers], "CONFIRM": cast.managers, "DECIDE": cast.managers,
            "REVIEW": cast.managers, "LEADERS": [cast.leader], "SUPERVISORS": [cast.overseer],
            "RECEIVERS": [], "CRISIS_TEAM": [],
        }  # fmt: skip
        if whom in held:
            yield from ((actor.user_id, None) for actor in held[whom])
            return
        units = cast.heads if whom == "HEAD" else cast.contacts
        for order in self._orders(whom, step, life, before):
            yield units[order.unit].user_id, order.pk

    def _orders(self, whom: str, step: Any, life: Life, before: dict[int, str]) -> list[Order]:
        live = [o for o in life.orders.values() if o.state in LIVE and o.round == life.round]
        match whom:
            case "NEW_UNITS":
                return [o for o in live if o.lead and o.pk not in before]
            case "NEW_JOINTS":
                return [o for o in live if not o.lead and o.pk not in before]
            case "UNITS":
                return live
            case "CALLED_OFF":
                gone = (o for o in life.orders.values() if o.state == "CANCELLED")
                return [o for o in gone if before.get(o.pk) in LIVE]
        own = life.orders.get(step.order_id or step.facts.get("order_id"))
        leads = [o for o in life.orders.values() if o.lead]
        if own is None and step.verb == "ask_back":
            own = leads[-1] if leads else None  # whoever answered has promised it
        return [own] if own else [o for o in live if o.lead][:1]


def compare(case: Case, must: Counter[Telling], findings: Findings) -> None:
    """Exactly one message for everybody who must be told, and none for anybody else."""
    found: Counter[Telling] = Counter()
    for row in Message.objects.filter(case=case, first=True).select_related("step"):
        if row.level is None:
            found[row.step_id, row.user_id] += 1
        else:
            day = row.step.at.astimezone(SHANGHAI).date()
            found[row.level, row.order_id, case.pk, row.user_id, day] += 1
    findings.messages += sum(must.values())
    verbs = dict(case.steps.values_list("pk", "verb"))
    for missing in (must - found).elements():
        findings.differs(case, f"message of {verbs.get(missing[0], 'a rung')}", missing, "none")
    for surplus in (found - must).elements():
        findings.differs(case, f"message of {verbs.get(surplus[0], 'a rung')}", "none", surplus)


def deliveries(sent: list[tuple[str, datetime]], until: datetime, findings: Findings) -> None:
    """Everything went out once, at once or in the morning; what did not has a reason."""
    times: dict[str, list[datetime]] = {}
    for ref, at in sent:
        times.setdefault(ref, []).append(at)
    for row in Message.objects.select_related("case", "step", "digest", "case__urgency"):
        found = times.get(f"m{row.pk}", [])
        held = row.state == "HELD" and row.not_before > until
        if (
            row.state == "SKIPPED"
            and row.why == "DIGEST"
            and row.digest.state == "DELIVERED"
            and not found
        ):
            found, ref = times.get(f"m{row.digest_id}", []), "digest"
        else:
            ref = f"m{row.pk} of {row.purpose}"
        expected = [_goes_out(row)]
        if found != expected and not (held and not found):
            case = row.case or Case(number="(nobody's)")
            findings.differs(case, f"{ref}, {row.state} {row.why}, sent", expected, found)


def _goes_out(row: Message) -> datetime:
    """At once, but not in quiet hours unless the request is U0 or U1."""
    at, day = row.created_at.astimezone(SHANGHAI), timedelta(days=1)
    calm = time(7) <= at.time() < time(22)
    if calm or (row.case is not None and _is_urgent(row)):
        return row.created_at
    morning = at.replace(hour=7, minute=0, second=0, microsecond=0)
    return morning if at.time() < time(7) else morning + day


def _is_urgent(row: Message) -> bool:
    """Was the request U0 or U1 when that was told?"""
    accepted = row.case.steps.filter(verb="accept", seq__lte=row.step.seq).last()
    return accepted is not None and accepted.facts["urgency"] in {"U0", "U1"}
