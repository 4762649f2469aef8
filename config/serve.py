"""The foreground process: starts web and worker, restarts what ends, stops all on Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

from config import readers
from config.lifeline import SUPERVISOR

STOP_SECONDS = 20  # for requests and jobs under way
BRIEF_SECONDS = 5  # a process that ends sooner than this has failed to start
BRIEF_RUNS_MOST = 5


class Child:
    """One process of ours, started again when it ends by itself."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.brief_runs = 0
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        command = [sys.executable, "-m", "config.cli", self.name]
        # A group of its own: Ctrl-C reaches the supervisor alone, which then asks politely.
        told = os.environ | {SUPERVISOR: str(os.getpid())}
        self.process = subprocess.Popen(command, start_new_session=True, env=told)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def again(self) -> bool:
        """Start once more, unless it keeps failing at once."""
        brief = time.monotonic() - self.started < BRIEF_SECONDS
        self.brief_runs = self.brief_runs + 1 if brief else 0
        if self.brief_runs >= BRIEF_RUNS_MOST:
            return False
        print(
            f"hotline: {self.name} ended ({self.process.returncode}), starting it again",
            file=sys.stderr,
        )
        self.start()
        return True

    def stop(self) -> None:
        if not self.ended():
            self.process.terminate()

    def wait(self, until: float) -> None:
        try:
            self.process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def serve() -> int:
    """Serve pages and run jobs until SIGINT or SIGTERM; 0 when asked to stop, 1 on failure."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    _refuse_a_taken_port()
    children = [Child("web"), Child("worker")]
    failed = False
    while not stopping.wait(0.5) and not failed:
        failed = any(child.ended() and not child.again() for child in children)
    for child in children:
        child.stop()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait(until)
    return int(failed)


def start(arguments: list[str]) -> int:
    """Bring the database up to date, with ``--demo`` fill an empty one, say where to go, serve."""
    unknown = [argument for argument in arguments if argument != "--demo"]
    if unknown:
        asked = unknown[0] in {"-h", "--help"}
        print("usage: hotline start [--demo]", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    _refuse_a_taken_port()
    steps = [["migrate", "--verbosity", "0"]]
    if "--demo" in arguments:
        steps.append(["demo", "--if-empty"])
    for step in steps:
        done = subprocess.run([sys.executable, "-m", "config.cli", *step], check=False)
        if done.returncode:
            return done.returncode
    port = readers.whole("PORT", 8000, least=1, most=65535)
    print(f"\n师生服务热线平台 is at http://localhost:{port}/ — Ctrl-C stops it.\n", flush=True)
    return serve()


def _refuse_a_taken_port() -> None:
    port = readers.whole("PORT", 8000, least=1, most=65535)
    family = socket.AF_INET6 if ":" in readers.text("HOTLINE_BIND") else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((readers.text("HOTLINE_BIND", "0.0.0.0"), port))  # noqa: S104
        except OSError as error:
            raise readers.BadSetting(
                f"port {port} cannot be used ({error.strerror}); choose another with PORT=8001."
            ) from None
