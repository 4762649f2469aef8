"""What an asking to see somebody's data in full gives, and when. Pure: of rows and a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WAITS = timedelta(hours=24)  # a second person decides within, or it is asked anew
LONGEST = timedelta(hours=24)  # no grant lasts longer, whatever the terms say


@dataclass(frozen=True)
class Asked:
    """One asking of one person, with what became of it."""

    pk: int
    fields: frozenset[str]
    at: datetime
    until: datetime | None = None  # granted until
    refused: bool = False
    ended: bool = False

    def is_open(self, at: datetime) -> bool:
        """Does it show anything now?"""
        return self.until is not None and not self.ended and self.at <= at < self.until

    def waits(self, at: datetime) -> bool:
        """Is a second person still to decide?"""
        return self.until is None and not self.refused and at < self.at + WAITS


def folded(rows: Iterable[tuple[Any, ...]]) -> tuple[Asked, ...]:
    """Askings from rows of (id, fields, at, verb, until), one row an event or one without any."""
    found: dict[int, dict[str, Any]] = {}
    for pk, fields, at, verb, until in rows:
        asked = found.setdefault(pk, {"pk": pk, "fields": frozenset(fields), "at": at})
        if verb == "GRANT":
            asked["until"] = until
        elif verb:
            asked["refused" if verb == "REFUSE" else "ended"] = True
    return tuple(Asked(**asked) for asked in found.values())
