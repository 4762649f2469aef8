"""What a crash between database and store leaves over, and what is gone or changed."""

from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from hotline.cases.models import Attachment
from hotline.cases.services import files, judging, tending
from hotline.cases.services.tending import Fault
from tests.cases.test_judging import sent
from tests.drivers.test_stores import address, s3  # noqa: F401 - fixtures
from tests.uploads import pdf, picture

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1, hours=1)


def orphans(**more):
    return sorted(row.name for row in tending.sweep(at=now() + TOMORROW, **more).orphans)


def keep(name, content=b"nobody's"):
    files.store().keep(name, BytesIO(content))


@pytest.fixture(params=["folder", "bucket"])
def _store(request, settings):
    if request.param == "bucket":
        settings.FILES_URL = request.getfixturevalue("address")


@pytest.mark.usefixtures("_store")
def test_bytes_that_no_row_needs_go_after_a_day_and_all_others_stay():
    case = sent(("a.pdf", pdf()), ("b.jpg", picture()), ("c.jpg", picture()))
    document, judged, waiting = case.attachments.all()
    judging.judge(judged, at=now())
    keep(files.name_of(judged, files.RAW))  # a crash after a photo was made anew
    keep("z" * 43)  # a crash before the row was committed
    keep("z" * 43 + ".abc.part")
    left = [files.name_of(judged, files.RAW), "z" * 43, "z" * 43 + ".abc.part"]
    assert tending.sweep(at=now()).orphans == []  # they may be on their way
    assert orphans(remove=False) == sorted(left)
    assert orphans() == sorted(left)
    assert orphans() == []
    due = [document.key, judged.key, f"{judged.key}.small", f"{waiting.key}.raw"]
    assert all(files.store().has(name) for name in due)


@pytest.mark.usefixtures("_store")
def test_what_is_not_called_as_our_files_are_is_somebody_elses():
    """A bucket may hold another's things, and another installation of ours under a prefix."""
    others = ["backup-of-the-registrar.tar", "staging/" + "k" * 43, "k" * 43 + ".txt", "k" * 44]
    if settings.FILES_URL:
        for name in others:
            keep(name)
    else:
        others = [name for name in others if "/" not in name]
        for name in others:
            keep(name)
    assert orphans(force=True) == []
    assert all(files.store().has(name) for name in others)


def test_a_row_without_its_bytes_is_named_and_kept():
    case = sent(("a.pdf", pdf()))
    files.store().drop([case.attachments.get().key])
    swept = tending.sweep(at=now() + TOMORROW)
    assert swept.lost == [case.attachments.get().pk]


def test_very_many_bytes_without_rows_are_left_alone_until_somebody_looks(monkeypatch):
    monkeypatch.setattr(tending, "FEW", 2)
    for letter in "abc":
        keep(letter * 43)
    swept = tending.sweep(at=now() + TOMORROW)
    assert (swept.held_back, swept.removed, len(swept.orphans)) == (True, False, 3)
    assert files.store().has("a" * 43)
    assert tending.sweep(at=now() + TOMORROW, force=True).removed
    assert not files.store().has("a" * 43)


def test_a_file_that_was_changed_or_is_gone_is_found_by_its_fingerprint():
    case = sent(("a.pdf", pdf()), ("b.pdf", pdf()), ("c.pdf", pdf()), ("d.jpg", picture()))
    same, changed, gone, photo = case.attachments.all()
    judging.judge(photo, at=now())
    keep(changed.key, pdf(b"one byte more"))
    files.store().drop([gone.key])
    assert list(tending.check()) == [(changed.pk, Fault.CHANGED), (gone.pk, Fault.GONE)]
    Attachment.objects.filter(pk=same.pk).update(sha256="")  # of an earlier release
    assert (same.pk, Fault.UNKNOWN) in list(tending.check())
    assert tending.adopt() == 1
    assert (same.pk, Fault.UNKNOWN) not in list(tending.check())


def said(*words):
    out = StringIO()
    call_command("files", *words, stdout=out)
    return out.getvalue()


def test_the_command_tells_and_fails_where_somebody_must_act():
    case = sent(("a.pdf", pdf()))
    assert "there and unchanged" in said("check")
    assert "bytes without a row: 0" in said("sweep", "--dry-run")
    assert "not scanned" in said("scanner")
    files.store().drop([case.attachments.get().key])
    for words in (["check"], ["sweep"]):
        with pytest.raises(CommandError, match="backup"):
            said(*words)


def test_a_store_that_does_not_answer_is_told_in_one_line(settings):
    settings.FILES_URL = "s3+http://key:secret@127.0.0.1:9/files"
    with pytest.raises(CommandError, match="does not answer"):
        said("sweep")
