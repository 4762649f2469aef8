"""Rows and bytes kept in agreement: what a crash between the two has left over, and what is gone.

Bytes are written before their row and dropped after it, so a crash leaves bytes too many, never too
few. Bytes that no row has asked for within a day are removed; rows whose bytes are gone or changed
are named, for whoever keeps the backups.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from hotline.cases.models import Attachment
from hotline.cases.models.files import FileState
from hotline.cases.services.files import SMALL, as_sent, name_of, store
from hotline.drivers.stores import PARTS, Missing, Stored

log = logging.getLogger(__name__)
AGE = timedelta(days=1)  # an upload is over long before
SHARE_MOST = 0.1  # of all bytes' names; more of them mean a database that was put back
FEW = 100  # as many are removed whatever their share
OURS = re.compile(
    r"[\w-]{43}(\.(raw|small))?(\..+\.part)?", re.ASCII
)  # a key, a variant, unfinished
HASHES = 500  # rows of an earlier release that get theirs in one run


class Swept(NamedTuple):
    """What a sweep has found, and whether it removed the bytes that no row needs."""

    orphans: list[Stored]
    lost: list[int]  # ids of rows whose bytes are gone
    held_back: bool  # so many that somebody must look first
    removed: bool


class Fault(StrEnum):
    """What is wrong with a file's bytes."""

    GONE = "gone"
    CHANGED = "changed"
    UNKNOWN = "unknown"  # taken before fingerprints were kept


def sweep(*, at: datetime, remove: bool = True, force: bool = False) -> Swept:
    """Compare the whole store with the rows; remove bytes older than a day that no row needs.

    Where they are more than a tenth of everything, none is removed without ``force``: a database
    that was restored to an earlier day looks just so. Whatever is not called as our files are is
    somebody else's and left alone. Raises StoreDown.
    """
    orphans: list[Stored] = []
    lost: list[int] = []
    names = 0
    for part in PARTS:
        expected = _expected(part)  # first the rows: a file that comes now is newer than a day
        there = [row for row in store().names(part) if OURS.fullmatch(row.name)]
        names += len(there)
        known = {name for _pk, wanted in expected for name in wanted}
        orphans += [row for row in there if row.name not in known and row.at < at - AGE]
        present = {row.name for row in there}
        lost += [pk for pk, wanted in expected if not wanted <= present and _is_lost(pk)]
    held_back = len(orphans) > max(FEW, SHARE_MOST * names) and not force
    removed = remove and not held_back
    if removed:
        store().drop([row.name for row in orphans])
    _tell(orphans, lost, held_back=held_back)
    return Swept(orphans, lost, held_back, removed)


def _expected(part: str) -> list[tuple[int, set[str]]]:
    """Rows whose key begins so, each with the names that the store must have."""
    rows = Attachment.objects.filter(key__startswith=part).only("key", "state", "mime")
    return [(row.pk, _names_due(row)) for row in rows.iterator(chunk_size=2000)]


def _names_due(row: Attachment) -> set[str]:
    match row.state:
        case FileState.READY:
            return {name_of(row), name_of(row, SMALL)} if row.is_photo else {name_of(row)}
        case FileState.PENDING | FileState.INFECTED:
            return {name_of(row, as_sent(row))}
        case _:
            return set()


def _is_lost(pk: int) -> bool:
    """Once more, now: the file may have been judged or taken back while the store was listed."""
    row = Attachment.objects.filter(pk=pk).first()
    return row is not None and not all(store().has(name) for name in _names_due(row))


def _tell(orphans: list[Stored], lost: list[int], *, held_back: bool) -> None:
    if held_back:
        log.error("%d stored files have no row: left alone, run hotline files sweep", len(orphans))
    if lost:
        log.error("files without bytes: %s", ", ".join(str(pk) for pk in lost[:50]))


def check() -> Iterator[tuple[int, Fault]]:
    """Read every file that may be opened; what is wrong, by the ids of rows. Raises StoreDown."""
    rows = Attachment.objects.filter(state=FileState.READY).order_by("id")
    for row in rows.iterator(chunk_size=500):
        found = fingerprint(row)
        if found is None:
            yield row.pk, Fault.GONE
        elif not row.sha256:
            yield row.pk, Fault.UNKNOWN
        elif found != row.sha256:
            yield row.pk, Fault.CHANGED


def fingerprint(row: Attachment) -> str | None:
    """The SHA-256 of what is opened, in hex; None when it is gone. Raises StoreDown."""
    digest = hashlib.sha256()
    try:
        for piece in store().read(name_of(row)):
            digest.update(piece)
    except Missing:
        return None
    return digest.hexdigest()


def adopt() -> int:
    """Give fingerprints to files of an earlier release; how many there were. Raises StoreDown."""
    rows = Attachment.objects.filter(state=FileState.READY, sha256="").order_by("id")[:HASHES]
    for row in rows:
        if found := fingerprint(row):
            Attachment.objects.filter(pk=row.pk, sha256="").update(sha256=found)
    return len(rows)
