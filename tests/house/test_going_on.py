"""No request is lost: not by a stop, not by new code, not by a database that goes away for a while."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import psutil
import psycopg
import pytest

from config.embedded import Embedded
from tests.house.test_processes import DATABASE, environment, free_port, in_folder

SECONDS = 180  # a busy machine starts processes slowly


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """A data folder with every table, made once; each test gets a copy of it."""
    home = tmp_path_factory.mktemp("migrated")
    command = [sys.executable, "-m", "config.cli", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=environment(home, HOTLINE_DURABLE="0"), timeout=600, check=True)
    return home


@pytest.fixture
def home(migrated, tmp_path):
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True, copy_function=_copy)
    owner = (migrated / "postgres").stat()
    for path in [tmp_path / "postgres", *(tmp_path / "postgres").rglob("*")]:
        os.chown(path, owner.st_uid, owner.st_gid)
    yield tmp_path
    for process in in_folder(tmp_path):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _copy(source, target):
    if not os.path.exists(source) or source.endswith(("postmaster.pid", ".lock")):  # noqa: PTH110
        return
    with contextlib.suppress(OSError):  # sockets are none of it
        shutil.copy2(source, target)


class Service:
    """``hotline serve`` on a data folder."""

    def __init__(self, home, **more):
        self.port, self.home = free_port(), home
        told = environment(home, PORT=str(self.port), HOTLINE_DURABLE="0", **more)
        command = [sys.executable, "-m", "config.cli", "serve"]
        self.process = subprocess.Popen(command, env=told, start_new_session=True)

    def get(self, path, timeout=60):
        """Status, headers and text; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}{path}", timeout=timeout
            ) as a:
                return a.status, a.headers, a.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
            return 0, {}, str(error)

    def until(self, path, status, also=lambda text: True):
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            got = self.get(path, timeout=10)
            if got[0] == status and also(got[2]):
                return got
            time.sleep(0.3)
        pytest.fail(f"{path} was {got[0]} to the end: {got[2][:200]}")

    def parts(self, name):
        """The numbers of our processes with this word in their command."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        kept = set()
        for process in found:
            with contextlib.suppress(psutil.Error):  # it has just ended
                kept |= {process.pid} if name in " ".join(process.cmdline()) else set()
        return kept

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


def in_background(call):
    kept = []
    thread = threading.Thread(target=lambda: kept.append(call()))
    thread.start()
    return thread, kept


@contextlib.contextmanager
def holding_up(home):
    """While inside, every page waits for a table."""
    with psycopg.connect(f"{DATABASE}{home}/postgres") as database:
        database.execute("LOCK TABLE people_revision IN ACCESS EXCLUSIVE MODE")
        yield
        database.rollback()


def waits(home):
    until = time.monotonic() + SECONDS
    with psycopg.connect(f"{DATABASE}{home}/postgres", autocommit=True) as database:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while not database.execute(asked).fetchone()[0]:
            assert time.monotonic() < until, "no page waits"
            time.sleep(0.1)


def test_requests_under_way_are_answered_when_the_service_is_asked_to_stop(home):
    service = Service(home)
    service.until("/portal/", 200)
    with holding_up(home):
        page, answers = in_background(lambda: service.get("/portal/"))
        waits(home)
        service.process.send_signal(signal.SIGTERM)
        time.sleep(1)
    page.join()
    assert [answer[0] for answer in answers] == [200]
    assert service.process.wait(60) == 0


def test_new_code_is_taken_up_without_losing_a_request(home):
    service = Service(home)
    service.until("/readyz", 200)
    before = service.parts("config.cli web")
    stop, seen = threading.Event(), []

    def visit():
        while not stop.is_set():
            seen.append(service.get("/portal/")[::2])

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    with holding_up(home):
        page, answers = in_background(lambda: service.get("/portal/"))
        waits(home)
        service.process.send_signal(signal.SIGHUP)
        time.sleep(1)
    for visitor in visitors:
        visitor.start()
    until = time.monotonic() + SECONDS
    while before & service.parts("config.cli web") and time.monotonic() < until:
        time.sleep(0.5)
    page.join()
    service.until("/portal/", 200)
    stop.set()
    for visitor in visitors:
        visitor.join()
    assert [answer[0] for answer in answers] == [200]
    assert [answer for answer in seen if answer[0] != 200] == []
    assert seen
    assert not before & service.parts("config.cli web")
    assert service.stop() == 0


def test_an_embedded_database_that_was_killed_is_started_again(home):
    service = Service(home)
    service.until("/readyz", 200)
    for process in in_folder(home):
        with contextlib.suppress(psutil.NoSuchProcess):
            if "postgres" in process.name():
                process.kill()
    service.until("/readyz", 200)
    service.until("/portal/", 200)
    assert service.stop() == 0


def forget_periodic_jobs(home):
    """Nobody has queued a job of the minute yet."""
    with psycopg.connect(f"{DATABASE}{home}/postgres", autocommit=True) as database:
        database.execute("DELETE FROM procrastinate_periodic_defers")


def until_periodic_jobs_are_queued(home):
    until = time.monotonic() + SECONDS
    with psycopg.connect(f"{DATABASE}{home}/postgres", autocommit=True) as database:
        asked = (
            "SELECT count(*) FROM procrastinate_periodic_defers WHERE task_name = 'notices.revive'"
        )
        while not database.execute(asked).fetchone()[0]:
            assert time.monotonic() < until, "no job of the minute is queued any more"
            time.sleep(0.3)


def test_a_database_that_goes_away_for_a_while_is_said_and_survived(home):
    database = Embedded(home, durable=False)
    service = Service(home, DATABASE_URL=database.start())
    try:
        service.until("/readyz", 200)
        web, worker = service.parts("config.cli web"), service.parts("config.cli worker")
        database._execute("pg_ctl", "-w", "-m", "fast", "-D", str(home / "postgres"), "stop")
        _status, headers, text = service.until("/portal/", 503)
        assert headers["Retry-After"] == "30"
        assert "暂时无法使用" in text and "postgres" not in text
        assert json.loads(service.until("/readyz", 503)[2])["reasons"] == ["database"]
        assert service.get("/healthz")[0] == 200
        time.sleep(8)
        database.revive()
        forget_periodic_jobs(home)
        service.until("/portal/", 200)
        service.until("/readyz", 200)
        assert (web, worker) == (
            service.parts("config.cli web"),
            service.parts("config.cli worker"),
        )
        until_periodic_jobs_are_queued(home)
        assert service.stop() == 0
    finally:
        database.release()
