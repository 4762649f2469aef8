"""Stand-ins for carriers, on loopback: they hold us to what the carriers' documents say.

    with standing(Aliyun()) as gateway:
        carrier = AliyunSms(gateway.contract.settings(gateway.url))
        gateway.moods.append("drop")        # the next request is taken, and never answered
        gateway.mood = "answer"             # after that, and from the start

``gateway.seen`` are the requests that came, ``gateway.contract.taken`` counts what was taken
over, by our ref. Signatures are worked out here anew, not with the code under test.
"""

import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MOODS = (
    "answer", "drop", "hang", "drip", "drip-head", "huge", "huge-chunked", "html", "not-json",
    "deep-json", "redirect", "busy", "lost-upstream", "bomb",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))


Answered = tuple[int, str, bytes]


class Contract:
    """What a carrier does with a request. ``taken`` counts messages by our ref, or by address."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.lock = threading.Lock()

    def take(self, ref: str) -> int:
        with self.lock:
            self.taken[ref] += 1
            return self.taken.total()

    def answer(self, asked: Asked) -> Answered:
        raise NotImplementedError


class StandIn:
    """A carrier that can be slow, dead, rude, or gone in the middle of a sentence."""

    def __init__(self, contract: Any) -> None:
        self.contract = contract
        self.seen: list[Asked] = []
        self.moods: deque[str] = deque()
        self.mood = "answer"
        self.delay = 0.0
        self.closing = threading.Event()
        self.connections = 0
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; again on the same port after ``die``."""
        self.closing.clear()
        self._server = _Server(("127.0.0.1", self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def die(self) -> None:
        """Refuse connections from now on."""
        self.closing.set()
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def next_mood(self) -> str:
        return self.moods.popleft() if self.moods else self.mood


@contextmanager
def standing(contract: Any) -> Iterator[StandIn]:
    """A stand-in that is gone when the test is."""
    stand_in = StandIn(contract)
    try:
        yield stand_in
    finally:
        stand_in.die()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side went away: that is what some tests are about."""


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else head and body wait 40 ms for each other

        def setup(self) -> None:
            super().setup()
            stand_in.connections += 1

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            names = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, parts.query, names, self.rfile.read(length))
            stand_in.seen.append(asked)
            mood = stand_in.next_mood()
            if stand_in.delay:
                stand_in.closing.wait(stand_in.delay)
            RUDE.get(mood, _say)(self, stand_in, asked)

        do_GET = do_POST = do_PUT = answer  # noqa: N815 - the library's names

        def say(self, status: int, type: str, body: bytes, **headers: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def vanish(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: these would be phone numbers."""

    return Handler


def _say(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    handler.say(*stand_in.contract.answer(asked))


def _drop(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    stand_in.contract.answer(asked)
    handler.vanish()


def _hang(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    stand_in.closing.wait(30)
    handler.vanish()


def _drip(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not stand_in.closing.wait(0.05):
        handler.wfile.write(b" ")


def _drip_head(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not stand_in.closing.wait(0.05):
        handler.wfile.write(b"a")


def _huge(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    handler.say(200, "application/json", b'"' + b"x" * 10_000_000 + b'"')


def _huge_chunked(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    while not stand_in.closing.is_set():
        handler.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def _bomb(handler: Any, stand_in: StandIn, asked: Asked) -> None:
    import gzip

    packed = gzip.compress(b" " * 50_000_000)
    handler.say(200, "application/json", packed, Content_Encoding="gzip")


def _fixed(status: int, type: str, body: bytes, **headers: str) -> Callable[..., None]:
    return lambda handler, _stand_in, _asked: handler.say(status, type, body, **headers)


RUDE: dict[str, Callable[..., None]] = {
    "drop": _drop,
    "hang": _hang,
    "drip": _drip,
    "drip-head": _drip_head,
    "huge": _huge,
    "huge-chunked": _huge_chunked,
    "bomb": _bomb,
    "html": _fixed(200, "text/html", b"<html><title>Campus network sign-in</title></html>"),
    "not-json": _fixed(200, "application/json", b'{"code": 0'),
    "deep-json": _fixed(200, "application/json", b"[" * 100_000),
    "redirect": _fixed(302, "text/plain", b"", Location="http://127.0.0.1:9/stolen"),
    "busy": _fixed(503, "text/plain", b"later"),
    "lost-upstream": _fixed(504, "text/html", b"<h1>504</h1>"),
}
