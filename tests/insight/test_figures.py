"""Figures against an oracle that replays the record, for days long gone and all groupings."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import transaction

from hotline.cases.codes import Score
from hotline.cases.moves import MOVES
from hotline.cases.services import history
from hotline.cases.services.history import Past
from hotline.doors.ui.pages import page_of
from hotline.insight.cohorts import COUNTED, DUE, RATED, Period, cases_of, cohort
from hotline.insight.figures import GROUPS, table, total
from hotline.people.actor import SYSTEM
from hotline.worktime.clock import ZONE
from tests.defaults import ensure_defaults
from tests.doors.people import client_of
from tests.insight.oracle import Oracle, lives
from tests.insight.scenes import MONDAY, SCENES, Cast, play
from tests.make import category, type_, unit

NAMES = (*COUNTED, *DUE, *RATED)
OF_NO_FIGURE = {"seal", "hand_back", "recall", "take_back"}  # into or out of closed rooms


def day(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


PERIODS = {
    "everything": Period(None, day("2026-06-01")),
    "before the first": Period(None, MONDAY),
    "in the middle of the first day": Period(None, MONDAY + timedelta(hours=7.3)),
    "after a day": Period(None, day("2026-01-28")),
    "after a week": Period(None, day("2026-02-03")),
    "after three weeks": Period(None, day("2026-02-16")),
    "in the midst of the second play": Period(None, MONDAY + timedelta(days=28, hours=5)),
    "January": Period(day("2026-01-01"), day("2026-02-01")),
    "February": Period(day("2026-02-01"), day("2026-03-01")),
    "February, seen on its 10th": Period(day("2026-02-01"), day("2026-03-01"), day("2026-02-10")),
    "February, seen in April": Period(day("2026-02-01"), day("2026-03-01"), day("2026-04-10")),
    "one day": Period(day("2026-02-04"), day("2026-02-05")),
    "a year before": Period(day("2025-01-01"), day("2025-12-31")),
}


def brought_along():
    """Sixty requests of an earlier system: open and closed, rated and not, sent and not."""
    serial, scores = count(1), (None, *Score)
    for start in (day("2025-11-03"), MONDAY):
        for n in range(30):
            heard = start + timedelta(hours=5.5 * n)
            sent = heard + timedelta(hours=n) if n % 3 else None
            closed = heard + timedelta(hours=n + 7 * (n % 9)) if n % 7 else None
            yield Past(
                number=f"H-{next(serial)}", channel="VISIT", type=type_("BY" if n == 8 else "YJ"),
                category=category(("F102", "H204", "T102")[n % 3]), body="排队太久", heard_at=heard,
                unit=unit("houqin" if n % 2 else "baowei") if n % 5 else None,
                sent_at=sent if n % 5 else None, closed_at=closed,
                score=scores[n % 4] if closed else None,
            )  # fmt: skip


@pytest.fixture(scope="module")
def record(django_db_setup, django_db_blocker):
    """All scenes and some history, written once and taken back at the end."""
    with django_db_blocker.unblock():
        ensure_defaults()
    with django_db_blocker.unblock(), transaction.atomic():
        history.bring(brought_along(), by=SYSTEM, at=day("2026-07-01"))
        play(Cast())
        yield lives()
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("by", GROUPS)
@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_every_figure_is_what_a_replay_of_the_record_gives(record, period, by):
    told = {row.key: row for row in table(period, by=by)}
    replayed = Oracle(record, period, by).rows
    assert set(told) == set(replayed)
    for key, row in told.items():
        expected = replayed[key]
        found = {name: row.counts[name] for name in NAMES} | {"asked": row.asked}
        assert found == {name: expected[name] for name in (*NAMES, "asked")}, key
        if expected["closed_in"]:
            assert row.mean.total_seconds() == pytest.approx(expected["mean"], abs=0.001), key
            assert row.median.total_seconds() == pytest.approx(expected["median"], abs=0.001), key
            assert row.p90.total_seconds() == pytest.approx(expected["p90"], abs=0.001), key
            assert row.first.total_seconds() == pytest.approx(expected["first"], abs=0.001), key
            assert float(row.worked) == pytest.approx(expected["worked"], abs=0.001), key


@pytest.mark.parametrize("period", PERIODS.values(), ids=PERIODS)
def test_every_figure_is_as_long_as_the_list_behind_it(record, period):
    listed = {name: cases_of(period).filter(cohort(name, period)).count() for name in NAMES}
    assert total(period).counts == listed


ADDRESSES = ["since=2025-11-01", "since=2026-01-10&until=2026-02-20", "until=2026-02-05"]


@pytest.mark.parametrize("by", GROUPS[1:])
@pytest.mark.parametrize("address", ADDRESSES)
def test_each_number_of_the_page_is_that_of_the_list_it_leads_to(record, address, by):
    reader = client_of("R8")
    page = reader.get(f"/figures/?{address}&by={by}").context
    lines = [*page["lines"], page["whole"]]
    assert len(lines) > 2
    for line in lines:
        for name in NAMES:
            behind = reader.get(line.links[name]).context["count"]
            assert behind == line.figures.counts[name], (line.name, name)


def test_what_was_not_on_time_is_the_rest_of_what_fell_due(record):
    reader = client_of("R8")
    whole = reader.get("/figures/?since=2025-11-01").context["whole"].figures.counts
    late = reader.get("/figures/cases/?since=2025-11-01&cohort=late").context["count"]
    assert late == whole["due"] - whole["on_time"] > 0


@pytest.mark.parametrize("row", ["2026-13", "0001-01", "x"])
def test_a_row_that_no_table_has_is_not_found(record, row):
    page = client_of("R8").get("/figures/cases/", {"cohort": "due", "by": "month", "row": row})
    assert page.status_code == 404


@pytest.mark.parametrize("size", [2, 3, 7, 50])
def test_page_by_page_the_list_of_ratings_is_whole_though_some_requests_have_two(record, size):
    period = PERIODS["everything"]
    rows = cases_of(period).filter(cohort("rated", period))
    pages = [page_of(rows, "", size=size)]
    while pages[-1].next:
        pages.append(page_of(rows, pages[-1].next, size=size))
    listed = [row.pk for page in pages for row in page.rows]
    assert listed == sorted(rows.values_list("pk", flat=True), reverse=True)
    assert len(listed) > len(set(listed))


def test_the_record_has_everything_in_it_that_can_happen(record):
    told = {step.verb for life in record for step in life.steps}
    assert told >= {verb for verb, law in MOVES.items() if law.target} - OF_NO_FIGURE
    assert len(record) > 2 * len(SCENES)
