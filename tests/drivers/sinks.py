"""A real SMTP server on loopback that keeps what it is given, or answers as it is told to."""

import asyncio
import email
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller


class Sink:
    """Mail that arrived, and the answers to give next. ``mood``: drop or hang after DATA."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.to: list[str] = []
        self.rcpt = self.data = "250 OK"
        self.mood = ""
        self.sessions = 0
        self.gone = threading.Event()
        self.loop: Any = None
        self.transport: Any = None

    def hang_up(self) -> None:
        """Close the connection; it is closed when this returns."""

        async def abort() -> None:
            self.transport.abort()

        asyncio.run_coroutine_threadsafe(abort(), self.loop).result()

    async def handle_EHLO(  # noqa: N802 - the library's names
        self, server: Any, session: Any, envelope: Any, name: str, said: Any
    ) -> Any:
        self.sessions += 1
        self.transport = server.transport
        session.host_name = name
        return said

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, to: str, options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=default))
            self.to += envelope.rcpt_tos
        if self.mood == "drop":
            server.transport.abort()
        if self.mood == "hang":
            while not self.gone.is_set():
                await asyncio.sleep(0.02)
        return self.data


@contextmanager
def sink(**options: Any) -> Iterator[tuple[Sink, int]]:
    """The sink and its port."""
    handler = Sink()
    controller = _Anywhere(handler, hostname="127.0.0.1", port=0, **options)
    controller.start()
    handler.loop = controller.loop
    try:
        yield handler, controller.server.sockets[0].getsockname()[1]
    finally:
        handler.gone.set()
        controller.stop()


class _Anywhere(Controller):
    """On a free port: the library asks the port it was told, 0, whether it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def certificate(home: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key; skips where none can be made."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed: no certificate can be made")
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stand-in -addext"
    names = ["subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(["openssl", *made.split(), *names], cwd=home, check=True, capture_output=True)
    return home / "cert.pem", home / "key.pem"


def serving(home: Path) -> ssl.SSLContext:
    """What a server needs to speak TLS with that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(home))
    return context
