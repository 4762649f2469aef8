"""A copy of one's own data: whole, of nobody else, packed by a job, and gone after a week."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now

from hotline.base.refusals import NotAllowed, TooMany, WrongState
from hotline.cases import access
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, PetitionFile, Remark, Step
from hotline.cases.moves import MOVES
from hotline.cases.services.files import store
from hotline.cases.sight import sight_of
from hotline.doors.portal import story
from hotline.people.actor import SYSTEM, Actor
from hotline.rights import package, portrait
from hotline.rights.models import Export
from hotline.rights.services import exporting, retention
from hotline.rights.services.erasing import Why, erase
from tests.doors.people import signed_in
from tests.make import NOON, a_case, a_user
from tests.rights.at_hand import NAME, PHONE, WORDS, a_canary

pytestmark = pytest.mark.django_db
INNER = "单位内部的说法"


def packed(export, at=None):
    exporting.build(export, at=at or now(), language="zh-hans")
    export.refresh_from_db()
    content = b"".join(store().read(export.key))
    assert len(content) == export.size
    return zipfile.ZipFile(io.BytesIO(content))


def test_a_person_is_given_everything_of_their_own():
    user = a_user(NAME, phone=PHONE)
    case = a_canary(owner=user)
    export = exporting.ask(None, by=Actor(user=user), at=now())
    found = packed(export)
    told = json.loads(found.read("data.json"))
    assert told["account"]["phone"] == PHONE
    (request,) = told["requests"]
    assert (request["number"], request["text"], request["given"]["name"]) == (
        case.number,
        WORDS,
        NAME,
    )
    assert request["ratings"][0]["words"] == WORDS and len(request["looks"]) == 1
    assert [step["words"] for step in request["steps"] if step["words"]] == [WORDS]
    assert told["messages"] and [claim["words"] for claim in told["claims"]] == [WORDS]
    (path,) = request["files"]
    assert found.read(path).startswith(b"%PDF")
    page = found.read("index.html").decode()
    assert WORDS in page and "<script" not in page
    rows = list(csv.DictReader(io.StringIO(found.read("requests.csv").decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == [case.number]
    assert (export.done, export.total, export.state) == (1, 1, "READY")


def test_nothing_of_others_and_no_inner_note_is_in_it():
    user, other = a_user(), a_user("别人的名字", phone="13811112222")
    case = a_canary(owner=user)
    a_case(State.ARCHIVED, owner=other, body="别人的诉求")
    order = case.orders.get()
    for kind in ("NOTE", "UNIT_NOTE"):
        Remark.objects.create(case=case, order=order, kind=kind, text=INNER, at=NOON)
    order.replies.update(internal=INNER)
    case.unmaskings.all()
    Step.objects.create(case=case, seq=9, verb="note", before="ARCHIVED", after="ARCHIVED", side="OFFICE", at=NOON, text=INNER)  # fmt: skip
    Step.objects.create(case=case, seq=10, verb="send_back", before="ARCHIVED", after="ARCHIVED", side="UNIT", at=NOON, text=INNER)  # fmt: skip
    found = packed(exporting.ask(None, by=Actor(user=user), at=now()))
    text = "".join(found.read(name).decode("utf-8", "replace") for name in found.namelist())
    assert not [
        x for x in (INNER, "别人的名字", "13811112222", "别人的诉求", "R3员工") if x in text
    ]


def test_the_steps_of_an_export_are_those_of_the_requesters_page():
    case = a_case(State.ARCHIVED)
    told = {
        verb for verb in MOVES
        if story._chapter(Step(case=case, verb=verb, at=NOON, text="x"), case) is not None
    }  # fmt: skip
    worded = {
        verb for verb in told if story._chapter(Step(case=case, verb=verb, at=NOON, text="原话"), case).words == "原话"
    }  # fmt: skip
    assert told == portrait.STEPS
    assert worded == portrait.SAID


def test_of_a_complaint_about_the_office_an_export_has_what_its_page_shows_and_no_more():
    case = a_case(State.ACCEPTED, owner=a_user(), seal="OFFICE")
    told = ("enclose", "ask_open", "refuse_open")
    for seq, verb in enumerate((*told, "name_people", "step_aside", "raise", "note"), 1):
        Step.objects.create(
            case=case, seq=seq, verb=verb, before="ACCEPTED", after="ACCEPTED", side="RECEIVER", at=NOON,
            text=WORDS if verb in told[:2] else INNER,
        )  # fmt: skip
    _same_as_on_the_page(case, words={WORDS})


def test_of_a_petition_an_export_has_what_its_page_shows_and_nothing_else_of_the_file():
    case = a_case(State.REFERRED, owner=a_user(), referred_to="PETITION")
    file = PetitionFile.objects.create(
        case=case, state="CLOSED", register=INNER, told=WORDS, received_at=NOON, registered_at=NOON,
        accepted_at=NOON, ended_at=NOON,
    )  # fmt: skip
    file.entries.create(verb="note", text=INNER, by=a_user(), at=NOON)
    _same_as_on_the_page(case, words={WORDS})


def _same_as_on_the_page(case, *, words):
    by = Actor(user=case.owner)
    found = packed(exporting.ask(None, by=by, at=now()))
    (row,) = json.loads(found.read("data.json"))["requests"]
    chapters = story.chapters(sight_of(by, case, at=now()))
    told = row["steps"] + row["petition"] + row["said"]
    assert len(told) == len(chapters) > 2
    assert {each.words for each in chapters if each.words} == words
    assert {line["words"] for line in row["steps"] + row["petition"]} - {""} == words
    assert INNER not in "".join(
        found.read(name).decode("utf-8", "replace") for name in found.namelist()
    )


def test_an_answer_that_has_not_passed_the_audit_is_not_given_away():
    user = a_user()
    a_case(State.ANSWERED, owner=user, answer="还没有审核的答复")
    found = packed(exporting.ask(None, by=Actor(user=user), at=now()))
    assert "还没有审核的答复" not in found.read("data.json").decode()


def test_it_is_packed_once_and_five_times_a_day_at_most():
    user = a_user()
    by = Actor(user=user)
    first = exporting.ask(None, by=by, at=NOON)
    with pytest.raises(WrongState, match="正在打包"):
        exporting.ask(None, by=by, at=NOON)
    packed(first, at=NOON)
    key = first.key
    exporting.build(first, at=NOON, language="en")
    assert Export.objects.get(pk=first.pk).key == key
    for _ in range(4):
        packed(exporting.ask(None, by=by, at=NOON), at=NOON)
    with pytest.raises(TooMany):
        exporting.ask(None, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        exporting.ask(a_case(), by=by, at=NOON)


def test_what_fails_says_so_and_may_be_asked_again(monkeypatch):
    user = a_user()
    export = exporting.ask(None, by=Actor(user=user), at=NOON)
    monkeypatch.setattr(portrait, "of_person", lambda user: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        exporting.build(export, at=NOON, language="zh-hans")
    assert Export.objects.get(pk=export.pk).state == "FAILED"
    exporting.ask(None, by=Actor(user=user), at=NOON)


def test_after_a_week_it_is_gone_from_the_store():
    export = exporting.ask(None, by=Actor(user=a_user()), at=NOON)
    packed(export, at=NOON)
    assert retention.run(by=SYSTEM, at=NOON + timedelta(days=6)).counts == {}
    assert not export.is_open(NOON + timedelta(days=7))
    assert retention.run(by=SYSTEM, at=NOON + timedelta(days=8)).counts == {"EXPORT": 1}
    assert not store().has(export.key)
    assert Export.objects.get().state == "GONE"


def test_an_erased_request_is_in_no_later_package():
    user = a_user()
    case = a_canary(owner=user)
    erase(case, why=Why.ASKED, at=now())
    found = packed(exporting.ask(None, by=Actor(user=user), at=now()))
    assert WORDS not in found.read("data.json").decode()


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\windows\\x.txt", "/etc/passwd", "..", ".hidden", "a/b.pdf"]
)
def test_no_name_of_a_file_leads_out_of_the_package(name):
    path = package.inside("RX1", name, set())
    assert path.startswith("files/RX1/") and ".." not in path and path.count("/") == 2
    taken = set()
    assert package.inside("RX1", "a.pdf", taken) != package.inside("RX1", "a.pdf", taken)


# --- On the pages ------------------------------------------------------------------------


def test_a_person_asks_waits_and_downloads_and_nobody_else_does():
    user = a_user()
    client = signed_in(user)
    assert client.post("/me/export/").status_code == 302
    assert "正在打包" in client.get("/me/export/").content.decode()
    assert client.post("/me/export/").status_code == 409
    export = Export.objects.get()
    url = f"/me/export/{export.pk}/"
    assert client.get(url).status_code == 404  # not ready
    packed(export)
    assert url in client.get("/me/export/").content.decode()
    answer = client.get(url)
    assert answer["Content-Type"] == "application/zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    for other in (Client(), signed_in(a_user())):
        assert other.get(url).status_code == 404
    Export.objects.update(expires_at=now() - timedelta(minutes=1))
    assert client.get(url).status_code == 404


def test_one_proves_again_who_one_is_before_anything_is_packed_or_given():
    user = a_user()
    client = signed_in(user)
    export = exporting.ask(None, by=Actor(user=user), at=now())
    packed(export)
    session = client.session
    session["proved"] = 0
    session.save()
    assert client.get("/me/export/").status_code == 302
    assert client.post("/me/export/").status_code == 403
    assert client.get(f"/me/export/{export.pk}/").status_code == 302
    assert Export.objects.count() == 1


def test_the_bearer_of_a_code_exports_that_one_request_and_no_person():
    code = access.new_code()
    case = a_case(State.ACCEPTED, mode=Mode.ANONYMOUS, body=WORDS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    url = f"/requests/{case.number}/export/"
    assert Client().get(url).status_code == 404
    bearer = Client()
    bearer.post("/requests/track/", {"number": case.number, "code": code})
    assert bearer.post(url).status_code == 302
    export = Export.objects.get()
    told = json.loads(packed(export).read("data.json"))
    assert "account" not in told and [row["text"] for row in told["requests"]] == [WORDS]
    assert bearer.get(f"/me/export/{export.pk}/").status_code == 200
    assert signed_in(a_user()).get(f"/me/export/{export.pk}/").status_code == 404
