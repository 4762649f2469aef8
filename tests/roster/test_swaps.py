"""Swaps: asked, accepted, approved, each step kept; and the sheet between two shifts."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from hotline.base.refusals import Invalid, NotAllowed, Stale, WrongState
from hotline.roster import queries
from hotline.roster.models import Shift, Swap
from hotline.roster.services import handover, shifts, swaps
from tests.make import NOON, holder
from tests.roster.duty import HOUR, manager, of, post, sits
from tests.roster.test_shifts import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return sits(holder("R2", name="甲"), 24), sits(holder("R3", name="乙"), 48)


def asked(pair):
    mine, theirs = pair
    return swaps.ask(mine, theirs.user, other=theirs, words="家中有事", by=of(mine.user), at=NOON)


def test_a_swap_that_all_agree_to_changes_both_shifts_and_keeps_every_step(pair):
    mine, theirs = pair
    a, b, boss = mine.user, theirs.user, manager()
    swap = asked(pair)
    swaps.accept(swap, by=of(b), at=NOON)
    swaps.approve(swap, by=boss, at=NOON)
    assert [s.user for s in Shift.objects.order_by("from_at")] == [b, a]
    assert {s.source for s in Shift.objects.all()} == {"SWAP"}
    assert [(s.verb, s.by) for s in swap.steps.all()] == [
        ("ask", a),
        ("accept", b),
        ("approve", boss.user),
    ]
    assert told("shift_swap") == [[b.pk], sorted({a.pk, *(u for u in told("shift_swap")[1])})]
    assert boss.user_id in told("shift_swap")[1]
    assert sorted([a.pk, b.pk]) in told("shift_changed")


def test_the_menu_counts_what_waits_for_ones_own_word_and_nothing_else(pair):
    a, b, boss = pair[0].user, pair[1].user, manager().user

    def waiting():
        people = ((a, False), (b, False), (boss, True), (b, True), (None, True))
        return [queries.swaps_waiting(user, planner=planner) for user, planner in people]

    swap = asked(pair)
    assert waiting() == [0, 1, 0, 1, 0]
    swaps.accept(swap, by=of(b), at=NOON)
    assert waiting() == [0, 0, 1, 0, 0], "nobody approves a swap of their own"
    swaps.approve(swap, by=of(boss), at=NOON)
    assert waiting() == [0, 0, 0, 0, 0]


def test_a_shift_may_be_given_away_for_none():
    mine, other = sits(holder("R2"), 24), holder("R3")
    swap = swaps.ask(mine, other, by=of(mine.user), at=NOON)
    swaps.accept(swap, by=of(other), at=NOON)
    swaps.approve(swap, by=manager(), at=NOON)
    assert Shift.objects.get().user == other


def test_main_and_second_of_one_hour_may_change_places():
    mine = sits(holder("R2"), 24)
    theirs = sits(holder("R3"), 24, position="SECOND")
    a, b = mine.user, theirs.user
    swap = swaps.ask(mine, b, other=theirs, by=of(a), at=NOON)
    swaps.accept(swap, by=of(b), at=NOON)
    swaps.approve(swap, by=manager(), at=NOON)
    mine.refresh_from_db()
    assert (mine.user, mine.position) == (b, "MAIN")


def test_nobody_speaks_for_another_and_nobody_approves_their_own(pair):
    mine, theirs = pair
    swap = asked(pair)
    for act, who in (
        (swaps.accept, mine.user),
        (swaps.refuse, mine.user),
        (swaps.withdraw, theirs.user),
    ):
        with pytest.raises(NotAllowed):
            act(swap, by=of(who), at=NOON)
    with pytest.raises(WrongState):
        swaps.approve(swap, by=manager(), at=NOON)
    swaps.accept(swap, by=of(theirs.user), at=NOON)
    with pytest.raises(NotAllowed):
        swaps.approve(swap, by=of(theirs.user), at=NOON)
    boss = holder("R4")
    own = sits(boss, 72)
    swap = swaps.ask(own, mine.user, by=of(boss), at=NOON)
    swaps.accept(swap, by=of(mine.user), at=NOON)
    with pytest.raises(NotAllowed):
        swaps.approve(swap, by=of(boss), at=NOON)


def test_only_ones_own_coming_shift_and_the_others_at_the_same_post(pair):
    mine, theirs = pair
    stranger = of(holder("R2"))
    with pytest.raises(NotAllowed):
        swaps.ask(mine, theirs.user, by=stranger, at=NOON)
    with pytest.raises(Invalid):
        swaps.ask(mine, mine.user, by=of(mine.user), at=NOON)
    with pytest.raises(Invalid):
        swaps.ask(mine, holder("R3"), other=theirs, by=of(mine.user), at=NOON)
    with pytest.raises(WrongState):
        swaps.ask(mine, theirs.user, by=of(mine.user), at=mine.from_at)
    asked(pair)
    with pytest.raises(WrongState):
        asked(pair)


def test_refused_or_withdrawn_nothing_changes_and_one_may_ask_again(pair):
    mine, theirs = pair
    swap = asked(pair)
    swaps.refuse(swap, by=of(theirs.user), at=NOON)
    swap = asked(pair)
    swaps.withdraw(swap, by=of(mine.user), at=NOON)
    with pytest.raises(WrongState):
        swaps.accept(swap, by=of(theirs.user), at=NOON)
    assert [s.user for s in Shift.objects.order_by("from_at")] == [mine.user, theirs.user]


def as_a_page_holds_it(swap):
    return Swap.objects.select_related("shift__post", "other", "asked_by", "to_user").get(
        pk=swap.pk
    )


def test_a_swap_of_a_shift_that_is_no_more_is_refused_and_so_is_asking_for_one(pair):
    mine, theirs = pair
    held, bare = as_a_page_holds_it(asked(pair)), Swap.objects.get()
    shifts.remove(Shift.objects.get(pk=mine.pk), by=manager(), at=NOON)
    for swap in (held, bare):
        for act in (swaps.accept, swaps.refuse):
            with pytest.raises(Stale):
                act(swap, by=of(theirs.user), at=NOON)
    with pytest.raises(Stale):
        asked(pair)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["accept", "withdraw", "ask"])
def test_of_a_swap_and_a_removal_at_once_one_is_refused_and_neither_breaks(verb):
    mine, theirs = sits(holder("R2", name="甲"), 24), sits(holder("R3", name="乙"), 48)
    boss, start = manager(), Barrier(2)
    by = of(theirs.user if verb == "accept" else mine.user)
    swap = as_a_page_holds_it(asked((mine, theirs))) if verb != "ask" else None

    def move():
        if verb == "ask":
            asked((mine, theirs))
        else:
            getattr(swaps, verb)(swap, by=by, at=NOON)

    def remove():
        shifts.remove(Shift.objects.get(pk=mine.pk), by=boss, at=NOON)

    def at_once(act):
        try:
            start.wait(timeout=10)
            act()
        except Stale:
            return "refused"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        moved, removed = pool.map(at_once, [move, remove])
    assert removed == "done" and moved in {"done", "refused"}
    assert not Swap.objects.exists()


def test_a_shift_that_has_meanwhile_changed_hands_is_not_swapped(pair):
    mine, theirs = pair
    swap = asked(pair)
    swaps.accept(swap, by=of(theirs.user), at=NOON)
    shifts.relieve(mine, holder("R2"), by=manager(), at=NOON)
    with pytest.raises(WrongState, match="变动"):
        swaps.approve(swap, by=manager(), at=NOON)


def test_the_leaving_person_writes_and_the_arriving_one_signs_once():
    leaving, arriving = sits(holder("R2"), -8), sits(holder("R3"), 0)
    a, b = of(leaving.user), of(arriving.user)
    sheet = handover.write(
        post(), open_items={"U1": ["RX2606-05001-7"]}, notes="三号楼停水，已报后勤", by=a, at=NOON
    )
    for who in (a, of(holder("R2")), manager()):
        with pytest.raises(NotAllowed):
            handover.sign(sheet, by=who, at=NOON)
    handover.sign(sheet, by=b, at=NOON)
    assert (sheet.signed_by, sheet.signed_at) == (b.user, NOON)
    with pytest.raises(WrongState):
        handover.sign(sheet, by=b, at=NOON + HOUR)


def test_a_sheet_says_something_and_is_written_by_whoever_sat_there():
    shift = sits(holder("R2"), -8)
    with pytest.raises(Invalid):
        handover.write(post(), open_items={}, notes=" ", by=of(shift.user), at=NOON)
    with pytest.raises(NotAllowed):
        handover.write(post(), open_items={}, notes="无", by=of(shift.user), at=NOON + 3 * HOUR)
    with pytest.raises(NotAllowed):
        handover.write(post(), open_items={}, notes="无", by=of(holder("R2")), at=NOON)
