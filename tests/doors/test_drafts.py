"""What somebody is still writing: kept with its files, found again, seen by nobody else."""

from uuid import uuid4

import pytest
from django.test import Client

from hotline.cases.codes import State
from hotline.cases.models import Attachment, Case, Draft
from hotline.cases.services.files import store
from tests.doors.people import client_of, signed_in
from tests.doors.test_bad_input import picture, upload
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db

NEW = "/requests/new/"
BODY = "浴室没有热水已经两天了，请尽快处理，我叫李小雨，电话13912345678"
ITSELF = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def student():
    return signed_in(a_user("李小雨"))


def form(**data):
    return {"key": uuid4(), "type": "QZ", "mode": "NAMED", "body": BODY} | data


def keep(client, **data):
    return client.post(NEW, form(draft="1", **data))


def test_the_photos_chosen_are_kept_with_the_draft_and_go_out_with_it(student):
    answer = keep(student, uploads=[upload("a.jpg", picture()), upload("b.txt", b"list")])
    draft = Case.objects.get()
    assert draft.attachments.count() == 2
    page = student.get(answer.url)
    assert "a.jpg" in page.content.decode()
    first = draft.attachments.first()
    sent = student.post(answer.url, form(key=draft.form_key, drop=first.key))
    assert sent.status_code == 200
    case = Case.objects.get()
    assert case.pk == draft.pk and case.state == State.SUBMITTED
    assert [row.name for row in case.attachments.all()] == ["b.txt"]


def test_a_file_that_cannot_be_taken_is_named_and_the_text_stays(student):
    answer = keep(student, uploads=[upload("x.exe", b"MZ\0\0")])
    assert answer.status_code == 422
    assert "x.exe" in answer.content.decode() and "没有热水" in answer.content.decode()


def test_a_title_that_nobody_wrote_is_not_made_up_in_a_draft(student):
    draft = keep(student)
    assert Case.objects.get().title == ""
    assert "浴室没有热水" in student.get("/requests/").content.decode()
    student.post(draft.url, form(key=Case.objects.get().form_key))
    title = Case.objects.get().title
    assert title == "浴室没有热水已经两天了"


def test_the_page_keeps_one_draft_however_often_it_does_and_sends_it(student):
    key = uuid4()
    for words in ("浴室", "浴室没有", BODY):
        kept = student.post(NEW, form(key=key, body=words, draft="1"), **ITSELF)
        assert kept.status_code == 200 and "草稿已保存" in kept.content.decode()
    assert Case.objects.get().body == BODY
    assert student.post(NEW, form(key=key)).status_code == 200
    assert Case.objects.get().state == State.SUBMITTED


def test_what_arrives_after_the_form_was_sent_changes_nothing(student):
    key = uuid4()
    assert student.post(NEW, form(key=key)).status_code == 200
    late = student.post(NEW, form(key=key, body="浴", draft="1"), **ITSELF)
    assert "已经提交" in late.content.decode()
    assert Case.objects.get().body == BODY
    other = signed_in(a_user("王五"))
    assert "已经提交" in other.post(NEW, form(key=key, draft="1"), **ITSELF).content.decode()
    assert Case.objects.get().owner.name == "李小雨"


def test_what_is_written_to_be_sent_anonymously_is_not_kept_by_the_page(student):
    kept = student.post(NEW, form(mode="ANONYMOUS", draft="1"), **ITSELF)
    assert kept.status_code == 203 and not Case.objects.exists()


def test_an_empty_page_makes_no_draft(student):
    assert student.post(NEW, form(body=" ", draft="1"), **ITSELF).status_code == 204
    assert not Case.objects.exists()


def test_a_draft_with_a_nul_in_it_is_kept_without(student):
    student.post(NEW, form(body="a\0b", title="t\0", draft="1"), **ITSELF)
    assert Case.objects.get().body == "ab"


def test_sent_anonymously_only_the_files_of_a_draft_come_along(student):
    answer = keep(student, uploads=[upload("a.jpg", picture())])
    draft = Case.objects.get()
    assert student.post(answer.url, form(key=draft.form_key, mode="ANONYMOUS")).status_code == 200
    case = Case.objects.get()
    assert case.pk != draft.pk and case.owner is None
    assert case.attachments.get().by is None


def test_a_draft_is_thrown_away_with_its_files(student, django_capture_on_commit_callbacks):
    keep(student, uploads=[upload("b.txt", b"list")])
    key = Attachment.objects.get().key
    assert store().has(key)
    with django_capture_on_commit_callbacks(execute=True):
        student.post(f"/requests/drafts/{Case.objects.get().pk}/removal/")
    assert not Case.objects.exists() and not Attachment.objects.exists()
    assert not store().has(key)


def test_nobody_else_opens_fills_or_throws_away_a_draft(student):
    answer = keep(student, uploads=[upload("b.txt", b"list")])
    draft = Case.objects.get()
    for client in (Client(), signed_in(a_user("王五")), client_of("R3"), client_of("R4")):
        assert BODY[:8] not in client.get(answer.url).content.decode()
        client.post(answer.url, form(key=draft.form_key, body="别人写的内容在这里", draft="1"))
        client.post(NEW, form(key=draft.form_key, body="别人写的内容在这里", draft="1"))
        assert client.post(f"/requests/drafts/{draft.pk}/removal/").status_code in {302, 404}
        assert client.get(f"/files/{draft.attachments.get().key}/").status_code == 404
    assert Case.objects.get(pk=draft.pk).body == BODY


# --- Registration ------------------------------------------------------------------------


def test_a_clerks_half_registration_is_there_when_they_come_back_and_nobody_elses():
    clerk, other = client_of("R2"), client_of("R2")
    path = "/desk/registrations/"
    kept = clerk.post(f"{path}draft/", {"phone": "13912345678", "body": "来电说三号楼漏水"})
    assert "草稿已保存" in kept.content.decode()
    assert "三号楼漏水" in clerk.get(path).content.decode()
    assert "三号楼漏水" not in other.get(path).content.decode()
    assert clerk.post(f"{path}draft/", {"forget": "1"}).status_code == 302
    assert "三号楼漏水" not in clerk.get(path).content.decode()


def test_a_registration_that_was_sent_leaves_no_draft():
    clerk = client_of("R2")
    data = form(channel="PHONE", phone="13912345678")
    clerk.post("/desk/registrations/draft/", data)
    clerk.post("/desk/registrations/draft/", data)
    assert Draft.objects.count() == 1
    assert clerk.post("/desk/registrations/", data).status_code == 200
    assert not Draft.objects.exists()


def test_a_form_that_was_refused_is_kept_as_a_draft():
    case, clerk = a_case(State.SUBMITTED), client_of("R3")
    path = f"/desk/cases/{case.number}/questions/"
    assert clerk.post(path, {"words": "问" * 10_001}).status_code == 422
    assert Draft.objects.get().data["words"].startswith("问问")


def test_a_form_whose_draft_is_gone_is_sent_like_any_other(student):
    answer = keep(student)
    key = Case.objects.get().form_key
    assert student.post(answer.url, form(key=key)).status_code == 200
    assert student.post(answer.url, form(key=key)).status_code == 409  # said as for any repeat
    assert student.post(answer.url, form()).status_code == 200
    assert student.get(answer.url).status_code == 404


def test_an_empty_form_says_where_the_drafts_are(student):
    keep(student, body="浴室的灯坏了两天了")
    assert "浴室的灯" in student.get(NEW).content.decode()


def test_a_registration_that_is_sent_or_anonymous_keeps_no_name():
    clerk = client_of("R2")
    path, data = "/desk/registrations/draft/", form(channel="PHONE", phone="13912345678")
    assert clerk.post(path, data | {"mode": "ANONYMOUS"}).status_code == 200
    assert "phone" not in Draft.objects.get().data
    assert clerk.post("/desk/registrations/", data).status_code == 200
    assert clerk.post(path, data).status_code == 204
    assert not Draft.objects.exists()
