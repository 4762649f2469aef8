"""The foreground process: starts web and worker, restarts what ends, stops all on Ctrl-C."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable

from config import listening, readers
from config.children import Children, Keeper


def serve(revive: Callable[[], bool] = lambda: False) -> int:
    """Serve pages and run jobs until SIGINT or SIGTERM; 0 when asked to stop, 1 on failure.

    SIGHUP renews both without refusing a request. ``revive`` starts a database of ours that died.
    """
    stopping, renewing = threading.Event(), threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: renewing.set())
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    children, keeper, well = Children(), Keeper(revive), True
    while not stopping.wait(0.5) and well:
        keeper.look()
        if renewing.is_set():
            renewing.clear()
            children.renew()
        well = children.tend()
    children.stop()
    return int(not well)


def start(arguments: list[str], revive: Callable[[], bool] = lambda: False) -> int:
    """Bring the database up to date, with ``--demo`` fill an empty one, say where to go, serve."""
    unknown = [argument for argument in arguments if argument != "--demo"]
    if unknown:
        asked = unknown[0] in {"-h", "--help"}
        print("usage: hotline start [--demo]", file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    listening.opened().close()  # said now rather than after the tables are made
    steps = [["migrate", "--verbosity", "0"]]
    if "--demo" in arguments:
        steps.append(["demo", "--if-empty"])
    for step in steps:
        done = subprocess.run([sys.executable, "-m", "config.cli", *step], check=False)
        if done.returncode:
            return done.returncode
    port = readers.whole("PORT", 8000, least=1, most=65535)
    print(f"\n师生服务热线平台 is at http://localhost:{port}/ — Ctrl-C stops it.\n", flush=True)
    return serve(revive)
