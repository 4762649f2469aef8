"""The figures as one table in plain text, with the aims beside them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from tools.bench.load import Point

MEMORY_MB, COLD_SECONDS, DISK_BYTES, GROWTH = 400, 3.0, 4096, 1.2  # to aim for
YARDSTICK = "a bare page of Django on this host"  # how fast it was meanwhile
FROM, TO = 10_000, 1_000_000  # between which growth is told


@dataclass
class Result:
    """One operation at one size, at every number of callers."""

    operation: str
    aim: float | None
    points: list[Point]

    @property
    def cost(self) -> float:
        """CPU milliseconds per operation: web and database, and the worker where it has a part."""
        trees = ["web", "database"] + (["worker"] if self.operation == "submit" else [])
        return self.part(*trees)

    def part(self, *trees: str) -> float:
        """The median over all measurements, which the neighbours disturb least."""
        return median([point.cost(*trees) for point in self.points if point.count] or [0.0])


@dataclass
class Size:
    """Everything that was measured with so many requests."""

    requests: int
    results: list[Result] = field(default_factory=list)
    bare_ms: float = 0.0
    bytes_a_request: int = 0
    fill_seconds: float = 0.0
    cold_seconds: float = 0.0
    memory_idle: dict[str, float] = field(default_factory=dict)
    memory_after: dict[str, float] = field(default_factory=dict)


def text(sizes: Sequence[Size]) -> str:
    """The whole report."""
    return "\n".join([*_tables(sizes), "", *_growth(sizes), *_whole(sizes)])


def _tables(sizes: Sequence[Size]) -> Iterable[str]:
    for size in sizes:
        callers = [point.callers for point in max((r.points for r in size.results), key=len)]
        over = "".join(f"{f'{n} at once':^31}" for n in callers)
        yield f"\n{size.requests:,} requests; {YARDSTICK}: {size.bare_ms:.2f} CPU ms"
        yield f"{'':13}{'CPU ms an operation':^42}{over}"
        head = f"{'ops/s':>7}{'p50':>8}{'p95':>8}{'p99':>8}" * len(callers)
        yield f"{'':13}{'total':>7}{'aim':>6}{'web':>8}{'database':>10}{'worker':>8}   {head}"
        yield from (_line(result) for result in size.results)


def _line(result: Result) -> str:
    aim = f"{result.aim:g}" if result.aim else "-"
    parts = (
        f"{result.cost:7.1f}{aim:>6}{result.part('web'):8.1f}{result.part('database'):10.1f}"
        f"{result.part('worker'):8.1f}   "
    )
    points = "".join(
        f"{p.rate:7.0f}" + "".join(f"{p.percentile(n):8.1f}" for n in (50, 95, 99))
        for p in result.points
    )
    return f"{result.operation:13}{parts}{points}"


def _growth(sizes: Sequence[Size]) -> Iterable[str]:
    by_size = {size.requests: {r.operation: r.cost for r in size.results} for size in sizes}
    if FROM not in by_size or TO not in by_size:
        return
    ratios = [
        f"{name} {by_size[TO][name] / cost:.2f}x"
        for name, cost in by_size[FROM].items()
        if cost and name in by_size[TO]
    ]
    yield f"CPU from {FROM:,} to {TO:,} requests (aim below {GROWTH}x): {', '.join(ratios)}"


def _whole(sizes: Sequence[Size]) -> Iterable[str]:
    for size in sizes:
        disk = f"{size.bytes_a_request:,} bytes a request on disk (aim {DISK_BYTES:,})"
        idle, after = size.memory_idle, size.memory_after
        memory = (
            f"memory {sum(idle.values()):.0f} MB idle, {sum(after.values()):.0f} MB after load"
            f" (aim {MEMORY_MB}; {_named(after)})"
        )
        cold = f"first page {size.cold_seconds:.2f} s after the start (aim {COLD_SECONDS:g})"
        yield f"{size.requests:>9,}: {disk}; {cold}; {memory}"


def _named(memory: dict[str, float]) -> str:
    return ", ".join(f"{name} {used:.0f}" for name, used in memory.items())


def plain(sizes: Sequence[Size]) -> list[dict[str, Any]]:
    """The same as data, with every measurement's percentiles instead of its single latencies."""
    return [
        asdict(size)
        | {
            "results": [
                {
                    "operation": result.operation, "aim": result.aim, "cpu_ms": result.cost,
                    "points": [_plain(point) for point in result.points],
                }
                for result in size.results
            ]
        }
        for size in sizes
    ]  # fmt: skip


def _plain(point: Point) -> dict[str, Any]:
    return {
        "callers": point.callers, "operations": point.count, "per_second": point.rate,
        "cpu_ms": {name: used / point.count for name, used in point.cpu.items() if point.count},
        "latency_ms": {f"p{n}": point.percentile(n) for n in (50, 95, 99)},
    }  # fmt: skip
