"""Processes are killed at random moments under load; afterwards everything that was acknowledged is there once.

``make crash`` (CRASH_SECONDS=100 CRASH_SEED=1 CRASH_CALLERS=6). Fails with a list of differences.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable

import psutil

from tools.bench.standin import Counting
from tools.proofs import cast as people
from tools.proofs.browser import Outcome
from tools.proofs.house import TELL, deliveries, differences
from tools.proofs.installation import Installation, kill
from tools.proofs.ledger import Ledger, count, read
from tools.proofs.lives import UNIT, Life

QUIET_SECONDS = 240  # a job of a killed worker is queued again within two minutes
CALM = 0.7  # how often it may come up again before the next blow
LEAST = 3  # requests that must have lived to their end
PAUSES = (0.5, 1, 2, 3, 5, 8)  # seconds between two blows


class Blows:
    """What is killed, each kind once before any comes again."""

    def __init__(self, there: Installation, rng: random.Random) -> None:
        self._rng, self._deck = rng, list[str]()
        self.counts: Counter[str] = Counter()
        one = self._one
        self._kinds: dict[str, Callable[[], list[psutil.Process]]] = {
            "a web worker": lambda: one(there.web_workers()),
            "web": lambda: there.parts("web"),
            "worker": lambda: there.parts("worker"),
            "the supervisor": there.supervisor,
            "a backend": lambda: one(there.backends()),
            "the postmaster": there.postmaster,
            "all of PostgreSQL": there.postgres,
            "everything": there.ours,
        }

    def strike(self) -> str:
        """Kill something that is there; what it was, or nothing."""
        for name in list(self._deck or self._shuffled()):
            if kill(self._kinds[name]()):
                self._deck.remove(name)
                self.counts[name] += 1
                return name
        return ""

    def _shuffled(self) -> list[str]:
        self._deck = list(self._kinds)
        self._rng.shuffle(self._deck)
        return self._deck

    def _one(self, of: list[psutil.Process]) -> list[psutil.Process]:
        return [self._rng.choice(of)] if of else []


def main() -> int:
    seconds = float(os.environ.get("CRASH_SECONDS") or 100)
    seed = int(os.environ.get("CRASH_SEED") or random.SystemRandom().randrange(10_000))
    callers = int(os.environ.get("CRASH_CALLERS") or 6)
    print(f"seed {seed}: {seconds:.0f} s of blows, {callers} callers", flush=True)
    rng = random.Random(seed)  # noqa: S311 - a repeatable one is wanted
    with Counting(seconds=0.02) as gateway, Installation(HOTLINE_NOTICES="live") as there:
        found = Proof(there, gateway, rng, callers).run(seconds)
        if found:
            print(f"\n{len(found)} differences; {there.home} and {there.notes} stay")
            print("\n".join(found[:40]))
            raise SystemExit(1)
    print("nothing is missing, nothing is doubled")
    return 0


class Proof:
    """One installation, its callers and its blows."""

    def __init__(
        self, there: Installation, gateway: Counting, rng: random.Random, callers: int
    ) -> None:
        self._there, self._gateway, self._rng = there, gateway, rng
        self._stop = threading.Event()
        people.use(there.database_url, there.environment)
        from hotline.notices.models import Gateway  # noqa: PLC0415 - only now is there a database

        Gateway.objects.all().delete()
        Gateway.objects.create(
            code="proof", name="proof", kind="http_sms", channel="SMS", enabled=True,
            per_second=1000, settings=gateway.settings,
        )  # fmt: skip
        cast = people.gather(callers, callers, (UNIT,))
        self.ledger = Ledger(there.notes / "ledger.jsonl")
        from tools.proofs.reading import order_of  # noqa: PLC0415

        self._lives = [
            Life(n, there.url, cast, self.ledger, order_of, self._stop) for n in range(callers)
        ]
        self._listeners = [cast.ids[account] for account in cast.managers]

    def run(self, seconds: float) -> list[str]:
        """Everything; the differences."""
        for life in self._lives:
            life.sign_in()
        callers = [threading.Thread(target=life.run) for life in self._lives]
        callers.append(threading.Thread(target=self._ask_for_messages))
        for caller in callers:
            caller.start()
        counts = self._strike(seconds)
        recovered = self._there.until_ready()
        time.sleep(3)  # answers that are on their way
        self._stop.set()
        for caller in callers:
            caller.join()
        self.ledger.close()
        return self._compare(counts, recovered)

    def _strike(self, seconds: float) -> Counter[str]:
        blows = Blows(self._there, self._rng)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._rng.random() < CALM:
                self._there.until_ready()
            time.sleep(self._rng.choice(PAUSES))
            blows.strike()
            self._there.tend()
        return blows.counts

    def _ask_for_messages(self) -> None:
        """Something of the house asks, twice a second, that somebody be told: a job in a transaction."""
        from django.db import DatabaseError, connection, transaction  # noqa: PLC0415
        from django.utils.timezone import now  # noqa: PLC0415
        from procrastinate.exceptions import ConnectorException  # noqa: PLC0415

        from hotline.base import jobs  # noqa: PLC0415
        from tools.proofs.reading import TELLING  # noqa: PLC0415

        n = 0
        while not self._stop.wait(0.5):
            n += 1
            key = f"{TELLING}{n}"
            entry = self.ledger.begin(TELL, key)
            try:
                with transaction.atomic():
                    jobs.defer(
                        "notices.tell", people=[self._rng.choice(self._listeners)], key=key,
                        template="drill_alarm", facts={"time": now().isoformat()}, urgent=True,
                        ladder=["SMS"],
                    )  # fmt: skip
            except (DatabaseError, ConnectorException):
                self.ledger.end(entry, Outcome.LOST)
                connection.close()
            else:
                self.ledger.end(entry, Outcome.DONE)

    def _compare(self, counts: Counter[str], recovered: float) -> list[str]:
        from django.db import connection  # noqa: PLC0415

        from tools.proofs import reading  # noqa: PLC0415

        connection.close()
        quiet = reading.until_quiet(QUIET_SECONDS)
        entries = read(self.ledger.path)
        house = reading.house()
        outbox = reading.deliveries()
        found, doubled, doubtful = deliveries(self._gateway.seen, outbox)
        found = differences(entries, house) + found
        for command in (["seal-history", "--now"], ["verify-history"]):
            ended = self._there.command(*command)
            if ended.returncode:
                found.append(f"{command[0]} ended with {ended.returncode}: {ended.stdout[-500:]}")
        tallies = [life.tally for life in self._lives]
        statuses: Counter[int] = Counter()
        for tally in tallies:
            statuses.update(tally.statuses)
            found += tally.stuck
        if sum(t.lives for t in tallies) < LEAST or not counts:
            found.append(
                f"only {sum(t.lives for t in tallies)} whole lives: nothing is shown by that"
            )
        if statuses[500]:
            found.append(f"{statuses[500]} pages failed with 500")
        connection.close()
        print(f"killed: {dict(counts)}; the service was started {self._there.starts} times")
        print(
            f"sent: {len(entries)}; acknowledged {count(entries, Outcome.DONE)}, "
            f"refused {count(entries, Outcome.REFUSED)}, answer lost {count(entries, Outcome.LOST)}; "
            f"{sum(t.repeated for t in tallies)} repeated forms recognised"
        )
        print(
            f"there: {len(house.requests)} requests, {sum(house.steps.values())} steps, "
            f"{sum(house.ratings.values())} ratings, {sum(t.lives for t in tallies)} whole lives; "
            f"messages at the gateway {sum(self._gateway.seen.values())} of {len(outbox)}, "
            f"doubled {doubled}, reported as maybe doubled {doubtful}"
        )
        print(
            f"answers: {dict(sorted(statuses.items()))}; ready after {recovered:.1f} s, quiet after {quiet:.0f} s"
        )
        return found


if __name__ == "__main__":
    sys.exit(main())
