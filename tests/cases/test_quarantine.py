"""Infected files: listed without a name, let go when it was a false alarm, gone when their time is over."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from hotline.base.refusals import Invalid, WrongState
from hotline.cases.codes import State
from hotline.cases.models import Attachment, Case
from hotline.cases.models.files import FileState
from hotline.cases.services import files, judging, quarantine, tending
from hotline.cases.services.quarantine import StillInfected
from hotline.cases.sight import sight_of
from hotline.drivers.clamd import ScannerDown
from hotline.drivers.stores import Missing
from tests.cases.at_hand import draft
from tests.cases.test_judging import sent
from tests.drivers.scanner import a_dead_address, saying
from tests.make import NOON, a_requester, an_actor
from tests.uploads import pdf, picture

pytestmark = pytest.mark.django_db

WHY = "杀毒软件厂商已确认误报"
LATER = NOON + timedelta(hours=1)
FOUND, CLEAN = b"stream: House.Eicar FOUND\0", b"stream: OK\0"
MONTH = timedelta(days=30)


@pytest.fixture(params=[("a.pdf", pdf), ("a.jpg", picture)], ids=["document", "photo"])
def locked(request, settings):
    """One file that the scanner has found bad."""
    name, content = request.param
    settings.CLAMD = a_dead_address()
    return found_bad(sent((name, content()), by=a_requester(name="欧阳若兰")), settings)


def found_bad(case, settings):
    row = case.attachments.get()
    with saying(FOUND) as (settings.CLAMD, _server):
        assert judging.judge(row, at=NOON)
    row.refresh_from_db()
    assert row.state == FileState.INFECTED
    return row


def release(row, answer, settings, **more):
    with saying(answer) as (settings.CLAMD, _server):
        return quarantine.release(row, **{"why": WHY, "anyway": False, "at": LATER} | more)


def test_what_is_found_clean_by_new_signatures_may_be_opened_and_the_history_says_why(
    locked, settings
):
    assert release(locked, CLEAN, settings) == FileState.READY
    row = Attachment.objects.get()
    assert (row.state, row.scanned_at, row.finding) == (FileState.READY, LATER, "")
    case, clerk = Case.objects.get(pk=row.case_id), an_actor("R3")
    assert sight_of(clerk, case, at=LATER).opens(row, by=clerk)
    step = case.steps.get(verb="free_file")
    assert (step.text, step.side, step.after) == (WHY, "SYSTEM", State.SUBMITTED)
    assert step.facts == {"file": row.pk, "found": "", "before": "House.Eicar"}
    names = {name for name in files.names_of(row) if files.store().has(name)}
    assert names == ({row.key, f"{row.key}.small"} if row.is_photo else {row.key})
    assert tending.fingerprint(row) == row.sha256


def test_what_is_found_again_stays_locked_unless_somebody_insists_which_is_told(locked, settings):
    with pytest.raises(StillInfected, match=r"House\.Eicar"):
        release(locked, FOUND, settings)
    assert Attachment.objects.get().state == FileState.INFECTED
    assert not locked.case.steps.filter(verb="free_file").exists()
    assert release(locked, FOUND, settings, anyway=True) == FileState.READY
    assert Attachment.objects.get().finding == "House.Eicar"
    assert locked.case.steps.get(verb="free_file").facts["found"] == "House.Eicar"


def test_nothing_is_let_go_without_a_reason_a_verdict_or_an_infected_file(locked, settings):
    with pytest.raises(Invalid):
        release(locked, CLEAN, settings, why="误报")
    settings.CLAMD = a_dead_address()
    for anyway in (False, True):
        with pytest.raises(ScannerDown):
            quarantine.release(locked, why=WHY, anyway=anyway, at=LATER)
    settings.CLAMD = ""
    with pytest.raises(WrongState):
        quarantine.release(locked, why=WHY, anyway=False, at=LATER)
    assert Attachment.objects.get().state == FileState.INFECTED
    release(locked, CLEAN, settings)
    with saying(CLEAN) as (settings.CLAMD, _server), pytest.raises((WrongState, Missing)):
        quarantine.release(locked, why=WHY, anyway=False, at=LATER)
    assert locked.case.steps.filter(verb="free_file").count() == 1


def test_the_file_of_a_draft_is_let_go_without_a_step(settings):
    settings.CLAMD = a_dead_address()
    kept = draft(a_requester(), files=[SimpleUploadedFile("a.pdf", pdf())])
    row = found_bad(kept, settings)
    assert release(row, CLEAN, settings) == FileState.READY
    assert not kept.steps.exists()


def test_its_bytes_go_after_their_time_and_the_page_says_so(
    locked, settings, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        assert quarantine.drop_old(older=MONTH, at=NOON + MONTH) == 0
        assert quarantine.drop_old(older=MONTH, at=NOON + MONTH + timedelta(seconds=1)) == 1
    row = Attachment.objects.get()
    assert row.state == FileState.DROPPED
    assert not [name for name in files.names_of(row) if files.store().has(name)]
    assert tending.sweep(at=NOON).lost == []
    clerk = an_actor("R3")
    sight = sight_of(clerk, Case.objects.get(), at=LATER)
    assert [seen.state for seen in sight.locked_files] == [FileState.DROPPED]
    assert not sight.opens(row, by=clerk)
    assert list(quarantine.locked_away()) == []
    with pytest.raises(Missing):
        release(row, CLEAN, settings)


def said(*words):
    out = StringIO()
    call_command("files", *words, stdout=out)
    return out.getvalue()


def test_the_command_lists_without_a_name_and_lets_go(locked, settings):
    told = said("quarantine")
    assert all(word in told for word in (locked.case.number, "House.Eicar", locked.key, "30 days"))
    assert "欧阳" not in told and locked.name not in told
    with saying(FOUND) as (settings.CLAMD, _server), pytest.raises(CommandError, match="anyway"):
        said("release", locked.key, "--why", WHY)
    with pytest.raises(CommandError, match="No file"):
        said("release", "x" * 43, "--why", WHY)
    with saying(CLEAN) as (settings.CLAMD, _server):
        assert "may be opened now" in said("release", locked.key, "--why", WHY)
    assert "locked away: 0" in said("quarantine")


def test_nobody_reads_the_number_of_a_sealed_request(locked):
    Case.objects.update(seal="CRISIS", state=State.CRISIS)
    told = said("quarantine")
    assert told.startswith("sealed") and locked.case.number not in told
