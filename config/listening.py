"""The socket that people connect to: opened once by the supervisor, lent to every web process.

Left to itself each granian worker listens on a socket of its own, and the connections that wait on
one are lost when it closes. With one socket for all of them, whoever has connected is answered by
the next process, if not by this one.
"""

import multiprocessing
import os
import signal
import socket
from pathlib import Path
from typing import Any

from config import readers

LENT = "HOTLINE_LISTENING"  # the number of the open socket, in the environment of a web process
BACKLOG = 1024
HUSH = signal.SIGUSR1  # to web processes: take no more connections
OPEN = Path("/proc/self/fd")


def opened() -> socket.socket:
    """Listen where the settings say. Raises BadSetting when somebody else does already."""
    port = readers.whole("PORT", 8000, least=1, most=65535)
    address = readers.text("HOTLINE_BIND", "0.0.0.0")  # noqa: S104 - a service that people reach
    found = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # What is accepted inherits it. Without, a page waits 40 ms for the other side's delayed answer.
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        found.bind((address, port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise readers.BadSetting(
            f"port {port} cannot be used ({error.strerror}); choose another with PORT=8001."
        ) from None
    found.setblocking(False)
    return found


def pass_on_hush() -> None:
    """In the process above the web workers: tell them what it is told."""
    signal.signal(HUSH, lambda *_told: _to_workers())


def _to_workers() -> None:
    for child in multiprocessing.active_children():
        if child.pid is not None:
            os.kill(child.pid, HUSH)


def hush_when_told() -> None:
    """In a web worker: on HUSH take no more connections, and answer those that were taken.

    A server that is asked to stop closes what it has taken and not read yet; so it stops taking some
    time before. Its listening socket is changed for one at which nobody calls: others have the real one.
    """
    signal.signal(HUSH, lambda *_told: _hush())


def _hush() -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    silent.setblocking(False)
    for number in [int(entry.name) for entry in OPEN.iterdir()]:
        if number != silent.fileno() and _listens(number):
            os.dup2(silent.fileno(), number)


def _listens(number: int) -> bool:
    try:
        with socket.socket(fileno=os.dup(number)) as found:
            return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    except OSError:  # no socket, or closed meanwhile
        return False


def borrowing(server: type[Any]) -> type[Any]:
    """A granian server that listens on the lent socket; the server itself where none was lent."""
    lent = os.environ.pop(LENT, "")
    if not lent:
        return server
    from granian.net import SocketHolder  # type: ignore[attr-defined]  # noqa: PLC0415 - the supervisor needs none of it

    class Borrower(server):  # type: ignore[misc]
        def _init_shared_socket(self) -> None:
            self._sso, self._sfd = None, int(lent)
            self._shd = SocketHolder(self._sfd, False, BACKLOG)  # type: ignore[call-arg]

    return Borrower
