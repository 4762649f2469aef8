"""Backups: taken while people write, opened by nobody else, restored whole or not at all."""

import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import readers
from config.backup import BackupError, database, files, key, manifest, restoring, sealed, taking
from config.backup.taking import Host
from hotline.cases.models import Attachment, Case, Step
from hotline.cases.services import intake, judging
from hotline.cases.services.files import name_of, store
from hotline.cases.services.given import Words
from tests.make import NOON, a_case, a_requester, type_
from tests.uploads import picture

committing = pytest.mark.django_db(transaction=True)


def quiet(_line):
    """A backup that tells nobody how far it is."""


OWNER = "hotline_no_superuser"
KEYS = settings.DATA_KEYS or settings.DATA_KEY_FILE.read_text()


def address(name=None, **more):
    parts = connection.get_connection_params() | more
    kept = {k: parts[k] for k in ("host", "port", "user", "password") if parts.get(k)}
    return make_conninfo("", dbname=name or parts["dbname"], **kept)


@pytest.fixture
def host(tmp_path):
    """This test's database and files, with a key of the platform beside them."""
    (tmp_path / "files").mkdir()
    (tmp_path / "keys").mkdir()
    (tmp_path / "secret_key").write_text("signs sessions")
    (tmp_path / "keys" / "data.key").write_text(KEYS)
    return Host(tmp_path, address())


@pytest.fixture
def secret(host):
    return key.to_seal(host.home)


@pytest.fixture
def elsewhere(tmp_path):
    """A new machine: an empty data folder, and an empty database whose owner may do nothing else."""
    name = f"restored_{os.getpid()}"
    with psycopg.connect(address("postgres"), autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        with suppress(psycopg.errors.DuplicateObject):
            server.execute(f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER PASSWORD 'for tests'")
        made = sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (name, OWNER)))
        server.execute(made)
        (tmp_path / "new").mkdir()
        yield Host(tmp_path / "new", address(name, user=OWNER, password="for tests"))
        server.execute(drop)


def rows(url, table):
    named = "case_id" if table == "cases_requester" else "id"
    with psycopg.connect(url) as found:
        found.execute(database.ALIKE)
        query = sql.SQL("SELECT {}, t::text FROM {} t").format(*map(sql.Identifier, (named, table)))
        return dict(found.execute(query).fetchall())


def submitting(until, told):
    """People who send requests with a file until they are stopped; each receipt is written down."""
    by, kind = a_requester(), type_()
    try:
        while not until.is_set():
            paper = SimpleUploadedFile("a.pdf", b"%PDF-1.4 " + os.urandom(20_000))
            words = Words(body="浴室没有热水已经两天了，请尽快处理。", type=kind, files=[paper])
            told.append(intake.submit(words, by=by, at=NOON).case.pk)
    finally:
        connection.close()


@committing
def test_a_backup_taken_while_people_write_restores_row_by_row_and_file_by_file(
    host, secret, elsewhere, tmp_path
):
    stop, told = threading.Event(), []
    people = [threading.Thread(target=submitting, args=(stop, told)) for _ in range(3)]
    for one in people:
        one.start()
    while len(told) < 12:
        stop.wait(0.05)
    before = set(told)
    folder = taking.take(host, tmp_path / "backups", secret, keys=None, say=quiet)
    while len(told) < len(before) + 6:
        stop.wait(0.05)
    stop.set()
    for one in people:
        one.join()

    found = restoring.opened(folder, host.home, given=None, keys=None)
    assert restoring.obstacles(elsewhere) == []
    assert restoring.restore(found, elsewhere, replace=False, say=quiet) == []

    for table in ("cases_step", "cases_case", "cases_attachment", "cases_requester"):
        live, restored = rows(host.url, table), rows(elsewhere.url, table)
        assert restored == {pk: live[pk] for pk in restored}, table
    saved = rows(elsewhere.url, "cases_case").keys()
    assert before <= saved  # whoever had a receipt before it began is in it
    assert len(saved) < Case.objects.count()  # and people wrote on meanwhile
    for row in Attachment.objects.filter(case__in=saved):
        copy = elsewhere.files / row.key[:2] / row.key
        assert copy.read_bytes() == b"".join(store().read(row.key))
    assert (elsewhere.home / "secret_key").read_text() == "signs sessions"
    assert (elsewhere.home / "keys" / "data.key").stat().st_mode & 0o077 == 0
    with psycopg.connect(elsewhere.url) as new:
        with pytest.raises(psycopg.errors.RestrictViolation):
            new.execute("DELETE FROM cases_step")
        new.rollback()
        highest = new.execute("SELECT max(id) FROM cases_case").fetchone()[0]
        serial = "SELECT nextval(pg_get_serial_sequence('cases_case', 'id'))"
        assert new.execute(serial).fetchone()[0] > highest


@committing
def test_a_restore_into_a_place_that_is_not_empty_sets_it_aside_and_loses_nothing(
    host, secret, elsewhere, tmp_path
):
    a_case()
    folder = taking.take(host, tmp_path / "backups", secret, keys=None, say=quiet)
    found = restoring.opened(folder, host.home, given=None, keys=None)
    restoring.restore(found, elsewhere, replace=False, say=quiet)
    with psycopg.connect(elsewhere.url) as new:
        new.execute("UPDATE cases_case SET title = 'written since'")
    (elsewhere.files / "since").write_text("written since")
    (elsewhere.home / "secret_key").write_text("another")

    standing = restoring.obstacles(elsewhere)
    assert ["tables" in standing[0], "files" in standing[1], len(standing)] == [True, True, 2]
    aside = restoring.restore(found, elsewhere, replace=True, say=quiet)

    schema = next(name.split()[1] for name in aside if name.startswith("schema"))
    with psycopg.connect(elsewhere.url) as new:
        kept = new.execute(f"SELECT title FROM {schema}.cases_case").fetchall()  # noqa: S608
        assert kept == [("written since",)]
    assert rows(elsewhere.url, "cases_case") == rows(host.url, "cases_case")
    others = [path for path in aside if not path.startswith("schema")]
    assert sorted("files" in path or "secret_key" in path for path in others) == [True, True]
    assert not (elsewhere.files / "since").exists()


@committing
def test_nothing_is_restored_while_somebody_is_at_the_database(host, secret, elsewhere):
    with psycopg.connect(elsewhere.url), pytest.raises(BackupError, match="Stop it first"):
        restoring.obstacles(elsewhere)


@committing
def test_a_backup_that_was_touched_is_not_restored_and_the_database_stays_empty(
    host, secret, elsewhere, tmp_path
):
    a_case()
    folder = taking.take(host, tmp_path / "backups", secret, keys=None, say=quiet)
    found = restoring.opened(folder, host.home, given=None, keys=None)
    whole = (folder / "database.sealed").read_bytes()
    (folder / "database.sealed").write_bytes(whole[: len(whole) - 20])
    with pytest.raises(BackupError, match="cut off"):
        restoring.opened(folder, host.home, given=None, keys=None)
    with pytest.raises(BackupError):  # even if it decays between the look and the restore
        restoring.restore(found, elsewhere, replace=False, say=quiet)
    with psycopg.connect(elsewhere.url) as new:
        assert database.is_empty(new)
    assert list(elsewhere.home.iterdir()) == []

    (folder / "database.sealed").write_bytes(whole)
    told = json.loads((folder / "manifest.json").read_text())
    told["rows"]["cases_case"] = 7
    (folder / "manifest.json").write_text(json.dumps(told))
    with pytest.raises(BackupError, match="changed after"):
        restoring.opened(folder, host.home, given=None, keys=None)


@committing
def test_the_keys_of_another_backup_by_the_same_key_are_not_taken_for_its_own(
    host, secret, elsewhere, tmp_path
):
    """Older keys would be put in place without a word, and newer names would open no more."""
    taking.take(host, tmp_path, secret, keys=tmp_path / "older.keys.sealed", say=quiet)
    (host.home / "keys" / "data.key").write_text(KEYS + "\n# rotated")
    (old,) = taking.those_in(tmp_path)
    old.rename(tmp_path / "older")
    folder = taking.take(host, tmp_path, secret, keys=tmp_path / "newer.keys.sealed", say=quiet)
    older = restoring.opened(folder, host.home, given=None, keys=tmp_path / "older.keys.sealed")
    with pytest.raises(BackupError, match="keys of another backup"):
        restoring.restore(older, elsewhere, replace=False, say=quiet)
    newer = restoring.opened(folder, host.home, given=None, keys=tmp_path / "newer.keys.sealed")
    restoring.restore(newer, elsewhere, replace=False, say=quiet)
    assert (elsewhere.home / "keys" / "data.key").read_text().endswith("# rotated")


@committing
def test_a_backup_says_nothing_of_anybody_in_the_clear_and_what_it_needs(
    host, secret, tmp_path, monkeypatch
):
    a_case(title="金丝雀的标题", body="只有我宿舍的金丝雀知道")
    (host.files / "aa").mkdir()
    (host.files / "aa" / "f").write_text("金丝雀的证据")
    monkeypatch.setenv("HOTLINE_SECRET_KEY", "set by a variable")
    monkeypatch.setenv("HOTLINE_HISTORY_KEY_FILE", "/in/a/vault")
    apart = tmp_path / "safe" / "keys.sealed"
    apart.parent.mkdir()
    folder = taking.take(host, tmp_path / "backups", secret, keys=apart, say=quiet)
    for path in [*folder.iterdir(), apart]:
        assert "金丝雀".encode() not in path.read_bytes()
        assert KEYS.encode() not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(BackupError, match=r"keys.*--keys FILE"):
        restoring.opened(folder, host.home, given=None, keys=None).keys()
    found = restoring.opened(folder, host.home, given=None, keys=apart)
    assert found.keys()["keys/data.key"] == KEYS.encode()
    assert any(
        "the same HOTLINE_SECRET_KEY, HOTLINE_HISTORY_KEY" in line
        for line in restoring.preview(found)
    )
    with pytest.raises(BackupError, match="needs the backup key"):
        restoring.opened(folder, tmp_path / "another home", given=None, keys=apart)


@committing
def test_only_the_newest_backups_are_kept_when_that_is_asked(host, secret, tmp_path):
    into = tmp_path / "backups"
    for name in ("hotline-20250101T000000Z", "hotline-20250102T000000Z"):
        (into / name).mkdir(parents=True)
        (into / name / "manifest.json").write_text("{}")
        (into / f"{name}.keys.sealed").write_text("")
    (into / "hotline-20250103T000000Z.partial").mkdir()  # of one that was killed
    (into / "the operator's own").mkdir()
    folder = taking.take(host, into, secret, keys=None, say=quiet)
    assert taking.forget_all_but(into, 2) == ["hotline-20250101T000000Z"]
    left = sorted(path.name for path in into.iterdir() if not path.name.startswith("."))
    assert left == [
        "hotline-20250102T000000Z", "hotline-20250102T000000Z.keys.sealed", folder.name,
        f"{folder.name}.keys.sealed", "the operator's own",
    ]  # fmt: skip
    assert json.loads((host.home / "backup.json").read_text())["name"] == folder.name


@committing
def test_a_trial_restores_into_a_server_of_its_own(host, secret, tmp_path):
    a_case()
    folder = taking.take(host, tmp_path / "backups", secret, keys=None, say=quiet)
    said = []
    restoring.tried(restoring.opened(folder, host.home, given=None, keys=None), said.append)
    assert said[0].startswith("database") and "each table as it was" in said[0]
    wrong = restoring.opened(folder, host.home, given=None, keys=None)
    prints = wrong.prints() | {"cases_case": [2, "0"]}
    with pytest.raises(BackupError, match="cases_case"):
        database.compared(host.url, prints)


# --- The seal ----------------------------------------------------------------------------


def sealed_of(plain, secret):
    target = io.BytesIO()
    writer = sealed.Writer(target, secret)
    for at in range(0, len(plain), 10_007):
        writer.write(plain[at : at + 10_007])
    writer.close()
    return target.getvalue()


@pytest.fixture
def a_key(tmp_path):
    return key.to_seal(tmp_path)


@pytest.mark.parametrize("size", [0, 1, sealed.CHUNK, sealed.CHUNK + 1, 3 * sealed.CHUNK])
def test_what_is_sealed_opens_again(a_key, size):
    plain = os.urandom(size)
    reader = sealed.Reader(io.BytesIO(sealed_of(plain, a_key)), a_key)
    assert b"".join(iter(lambda: reader.read(999), b"")) == plain


def test_a_sealed_stream_that_is_cut_reordered_repeated_or_changed_does_not_open(a_key):
    whole = sealed_of(os.urandom(4 * sealed.CHUNK), a_key)
    head = whole.index(b"\n") + 1
    size = sealed.CHUNK + sealed.TAG
    header, body = whole[:head], whole[head:]
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    first, second, *rest = chunks
    for bad in (
        [first, second, *rest[:-1]], [second, first, *rest], [first, first, *rest], [first, *rest],
        [*chunks, b""[:0] + chunks[-1]], [first[:-1] + bytes([first[-1] ^ 1]), second, *rest], [],
    ):  # fmt: skip
        with pytest.raises(BackupError):
            sealed.Reader(io.BytesIO(header + b"".join(bad)), a_key).read()
    with pytest.raises(BackupError):
        other = header.replace(b'"salt": "', b'"salt": "AAAA', 1)
        sealed.Reader(io.BytesIO(other + body), a_key).read()
    with pytest.raises(BackupError):
        sealed.Reader(io.BytesIO(b"something else\n" + body), a_key)


def test_a_passphrase_opens_what_it_sealed_and_a_short_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_BACKUP_PASSPHRASE", "five words nobody would guess")
    mine = key.to_seal(tmp_path)
    assert not (tmp_path / "backup.key").exists()
    whole = sealed_of(b"text", mine)
    monkeypatch.delenv("HOTLINE_BACKUP_PASSPHRASE")
    told = manifest.told(io.BytesIO(whole))
    with pytest.raises(BackupError, match="needs its passphrase"):
        key.to_open(told, tmp_path)
    (tmp_path / "phrase").write_text("five words nobody would guess\n")
    again = key.to_open(told, tmp_path, tmp_path / "phrase")
    assert sealed.Reader(io.BytesIO(whole), again).read() == b"text"
    monkeypatch.setenv("HOTLINE_BACKUP_PASSPHRASE", "short")
    with pytest.raises(readers.BadSetting, match="HOTLINE_BACKUP_PASSPHRASE"):
        key.to_seal(tmp_path)


def test_a_head_that_asks_for_all_memory_is_refused_before_it_is_followed(tmp_path):
    """The head is read before the signature can be: it names the work that the key takes."""
    told = {"kind": "passphrase", "salt": "AAAA", "n": 2**17, "r": 2**24, "p": 1}
    given = tmp_path / "given"
    given.write_text("a passphrase long enough")
    with pytest.raises(BackupError, match="was changed"):
        key.to_open(told, tmp_path, given)


def test_files_that_point_outside_of_their_folder_are_not_written(tmp_path):
    import tarfile

    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w|") as tar:
        for name, content in (("../out", b"x"), ("../out.sha256", b"y")):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with pytest.raises(BackupError, match="outside"):
        files.unpack(io.BytesIO(target.getvalue()), tmp_path / "in")
    assert not (tmp_path / "out").exists()


# --- As an operator types it ------------------------------------------------------------


@committing
def test_the_commands_ask_first_and_say_what_is_in_the_way_in_one_line(host, elsewhere, tmp_path):
    a_case()

    def hotline(home, url, *arguments):
        ours = os.environ | {"HOTLINE_HOME": str(home), "DATABASE_URL": url}
        ours.pop("HOTLINE_SECRET_KEY", None)
        return subprocess.run(
            [sys.executable, "-m", "config.cli", *arguments], env=ours, capture_output=True,
            text=True, timeout=240, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def url(found):
        parts = conninfo_to_dict(found.url)

        return (
            f"postgresql://{parts['user']}@/{parts['dbname']}?host={quote(parts['host'], safe='')}"
        )

    into = str(tmp_path / "backups")
    made = hotline(host.home, url(host), "backup", into, "--keep", "3")
    assert made.returncode == 0, made.stderr
    assert "Copy it to a safe place" in made.stdout
    opening = ["--key", str(host.home / "backup.key")]
    asked = hotline(elsewhere.home, url(elsewhere), "restore", into, *opening)
    assert (asked.returncode, "Nothing was changed" in asked.stderr) == (1, True)
    assert "1 requests" in asked.stdout
    done = hotline(elsewhere.home, url(elsewhere), "restore", into, *opening, "--yes")
    assert done.returncode == 0, done.stderr
    assert "hotline doctor" in done.stdout
    assert "set aside" not in done.stdout  # the preview has made no keys of its own
    assert (elsewhere.home / "keys" / "data.key").read_text() == KEYS
    assert Step.objects.count() == len(rows(elsewhere.url, "cases_step"))
    again = hotline(elsewhere.home, url(elsewhere), "restore", into, *opening, "--yes")
    assert again.returncode == 1 and again.stderr.count("\n") == 1
    assert "the database has tables" in again.stderr


@pytest.mark.django_db
def test_a_photo_that_was_cleaned_between_its_row_and_its_file_is_shown(host, settings):
    """A backup has the row of the snapshot and the files of a moment later."""
    settings.FILES = host.files
    row = Attachment.objects.create(
        case=a_case(), key="k" * 43, name="a.jpg", mime="image/jpeg", extension="jpg", size=3,
        state="PENDING", at=NOON,
    )  # fmt: skip
    for variant in ("", "small"):
        store().keep(name_of(row, variant), io.BytesIO(picture()))
    judging.judge(row, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.size) == ("READY", len(picture()))
    assert row.sha256 == hashlib.sha256(picture()).hexdigest()
