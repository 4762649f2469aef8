"""The sentence of the office that was the model, reproduced figure by figure (domain.md, 5.3)."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from hotline.insight.figures import Rate
from hotline.worktime.clock import ZONE
from tests.console.sheets import a_csv, a_row

pytestmark = pytest.mark.django_db
BEGAN = datetime(2022, 6, 1, 9, 0, tzinfo=ZONE)
BINS = ((4916, 5), (1283, 38), (460, 130), (57, None))  # requests, hours to the close


def the_offices_requests():
    """6,716 rows, all heard more than 72 hours before the cut-off; 3,200 rated, 3,104 of them well."""
    lengths = [hours for count, hours in BINS for _ in range(count)]
    for n, hours in enumerate(lengths):
        heard = BEGAN + timedelta(minutes=n)
        closed = heard + timedelta(hours=hours) if hours else None
        times = {"受理时间": heard, "派单时间": heard, "办结时间": closed}
        told = {name: at.strftime("%Y-%m-%d %H:%M") if at else "" for name, at in times.items()}
        score = "满意" if n < 3104 else "不满意" if n < 3200 else ""
        yield a_row(**told, 编号=str(n), 满意度=score)


def a_rate(numerator, denominator, percent):
    return {
        "numerator": numerator, "denominator": denominator,
        "fraction": f"{numerator}/{denominator}", "percent": percent,
    }  # fmt: skip


def command(name, *args, **options):
    out = StringIO()
    call_command(name, *args, stdout=out, **options)
    return out.getvalue()


def test_the_offices_sentence_comes_out_of_its_spreadsheet(tmp_path):
    file = a_csv(tmp_path, the_offices_requests())
    assert "6,716: 57 open, 6,659 closed" in command("import", "cases", str(file))
    assert json.loads(command("stats", as_of="2022-06-27", json=True)) == {
        "received": 6716, "accepted": 6716, "closed": 6659,
        "closure_rate": a_rate(6659, 6716, 99.2), "mean_hours": 19.99, "median_hours": 5.0,
        "within_1_day": a_rate(4916, 6716, 73.2), "within_3_days": a_rate(6199, 6716, 92.3),
        "rated": 3200, "satisfied": 3104, "satisfaction_rate": a_rate(3104, 3200, 97.0),
        "channels": {"来电": 6716},
    }  # fmt: skip
    assert "截至2022-06-27，共接收 6716 件，受理 6716 件，办结 6659 件" in command(
        "stats", as_of="2022-06-27"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"as_of": "yesterday"}, "is not a day such as 2022-06-27"),
        ({"as_of": "2022-02-30"}, "is not a day such as 2022-06-27"),
        ({"as_of": "9999-12-31"}, "lies outside the years 1990 to 2200"),
        ({"as_of": "2022-06-27", "since": "0001-01-01"}, "lies outside the years 1990 to 2200"),
        ({"as_of": "2022-06-27", "since": "2022-06-28"}, "must not be later than"),
    ],
)
def test_days_that_are_none_are_told_in_one_line(days, words):
    with pytest.raises(CommandError, match=words):
        command("stats", **days)


def test_of_nothing_there_is_no_rate_and_no_mean():
    found = json.loads(command("stats", as_of="2022-06-27", since="2022-06-27", json=True))
    assert (found["received"], found["mean_hours"], found["channels"]) == (0, None, {})
    assert found["closure_rate"] == {"numerator": 0, "denominator": 0, "fraction": "0/0", "percent": None}  # fmt: skip


def test_a_day_that_is_not_over_is_seen_as_of_now(tmp_path):
    heard = (now() - timedelta(hours=23)).astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    row = a_row(受理时间=heard, 派单时间="", 办结时间="", 满意度="")
    command("import", "cases", str(a_csv(tmp_path, [row])))
    tomorrow = (now() + timedelta(days=1)).astimezone(ZONE).date().isoformat()
    found = json.loads(command("stats", as_of=tomorrow, json=True))
    assert (found["accepted"], found["within_1_day"]["fraction"]) == (1, "0/0")


@pytest.mark.parametrize(
    ("part", "whole", "percent"), [(6659, 6716, "99.2"), (6658, 6716, "99.1"), (1, 2000, "0.1"), (1, 2001, "0.0"), (5, 5, "100.0"), (1, 8, "12.5"), (3, 16, "18.8"), (0, 3, "0.0")],
)  # fmt: skip
def test_a_rate_is_rounded_once_and_half_up(part, whole, percent):
    assert str(Rate(part, whole).percent) == percent
