"""What an attacker tries: bytes that are no text, numbers that are none, doors that are not theirs."""

import base64
import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Draft
from hotline.cases.services import handling, triage
from hotline.people.queries import actor_of
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, category, holder, type_, unit, urgency

pytestmark = pytest.mark.django_db

BODY = "浴室没有热水已经两天了，请尽快处理。"


def form(**data):
    return {"key": uuid4(), "type": "QZ", "mode": "NAMED", "body": BODY} | data


def cursor(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


# --- Never a 500 -------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["abcdefgh\\000ijkl", "²" * 32, "x" * 5000])
def test_a_session_key_that_is_none_is_nobodys(key):
    page = Client(HTTP_COOKIE=f'sessionid="{key}"').get("/sign-in/")
    assert page.status_code == 200


@pytest.mark.parametrize("charset", ["hex", "idna", "raw_unicode_escape", "utf-7", "utf-16"])
@pytest.mark.parametrize("path", ["/requests/new/", "/sign-in/", "/requests/track/"])
def test_a_form_that_is_not_utf_8_is_refused(path, charset):
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    body = b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\n\\ud800\r\n--b--\r\n'
    assert Client().generic("POST", path, body, content_type=kind).status_code == 400


def test_a_body_that_is_too_large_is_refused_unread():
    page = Client().post("/sign-in/", {}, CONTENT_LENGTH=str(10**9))
    assert page.status_code == 413 and "过大" in page.content.decode()


@pytest.mark.parametrize(
    "after",
    [
        cursor("2024-01-01T00:00:00"), cursor(2**70), cursor(True), cursor(None), cursor(1.5),
        cursor([1]), cursor(1, 1), cursor("0001-01-01T00:00:00+00:00", 1), cursor(2**63, 1),
        "[" * 3000, base64.urlsafe_b64encode(b"[" * 200).decode(), "²", "%", "=" * 9,
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/desk/cases/", "/desk/cases/?sort=due", "/desk/queues/triage/", "/requests/"]
)
def test_a_cursor_that_is_not_ours_begins_at_the_beginning(path, after):
    case = a_case(State.SUBMITTED)
    client = signed_in(case.owner) if path == "/requests/" else client_of("R3")
    page = client.get(path, {"after": after, **({"sort": "due"} if "sort" in path else {})})
    assert page.status_code == 200


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "٣", "1.0", "\ud7ff"])
def test_what_only_looks_like_a_number_is_none(number):
    case = a_case(State.IN_PROGRESS)
    order = case.orders.get()
    desk, office, theirs = client_of("R3"), client_of("R8"), client_of("R5", of="houqin")
    student, admin = signed_in(a_user()), client_of("R13")
    asked = [
        desk.get(f"/desk/cases/{case.number}/presence/", {"version": number}),
        desk.post("/desk/bulk-dispatches/", {"case": number}),
        theirs.get(f"/unit/orders/{order.pk}/presence/", {"version": number}),
        office.get("/figures/cases/", {"cohort": "due", "by": "unit", "row": number}),
        student.get("/requests/new/", {"draft": number}),
        admin.get(f"/admin/history/accounts/{number}/"),
    ]
    assert all(page.status_code in {200, 404} for page in asked), [p.status_code for p in asked]


def test_nul_characters_are_left_out_of_what_is_kept():
    case, clerk = a_case(State.SUBMITTED), client_of("R3")
    path = f"/desk/cases/{case.number}/questions/draft/"
    assert clerk.post(path, {"words": "a\0b", "x\0": "1"}).status_code == 200
    assert Draft.objects.get().data["words"] == "ab"
    assert clerk.post("/desk/filters/", {"name": "急\0件", "query": "\0q=1"}).status_code == 302


# --- Nothing joins an anonymous request to an account --------------------------------------


def anonymous(client):
    receipt = client.post("/requests/new/", form(mode="ANONYMOUS")).context["receipt"]
    return receipt.case


def test_what_is_typed_about_an_anonymous_request_is_kept_nowhere():
    client = signed_in(a_user())
    case = anonymous(client)
    path = f"/requests/{case.number}/supplements/"
    assert "draft/" not in client.get(path).content.decode()
    assert client.post(f"{path}draft/", {"words": "我的补充"}).status_code == 204
    assert client.post(path, {"words": ""}).status_code == 422
    assert not Draft.objects.exists()


def test_who_signs_out_closes_their_anonymous_requests_too():
    client = signed_in(a_user())
    case = anonymous(client)
    assert client.get(f"/requests/{case.number}/").status_code == 200
    client.post("/sign-out/")
    assert client.get(f"/requests/{case.number}/").status_code == 404


@pytest.mark.parametrize("slug", ["none", "x" * 200])
def test_only_forms_that_there_are_have_drafts(slug):
    case = a_case(State.IN_PROGRESS)
    clerk, contact, owner = client_of("R3"), client_of("R5", of="houqin"), signed_in(case.owner)
    for client, path in (
        (clerk, f"/desk/cases/{case.number}/{slug}/draft/"),
        (contact, f"/unit/orders/{case.orders.get().pk}/{slug}/draft/"),
        (owner, f"/requests/{case.number}/{slug}/draft/"),
    ):
        assert client.post(path, {"words": "x"}).status_code == 404
    assert not Draft.objects.exists()


# --- Names in titles and documents -----------------------------------------------------------


@pytest.mark.parametrize("mode", ["NAMED", "CONFIDENTIAL", "ANONYMOUS"])
def test_no_title_says_who_wrote_it_so_no_list_or_search_does(mode):
    student = a_user("林知夏")
    client = signed_in(student)
    client.post("/requests/new/", form(mode=mode, title="我是林知夏，暖气不热"))
    case = Case.objects.get()
    assert case.title == "暖气不热"
    for role in ("R8", "R9"):
        reader = client_of(role)
        for path in ("/desk/cases/", "/desk/cases/?q=林知夏", "/figures/cases/?cohort=received"):
            page = reader.get(path).content.decode()
            assert "林知夏" not in page.replace('value="林知夏"', "")


def test_a_document_of_a_hidden_requester_waits_for_a_clerk_to_look_at_it():
    student, clerk = signed_in(a_user("林知夏")), client_of("R3")
    note = SimpleUploadedFile("证据.txt", "林知夏 记录".encode())
    student.post("/requests/new/", form(mode="CONFIDENTIAL", uploads=[note]))
    case = Case.objects.get()
    file = case.attachments.get()
    triage.accept(
        case, category=category(), type=type_(), urgency=urgency(), by=an_actor("R3"), at=now()
    )
    path = f"/desk/cases/{case.number}/dispatches/"
    shown = clerk.get(path).context["form"]
    assert shown["withheld"].value() == [str(file.pk)]
    sent = {
        "lead": "houqin",
        "shown_title": "热水",
        "shown_body": "没有热水",
        "withheld": [file.pk],
    }
    assert clerk.post(path, sent).status_code == 302
    assert client_of("R5", of="houqin").get(f"/files/{file.key}/").status_code == 404


# --- Staff who ask ---------------------------------------------------------------------------


def test_staff_follow_a_request_of_their_own_as_everyone_follows_theirs():
    contact = holder("R5", of="houqin")
    case = a_case(State.IN_PROGRESS, owner=contact, mode=Mode.CONFIDENTIAL)
    order = case.orders.get()
    handling.note(order, words="内部说法", by=an_actor("R5", of="houqin"), at=NOON)
    client = signed_in(contact)
    assert client.get(f"/unit/orders/{order.pk}/").status_code == 404
    assert order.pk not in actor_orders(contact)
    assert "内部说法" not in client.get("/unit/").content.decode()
    assert client.get(f"/requests/{case.number}/").status_code == 200


def actor_orders(user):
    from hotline.cases.queries import orders_of

    return set(orders_of(actor_of(user, on=NOON.date())).values_list("pk", flat=True))


def test_a_clerks_own_request_is_followed_in_the_portal():
    clerk = holder("R3")
    case = a_case(State.SUBMITTED, owner=clerk, type=type_("TS"))
    triage.propose_decline(case, reason="BS05", words="内部判断", by=an_actor("R4"), at=NOON)
    client = signed_in(clerk)
    answer = client.get(f"/desk/cases/{case.number}/")
    assert (answer.status_code, answer.url) == (302, f"/requests/{case.number}/")
    assert "内部判断" not in client.get(answer.url).content.decode()
    assert client.get(f"/desk/cases/{case.number}/notes/").status_code == 404


# --- Figures of a unit -----------------------------------------------------------------------


def rated(results, at, unit_code="houqin"):
    for result in results:
        case = a_case(State.ARCHIVED, at=at, lead=unit_code, mode=Mode.CONFIDENTIAL)
        case.ratings.create(round=1, result=result, source="REQUESTER", at=at, words="差")


def test_a_head_learns_no_rating_before_its_time_and_none_of_few():
    from datetime import timedelta

    today, before = now() - timedelta(hours=2), now() - timedelta(days=9)
    head = client_of("R6", of="houqin")
    rated(["SATISFIED", "DISSATISFIED", "SATISFIED", "FAIR"], before)
    assert head.get("/figures/").context["whole"].unrated
    rated(["SATISFIED", "SATISFIED"], before)
    rated(["DISSATISFIED"], today)
    page = head.get("/figures/")
    assert page.context["whole"].figures.counts["rated"] == 6
    assert page.context["whole"].figures.counts["dissatisfied"] == 1
    assert "不满意 1" not in page.content.decode()
    everything = client_of("R8").get("/figures/").context["whole"].figures.counts
    assert everything["rated"] == 7


def test_one_hidden_row_is_not_told_by_the_total():
    a_case(State.SUBMITTED, lead="houqin", lead_unit=unit("houqin"), channel="VISIT", at=now())
    for _ in range(4):
        a_case(State.SUBMITTED, lead_unit=unit("houqin"), channel="WEB", at=now())
    context = client_of("R6", of="houqin").get("/figures/?by=channel").context
    assert [line.hidden for line in context["lines"]].count(True) == 1
    assert context["whole"].hidden


def test_the_total_does_not_tell_the_ratings_that_a_row_hides():
    from datetime import timedelta

    rated(["DISSATISFIED"], now() - timedelta(days=80))
    rated(["SATISFIED"] * 6, now() - timedelta(days=40))
    context = client_of("R6", of="houqin").get("/figures/").context
    assert context["whole"].unrated


def test_a_period_that_ends_before_it_begins_has_no_figures():
    a_case(State.SUBMITTED, at=now())
    page = client_of("R8").get("/figures/?since=2026-11-25&until=2026-01-01")
    assert "结束日期早于开始日期" in page.content.decode()
    assert not page.context["lines"]


@pytest.mark.parametrize("seen", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-23:59", "x"])
def test_a_moment_that_is_none_is_ignored(seen):
    page = client_of("R8").get("/figures/cases/", {"cohort": "late", "seen": seen})
    assert page.status_code == 200
