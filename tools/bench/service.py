"""The service under measurement: the real ``hotline serve``, with two web processes and the worker."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import psutil

from tools.bench.machine import Trees

PATIENCE = 60  # seconds for a first answer
FIRST_PAGE = "/portal/"


class Service:
    """``hotline serve`` on a data folder and a port of its own; used as a context manager."""

    def __init__(self, home: Path, port: int, *, database_url: str = "") -> None:
        """With no ``database_url`` it starts the embedded PostgreSQL of ``home`` itself."""
        self.port = port
        self._environment = os.environ | {
            "HOTLINE_HOME": str(home), "PORT": str(port), "HOTLINE_BIND": "127.0.0.1",
            "HOTLINE_WEB_WORKERS": "2", "DATABASE_URL": database_url,
        }  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start it, and return the seconds until the first page came. Raises RuntimeError."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "config.cli", "serve"]
        self._process = subprocess.Popen(command, env=self._environment)
        while time.monotonic() - begun < PATIENCE:
            if self._answers():
                return time.monotonic() - begun
            if self._process.poll() is not None:
                break
            time.sleep(0.01)
        self.stop()
        raise RuntimeError("the service did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def __enter__(self) -> "Service":
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def trees(self, postgres: psutil.Process | None) -> Trees:
        """Its processes by what they are for; ``postgres`` is None where it is out of sight."""
        if self._process is None:
            raise RuntimeError("the service is not running")
        top = psutil.Process(self._process.pid)
        database = [postgres] if postgres else []
        return {
            "web": _children(top, lambda words: words[-1:] == ["web"]),
            "worker": _children(top, lambda words: words[-1:] == ["worker"]),
            "database": database,
            "supervisor": [_alone(top)],
        }

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{FIRST_PAGE}") as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, ConnectionError):
            return False


def _children(top: psutil.Process, wanted: Callable[[list[str]], bool]) -> list[psutil.Process]:
    return [child for child in top.children() if wanted(child.cmdline())]


class _Alone(psutil.Process):  # type: ignore[misc]
    """A process without its children: they are counted under their own names."""

    def children(self, recursive: bool = False) -> list[psutil.Process]:
        return []


def _alone(process: psutil.Process) -> psutil.Process:
    return _Alone(process.pid)


def postmaster(backend: int) -> psutil.Process | None:
    """The top of the PostgreSQL that a backend belongs to; None when it is on another host."""
    try:
        parent = psutil.Process(backend).parent()
    except psutil.NoSuchProcess:
        return None
    return parent if parent is not None and "postgres" in parent.name() else None
