"""The whole year held against everything that must be."""

from hotline.cases.models import Case
from tests.simulation import letters
from tests.simulation.compare import Findings, compare_case
from tests.simulation.letters import Listener
from tests.simulation.year import END, Year
from tests.worktime.counter import SHANGHAI


def judge(year: Year) -> Findings:
    findings = Findings()
    for case in Case.objects.order_by("id").prefetch_related("clocks__pauses"):
        before = len(findings.differences)
        listener = Listener(case, year.cast)
        compare_case(case, END, findings, listener.hear)
        letters.compare(case, listener.must, findings)
        if len(findings.differences) > before:
            findings.differences.append(_history(case))
    letters.deliveries(year.postbox.sent, END, findings)
    return findings


def _history(case: Case) -> str:
    """The steps of a request, for whoever looks for the reason of a difference."""
    steps = case.steps.order_by("seq").values_list("at", "verb", "order_id", "facts__rung")
    return "    " + "; ".join(
        f"{at.astimezone(SHANGHAI):%m-%d %H:%M} {verb} {order or ''} {rung or ''}"
        for at, verb, order, rung in steps
    )
