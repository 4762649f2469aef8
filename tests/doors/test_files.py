"""Every byte of every file: who gets it, who does not, and what an address can be made to do."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.cases.codes import Mode, Part, Seal, State
from hotline.cases.models import Attachment, Case
from hotline.cases.models.files import FileState
from hotline.cases.services import files, judging
from hotline.drivers.stores import PARTS
from hotline.notices import tasks
from hotline.notices.models import Message
from hotline.notices.services import outbox
from tests.doors.people import client_of, signed_in
from tests.doors.test_bad_input import BODY, submit
from tests.drivers.scanner import a_dead_address
from tests.make import a_case, a_user, an_order
from tests.uploads import GOOD, HOSTILE, MISNAMED, pdf, picture

pytestmark = pytest.mark.django_db
CONTENT = pdf(b"canary")
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


def a_file(case, *, order=None, name="a.pdf", **fields):
    """A row with its bytes, as sent half an hour ago."""
    photo = fields.pop("photo", False)
    row = Attachment.objects.create(
        case=case, order=order, key=files.secrets.token_urlsafe(32), name=name, size=len(CONTENT),
        mime="image/jpeg" if photo else "application/pdf", extension="jpg" if photo else "pdf",
        at=case.created_at + timedelta(minutes=1), **{"state": FileState.READY} | fields,
    )  # fmt: skip
    for variant in ("", files.RAW, files.SMALL) if photo else ("",):
        files.store().keep(files.name_of(row, variant), BytesIO(CONTENT))
    return row


@pytest.fixture
def scene():
    """A 保密 request in hand: its requester, its lead unit, a unit that assists, and the office."""
    owner = a_user("欧阳若兰")
    at = now() - timedelta(hours=5)
    case = a_case(State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL, at=at)
    an_order(case, unit="jijian", part=Part.JOINT, at=at)
    return case


WHO = {
    "stranger": lambda case: Client(),
    "student": lambda case: signed_in(a_user("另一个学生")),
    "other unit": lambda case: client_of("R5"),
    "administrator": lambda case: client_of("R13"),
    "crisis team": lambda case: client_of("R12"),
    "joint unit": lambda case: client_of("R5", of="jijian"),
    "lead unit": lambda case: client_of("R5", of="houqin"),
    "office": lambda case: client_of("R3"),
    "requester": lambda case: signed_in(case.owner),
}
OUTSIDE = {"stranger", "student", "other unit", "administrator", "crisis team"}
UNITS = {"lead unit", "joint unit"}
FILES = {  # how the file is -> who opens it
    "of the request": ({}, {"office", "requester"} | UNITS),
    "withheld": ({"withheld": True}, {"office", "requester"}),
    "waiting": ({"state": "PENDING"}, {"requester"}),
    "infected": ({"state": "INFECTED"}, set()),
    "refused": ({"state": "REFUSED"}, set()),
    "a photo that waits": ({"state": "PENDING", "photo": True}, set()),
    "a leader's paper": ({"inner": True}, {"office"}),
}


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_of_file_opens_for_those_of_the_table_and_for_no_one_else(scene, kind):
    fields, allowed = FILES[kind]
    row = a_file(scene, **fields)
    opened = set()
    for who, make in WHO.items():
        response = make(scene).get(f"/files/{row.key}/")
        assert response.status_code in {200, 404}, who
        if response.status_code == 200:
            assert b"".join(response.streaming_content) == CONTENT
            opened.add(who)
        else:
            assert b"canary" not in response.content
    assert opened == allowed


def test_an_answers_file_opens_for_its_unit_and_the_office_and_not_yet_for_who_asked(scene):
    lead = scene.orders.get(part=Part.LEAD)
    row = a_file(scene, order=lead)
    opened = {who for who, make in WHO.items() if make(scene).get(f"/files/{row.key}/").status_code == 200}  # fmt: skip
    assert opened == {"office", "lead unit"}


def test_a_waiting_file_of_a_unit_opens_for_whoever_sent_it(scene):
    lead = scene.orders.get(part=Part.LEAD)
    from tests.make import holder

    author, colleague = (holder("R5", of="houqin") for _ in range(2))
    row = a_file(scene, order=lead, state="PENDING", by=author)
    assert signed_in(author).get(f"/files/{row.key}/").status_code == 200
    assert signed_in(colleague).get(f"/files/{row.key}/").status_code == 404


@pytest.mark.parametrize(
    ("seal", "allowed"),
    [(Seal.CRISIS, {"crisis team", "requester"}), (Seal.DISCIPLINE, {"requester"})],
)
def test_a_sealed_requests_files_open_only_in_its_room(scene, seal, allowed):
    Case.objects.filter(pk=scene.pk).update(seal=seal, state=State.CRISIS if seal == Seal.CRISIS else State.REFERRED)  # fmt: skip
    row = a_file(scene, sealed=seal == Seal.CRISIS)
    opened = {who for who, make in WHO.items() if make(scene).get(f"/files/{row.key}/").status_code == 200}  # fmt: skip
    assert opened == allowed


# --- Addresses -----------------------------------------------------------------------------


TRICKS = [
    "/files/../secret_key/", "/files/..%2f..%2fsecret_key/", "/files/%2e%2e/%2e%2e/etc/passwd/",
    "/files/{key}/../../../etc/passwd", "/files/{key}%00/", "/files/{key}%00.pdf/",
    "/files//etc/passwd/", "/files/%2Fetc%2Fpasswd/", "/files/..%5c..%5cboot.ini/",
    "/files/{key}.raw/", "/files/{key}.small/", "/files/{two}/{key}/", "/files/{key}/raw/",
    "/files/%E2%80%A6/", "/files/" + "k" * 5000 + "/", "/files/*/", "/files/{key}%0d%0aX: y/",
    "/files/%c0%ae%c0%ae/", "/files/{other}/",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_no_address_leads_to_anything_but_a_file_by_its_key(scene, trick):
    row = a_file(scene)
    path = trick.format(key=row.key, two=row.key[:2], other="A" * 43)
    for client in (signed_in(scene.owner), client_of("R4")):
        response = client.get(path)
        assert response.status_code in {400, 404}
        assert b"root:" not in response.content and b"canary" not in response.content


HEADERS = {
    "a range": {"Range": "bytes=0-10"}, "many ranges": {"Range": "bytes=" + "0-,".join("" for _ in range(3000))},
    "no range": {"Range": "bytes=9999999999999999999-"}, "a negative range": {"Range": "bytes=-1"},
    "if none match": {"If-None-Match": "*"}, "if match": {"If-Match": '"x"'},
    "if modified": {"If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
    "if range": {"If-Range": '"x"', "Range": "bytes=0-1"},
}  # fmt: skip


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("method", ["get", "head"])
def test_no_header_tells_a_stranger_that_there_is_a_file(scene, name, method):
    row = a_file(scene)
    mine, strange = signed_in(scene.owner), signed_in(a_user("王五"))
    here = getattr(strange, method)(f"/files/{row.key}/", headers=HEADERS[name])
    nowhere = getattr(strange, method)(f"/files/{'A' * 43}/", headers=HEADERS[name])
    assert here.status_code == nowhere.status_code == 404
    assert set(here.headers) == set(nowhere.headers)
    assert getattr(mine, method)(f"/files/{row.key}/", headers=HEADERS[name]).status_code == 200


def test_asking_for_the_head_of_a_file_reads_none_of_it(scene):
    row = a_file(scene)
    mine = signed_in(scene.owner)
    head, whole = mine.head(f"/files/{row.key}/"), mine.get(f"/files/{row.key}/")
    assert head.content == b""
    told, known = dict(head.headers), dict(whole.headers)
    assert told.pop("X-Request-ID") != known.pop("X-Request-ID")
    assert told == known
    files.store().drop([row.key])
    for method in (mine.get, mine.head):
        assert method(f"/files/{row.key}/").status_code == 404


def test_a_store_that_is_away_is_said_to_be_and_is_no_crash(scene, settings):
    row = a_file(scene)
    settings.FILES_URL = "s3+http://key:secret@127.0.0.1:9/files"
    for method in ("get", "head"):
        assert getattr(signed_in(scene.owner), method)(f"/files/{row.key}/").status_code == 503
        assert getattr(client_of("R5"), method)(f"/files/{row.key}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_file_is_only_ever_read(scene, method):
    row = a_file(scene)
    assert getattr(signed_in(scene.owner), method)(f"/files/{row.key}/").status_code == 405


def test_what_a_browser_is_told_keeps_it_from_running_or_keeping_anything(scene):
    document, photo = a_file(scene), a_file(scene, photo=True)
    for row, how in ((document, "attachment"), (photo, "inline")):
        response = signed_in(scene.owner).get(f"/files/{row.key}/")
        assert response["Content-Disposition"].startswith(f"{how};")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Security-Policy"] == SANDBOX
        assert response["Cache-Control"] == "private, no-store"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "ETag" not in response and "Last-Modified" not in response
    assert signed_in(scene.owner).get(f"/files/{document.key}/small/").status_code == 404


def test_a_name_with_anything_in_it_stays_within_its_header(scene):
    row = a_file(scene, name='"; filename=x.html\r\nSet-Cookie: a=b;…\u202egnp.exe.pdf')
    told = signed_in(scene.owner).get(f"/files/{row.key}/")["Content-Disposition"]
    assert told.isascii() and "\n" not in told and '"' not in told


# --- Everything that is ever sent ------------------------------------------------------------


@pytest.fixture
def student():
    return signed_in(a_user("李小雨"))


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hostile_gets_past_the_form_and_the_text_is_kept(student, name):
    response = submit(student, uploads=[SimpleUploadedFile(name, HOSTILE[name])])
    assert response.status_code == 422
    page = response.content.decode()
    assert BODY in page and "form-error" in page
    assert not Attachment.objects.exists()
    assert not [row for part in PARTS for row in files.store().names(part)]


def test_what_is_good_gets_through_and_nothing_kept_is_a_script(student, settings):
    settings.FILES_MOST = 50
    sent = [SimpleUploadedFile(name, content) for name, (content, _kind) in GOOD.items()]
    sent += [SimpleUploadedFile(name, content) for name, (content, _name) in MISNAMED.items()]
    assert submit(student, uploads=sent).status_code == 200
    for row in Attachment.objects.all():
        judging.judge(row, at=now())
        row.refresh_from_db()
        assert row.state == FileState.READY, row.name
        response = student.get(f"/files/{row.key}/")
        assert not {"html", "svg", "xml", "script"} & set(response["Content-Type"].replace("+", "/").split("/"))  # fmt: skip
        assert b"<script" not in b"".join(response.streaming_content)


def test_every_file_at_fault_is_named_at_once_with_its_reason(student):
    response = submit(
        student,
        uploads=[SimpleUploadedFile("b.svg", HOSTILE["script.svg"]), SimpleUploadedFile("ok.jpg", picture()),
                 SimpleUploadedFile("m.docx", HOSTILE["macros.docx"])],
    )  # fmt: skip
    page = response.content.decode()
    assert response.status_code == 422
    assert "b.svg" in page and "m.docx" in page and "宏" in page and "ok.jpg" not in page
    assert "有 2 个文件" in page


def test_whoever_sent_an_infected_file_is_led_to_the_page_that_says_what_to_do(scene):
    case = scene
    outbox.tell([case.owner], "file_quarantined", {"number": case.number}, key="file1", at=now(), case=case)  # fmt: skip
    mine = signed_in(case.owner)
    answer = mine.post(f"/messages/{Message.objects.filter(user=case.owner).first().pk}/")
    assert (answer.status_code, answer.url) == (302, f"/requests/{case.number}/")


@pytest.mark.parametrize("role", ["R3", "R4", "R8"])
def test_no_page_names_who_sent_an_infected_file(scene, role):
    judging._quarantine(a_file(scene, by=scene.owner, state=FileState.PENDING), "Eicar", at=now())
    told = ProcrastinateJob.objects.get(task_name="notices.tell").args
    tasks.tell(**told)
    message = Message.objects.get(user=scene.owner)
    assert (message.template, message.to_requester) == ("file_quarantined", True)
    client = client_of(role)
    for path in (f"/desk/cases/{scene.number}/", "/desk/deliveries/"):
        assert scene.owner.name not in client.get(path).content.decode()


def test_the_page_says_that_a_file_waits_and_why_one_is_locked_away(settings, student):
    settings.CLAMD = a_dead_address()
    submit(student, uploads=[SimpleUploadedFile("a.pdf", pdf())])
    case = Case.objects.get()
    page = student.get(f"/requests/{case.number}/").content.decode()
    assert "检查中" in page
    desk = client_of("R3").get(f"/desk/cases/{case.number}/").content.decode()
    row = case.attachments.get()
    assert "检查中" in desk and f"/files/{row.key}/" not in desk
    Attachment.objects.update(state=FileState.INFECTED, finding="Some.Virus")
    page = student.get(f"/requests/{case.number}/").content.decode()
    assert "病毒" in page and "重新上传" in page and f"/files/{row.key}/" not in page
