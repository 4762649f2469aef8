"""Several people at once: one wins, the others get a clear refusal, nothing is lost or doubled."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection, transaction

from hotline.base.refusals import Refusal, Stale, WrongState
from hotline.cases import numbers
from hotline.cases.codes import State
from hotline.cases.models import Case, Unmasking
from hotline.cases.services import dispatching, intake, merging, recusing, unmasking
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.sight import sight_of
from tests.make import NOON, a_case, a_requester, an_actor, category, type_, unit

pytestmark = pytest.mark.django_db(transaction=True)  # these commit for real


def at_once(calls):
    """Run the calls in as many threads, started together; what each returned or raised."""
    start = Barrier(len(calls))

    def run(call):
        try:
            start.wait(timeout=30)
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result(60) for future in [pool.submit(run, call) for call in calls]]


@pytest.mark.parametrize("carries_version", [True, False])
def test_two_clerks_dispatch_one_request_at_once_and_one_is_refused_clearly(carries_version):
    case = a_case(State.ACCEPTED)
    seen = case.version if carries_version else None
    clerks = [an_actor("R3"), an_actor("R3")]
    units = [unit("houqin"), unit("baowei")]

    def dispatch(clerk, to):
        mine = Case.objects.get(pk=case.pk)
        return dispatching.dispatch(mine, Orders(to), by=clerk, at=NOON, version=seen)

    results = at_once([lambda c=c, u=u: dispatch(c, u) for c, u in zip(clerks, units, strict=True)])
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [type(r) for r in refused] == [Stale if carries_version else WrongState]
    assert str(refused[0])
    case.refresh_from_db()
    assert (case.state, case.orders.count(), case.steps.count()) == (State.DISPATCHED, 1, 1)


def test_twenty_submissions_at_once_are_numbered_without_gap_or_repeat():
    students = [a_requester() for _ in range(20)]
    kind = type_()

    def submit(student):
        words = Words(body="浴室没有热水已经两天了，请尽快处理。", type=kind)
        return intake.submit(words, by=student, at=NOON).case.number

    given = at_once([lambda s=s: submit(s) for s in students])
    assert sorted(given) == [numbers.written("2606", n) for n in range(1, 21)]


def test_a_submission_that_fails_leaves_no_gap():
    student = a_requester()
    with pytest.raises(Refusal):
        intake.submit(Words(body="太短", type=type_()), by=student, at=NOON)
    words = Words(body="浴室没有热水已经两天了，请尽快处理。", type=type_())
    assert intake.submit(words, by=student, at=NOON).case.number == numbers.written("2606", 1)


def test_one_form_sent_many_times_at_once_makes_one_request():
    from uuid import uuid4

    from hotline.base.refusals import Repeated

    student, key, kind = a_requester(), uuid4(), type_()

    def submit():
        words = Words(body="浴室没有热水已经两天了，请尽快处理。", type=kind)
        return intake.submit(words, by=student, at=NOON, key=key).case.number

    results = at_once([submit] * 6)
    outcomes = Counter(type(result) for result in results)
    assert outcomes == {str: 1, Repeated: 5}
    assert Case.objects.count() == 1
    number = next(result for result in results if isinstance(result, str))
    assert {r.number for r in results if isinstance(r, Repeated)} == {number}


def test_two_requests_merged_into_each_other_at_once_do_not_wait_for_ever():
    one, two = a_case(State.ACCEPTED), a_case(State.ACCEPTED)
    clerk = an_actor("R3")

    def merge(case, into):
        mine, other = Case.objects.get(pk=case.pk), Case.objects.get(pk=into.pk)
        merging.merge(mine, into=other, reason="BD02", by=clerk, at=NOON)

    results = at_once([lambda: merge(one, two), lambda: merge(two, one)])
    assert sum(isinstance(result, Refusal) for result in results) == 1
    assert Case.objects.filter(state=State.MERGED).count() == 1


def test_naming_somebody_in_a_merged_request_holds_nothing_while_it_waits_for_the_other():
    """Whoever seals the other has it, and wants this one next: neither may wait for ever."""
    lead, child = a_case(State.ACCEPTED), a_case(State.ACCEPTED)
    clerk = an_actor("R3")
    merging.merge(child, into=lead, reason="BD02", by=clerk, at=NOON)

    def name():
        mine = Case.objects.get(pk=child.pk)
        recusing.name_people(mine, names="赵甲", by=clerk, at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Case.objects.select_for_update().get(pk=lead.pk)
            naming = pool.submit(at_once, [name])
            wait_for_waiting()
            Case.objects.select_for_update(nowait=True).get(pk=child.pk)
        assert naming.result(60) == [None]
    assert lead.named_people.count() == child.named_people.count() == 1


def wait_for_waiting():
    """Until somebody waits for a lock in this database."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # kept as long as a transaction
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    pytest.fail("nobody waits")


def test_a_clerk_who_asks_six_times_at_once_to_see_a_name_has_one_asking_to_be_decided():
    """Of six that wait, five refusals would leave one for somebody else to grant."""
    case, clerk = a_case(State.ACCEPTED, category=category("L104")), an_actor("R3")
    at = NOON + timedelta(hours=3)

    def ask():
        sight = sight_of(clerk, Case.objects.get(pk=case.pk), at=at)
        return unmasking.ask(
            sight, fields=["name"], purpose="CONTACT", words="需要当面核对补办材料的领取人",
            by=clerk, at=at,
        )  # fmt: skip

    results = at_once([ask] * 6)
    assert Counter(map(type, results)) == {Unmasking: 1, WrongState: 5}
    assert Unmasking.objects.count() == 1


def test_of_six_who_decide_on_one_asking_at_once_one_does():
    case, clerk = a_case(State.ACCEPTED, category=category("L104")), an_actor("R3")
    at = NOON + timedelta(hours=3)
    words = "可以请热线办转告，不必知道是谁"
    row = unmasking.ask(
        sight_of(clerk, case, at=at), fields=["name"], purpose="CONTACT", words=words, by=clerk,
        at=at,
    )  # fmt: skip
    grants = [partial(unmasking.grant, row, by=an_actor("R4"), at=at) for _ in range(3)]
    refuse = partial(unmasking.refuse, row, words=words, at=at)
    refusals = [partial(refuse, by=an_actor("R4")) for _ in range(3)]
    assert at_once(grants + refusals).count(None) == 1
    assert row.events.count() == 1
