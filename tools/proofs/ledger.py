"""What whoever sent something knows about it: written down on the sender's side, and kept."""

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.proofs.browser import Outcome

BEGUN = "begun"


@dataclass(frozen=True)
class Entry:
    """One sending. ``ref`` is the form's own key, or the number of the request, or a message's key."""

    id: int
    verb: str
    ref: str
    outcome: str = BEGUN
    number: str = ""  # what the answer said it has become


class Ledger:
    """A file to which every sending is written before it goes and after its answer, each to the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a")
        self._lock = threading.Lock()
        self._next = 1

    def begin(self, verb: str, ref: str) -> Entry:
        with self._lock:
            entry = Entry(self._next, verb, ref)
            self._next += 1
            self._write(entry)
        return entry

    def end(self, entry: Entry, outcome: Outcome, number: str = "") -> None:
        with self._lock:
            self._write(Entry(entry.id, entry.verb, entry.ref, outcome.value, number))

    def close(self) -> None:
        self._file.close()

    def _write(self, entry: Entry) -> None:
        self._file.write(json.dumps(asdict(entry)) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def read(path: Path) -> list[Entry]:
    """Each sending once, as it ended; one that never ended is lost."""
    last: dict[int, Entry] = {}
    for line in path.read_text().splitlines():
        entry = Entry(**json.loads(line))
        last[entry.id] = entry
    return [_settled(entry) for entry in last.values()]


def _settled(entry: Entry) -> Entry:
    lost = entry.outcome == BEGUN
    return Entry(entry.id, entry.verb, entry.ref, Outcome.LOST.value) if lost else entry


def count(entries: Iterable[Entry], outcome: Outcome) -> int:
    return sum(entry.outcome == outcome.value for entry in entries)
