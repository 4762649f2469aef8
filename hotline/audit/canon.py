"""Rows as bytes, hashes, leaves and roots: the arithmetic of a seal. Nothing here reads or writes.

docs/history.md describes the encoding, so that a seal can be checked without this program. It is
version 1; a seal says its version and its columns, and old seals are checked by what they say.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from zlib import crc32

VERSION = 1
SHORT = 8  # bytes of a row's hash that are kept for it
PART = 5000  # rows a part of the leaves

# Tables of the record, with every column they have. Columns are only ever added, at the end.
TABLES: dict[str, tuple[str, ...]] = {
    "cases_step": (
        "id", "case_id", "order_id", "seq", "verb", "before", "after", "order_after", "side", "by_id",
        "at", "reason", "text", "facts", "recorded_at",
    ),
    "cases_look": (
        "id", "by_id", "at", "door", "case_id", "cases", "order_id", "viewer", "fields", "sought",
        "facts", "recorded_at",
    ),
    "cases_unmasking": (
        "id", "case_id", "order_id", "by_id", "at", "fields", "purpose", "words", "two", "recorded_at",
    ),
    "cases_unmaskingevent": (
        "id", "unmasking_id", "verb", "by_id", "at", "until", "words", "recorded_at",
    ),
    "audit_alert": (
        "id", "key", "kind", "by_id", "case_id", "since", "until", "count", "most", "at", "recorded_at",
    ),
    "audit_alertnote": ("id", "alert_id", "by_id", "at", "words", "recorded_at"),
    "cases_consent": ("id", "case_id", "kind", "given", "notice", "by_id", "at", "recorded_at"),
    "audit_erasure": (
        "id", "kind", "case_id", "user_id", "table", "until", "at", "digest", "signature", "recorded_at",
    ),
    "cases_petitionentry": ("id", "file_id", "verb", "text", "by_id", "at", "recorded_at"),
}  # fmt: skip
MOMENTS = frozenset({"at", "recorded_at", "since", "until"})

# What may be taken out of a row, and what stands there afterwards: words of staff in which a requester
# may be named, whose move it was, a fingerprint of a number. Nothing else, and never another value.
ERASABLE: dict[str, dict[str, str]] = {
    "cases_step": {"text": "''", "by_id": "NULL"},
    "cases_look": {"sought": "''"},
    "cases_unmasking": {"words": "''"},
    "cases_unmaskingevent": {"words": "''"},
    "audit_alertnote": {"words": "''"},
    "cases_petitionentry": {"text": "''"},
}
EXPIRING = frozenset({"cases_look"})  # logs that the law does not want kept for ever


class Leaf(NamedTuple):
    """What is kept of a row: its id, the beginning of its hash, a byte for each other column."""

    id: int
    short: bytes
    checks: bytes


class Hashed(NamedTuple):
    """A row's leaf, and its whole hash, which goes into the root."""

    leaf: Leaf
    whole: bytes


def hashed(table: str, row: Sequence[Any]) -> Hashed:
    """Hash a row: its id, then each of its columns, the id again as first, as text or None."""
    cells = [b"-" if cell is None else cell.encode() for cell in row[1:]]
    parts = [
        b"-," if cell is None else b"%d:%b," % (len(raw), raw)
        for cell, raw in zip(row[1:], cells, strict=True)
    ]
    whole = sha256(b"hotline %d %b\n" % (VERSION, table.encode()) + b"".join(parts)).digest()
    checks = bytes([crc32(part) & 255 for part in parts[1:]])
    return Hashed(Leaf(row[0], whole[:SHORT], checks), whole)


class Root:
    """The root of a table's chain: each row's hash hashed onto the one before."""

    def __init__(self, table: str) -> None:
        self._at = sha256(b"hotline %d root %b\n" % (VERSION, table.encode())).digest()

    def add(self, whole: bytes) -> None:
        self._at = sha256(self._at + whole).digest()

    def hex(self) -> str:
        return self._at.hex()


def packed(leaves: Iterable[Leaf], last: int = 0) -> bytes:
    """Leaves of rising ids as bytes: the step from the ``last`` id, the short hash, the checks."""
    pieces = []
    for leaf in leaves:
        pieces += [_number(leaf.id - last), leaf.short, leaf.checks]
        last = leaf.id
    return b"".join(pieces)


def unpacked(parts: Iterable[bytes], columns: int) -> Iterator[Leaf]:
    """The leaves of all parts in order, of rows with so many columns beside their id.

    Raises ValueError for other bytes.
    """
    last = 0
    for data in parts:
        at = 0
        while at < len(data):
            step, at = _read(data, at)
            last += step
            end = at + SHORT + columns
            if end > len(data):
                raise ValueError("the last leaf is cut off")
            yield Leaf(last, data[at : at + SHORT], data[at + SHORT : end])
            at = end


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the highest bit says that more follow."""
    if value < 0:
        raise ValueError("ids rise")
    pieces = bytearray()
    while value > 127:
        pieces.append(value & 127 | 128)
        value >>= 7
    pieces.append(value)
    return bytes(pieces)


def _read(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data):
            raise ValueError("a number is cut off")
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if not byte & 128:
            return value, at


def written(body: dict[str, Any]) -> str:
    """A body as the JSON that is signed: keys in order, no space, ASCII."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def columns_in(body: str, table: str) -> tuple[str, ...]:
    """By which columns a seal has hashed the rows of a table; none where it does not know it."""
    return tuple(json.loads(body)["tables"].get(table, {}).get("columns", ()))


def digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()
