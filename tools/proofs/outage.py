"""The database is away for a minute under load, stopped and then frozen; nothing is lost, and all goes on by itself.

``make outage`` (OUTAGE_SECONDS=60 OUTAGE_SEED=1). Fails with a list of what is wrong.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import psutil
import psycopg

from config.embedded import Embedded
from tools.bench.standin import Counting
from tools.proofs.crash import Proof
from tools.proofs.installation import Installation

CALLERS = 4
MARGIN = 6  # seconds after which everybody must know that it is away
SETTLED = 15  # seconds between one outage and the next


def main() -> int:
    seconds = float(os.environ.get("OUTAGE_SECONDS") or 60)
    seed = int(os.environ.get("OUTAGE_SEED") or random.SystemRandom().randrange(10_000))
    print(f"seed {seed}: two outages of {seconds:.0f} s, {CALLERS} callers", flush=True)
    with tempfile.TemporaryDirectory(prefix="hotline-db-") as folder:
        Path(folder).chmod(0o755)  # the server may run as another user
        database = Embedded(Path(folder))
        url = database.start()
        try:
            with (
                Counting(0.02) as gateway,
                Installation(HOTLINE_NOTICES="live", DATABASE_URL=url) as there,
            ):
                rng = random.Random(seed)  # noqa: S311 - a repeatable one is wanted
                proof = Outage(there, gateway, rng, CALLERS, Server(database, Path(folder)))
                if found := proof.run(seconds):
                    print(f"\n{len(found)} faults; {there.home} and {there.notes} stay")
                    print("\n".join(found[:40]))
                    raise SystemExit(1)
        finally:
            database.release()
    print("everybody was told, nothing is missing, and all went on by itself")
    return 0


class Server:
    """The database's own processes: stopped and started, or frozen and let go."""

    def __init__(self, embedded: Embedded, home: Path) -> None:
        self._embedded, self._data = embedded, home / "postgres"

    def stop(self) -> None:
        self._embedded._execute("pg_ctl", "-w", "-m", "fast", "-D", str(self._data), "stop")

    def start(self) -> None:
        self._embedded.revive()

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        top = psutil.Process(int((self._data / "postmaster.pid").read_text().split()[0]))
        for process in (top, *top.children(recursive=True)):
            process.send_signal(number)


class Outage(Proof):
    """The same callers and the same comparison; two outages instead of blows."""

    def __init__(
        self,
        there: Installation,
        gateway: Counting,
        rng: random.Random,
        callers: int,
        server: Server,
    ) -> None:
        super().__init__(there, gateway, rng, callers)
        self._server, self._faults = server, list[str]()

    def _strike(self, seconds: float) -> Counter[str]:
        time.sleep(SETTLED)
        before = self._connections()
        for name, begin, end in (
            ("stopped", self._server.stop, self._server.start),
            ("frozen", self._server.freeze, self._server.thaw),
        ):
            begin()
            self._watch(name, seconds)
            end()
            took = self._there.until_ready()
            print(f"{name} for {seconds:.0f} s: pages again after {took:.1f} s", flush=True)
            time.sleep(SETTLED)
        after = self._connections()
        print(f"connections: {before} before, {after} after")
        if after > before + 8:
            self._faults.append(f"{after} connections, {before} before")
        return Counter({"outage": 2})

    def _watch(self, name: str, seconds: float) -> None:
        """Read pages as a newcomer does, in both languages; note what is told, and how soon."""
        told, slowest, until = Counter[str](), 0.0, time.monotonic() + seconds
        begun = time.monotonic()
        while time.monotonic() < until:
            for path, language in (
                ("/portal/", "en"),
                ("/portal/", "zh-hans"),
                ("/healthz", ""),
                ("/readyz", ""),
            ):
                sent = time.monotonic()
                answer = self._get(path, language)
                if time.monotonic() - begun > MARGIN and time.monotonic() < until:
                    told[f"{path} {answer}"] += 1
                    slowest = max(slowest, time.monotonic() - sent)
            time.sleep(0.5)
        print(f"{name}: {dict(told)}; slowest answer {slowest:.1f} s", flush=True)
        if name == "stopped":
            wrong = {what for what in told if what not in RIGHT}
            self._faults += [f"while stopped: {what}" for what in sorted(wrong)]

    def _get(self, path: str, language: str) -> str:
        cookies = {"django_language": language} if language else {}
        try:
            answer = httpx.get(self._there.url + path, cookies=cookies, timeout=10, trust_env=False)
        except httpx.HTTPError as error:
            return type(error).__name__
        words = (
            ("not available" in answer.text.lower() or "cannot" in answer.text.lower())
            if language == "en"
            else "暂时" in answer.text
        )
        again = answer.headers.get("Retry-After", "")
        return f"{answer.status_code}" + (
            f" {language}, again after {again}" if again and words else ""
        )

    def _connections(self) -> int:
        with psycopg.connect(self._there.database_url) as database:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
            row = database.execute(asked).fetchone()
        return int(row[0]) if row else 0

    def _compare(self, counts: Counter[str], recovered: float) -> list[str]:
        return super()._compare(counts, recovered) + self._faults


RIGHT = {
    "/portal/ 503 en, again after 30", "/portal/ 503 zh-hans, again after 30", "/healthz 200", "/readyz 503",
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
