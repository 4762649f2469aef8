"""Figures for Prometheus: what this process counted, and how the house stands at the moment of asking.

Several web processes count into files that they share (PROMETHEUS_MULTIPROC_DIR, set before they
start). No label is a person, a request or an address: routes have names, states have codes.
"""

import os
from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from hotline.base import space
from hotline.upkeep import pulse
from hotline.upkeep.records import backup, jump

REQUESTS = Counter(
    "hotline_requests", "Requests answered, by route and status.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "hotline_request_seconds", "How long an answer took, by route.", ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip
LIMITED = Counter("hotline_limited", "Refused because it was too often.", ["limit", "subject"])
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count(*, route: str, method: str, status: int, seconds: float) -> None:
    """Note one answer. ``route`` is the name of the address, never the address."""
    REQUESTS.labels(route, method if method in METHODS else "OTHER", str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def limited(*, limit: str, subject: str) -> None:
    """Note that a limit has refused somebody; ``subject`` is the kind of whom it counted."""
    LIMITED.labels(limit, subject).inc()


def written(at: datetime) -> bytes:
    """Everything in the text format of Prometheus; the house's own figures only while the database
    answers."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        counted = generate_latest(registry)
    else:
        counted = generate_latest(REGISTRY)
    return counted + generate_latest(_House(at))


class _House(Collector):
    """How things stand now."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _one(
            "hotline_disk_free_bytes", "Free on the disk of the data folder.", space.free_bytes()
        )
        yield _one(
            "hotline_read_only", "1 while the disk is nearly full.", int(space.nearly_full())
        )
        taken_at = backup().taken_at
        if taken_at:
            yield _one("hotline_backup_timestamp_seconds", "The last backup.", taken_at.timestamp())
        if last := jump():
            yield _one("hotline_clock_jump_seconds", "By how much the clock was last set.", last[1])
            yield _one(
                "hotline_clock_jump_timestamp_seconds", "When that was.", last[0].timestamp()
            )
        try:
            figures = list(self._of_the_database())
        except DatabaseError:
            yield _one("hotline_database_up", "1 while the database answers.", 0)
        else:
            yield _one("hotline_database_up", "1 while the database answers.", 1)
            yield from figures

    def _of_the_database(self) -> Iterator[GaugeMetricFamily]:
        at, queue, waiting = self._at, pulse.queue(self._at), pulse.waiting(self._at)
        yield _by("hotline_jobs", "Jobs by state.", "state", queue.jobs)
        yield _one(
            "hotline_job_oldest_seconds",
            "How long the oldest due job has waited.",
            queue.waited(at),
        )
        silent = queue.silent(at)
        if silent is not None:
            yield _one("hotline_worker_silent_seconds", "Since a worker was heard from.", silent)
        counts = {channel: n for channel, (n, _age) in waiting.items()}
        ages = {channel: age for channel, (_n, age) in waiting.items()}
        yield _by(
            "hotline_messages_waiting", "Messages that wait for a carrier.", "channel", counts
        )
        yield _by(
            "hotline_message_oldest_seconds", "How long the oldest has waited.", "channel", ages
        )
        yield _by(
            "hotline_clocks_late",
            "Running promises past their time.",
            "clock",
            pulse.late_clocks(at),
        )
        yield _by(
            "hotline_cases", "Requests that are not sealed, by state.", "state", pulse.requests()
        )
        files, size = pulse.files()
        yield _one("hotline_files", "Files of requests.", files)
        yield _one("hotline_file_bytes", "Bytes of these files.", size)


def _one(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _by(
    name: str, words: str, label: str, values: dict[str, int] | dict[str, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
