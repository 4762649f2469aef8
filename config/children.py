"""The processes that the supervisor keeps: started again when they end, replaced without a gap."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from config import listening, sizes
from config.lifeline import READY, SUPERVISOR
from config.listening import HUSH, LENT

STOP_SECONDS = 20  # for requests and jobs under way
BRIEF_SECONDS = 5  # a process that ends sooner than this has failed to start
BRIEF_RUNS_MOST = 5  # of one that has never run: it is set up wrongly
PAUSE_MOST_SECONDS = 30
LOOKED_AT_SECONDS = 2  # the embedded database, whether it lives
LISTENS_SECONDS = 1.0  # from saying that it can answer to doing so
HUSH_SECONDS = 1.0  # from taking no more connections to having read what came with the last


class Child:
    """One process of ours, started again when it ends by itself."""

    def __init__(self, name: str, listening: socket.socket | None = None) -> None:
        """``listening`` is the socket that a web process is lent."""
        self.name, self._listening = name, listening
        self.brief_runs = 0
        self.proven = False  # it has run for a while before
        self.start()

    def start(self) -> None:
        self.started, self.due, self.stopping = time.monotonic(), 0.0, False
        command = [sys.executable, "-m", "config.cli", self.name]
        # A group of its own: Ctrl-C reaches the supervisor alone, which then asks politely.
        self.ready = Path(tempfile.mkdtemp(prefix="hotline-ready-"))
        told = os.environ | {SUPERVISOR: str(os.getpid()), READY: str(self.ready)}
        lent = [self._listening.fileno()] if self._listening else []
        if lent:
            told[LENT] = str(lent[0])
        self.process = subprocess.Popen(command, start_new_session=True, env=told, pass_fds=lent)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def answers(self, processes: int) -> bool:
        """Have as many processes of it said that they can answer?"""
        return self.ready.exists() and len(list(self.ready.iterdir())) >= processes

    def again(self) -> bool:
        """Start once more, after growing pauses where it keeps failing; False if it never ran."""
        here = time.monotonic()
        if not self.due:
            brief = here - self.started < BRIEF_SECONDS
            self.brief_runs = self.brief_runs + 1 if brief else 0
            self.proven = self.proven or not brief
            pause = min(2**self.brief_runs, PAUSE_MOST_SECONDS) if self.proven and brief else 0
            self.due = here + pause
            code = self.process.returncode
            print(f"hotline: {self.name} ended ({code}), starting it again", file=sys.stderr)
        if self.brief_runs >= BRIEF_RUNS_MOST and not self.proven:
            return False
        if here >= self.due:
            shutil.rmtree(self.ready, ignore_errors=True)
            self.start()
        return True

    def hush(self) -> None:
        """Let it take no more connections; what it has, it answers."""
        if not self.ended():
            self.process.send_signal(HUSH)

    def stop(self) -> None:
        if not self.ended() and not self.stopping:
            self.stopping = True
            self.process.terminate()

    def wait(self, until: float) -> None:
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.ready, ignore_errors=True)


class Children:
    """Web and worker. On renewal a second web comes up beside the first, on the same socket."""

    def __init__(self) -> None:
        self._listening = listening.opened()
        self._web, self._worker = Child("web", self._listening), Child("worker")
        self._processes = sizes.web_workers()
        self._coming: Child | None = None
        self._answers_since = 0.0
        self._leaving: list[tuple[Child, float]] = []  # since when they take no more connections

    def tend(self) -> bool:
        """Start again what has ended; False when it is of no use."""
        self._replace()
        for child, since in self._leaving:
            gone = time.monotonic() - since
            if gone > HUSH_SECONDS:
                child.stop()
            if child.ended() or gone > HUSH_SECONDS + STOP_SECONDS:
                child.wait(time.monotonic())
        self._leaving = [(child, since) for child, since in self._leaving if not child.ended()]
        return not any(child.ended() and not child.again() for child in (self._web, self._worker))

    def renew(self) -> None:
        """Take up new code; the old web goes on until the new one answers."""
        self._worker.stop()
        if self._coming is None:
            self._coming, self._answers_since = Child("web", self._listening), 0.0

    def stop(self) -> None:
        """Ask all to finish what they have begun, and wait for them."""
        every = [self._web, self._worker, *(child for child, _since in self._leaving)]
        every += [self._coming] if self._coming else []
        for child in every:
            child.stop()
        until = time.monotonic() + STOP_SECONDS
        for child in every:
            child.wait(until)
        self._listening.close()

    def _replace(self) -> None:
        coming, here = self._coming, time.monotonic()
        if coming is None:
            return
        if coming.ended():
            print(
                "hotline: the new web process does not start, the old one goes on", file=sys.stderr
            )
            coming.wait(here)
            self._coming = None
        elif coming.answers(self._processes):
            self._answers_since = self._answers_since or here
            if here - self._answers_since > LISTENS_SECONDS:
                self._web.hush()  # from here on the new one is the web, and started again if it ends
                self._leaving.append((self._web, here))
                self._web, self._coming = coming, None


class Keeper:
    """Keeps the embedded database alive, as long as somebody serves from it."""

    def __init__(self, revive: Callable[[], bool]) -> None:
        self._revive, self._due = revive, 0.0

    def look(self) -> None:
        """Now and then, start it again if it has died."""
        if time.monotonic() < self._due:
            return
        try:
            if self._revive():
                print("hotline: the database had ended, started it again", file=sys.stderr)
        except (RuntimeError, OSError, subprocess.SubprocessError):  # what it left still ends
            pass
        self._due = time.monotonic() + LOOKED_AT_SECONDS
