"""Somebody leaves; and the yearly look at who holds what."""

from datetime import timedelta
from io import BytesIO
from time import time

import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from openpyxl import load_workbook

from hotline.base.refusals import Invalid, NotAllowed
from hotline.cases.codes import State
from hotline.people import queries, reviewing, services
from hotline.people.models import Authenticator, Membership, Review, User
from hotline.people.reviewing import Mark
from tests.doors.admin.paper import filled, queries_of
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, an_actor, holder

pytestmark = pytest.mark.django_db


def marks(user):
    return {
        mark
        for line in reviewing.lines(at=now())
        if line.membership.user == user
        for mark in line.marks
    }


def test_a_leaving_contact_is_seen_first_and_then_done():
    user, to = holder("R5", of="houqin", name="离任者"), holder("R5", of="houqin", name="接任者")
    case = a_case(State.IN_PROGRESS, title="标题里的秘密")
    case.orders.update(assignee=user)
    client, path = client_of("R13"), f"/admin/accounts/{user.pk}/leaving/"
    page = client.get(path)
    form = {**filled(page), "who": to.account, "with_roles": "on"}
    seen = client.post(path, form)
    assert seen.status_code == 200
    text = seen.content.decode()
    assert "尚未执行" in text
    assert "标题里的秘密" not in text
    assert case.number not in text  # an administrator of accounts reads no requests
    assert case.orders.get().assignee == user
    done = client.post(path, {**filled(seen), "confirm": "1"})
    assert done["Location"] == f"/admin/accounts/{user.pk}/"
    assert case.orders.get().assignee == to
    assert user.memberships.get().to_date == localdate()


def test_the_colleague_is_chosen_among_those_of_that_name():
    user, people = holder("R5", of="houqin"), [a_user("同名"), a_user("同名")]
    client, path = client_of("R13"), f"/admin/accounts/{user.pk}/leaving/"
    form = {"last_day": localdate().isoformat(), "who": "同名"}
    answer = client.post(path, form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["person"])
    seen = client.post(path, {**form, "person": people[1].pk})
    assert seen.context["to"] == people[1]
    assert client.post(path, {**form, "who": "没有这个人"}).status_code == 422
    answer = client.post(path, {**form, "who": user.account})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["who"])


@pytest.mark.parametrize("role", ["R1", "R4", "R5", "R9", "anonymous"])
def test_nobody_else_hands_over_or_reads_the_report(role):
    user = holder("R5", of="houqin")
    client = (
        Client()
        if role == "anonymous"
        else signed_in(a_user())
        if role == "R1"
        else client_of(role)
    )
    for path in (f"/admin/accounts/{user.pk}/leaving/", "/admin/reviews/", "/admin/reviews/sheet/"):
        assert client.get(path).status_code == 404
        assert client.post(path, {"row": "1"}).status_code in {404, 405}
    assert user.memberships.get().to_date is None


def test_the_report_marks_what_asks_for_attention():
    fresh, old, never, off = (holder("R3") for _one in range(4))
    User.objects.filter(pk=fresh.pk).update(last_login=now())
    User.objects.filter(pk=old.pk).update(last_login=now() - timedelta(days=91))
    User.objects.filter(pk=off.pk).update(is_active=False, last_login=now())
    Membership.objects.filter(user__in=[fresh, off]).update(from_date=localdate())
    Membership.objects.filter(user=fresh).update(to_date=localdate())
    Authenticator.objects.create(user=fresh, secret="S", confirmed_at=now())
    Authenticator.objects.create(user=off, secret="S")  # never confirmed
    assert marks(fresh) == {Mark.ENDING}
    assert marks(old) == {Mark.UNUSED, Mark.DUE, Mark.NO_SECOND}
    assert marks(never) == {Mark.NEVER, Mark.DUE, Mark.NO_SECOND}
    assert marks(off) == {Mark.OFF, Mark.NO_SECOND}


def test_a_reviewed_role_is_due_again_after_a_year():
    user, admin = holder("R3"), an_actor("R13")
    row = user.memberships.get()
    assert services.review([row.pk], by=admin, at=now() - timedelta(days=364)) == 1
    assert Mark.DUE not in marks(user)
    Review.objects.update(at=now() - timedelta(days=366))
    assert Mark.DUE in marks(user)


def test_nobody_reviews_a_role_of_their_own():
    user = holder("R13")
    by = queries.actor_of(user, on=localdate())
    with pytest.raises(Invalid):
        services.review([user.memberships.get().pk], by=by, at=now())
    with pytest.raises(NotAllowed):
        services.review([user.memberships.get().pk], by=an_actor("R4"), at=now())


def test_the_page_marks_what_is_ticked_and_keeps_its_filter():
    user, client = holder("R3"), client_of("R13")
    row = user.memberships.get()
    page = client.get("/admin/reviews/?mark=NEVER").content.decode()
    assert user.account in page
    answer = client.post("/admin/reviews/?mark=NEVER", {"row": [row.pk, "x", "99999999"]})
    assert answer["Location"] == "/admin/reviews/?mark=NEVER"
    assert Review.objects.get().membership == row
    client.post("/admin/reviews/", {})
    assert Review.objects.count() == 1
    assert client.get("/admin/reviews/?mark=nonsense").status_code == 200


def test_the_report_asks_no_more_for_more_people():
    client = client_of("R13")
    holder("R3")
    one = queries_of(client, "/admin/reviews/")
    for _time in range(3):
        holder("R5", of="houqin")
    assert queries_of(client, "/admin/reviews/") == one


def test_the_spreadsheet_says_what_the_page_says_and_asks_for_proof():
    user, client = holder("R3", name="=1+1"), client_of("R13")
    sheet = load_workbook(BytesIO(client.get("/admin/reviews/sheet/?mark=NEVER").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    mine = next(row for row in rows if row[1] == user.account)
    assert mine[0] == "'=1+1"
    assert "从未登录" in mine[9]
    session = client.session
    session["proved"] = int(time()) - 601
    session.save()
    assert client.get("/admin/reviews/sheet/")["Location"].startswith("/account/confirm/")
