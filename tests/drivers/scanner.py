"""A real clamd with one signature of our own, and one that only speaks the protocol."""

import shutil
import socket
import socketserver
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from hotline.drivers.clamd import Clamd, ScannerDown
from tests.uploads import EICAR

PATIENCE = 60  # seconds; it loads one signature
COMMAND = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")


@pytest.fixture(scope="session")
def clamd(tmp_path_factory):
    """Its address; with EICAR, the world's harmless test virus, as the one thing that it knows."""
    if COMMAND is None:
        pytest.skip("clamav-daemon is not installed")
    home = tmp_path_factory.mktemp("clam")
    home.chmod(0o755)
    home.joinpath("own.ndb").write_text(f"House.Eicar:0:*:{EICAR.encode().hex()}\n")
    conf = home / "clamd.conf"
    conf.write_text(
        f"DatabaseDirectory {home}\nLocalSocket {home}/socket\nForeground yes\nStreamMaxLength 2M\n"
        "ConcurrentDatabaseReload no\nMaxThreads 2\n"
    )
    process = subprocess.Popen(
        [COMMAND, "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _ready(Clamd(f"{home}/socket"))
    finally:
        process.terminate()
        process.wait(10)


def _ready(clamd):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            clamd.version()
        except ScannerDown:
            time.sleep(0.1)
        else:
            return clamd.address
    pytest.fail("clamd did not start")


class _Said(socketserver.StreamRequestHandler):
    timeout = 10

    def handle(self):
        heard = self.rfile.read(len(b"zINSTREAM\0"))
        while any(size := self.rfile.read(4)):  # a piece of no length ends the stream
            heard += size + self.rfile.read(int.from_bytes(size))
        self.server.heard = heard
        self.wfile.write(self.server.says)


@contextmanager
def saying(answer):
    """A server that hears a stream to its end, and gives one answer whatever it was."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Said) as server:
        server.says, server.heard = answer, b""
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", server
        finally:
            server.shutdown()
            thread.join()


def a_dead_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"
