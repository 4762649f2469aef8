"""A file from its upload to the moment when others may open it, or nobody ever."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid
from hotline.cases.codes import State
from hotline.cases.models import Attachment, Case
from hotline.cases.models.files import FileState
from hotline.cases.services import files, intake, judging
from hotline.cases.services.given import Words
from hotline.cases.services.judging import Health
from hotline.cases.sight import sight_of
from hotline.notices.audience import told_of
from tests.cases.at_hand import BODY, draft
from tests.drivers.scanner import a_dead_address, clamd, saying  # noqa: F401 - a fixture
from tests.make import NOON, a_case, a_requester, an_actor, type_
from tests.uploads import EICAR, pdf, picture, telling

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=10)


def sent(*contents, by=None, **more):
    """A request with these files."""
    uploads = [SimpleUploadedFile(name, content) for name, content in contents]
    words = Words(body=BODY, type=type_(), files=uploads, **more)
    return intake.submit(words, by=by or a_requester(), at=NOON).case


def state_of(case):
    return list(case.attachments.values_list("state", "scanned_at", "finding"))


def infected():
    return ("notes.txt", EICAR.encode())


def test_without_a_scanner_a_document_is_there_at_once_and_says_that_it_was_not_scanned():
    case = sent(("a.pdf", pdf()))
    assert state_of(case) == [(FileState.READY, None, "")]
    assert judging.scanner_health() == (Health.OFF, "", 0, None)


def test_with_a_scanner_a_file_waits_for_its_verdict(settings, clamd):  # noqa: F811
    settings.CLAMD = clamd
    case = sent(("a.pdf", pdf()), ("b.jpg", picture()))
    assert {row[0] for row in state_of(case)} == {FileState.PENDING}
    assert all(judging.judge(row, at=LATER) for row in case.attachments.all())
    assert state_of(case) == [(FileState.READY, LATER, "")] * 2
    health = judging.scanner_health()
    assert (health.state, health.waiting) == (Health.UP, 0)


def test_an_infected_file_opens_for_nobody_and_everybody_is_told(settings, clamd):  # noqa: F811
    settings.CLAMD = clamd
    owner = a_requester()
    case = sent(infected(), by=owner)
    row = case.attachments.get()
    assert judging.judge(row, at=LATER)
    assert judging.judge(row, at=LATER)  # a job may run twice
    assert state_of(case) == [(FileState.INFECTED, LATER, "House.Eicar.UNOFFICIAL")]
    case.refresh_from_db()
    step = case.steps.get(verb="quarantine")
    assert (step.side, step.facts, case.state) == ("SYSTEM", {"file": row.pk}, State.SUBMITTED)
    assert [telling.template for telling in told_of("quarantine")] == ["file_quarantined"]
    told = ProcrastinateJob.objects.get(task_name="notices.tell").args
    assert (told["people"], told["template"]) == ([owner.user_id], "file_quarantined")
    assert BODY not in str(told)
    for actor in (owner, an_actor("R3"), an_actor("R4")):
        sight = sight_of(actor, Case.objects.get(pk=case.pk), at=LATER)
        assert not sight.attachments
        assert [seen.pk for seen in sight.locked_files] == [row.pk]
        assert not sight.opens(row, by=actor)


def test_an_infected_file_of_a_draft_is_told_on_its_own_page(settings, clamd):  # noqa: F811
    settings.CLAMD = clamd
    kept = draft(a_requester(), files=[SimpleUploadedFile(*infected())])
    assert judging.judge(kept.attachments.get(), at=LATER)
    kept.refresh_from_db()
    assert (state_of(kept)[0][0], kept.steps.count()) == (FileState.INFECTED, 0)


def test_while_the_scanner_is_down_files_wait_and_later_they_are_judged(settings):
    settings.CLAMD = a_dead_address()
    case = sent(("a.pdf", pdf()))
    row = case.attachments.get()
    assert not judging.judge(row, at=NOON)
    assert judging.judge_waiting(at=LATER) == 0
    health = judging.scanner_health()
    assert (health.state, health.waiting, health.oldest) == (Health.DOWN, 1, NOON)
    with saying(b"stream: OK\0") as (address, _server):
        settings.CLAMD = address
        assert judging.judge_waiting(at=NOON) == 0  # its own job may still be at it
        assert judging.judge_waiting(at=LATER) == 1
    assert state_of(case) == [(FileState.READY, LATER, "")]


def test_a_scanner_that_is_taken_away_leaves_no_file_waiting_for_ever(settings):
    settings.CLAMD = a_dead_address()
    case = sent(("a.pdf", pdf()))
    settings.CLAMD = ""
    assert judging.judge_waiting(at=LATER) == 1
    assert state_of(case) == [(FileState.READY, None, "")]


def test_until_then_only_its_sender_opens_a_document_and_a_photo_nobody(settings):
    settings.CLAMD = a_dead_address()
    owner = a_requester()
    case = Case.objects.get(pk=sent(("a.pdf", pdf()), ("b.jpg", picture()), by=owner).pk)
    document, photo = case.attachments.all()
    mine, theirs = (sight_of(actor, case, at=NOON) for actor in (owner, an_actor("R3")))
    assert mine.opens(document, by=owner)
    assert not mine.opens(photo, by=owner)
    assert not theirs.opens(document, by=an_actor("R3"))


def test_a_photo_says_nothing_of_where_it_was_taken_in_any_of_its_bytes():
    case = sent(("a.jpg", telling()))
    row = case.attachments.get()
    assert judging.judge(row, at=LATER)
    row.refresh_from_db()
    store = files.store()
    kept = [b"".join(store.read(files.name_of(row, variant))) for variant in ("", files.SMALL)]
    assert not [content for content in kept if b"canary" in content]
    assert not store.has(files.name_of(row, files.RAW))
    assert row.size == len(kept[0])


def test_a_photo_that_cannot_be_decoded_is_refused_and_its_sender_reads_so():
    owner = a_requester()
    case = sent(("a.jpg", picture(size=(900, 900))[:-400]), by=owner)
    assert judging.judge(case.attachments.get(), at=LATER)
    sight = sight_of(owner, Case.objects.get(pk=case.pk), at=LATER)
    assert [row.state for row in sight.locked_files] == [FileState.REFUSED]


def test_a_file_whose_bytes_are_gone_does_not_wait_for_ever(settings):
    settings.CLAMD = a_dead_address()
    case = sent(("a.pdf", pdf()))
    row = case.attachments.get()
    files.store().drop([row.key])
    assert judging.judge(row, at=LATER)
    assert state_of(case)[0][0] == FileState.REFUSED


def test_a_key_has_256_bits_and_nothing_of_the_person_or_the_file():
    owner = a_requester()
    case = sent(("欧阳若兰的证据.pdf", pdf()), ("b.pdf", pdf()), by=owner)
    keys = [row.key for row in case.attachments.all()]
    assert len(set(keys)) == 2 and all(len(key) == 43 for key in keys)
    names = {row.name for part in "Aa-_9" for row in files.store().names(part)}
    assert not [name for name in names if "欧" in name or str(case.number) in name]


def test_a_wrong_ending_is_put_right_for_its_sender():
    case = sent(("合同.jpg", pdf()), ("photo.JPEG", picture()))
    assert list(case.attachments.values_list("name", flat=True)) == ["合同.pdf", "photo.JPEG"]


def test_bytes_that_were_staged_go_when_what_follows_fails():
    case = a_case(State.SUBMITTED)
    with (
        pytest.raises(RuntimeError),
        files.staged([SimpleUploadedFile("a.pdf", pdf())], case) as rows,
    ):
        assert files.store().has(rows[0].key)
        raise RuntimeError
    assert not files.store().has(rows[0].key)
    assert not Attachment.objects.exists()


def test_a_store_that_takes_nothing_is_a_refusal_that_keeps_what_was_typed(settings, tmp_path):
    in_the_way = tmp_path / "in the way"
    in_the_way.write_bytes(b"")
    settings.FILES = in_the_way
    with pytest.raises(Invalid), files.staged([SimpleUploadedFile("a.pdf", pdf())]):
        pass
