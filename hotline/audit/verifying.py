"""Everything that was sealed, recomputed: which rows were changed, removed or inserted since.

Bounded memory: rows come through a cursor on the server, leaves part by part. Writes nothing.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from hotline.audit import canon, keys, reading
from hotline.audit.canon import Hashed, Leaf
from hotline.audit.models import Leaves, Seal
from hotline.audit.undoing import Undoing
from hotline.worktime.clock import day_of

BACK = "stands there again after it was erased"
AHEAD = "is recorded later than now: no seal will cover it"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed. ``fields`` are those whose check byte differs."""

    what: str  # changed, removed, inserted, or a sentence about a seal
    seal: int  # 0: none covers it
    table: str = ""
    id: int = 0
    day: str = ""
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.table:
            return f"seal {self.seal}: {self.what}"
        which = f" ({', '.join(self.fields)})" if self.fields else ""
        where = f", seal {self.seal} of {self.day}" if self.seal else ""
        return f"{self.table} {self.id or ''}{which} {self.what}{where}"


@dataclass(frozen=True)
class Kept:
    """A seal as it was copied elsewhere: what was signed, the signature, the leaves by table."""

    body: str
    signature: str
    leaves: Mapping[str, bytes] = field(default_factory=dict)


class Elsewhere(Protocol):
    """Seals that lay elsewhere, by their numbers."""

    def __iter__(self) -> Iterator[int]: ...
    def get(self, number: int) -> Kept | None: ...


class Nowhere:
    """No copies at all."""

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def get(self, number: int) -> Kept | None:
        return None


@dataclass
class Report:
    """What a run has looked at."""

    seals: int = 0
    rows: int = 0
    erased: int = 0  # rows that have lawfully lost words
    expired: int = 0  # rows that were lawfully removed
    unsealed: int = 0
    last: datetime | None = None


def verify(
    report: Report,
    *,
    trusted: Iterable[str],
    kept: Elsewhere | None = None,
    since: datetime | None = None,
) -> Iterator[Finding]:
    """Go through the seals, the first one first, and say what is wrong. Inside a transaction.

    ``trusted`` are public keys, ``kept`` seals that lay elsewhere by their numbers. Rows of seals that
    end before ``since`` are left out; their signatures and links are not. ``report`` is filled in.
    """
    copies: Elsewhere = kept or Nowhere()
    trusted, previous, number = set(trusted), "", 0
    undoing = Undoing(trusted)
    for seal in Seal.objects.order_by("number").iterator(chunk_size=100):
        yield from (Finding("is missing", n) for n in range(number + 1, seal.number))
        body, findings = _checked(seal, previous, number, trusted, copies.get(seal.number))
        yield from findings
        previous, number = canon.digest(body), seal.number
        report.seals, report.last = report.seals + 1, seal.until
        if since is None or seal.until > since:
            yield from _rows(seal, _read(body), copies.get(seal.number), report, undoing)
    yield from (Finding("is missing", n) for n in sorted(copies) if n > number)
    yield from (
        Finding(BACK, 0, table, pk, fields=names) for table, pk, names in undoing.put_back()
    )
    for table in canon.TABLES:
        report.unsealed += reading.count(table, report.last)
        yield from (Finding(AHEAD, 0, table, pk) for pk in reading.ahead(table, report.last))


def _checked(
    seal: Seal, previous: str, number: int, trusted: set[str], kept: Kept | None
) -> tuple[str, list[Finding]]:
    """The body to go by, that of the copy where there is one, and what is wrong with the seal."""
    wrong = []
    if kept and kept.body != seal.body:
        wrong.append("differs from the copy kept elsewhere")
    body, signature = (kept.body, kept.signature) if kept else (seal.body, seal.signature)
    said = _read(seal.body)
    if canon.digest(seal.body) != seal.digest:
        wrong.append("does not match its digest")
    if not any(keys.is_signed(seal.body, seal.signature, key) for key in trusted):
        wrong.append("is not signed by a known key")
    if kept and not any(keys.is_signed(body, signature, key) for key in trusted):
        wrong.append("its copy kept elsewhere is not signed by a known key")
        body = seal.body
    if said.get("previous", "") != previous and number == seal.number - 1:
        wrong.append("does not follow from the seal before")
    if said.get("number") != seal.number or _moment(said.get("until", "")) != seal.until:
        wrong.append("says another number or moment than its row")
    return body, [Finding(words, seal.number) for words in wrong]


@dataclass(frozen=True)
class Stretch:
    """The rows of one table under one seal: from when, until when, and what the seal says of them."""

    seal: Seal
    table: str
    said: dict[str, Any]
    since: datetime | None
    until: datetime | None

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.said["columns"])

    @property
    def day(self) -> str:
        return _day(self.until)

    @property
    def is_known(self) -> bool:
        """Are table and columns ours? Their names go into SQL."""
        known = set(canon.TABLES.get(self.table, ()))
        return bool(known) and set(self.columns) <= known

    def finding(self, what: str, pk: int = 0, fields: tuple[str, ...] = ()) -> Finding:
        return Finding(what, self.seal.number, self.table, pk, self.day, fields)


def _rows(
    seal: Seal, body: dict[str, Any], kept: Kept | None, report: Report, undoing: Undoing
) -> Iterator[Finding]:
    if body.get("version") != canon.VERSION or not isinstance(body.get("tables"), dict):
        yield Finding("cannot be read", seal.number)
        return
    since, until = _moment(body.get("since", "")), _moment(body.get("until", ""))
    for table, said in body["tables"].items():
        stretch = Stretch(seal, table, said, since, until)
        if stretch.is_known:
            yield from _stretch(stretch, _leaves(seal, table, said, kept), report, undoing)
        else:
            yield Finding("names a table or a column that there is not", seal.number)


def _stretch(
    stretch: Stretch, leaves: Iterator[Leaf] | None, report: Report, undoing: Undoing
) -> Iterator[Finding]:
    """Each row beside its leaf; where no row is named, all of them together by the root."""
    if leaves is None:
        yield stretch.finding("its leaves were altered: rows cannot be named")
    gone = stretch.until is not None and stretch.until <= undoing.expired.get(stretch.table, NEVER)
    root, count, found = canon.Root(stretch.table), 0, 0
    rows = reading.rows(stretch.table, stretch.columns, stretch.since, stretch.until)
    for now, leaf in _side_by_side(rows, leaves):
        row = _as_sealed(stretch, now, leaf, undoing, named=leaves is not None) if now else None
        if row is not None:
            report.erased += row is not now
            root.add(row.whole)
            count += 1
        elif gone and leaf and leaf.id not in undoing.kept[stretch.table]:
            report.expired += 1
            continue
        finding = _compared(row, leaf, stretch.columns) if leaves is not None else None
        if finding:
            found += 1
            undoing.changed.add((stretch.table, finding[1]))
            yield stretch.finding(*finding)
    report.rows += count
    whole = (root.hex(), count) == (stretch.said["root"], stretch.said["count"])
    if not found and not whole and not gone:  # of a log that was cut, each row left was compared
        yield stretch.finding("has other rows than were sealed")


NEVER = datetime.min.replace(tzinfo=UTC)


def _as_sealed(
    stretch: Stretch, row: Hashed, leaf: Leaf | None, undoing: Undoing, *, named: bool
) -> Hashed:
    """The row as it was when it was sealed: itself, or what a signed erasure says that it was.

    Columns that no erasure names must still have the check byte that they had.
    """
    if named and (leaf is None or leaf.short == row.leaf.short):
        return row
    sealed, until = (leaf.short, None) if leaf else (None, stretch.until)
    whole, lost = undoing.before(stretch.table, row, sealed=sealed, until=until)
    checks = leaf.checks if leaf else row.leaf.checks
    pairs = zip(stretch.columns[1:], row.leaf.checks, checks, strict=True)
    if not lost or not all(now == then for name, now, then in pairs if name not in lost):
        return row
    return Hashed(Leaf(row.leaf.id, whole[: canon.SHORT], checks), whole)


def _side_by_side(
    rows: Iterator[Hashed], leaves: Iterator[Leaf] | None
) -> Iterator[tuple[Hashed | None, Leaf | None]]:
    """Rows and leaves with the same id together, alone where there is only one of the two."""
    if leaves is None:
        yield from ((row, None) for row in rows)
        return
    row, leaf = next(rows, None), next(leaves, None)
    while row or leaf:
        if row and leaf and row.leaf.id == leaf.id:
            yield row, leaf
            row, leaf = next(rows, None), next(leaves, None)
        elif leaf is None or (row and row.leaf.id < leaf.id):
            yield row, None
            row = next(rows, None)
        else:
            yield None, leaf
            leaf = next(leaves, None)


def _compared(
    row: Hashed | None, leaf: Leaf | None, columns: Sequence[str]
) -> tuple[str, int, tuple[str, ...]] | None:
    if row is None:
        return ("was removed", leaf.id, ()) if leaf else None
    if leaf is None:
        return "was inserted", row.leaf.id, ()
    if row.leaf.short == leaf.short:
        return None
    pairs = zip(columns[1:], row.leaf.checks, leaf.checks, strict=True)
    return "was changed", row.leaf.id, tuple(name for name, now, then in pairs if now != then)


def _leaves(
    seal: Seal, table: str, said: dict[str, Any], kept: Kept | None
) -> Iterator[Leaf] | None:
    """The leaves that the seal has signed for: the database's, else those kept elsewhere; else None."""
    columns = len(said["columns"]) - 1
    whole = sha256()
    for data in _parts(seal, table):
        whole.update(data)
    if whole.hexdigest() == said["leaves"]:
        return canon.unpacked(_parts(seal, table), columns)
    copy = kept.leaves.get(table, b"") if kept else b""
    if sha256(copy).hexdigest() != said["leaves"]:
        return None
    return canon.unpacked([copy], columns)


def _parts(seal: Seal, table: str) -> Iterator[bytes]:
    rows = Leaves.objects.filter(seal=seal, table=table).order_by("part")
    for data in rows.values_list("data", flat=True).iterator(chunk_size=4):
        yield bytes(data)


def _read(body: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _day(until: datetime | None) -> str:
    """The last day that a seal covers: it ends with the midnight after, or in the middle of one."""
    return f"{day_of(until - timedelta(microseconds=1))}" if until else ""


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
