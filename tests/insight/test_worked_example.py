"""The sentence of the office that was the model, reproduced figure by figure (domain.md, 5.3)."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from hotline.cases.models import Case, Rating, Step
from hotline.worktime.clock import ZONE
from tests.make import category, type_

pytestmark = pytest.mark.django_db
START = datetime(2022, 6, 1, 9, 0, tzinfo=ZONE)
BINS = ((4916, 5), (1283, 38), (460, 130), (57, None))  # requests, hours to the close


def the_offices_requests():
    """6,716 requests, all submitted more than 72 hours before the cut-off."""
    kind, sort = type_(), category()
    lengths = [hours for count, hours in BINS for _ in range(count)]
    cases = Case.objects.bulk_create(
        Case(
            number=f"RX2206-{n:04d}-0", state="ARCHIVED" if hours else "ACCEPTED", channel="PHONE",
            type=kind, category=sort, created_at=START, stage_at=START, submitted_at=START,
            accepted_at=START, answer="已办理。" if hours else "",
            first_closed_at=hours and START + timedelta(hours=hours),
            closed_at=hours and START + timedelta(hours=hours),
        )
        for n, hours in enumerate(lengths, 1)
    )  # fmt: skip
    closed = [case for case in cases if case.closed_at]
    Step.objects.bulk_create(
        Step(case=case, seq=1, verb="close", before="ANSWERED", after="CLOSED", side="OFFICE", at=case.closed_at)
        for case in closed
    )  # fmt: skip
    Rating.objects.bulk_create(
        Rating(
            case=case, round=1, result="SATISFIED" if n < 3104 else "DISSATISFIED", source="IMPORT",
            at=case.closed_at,
        )
        for n, case in enumerate(closed[:3200])
    )  # fmt: skip


def test_the_offices_sentence_is_reproduced_figure_by_figure():
    the_offices_requests()
    out = StringIO()
    call_command("stats", as_of="2022-06-27", json=True, stdout=out)
    found = json.loads(out.getvalue())
    assert found["received"] == found["accepted"] == 6716
    assert found["closed"] == 6659
    assert found["closure_rate"] == {
        "numerator": 6659, "denominator": 6716, "fraction": "6659/6716", "percent": 99.2,
    }  # fmt: skip
    assert found["mean_hours"] == 19.99
    assert found["median_hours"] == 5.0
    assert found["within_1_day"]["percent"] == 73.2
    assert found["within_3_days"]["percent"] == 92.3
    assert (found["rated"], found["satisfied"]) == (3200, 3104)
    assert found["satisfaction_rate"]["percent"] == 97.0
    assert found["channels"] == {"来电": 6716}
