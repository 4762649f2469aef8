"""The settings of the embedded PostgreSQL: ours hold, a school's own win, old installations too."""

import psycopg
import pytest

from config import cli, enginesettings
from config.embedded import Embedded

AS_INITDB_WRITES = (
    "max_connections = 100\t\t\t# (change requires restart)\n"
    "shared_buffers = 128MB\t\t\t# min 128kB\n"
    "max_wal_size = 1GB\n"
    "log_timezone = 'Asia/Shanghai'\n"
    "timezone = 'Asia/Shanghai'\n"
)
OURS = enginesettings.ours(durable=False, shared_buffers="24MB", connections=80)


def lines_in_force(folder):
    text = (folder / "postgresql.conf").read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def asked(url, *names):
    with psycopg.connect(url) as database:
        return [database.execute(f"SHOW {name}").fetchone()[0] for name in names]


def test_what_we_set_holds_in_a_new_server_and_in_one_of_an_older_release(tmp_path):
    def started(**settings):
        server = Embedded(tmp_path, durable=False, **settings)
        try:
            return asked(server.start(), "shared_buffers", "max_connections", "timezone", "fsync")
        finally:
            server.release()

    assert started(shared_buffers="24MB", connections=133) == ["24MB", "133", "UTC", "off"]
    main = tmp_path / "postgres" / "postgresql.conf"
    text = main.read_text().removeprefix(enginesettings.CLEARED).replace("#initdb: ", "")
    main.write_text(enginesettings.INCLUDE + text + "work_mem = 5MB\n")  # as it was until now
    assert started(shared_buffers="32MB", connections=7) == ["32MB", "100", "UTC", "off"]
    main.write_text(main.read_text() + "shared_buffers = 48MB\n")
    assert started(shared_buffers="32MB")[0] == "48MB", "a school's own line wins"


@pytest.mark.parametrize("include", ["", enginesettings.INCLUDE])
def test_only_lines_of_initdb_are_taken_out_and_only_once(tmp_path, include):
    main = tmp_path / "postgresql.conf"
    main.write_text(include + AS_INITDB_WRITES + "shared_buffers = 2GB\n")
    enginesettings.put(tmp_path, OURS)
    left = ["include_if_exists = 'hotline.conf'", "max_wal_size = 1GB", "shared_buffers = 2GB"]
    assert lines_in_force(tmp_path) == left
    again = "timezone = 'Asia/Shanghai'"
    main.write_text(main.read_text() + again + "\n")
    enginesettings.put(tmp_path, OURS)
    assert lines_in_force(tmp_path) == [*left, again]


def test_a_value_that_a_school_changed_in_place_is_kept(tmp_path):
    changed = AS_INITDB_WRITES.replace("= 100", "= 300").replace("128MB", "1GB")
    (tmp_path / "postgresql.conf").write_text(enginesettings.INCLUDE + changed)
    enginesettings.put(tmp_path, OURS)
    kept = [line.split("\t")[0] for line in lines_in_force(tmp_path)]
    assert kept[1:] == ["max_connections = 300", "shared_buffers = 1GB", "max_wal_size = 1GB"]


def test_there_are_connections_enough_for_a_second_web_beside_the_first(monkeypatch):
    monkeypatch.setenv("HOTLINE_WEB_WORKERS", "8")
    monkeypatch.setenv("HOTLINE_WEB_THREADS", "16")
    assert cli._connections() >= 2 * 8 * 16
