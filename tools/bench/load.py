"""Callers that work side by side for some seconds, and what that took. Their own CPU is not counted."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import quantiles

from tools.bench.machine import Meter


@dataclass(frozen=True)
class Call:
    """One HTTP request, and the status that says it has worked."""

    path: str
    headers: Mapping[str, str]
    body: bytes | None = None
    status: int = 200


@dataclass
class Point:
    """One measurement: how many at once, how often in how long, how long each, what it cost."""

    callers: int
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # milliseconds
    cpu: dict[str, float] = field(default_factory=dict)  # milliseconds by process tree
    failures: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.count / self.seconds if self.seconds else 0.0

    def percentile(self, percent: int) -> float:
        """Milliseconds within which that share of the operations was done."""
        if len(self.latencies) < 2:
            return self.latencies[0] if self.latencies else 0.0
        return quantiles(self.latencies, n=100, method="inclusive")[percent - 1]

    def cost(self, *trees: str) -> float:
        """CPU milliseconds per operation of these process trees."""
        return sum(self.cpu.get(tree, 0.0) for tree in trees) / self.count if self.count else 0.0


class Connection:
    """One browser's connection, kept open."""

    def __init__(self, port: int) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, call: Call) -> tuple[int, bytes, http.client.HTTPMessage]:
        method = "GET" if call.body is None else "POST"
        self._http.request(method, call.path, body=call.body, headers=dict(call.headers))
        answer = self._http.getresponse()
        return answer.status, answer.read(), answer.headers

    def close(self) -> None:
        self._http.close()


def measure(port: int, lines: list[Iterator[Call]], seconds: float, meter: Meter) -> Point:
    """Let one caller work through each line of calls, all at once, for ``seconds``.

    A call that has begun is finished and counted. A line that ends early ends its caller.
    """
    point, lock = Point(len(lines)), threading.Lock()
    ready = threading.Barrier(len(lines) + 1)

    def caller(calls: Iterator[Call]) -> None:
        times: list[float] = []
        wrong: list[str] = []
        connection = Connection(port)
        ready.wait()
        until = time.perf_counter() + seconds
        for call in calls:
            begun = time.perf_counter()
            if begun >= until:
                break
            try:
                status, _body, headers = connection.send(call)
            except (OSError, http.client.HTTPException) as error:
                wrong.append(f"{call.path} failed: {error}")
                break
            times.append((time.perf_counter() - begun) * 1000)
            if status != call.status or "/sign-in/" in headers.get("Location", ""):
                wrong.append(f"{call.path} answered {status}")
        connection.close()
        with lock:
            point.latencies += times
            point.failures += wrong

    threads = [threading.Thread(target=caller, args=(calls,), daemon=True) for calls in lines]
    for thread in threads:
        thread.start()
    before = meter.read()
    begun = time.perf_counter()
    ready.wait()
    for thread in threads:
        thread.join()
    point.seconds = time.perf_counter() - begun
    point.cpu = {name: used - before[name] for name, used in meter.read().items()}
    return point
