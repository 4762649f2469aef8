"""Unusual looking is noticed, each occasion once, and its explanation stays beside it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.audit.models import Alert, AlertNote
from hotline.audit.services import watching
from hotline.base.refusals import Invalid, NotAllowed
from hotline.cases.codes import State
from hotline.cases.models import Look, Table
from hotline.cases.services import looking
from hotline.cases.sight import sight_of
from hotline.catalog import shelf
from hotline.catalog.models import Term
from hotline.roster.models import Post, Shift
from tests.make import NOON, a_case, a_user, an_actor, unit

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATER = NOON + 3 * HOUR
NIGHT = NOON + 12 * HOUR  # midnight


def term(**values):
    for code, value in values.items():
        Term.objects.update_or_create(code=code, defaults={"value": str(value)})
    shelf.forget()


def looked(actor, count, at=LATER, **fields):
    """Somebody looks at so many different requests around a moment."""
    owner = a_user()
    for case in [a_case(State.ACCEPTED, owner=owner, **fields) for _ in range(count)]:
        looking.looked(sight_of(actor, case, at=at), by=actor)


def kinds(at=LATER + MINUTE):
    watching.watch(at=at)
    return [(row.kind, row.by, row.count, row.most) for row in Alert.objects.order_by("id")]


def test_many_different_requests_in_an_hour():
    term(looks_hour_most=5)
    clerk, calm = an_actor("R3"), an_actor("R3")
    looked(clerk, 5)
    looked(calm, 4)
    assert kinds() == [("MANY", clerk.user, 5, 5)]


def test_one_request_again_and_again_is_not_many():
    term(looks_hour_most=3)
    clerk, case = an_actor("R3"), a_case(State.ACCEPTED)
    for n in range(8):
        at = LATER - HOUR + 7 * n * MINUTE
        looking.looked(sight_of(clerk, case, at=at), by=clerk)
    assert Look.objects.count() == 8
    assert kinds() == []


def test_an_export_counts_by_its_length():
    boss = an_actor("R4")
    ids = list(range(1, 61))
    looking.exported(ids, "body:full", what=Table.REQUESTS, chosen={}, by=boss, at=LATER)
    assert kinds() == [("MANY", boss.user, 60, 60)]


def test_more_than_somebody_s_own_habit():
    term(looks_hour_most=1000, looks_habit_least=6)
    steady, busy, new = an_actor("R3"), an_actor("R3"), an_actor("R3")
    for day in range(1, 21):
        looked(steady, 2, LATER - day * DAY)
        looked(busy, 4, LATER - day * DAY)
    for actor in (steady, busy, new):
        looked(actor, 7)
    assert kinds() == [("MANY", steady.user, 7, 5)], "twice the busiest hour, and one more"


def test_each_occasion_is_raised_once_and_the_auditors_are_told_once():
    term(looks_hour_most=2)
    auditor = an_actor("R13A")
    looked(an_actor("R3"), 2)
    for n in range(3):
        watching.watch(at=LATER + n * MINUTE)
    assert Alert.objects.count() == 1
    jobs = ProcrastinateJob.objects.filter(task_name="notices.tell")
    (job,) = (job.args for job in jobs if job.args["template"] == "unusual_looks")
    assert (job["people"], job["facts"]) == ([auditor.user_id], {"count": 1})


def test_a_complaint_about_one_s_own_unit_otherwise_than_through_an_order():
    clerk = an_actor("R3")
    clerk.user.college = unit("houqin")
    clerk.user.save()
    case = a_case(State.IN_PROGRESS, lead="baowei")
    looking.looked(sight_of(clerk, case, at=LATER), by=clerk)
    looking.looked(sight_of(an_actor("R3"), case, at=LATER), by=an_actor("R3"))
    type(case).objects.filter(pk=case.pk).update(target_unit=unit("houqin"))  # it turns out since
    watching.watch(at=LATER + MINUTE)
    row = Alert.objects.get()
    assert (row.kind, row.by, row.case) == ("OWN_UNIT", clerk.user, case)


def test_a_unit_that_handles_a_complaint_about_itself_does_its_work():
    contact = an_actor("R5", of="houqin")
    case = a_case(State.IN_PROGRESS, lead="houqin", target_unit=unit("houqin"))
    looking.looked(sight_of(contact, case, at=LATER), by=contact)
    assert Look.objects.count() == 1
    assert kinds() == []


def test_one_person_searched_for_again_and_again():
    clerk = an_actor("R3")
    for n in range(3):
        looking.searched("13912345678", [], by=clerk, at=LATER - 6 * n * MINUTE)
        looking.searched(f"1391234567{n}", [], by=an_actor("R3"), at=LATER)
    assert kinds() == [("SEARCH", clerk.user, 3, 3)]


def test_at_night_without_a_shift():
    term(looks_night_most=3)
    idle, on, early = an_actor("R3"), an_actor("R2"), an_actor("R3")
    post = Post.objects.create(code="night", name="夜班")
    Shift.objects.create(post=post, user=on.user, from_at=NIGHT - HOUR, to_at=NIGHT + 8 * HOUR)
    for actor in (idle, on):
        looked(actor, 3, NIGHT)
    looked(early, 3, NIGHT - 3 * HOUR)  # nine in the evening
    assert kinds(NIGHT + 2 * HOUR) == [("NIGHT", idle.user, 3, 3)]


def test_people_of_one_s_own_college():
    term(looks_college_most=2)
    clerk, owner = an_actor("R3"), a_user(college=unit("xueyuan"))
    clerk.user.college = unit("xueyuan")
    clerk.user.save()
    for case in [a_case(State.ACCEPTED, owner=owner) for _ in range(2)]:
        case.requester.college = unit("xueyuan")
        case.requester.save()
        looking.looked(sight_of(clerk, case, at=LATER), by=clerk)
    assert kinds() == [("COLLEGE", clerk.user, 2, 2)]


def an_alert():
    term(looks_hour_most=2)
    looked(an_actor("R3"), 2)
    watching.watch(at=LATER)
    return Alert.objects.get()


def test_an_auditor_says_what_it_was_in_words_and_not_of_their_own():
    alert, auditor = an_alert(), an_actor("R13A")
    with pytest.raises(Invalid):
        watching.explain(alert, words="嗯", by=auditor, at=LATER)
    with pytest.raises(NotAllowed):
        watching.explain(alert, words="没有问题没有问题", by=an_actor("R4"), at=LATER)
    watching.explain(alert, words="月度抽查，已与主任核对", by=auditor, at=LATER)
    assert AlertNote.objects.get().by == auditor.user
    own = Alert.objects.create(
        key="x", kind="MANY", by=auditor.user, since=LATER, until=LATER, count=9, most=1, at=LATER
    )
    with pytest.raises(NotAllowed):
        watching.explain(own, words="没有问题没有问题", by=auditor, at=LATER)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_alert SET count = 0", "DELETE FROM audit_alert",
        "UPDATE audit_alertnote SET words = ''", "DELETE FROM audit_alertnote",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_or_remove_any_of_it(sql):
    watching.explain(an_alert(), words="月度抽查，已核对", by=an_actor("R13A"), at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_page_shows_and_explains_them_to_auditors_alone():
    from tests.doors.people import ROLES, client_of

    alert, client = an_alert(), client_of("R13A")
    for role in (role for role in ROLES if role != "R13A"):
        assert client_of(role, of="houqin").get("/audit/alerts/").status_code == 404
        assert client_of(role, of="houqin").post(f"/audit/alerts/{alert.pk}/").status_code == 404
    assert "短时间内查看大量诉求" in client.get("/audit/alerts/").content.decode()
    assert client.post(f"/audit/alerts/{alert.pk}/", {"words": "嗯"}).status_code == 422
    assert (
        client.post(f"/audit/alerts/{alert.pk}/", {"words": "月度抽查，已核对"}).status_code == 302
    )
    assert "短时间内查看大量诉求" not in client.get("/audit/alerts/").content.decode()
    assert "月度抽查，已核对" in client.get("/audit/alerts/?tab=all").content.decode()
    found = client.get("/audit/looks/", {"unusual": "on"}).context["lines"]
    assert {line.row.by for line in found} == {alert.by}
