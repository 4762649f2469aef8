"""Erasures as whoever verifies sees them: what stood there before, as far as a signature says so."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from hotline.audit import canon, keys, reading
from hotline.audit.canon import Hashed
from hotline.audit.models import Erasure, ErasureKind
from hotline.worktime.clock import ZONE


class Undoing:
    """Follows rows back through the erasures that keys we trust have signed."""

    def __init__(self, trusted: Iterable[str]) -> None:
        self._trusted = frozenset(trusted)
        self.expired, self.kept = self._expired()
        self.changed: set[tuple[str, int]] = set()  # rows that were found to be other than sealed
        self._lines = lru_cache(maxsize=64)(self._read)

    def _expired(self) -> tuple[dict[str, datetime], dict[str, frozenset[int]]]:
        """Up to when rows of a table may be gone, and which of them (ids) must be there all the same:
        the latest signed statement says it."""
        until: dict[str, datetime] = {}
        kept: dict[str, frozenset[int]] = {}
        rows = Erasure.objects.filter(kind=ErasureKind.EXPIRY).order_by("table", "-until", "-id")
        for row in rows.iterator(chunk_size=500):
            if row.table not in until and row.table in canon.EXPIRING and row.until is not None:
                said = self._said(row)
                if said.get("table") == row.table and said.get("until") == _moment(row.until):
                    until[row.table] = row.until
                    kept[row.table] = frozenset(said.get("kept", ()))
        return until, kept

    def put_back(self) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """Rows that are as they were sealed, though a signed erasure took these columns out since."""
        rows = Erasure.objects.exclude(kind=ErasureKind.EXPIRY).order_by("id")
        for pk in rows.values_list("pk", flat=True).iterator(chunk_size=500):
            for (table, columns), ids in self._taken(pk).items():
                if set(columns) <= set(canon.ERASABLE.get(table, ())):
                    filled = reading.filled(table, ids, columns)
                    yield from (
                        (table, row, columns) for row in filled if (table, row) not in self.changed
                    )

    def _taken(self, erasure: int) -> dict[tuple[str, tuple[str, ...]], list[int]]:
        """The ids of an erasure's rows, by their table and the columns that they lost."""
        found: dict[tuple[str, tuple[str, ...]], list[int]] = {}
        for (table, pk), line in self._lines(erasure).items():
            found.setdefault((table, tuple(line["columns"])), []).append(pk)
        return found

    def before(
        self, table: str, row: Hashed, *, sealed: bytes | None, until: datetime | None
    ) -> tuple[bytes, frozenset[str]]:
        """The whole hash of a row as it was sealed, and the columns that it has lost since.

        ``sealed`` is the beginning of that hash; where it is lost, what was erased after ``until``, the
        end of its seal, is put back. The row's own hash, and no columns, where no signed
        erasure leads back to it, or where more stands there now than an erasure leaves.
        """
        lost: set[str] = set()
        at = row.whole
        for line in reversed(self._of(table, row.leaf.id, None if sealed else until)):
            if line["after"] != at.hex():
                continue
            at = bytes.fromhex(line["before"])
            lost |= set(line["columns"])
            if sealed is not None and at[: canon.SHORT] == sealed:
                break
        known = sealed is None or at[: canon.SHORT] == sealed
        allowed = lost <= set(canon.ERASABLE.get(table, ()))
        if not lost or not known or not allowed or reading.filled(table, [row.leaf.id], lost):
            return row.whole, frozenset()
        return at, frozenset(lost)

    def _of(self, table: str, pk: int, since: datetime | None) -> list[dict[str, Any]]:
        ids = Erasure.objects.filter(touched__contains=[f"{table}:{pk}"]).order_by("id")
        ids = ids.filter(recorded_at__gte=since) if since else ids
        found = (self._lines(row).get((table, pk)) for row in ids.values_list("pk", flat=True))
        return [line for line in found if line]

    def _read(self, pk: int) -> dict[tuple[str, int], dict[str, Any]]:
        said = self._said(Erasure.objects.get(pk=pk))
        return {
            (table, line[0]): {"columns": line[1], "before": line[2], "after": line[3]}
            for table, lines in said.get("rows", {}).items()
            for line in lines
        }

    def _said(self, row: Erasure) -> dict[str, Any]:
        """What an erasure says; nothing where no key that is trusted has signed it."""
        if not any(keys.is_signed(row.body, row.signature, key) for key in self._trusted):
            return {}
        said: dict[str, Any] = json.loads(row.body)
        return said


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat()
