"""The socket that people connect to: opened once by the supervisor, lent to every web process.

Left to itself each granian worker listens on a socket of its own, and the connections that wait on
one are lost when it closes. With one socket for all of them, whoever has connected is answered by
the next process, if not by this one.
"""

import os
import socket
from typing import Any

from config import readers

LENT = "HOTLINE_LISTENING"  # the number of the open socket, in the environment of a web process
BACKLOG = 1024


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
