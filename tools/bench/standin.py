"""A gateway on loopback that counts: what it was asked, what it answered. Slow or deaf when told.

It knows the shape of an ordinary HTTP SMS gateway: JSON in, ``{"code": 0, "msgid": …}`` out.
"""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class Counting:
    """Runs in a thread of its own; ``seen`` counts our references, in order of arrival."""

    def __init__(self, seconds: float = 0.0) -> None:
        """``seconds`` is how long it takes to answer; while ``deaf`` it answers 503."""
        self.seconds, self.deaf = seconds, False
        self.seen: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.server.shutdown()
        self.server.server_close()

    def note(self, ref: str) -> None:
        """It was asked to send this."""
        with self._lock:
            self.seen[ref] += 1

    @property
    def settings(self) -> dict[str, str]:
        """What an administrator would fill in for it."""
        return {
            "url": f"http://127.0.0.1:{self.server.server_port}/send",
            "body": '{"mobile": "{to}", "content": "{text}", "ref": "{ref}"}',
            "success": "status == 200 and json.code == 0", "id_path": "json.msgid",
        }  # fmt: skip


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever is killed while we answer leaves a broken pipe behind."""


def _handler(standin: Counting) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            standin.note(body["ref"])
            if standin.deaf:
                self.send_error(503)
                return
            time.sleep(standin.seconds)
            answer = json.dumps({"code": 0, "msgid": f"id-{body['ref']}"}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *_arguments: Any) -> None:
            """Quiet."""

    return Handler
