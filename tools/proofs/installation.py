"""A whole installation in a folder of its own: started, hit, and started again as an operator would."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
import psutil

PATIENCE = 240  # seconds; a busy machine starts processes slowly


class Installation:
    """``hotline start`` on a new data folder and a free port; used as a context manager."""

    def __init__(self, home: Path | None = None, *, prefix: str = "hotline-proof-", **more: str):
        """``more`` are further variables of its environment. A ``home`` that is given is kept."""
        self._own = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix=prefix))
        self.home.chmod(0o755)  # the embedded server may run as another user
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("HOTLINE_")}
        inherited.pop("DATABASE_URL", None)
        self.environment = inherited | {
            "HOTLINE_HOME": str(self.home), "PORT": str(self.port), "HOTLINE_BIND": "127.0.0.1",
            "HOTLINE_WEB_WORKERS": "2", "PYTHONWARNINGS": "ignore", "HOTLINE_DISK_RESERVE_MB": "50",
        } | more  # fmt: skip
        self.notes = Path(
            tempfile.mkdtemp(prefix=f"{prefix}notes-")
        )  # never on the disk that fills up
        self.log = self.notes / "service.log"
        self.starts = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def database_url(self) -> str:
        """For whoever looks on from outside, without holding the server as the processes do."""
        given = self.environment.get("DATABASE_URL")
        return given or f"postgresql://postgres@/hotline?host={self.home}/postgres"

    def start(self, *, migrate: bool = False) -> None:
        """Start the service; it is not waited for."""
        command = [sys.executable, "-m", "config.cli", "start" if migrate else "serve"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, start_new_session=True, stdout=log, stderr=log
            )
        self.starts += 1

    def tend(self) -> bool:
        """What systemd does: start it again if it has ended; whether it had."""
        if self.process is not None and self.process.poll() is None:
            return False
        self.start()
        return True

    def until_ready(self, seconds: float = PATIENCE) -> float:
        """Wait until pages come; the seconds that took. Raises TimeoutError."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            self.tend()
            if self.status("/readyz?for=pages") == 200:
                return time.monotonic() - begun
            time.sleep(0.2)
        raise TimeoutError(f"not ready after {seconds} s; its log is {self.log}")

    def status(self, path: str) -> int:
        """Status of one page; 0 where nobody answers."""
        try:
            return httpx.get(self.url + path, timeout=10, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``hotline ARGUMENTS`` beside the service."""
        return subprocess.run(
            [sys.executable, "-m", "config.cli", *arguments], env=self.environment,
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip

    def supervisor(self) -> list[psutil.Process]:
        alive = self.process is not None and self.process.poll() is None
        return [psutil.Process(self.process.pid)] if alive and self.process else []

    def ours(self) -> list[psutil.Process]:
        """Every process of the installation, the database's as well."""
        return [process for process, _line in self._all()]

    def parts(self, word: str) -> list[psutil.Process]:
        """``web`` or ``worker``: the process that the supervisor has started."""
        return [one for one, parent in self._called(word) if parent not in self._numbers(word)]

    def web_workers(self) -> list[psutil.Process]:
        """The children of web, which answer: forked, so they are called the same."""
        return [one for one, parent in self._called("web") if parent in self._numbers("web")]

    def _called(self, word: str) -> list[tuple[psutil.Process, int]]:
        found = []
        for process, line in self._all():
            with contextlib.suppress(psutil.Error):
                if line.endswith(f"config.cli {word}"):
                    found.append((process, process.ppid()))
        return found

    def _numbers(self, word: str) -> set[int]:
        return {process.pid for process, line in self._all() if line.endswith(f"config.cli {word}")}

    def postgres(self) -> list[psutil.Process]:
        """The postmaster first, then whoever serves a connection, then the rest."""
        found = [(process, line) for process, line in self._all() if _is_postgres(line)]
        rank = {True: 0, False: 1}
        found.sort(key=lambda pair: rank[f"{self.home}/postgres" in pair[1]])
        return [process for process, _line in found]

    def postmaster(self) -> list[psutil.Process]:
        return [
            p for p, line in self._all() if _is_postgres(line) and f"{self.home}/postgres" in line
        ]

    def backends(self) -> list[psutil.Process]:
        return [
            process
            for process, line in self._all()
            if line.startswith("postgres: postgres hotline")
        ]

    def stop(self) -> int:
        """Ask it to end, and wait; its code."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(90)

    def __enter__(self) -> Self:
        self.start(migrate=True)
        self.until_ready()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.stop()
        for process in self.ours():
            with contextlib.suppress(psutil.Error):
                process.kill()
        if error is None:
            shutil.rmtree(self.notes, ignore_errors=True)
            if self._own:
                shutil.rmtree(self.home, ignore_errors=True)

    def _all(self) -> Iterator[tuple[psutil.Process, str]]:
        """Those with our data folder in their environment or command, and PostgreSQL's children."""
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                line = " ".join(process.cmdline()).strip()
                if f"{self.home}/postgres" in line or self._is_ours(process, line):
                    yield process, line

    def _is_ours(self, process: psutil.Process, line: str) -> bool:
        if line.startswith("postgres:"):
            parent = process.parent()
            above = " ".join(parent.cmdline()) if parent else ""
            return f"{self.home}/postgres" in above or str(process.cwd()).startswith(str(self.home))
        if _is_postgres(line):
            return False  # somebody else's: ours has our folder in its command
        return bool(process.environ().get("HOTLINE_HOME") == str(self.home))


def _is_postgres(line: str) -> bool:
    return line.startswith("postgres:") or "/postgres " in f"{line.split(' ', maxsplit=1)[0]} "


def kill(processes: list[psutil.Process]) -> int:
    """kill -9; how many there were."""
    killed = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
            killed += 1
    return killed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
