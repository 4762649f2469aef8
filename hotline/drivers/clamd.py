"""ClamAV's daemon: bytes in, a verdict out, over a Unix socket or TCP.

Our own, because the protocol is three lines and the library of that name has not been released
since 2014: it knows no time-outs and answers an error with a verdict.
"""

import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

CHUNK = 128 * 1024  # clamd takes pieces of any size up to its own limit
SECONDS = 60.0  # for an answer: a large archive takes its time
ANSWER_MOST = 4096  # bytes


class ScannerDown(Exception):
    """No verdict: the scanner is not there, does not answer, or would not take these bytes."""


class BadAddress(Exception):
    """An address of a scanner that cannot be used."""


@dataclass(frozen=True)
class Clamd:
    """One clamd, at ``/path/of/its/socket`` or ``host:port``."""

    address: str
    seconds: float = SECONDS

    def __post_init__(self) -> None:
        if not self.address.startswith("/"):
            host, _, port = self.address.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65536:
                raise BadAddress("must be /path/of/a/socket or host:port")

    def scan(self, content: Iterable[bytes]) -> str:
        """The name of what was found; empty for clean. Raises ScannerDown."""
        with self._connected() as line:
            line.sendall(b"zINSTREAM\0")
            try:
                for piece in content:
                    for start in range(0, len(piece), CHUNK):
                        part = piece[start : start + CHUNK]
                        line.sendall(struct.pack("!L", len(part)) + part)
                line.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has heard enough: its answer says why
            answer = _answer(line)
        verdict = answer.removeprefix("stream: ")
        if verdict == "OK":
            return ""
        if verdict.endswith(" FOUND"):
            return verdict.removesuffix(" FOUND")[:100]
        raise ScannerDown(answer[:200] or "no answer")

    def version(self) -> str:
        """What it is, with the age of its signatures: ``ClamAV 1.4.3/27700/Thu Nov 26 …``. Raises ScannerDown."""
        with self._connected() as line:
            line.sendall(b"zVERSION\0")
            answer = _answer(line)
        if not answer.startswith("ClamAV"):
            raise ScannerDown(answer[:200] or "no answer")
        return answer

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        try:
            with self._connect() as line:
                yield line
        except OSError as error:
            raise ScannerDown(error.strerror or type(error).__name__) from None

    def _connect(self) -> socket.socket:
        if not self.address.startswith("/"):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), self.seconds)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(self.seconds)
            line.connect(self.address)
        except BaseException:
            line.close()
            raise
        return line


def _answer(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_MOST:
        piece = line.recv(ANSWER_MOST)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
