"""A gateway on loopback that counts: what it was asked, what it answered. Slow or deaf when told.

It knows the shape of an ordinary HTTP SMS gateway: JSON in, ``{"code": 0, "msgid": …}`` out.
"""

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "a receipt secret of some length"


class Counting:
    """Runs in a thread of the test; ``seen`` counts our references, in order of arrival."""

    def __init__(self, seconds=0.0):
        self.seconds, self.deaf = seconds, False
        self.seen, self.lock = Counter(), threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer.lock:
                    outer.seen[body["ref"]] += 1
                if outer.deaf:
                    self.send_error(503)
                    return
                time.sleep(outer.seconds)
                answer = json.dumps({"code": 0, "msgid": f"id-{body['ref']}"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments):
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_arguments):
                """Whoever is killed while we answer leaves a broken pipe behind."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_exception):
        self.server.shutdown()
        self.server.server_close()

    @property
    def settings(self):
        """What an administrator would fill in for it."""
        return {
            "url": f"http://127.0.0.1:{self.server.server_port}/send",
            "body": '{"mobile": "{to}", "content": "{text}", "ref": "{ref}"}',
            "success": "status == 200 and json.code == 0", "id_path": "json.msgid",
        }  # fmt: skip
