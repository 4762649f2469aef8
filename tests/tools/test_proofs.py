"""The proofs can fail: a planted loss, a planted doubling and whatever else must be found."""

from collections import Counter
from dataclasses import replace

import pytest

from tools.proofs.browser import Outcome, form_with
from tools.proofs.house import House, deliveries, differences
from tools.proofs.ledger import Entry, Ledger, read

DONE, LOST = Outcome.DONE.value, Outcome.LOST.value
FIRST, SECOND = "RX2606-0001-6", "RX2606-0002-4"
TOLD = [
    Entry(1, "submit", "key-a", DONE, FIRST),
    Entry(2, "submit", "key-b", LOST),
    Entry(3, "submit", "key-b", DONE, SECOND),  # the same form again
    Entry(4, "accept", FIRST, DONE),
    Entry(5, "rate", FIRST, LOST),
    Entry(6, "tell", "proof1", DONE),
    Entry(7, "tell", "proof2", LOST),
]


def a_house(**changes):
    """Everything as it was told, once."""
    right = House(
        requests={"key-a": FIRST, "key-b": SECOND},
        numbers=Counter([FIRST, SECOND]),
        steps=Counter({(FIRST, "submit"): 1, (SECOND, "submit"): 1, (FIRST, "accept"): 1}),
        told=Counter({"proof1": 1}),
    )
    return replace(right, **changes)


def steps(**more):
    told = a_house().steps
    return Counter({**told, **{(FIRST, verb): n for verb, n in more.items()}})


def test_where_everything_is_there_once_there_is_no_difference():
    assert differences(TOLD, a_house()) == []


def test_what_was_lost_may_be_there_or_not():
    there = a_house(
        steps=steps(rate=1), ratings=Counter({FIRST: 1}), told=Counter(["proof1", "proof2"])
    )
    assert differences(TOLD, there) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"requests": {"key-a": FIRST}, "numbers": Counter([FIRST])},  # a request is lost
        {"requests": {"key-a": SECOND, "key-b": SECOND}},  # another number than was told
        {"requests": {"key-a": FIRST, "key-b": SECOND, "key-c": "RX2606-0003-2"}},
        {"numbers": Counter([FIRST, SECOND, SECOND])},
        {"numbers": Counter([FIRST, "RX2606-0003-2"])},  # a gap
        {"steps": steps(accept=0)},  # a step is lost
        {"steps": steps(accept=2)},  # and doubled
        {"steps": steps(submit=2)},
        {
            "steps": steps(rate=2),
            "ratings": Counter({FIRST: 2}),
        },  # more often than its answer was lost
        {"steps": steps(rate=1)},  # a step of rating without a rating
        {"told": Counter()},
        {"told": Counter(["proof1", "proof1"])},
        {"told": Counter(["proof1", "proof9"])},
        {"jobs": Counter({"notices.drain doing": 1})},
        {"untold": ["step 1: nobody was told"]},
        {"broken": ["time runs backwards"]},
    ],
)
def test_a_planted_loss_or_doubling_is_found(planted):
    assert differences(TOLD, a_house(**planted))


def test_a_gateway_that_was_asked_twice_without_anybody_saying_so_is_found():
    outbox = {"m1": ("SENT", False), "m2": ("SENT", True)}
    assert deliveries(Counter({"m1": 1, "m2": 2}), outbox) == ([], 1, 1)
    assert deliveries(Counter({"m1": 2, "m2": 1}), outbox)[0]
    assert deliveries(Counter({"m2": 1}), outbox)[0]
    assert deliveries(Counter({"m1": 1, "m2": 1, "m9": 1}), outbox)[0]
    assert deliveries(Counter({"m1": 1}), {"m1": ("SENDING", False)})[0]


def test_what_was_begun_and_never_ended_is_read_as_lost(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    ledger.end(ledger.begin("submit", "key-a"), Outcome.DONE, FIRST)
    ledger.begin("rate", FIRST)
    told = read(tmp_path / "ledger")
    assert [(entry.verb, entry.outcome) for entry in told] == [("submit", DONE), ("rate", LOST)]


def test_a_form_is_read_as_a_browser_would_send_it():
    page = (
        '<form><input name="q"></form><form method="post"><input name="version" value="3">'
        '<textarea name="words">\n甲 &amp; 乙</textarea><input type="checkbox" name="a" value="1">'
        '<input type="checkbox" name="a" value="2" checked><input type="file" name="f">'
        '<select name="s"><option value="x"><option value="y" selected></select></form>'
    )
    form = form_with(page, "version")
    assert form is not None
    assert form.fields == {"version": ["3"], "words": ["甲 & 乙"], "a": ["2"], "s": ["y"]}
