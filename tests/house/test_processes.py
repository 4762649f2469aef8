"""The service as processes: started, shared, killed, started again, stopped."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import psutil
import psycopg
import pytest

DATABASE = "postgresql://postgres@/hotline?host="


@pytest.fixture
def home(tmp_path):
    """A data folder of its own; whatever still runs in it is ended afterwards."""
    yield tmp_path
    for process in in_folder(tmp_path):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home, **more):
    ours = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "HOTLINE_SECRET_KEY"}}
    return (
        ours
        | {"HOTLINE_HOME": str(home), "HOTLINE_WEB_WORKERS": "1", "PYTHONWARNINGS": "ignore"}
        | more
    )


def hotline(home, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "config.cli", *arguments], env=environment(home, **more),
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def serve(home, port):
    return subprocess.Popen(
        [sys.executable, "-m", "config.cli", "start"], env=environment(home, PORT=str(port)),
        stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def wait_for(port, seconds=180):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/portal/", timeout=5) as answer:
                return answer.status
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.3)
    pytest.fail("the service did not answer")


def in_folder(home):
    """Processes that serve this data folder: ours by their environment, PostgreSQL by its command."""
    for process in psutil.process_iter(["cmdline"]):
        with contextlib.suppress(psutil.Error):
            line = " ".join(process.info["cmdline"] or [])
            if str(home) in line or process.environ().get("HOTLINE_HOME") == str(home):
                yield process


def gone(home, seconds=30):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        alive = [p for p in in_folder(home) if p.status() != psutil.STATUS_ZOMBIE]
        if not alive:
            return True
        time.sleep(0.3)
    return False


def users(home):
    with psycopg.connect(f"{DATABASE}{home}/postgres") as database:
        return database.execute("SELECT count(*) FROM people_user").fetchone()[0]


def test_the_service_is_shared_survives_a_kill_finds_its_data_and_stops_whole(home):
    port = free_port()
    service = serve(home, port)
    assert wait_for(port) == 200
    made = hotline(home, "createadmin", "root", HOTLINE_ADMIN_PASSWORD="a fine long password")
    assert made.returncode == 0, made.stderr
    assert wait_for(port) == 200  # a command that ends does not stop the database of others
    assert users(home) == 1

    for process in [p for p in in_folder(home) if "postgres" not in p.name()]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    service.wait(30)

    service = serve(home, port)
    assert wait_for(port) == 200
    assert users(home) == 1
    os.killpg(service.pid, signal.SIGINT)  # Ctrl-C reaches the whole group in a terminal
    assert service.wait(60) == 0
    assert gone(home)


def test_killing_the_supervisor_leaves_no_web_or_worker_behind(home):
    port = free_port()
    service = serve(home, port)
    wait_for(port)
    service.kill()
    service.wait(30)
    until = time.monotonic() + 90  # a busy machine starts a worker slowly, and ends it so
    while time.monotonic() < until:
        left = [p for p in in_folder(home) if "postgres" not in p.name()]
        if not left:
            break
        time.sleep(0.3)
    assert not left, [process.cmdline() for process in left]
    assert hotline(home, "stats", "--as-of", "2026-01-01", "--json").returncode == 0
    assert gone(home)  # and the last command stops the database that was left


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_process_whose_supervisor_has_ended_meanwhile_does_not_start(home, name):
    gone_before = subprocess.Popen(["true"])
    gone_before.wait()
    ended = hotline(home, name, HOTLINE_SUPERVISOR=str(gone_before.pid))
    assert ended.returncode == -signal.SIGTERM


def test_a_taken_port_is_said_in_one_line(home):
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104 - as the service does
        taken.listen()
        result = hotline(home, "serve", PORT=str(taken.getsockname()[1]))
    assert result.returncode != 0
    assert "cannot be used" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PORT", "eighty"), ("HOTLINE_WEB_WORKERS", "0"), ("HOTLINE_HTTPS", "maybe"),
     ("DATABASE_URL", "mysql://x"), ("HOTLINE_SECRET_KEY_FILE", "/nowhere/at/all"),
     ("HOTLINE_SHARED_BUFFERS", "much")],
)  # fmt: skip
def test_nonsense_in_a_variable_is_refused_by_name(home, variable, value):
    result = hotline(home, "migrate", **{variable: value})
    assert result.returncode != 0
    assert variable.removesuffix("_FILE") in result.stderr
    assert "Traceback" not in result.stderr


def test_a_secret_key_is_made_once_and_kept_private(home):
    first = hotline(home, "check")
    assert first.returncode == 0, first.stderr
    key = (home / "secret_key").read_text()
    hotline(home, "check")
    assert (home / "secret_key").read_text() == key
    assert (home / "secret_key").stat().st_mode & 0o077 == 0
    assert len(key) > 40


def test_help_tells_what_an_operator_can_do_and_starts_nothing(home):
    told = hotline(home, "--help")
    assert told.returncode == 0
    assert all(name in told.stdout for name in ("start", "serve", "migrate", "demo", "createadmin"))
    assert "makemigrations" not in told.stdout
    asked = hotline(home, "start", "--help")
    assert (asked.returncode, asked.stdout.split()[0]) == (0, "usage:")
    assert not (home / "postgres").exists()
    assert hotline(home, "start", "--what").returncode == 2


def test_a_database_that_is_not_up_to_date_is_said_in_one_line(home):
    told = hotline(home, "stats", "--as-of", "2026-01-01")
    assert told.returncode == 1
    assert told.stderr.strip().endswith("Run: hotline migrate")
    assert "Traceback" not in told.stderr
