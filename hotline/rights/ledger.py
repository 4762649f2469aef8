"""Erasures once more, outside the database: a backup that is put back knows nothing of later ones.

One line for each, signed: ids, numbers and moments, nobody's name. The file only grows. It stays where
it is when a database is restored, and says then what has to be done again.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from hotline.audit import canon, keys
from hotline.audit.models import Erasure, ErasureKind
from hotline.drivers.stores import settle

CHECKED = "CHECKED"  # a line that says up to which erasure file and database were compared
TAIL = 4096  # bytes, longer than any line


class Line(NamedTuple):
    """One erasure as the file tells of it: the digest of its statement, and of whom it was."""

    digest: str
    kind: str
    subject: dict[str, Any]
    body: str
    signature: str

    def is_signed(self, trusted: Collection[str]) -> bool:
        return any(keys.is_signed(self.body, self.signature, key) for key in trusted)


def path() -> Path:
    return Path(settings.ERASURES)


def lines(file: Path | None = None) -> Iterator[Line]:
    """What the file says, in order; what is no line of ours is passed over."""
    file = file or path()
    if file.exists():
        with file.open(encoding="utf-8", errors="replace") as source:
            yield from filter(None, map(_read, source))


def _read(text: str) -> Line | None:
    try:
        told = json.loads(text)
        body, signature = str(told["body"]), str(told["signature"])
        said = json.loads(body)
        return Line(str(said["digest"]), str(said["kind"]), dict(said["subject"]), body, signature)
    except (ValueError, KeyError, TypeError):
        return None  # the last line of a process that was killed


def write(rows: Iterable[Erasure], file: Path | None = None) -> int:
    """Add erasures to the file, durably; how many."""
    return _append([_told(row) for row in rows], file)


def _told(row: Erasure) -> dict[str, Any]:
    said = json.loads(row.body)
    return {
        "kind": row.kind,
        "digest": row.digest,
        "subject": said["subject"],
        "at": said["made_at"],
    }


def note_checked() -> None:
    """Write down that file and database were compared, up to the newest erasure that this one knows."""
    newest = Erasure.objects.order_by("-id").values_list("digest", flat=True).first()
    _append([{"kind": CHECKED, "digest": newest or "", "subject": {}}], None)


def _append(said: list[dict[str, Any]], file: Path | None) -> int:
    if not said:
        return 0
    bodies = [canon.written(each) for each in said]
    text = "".join(json.dumps({"body": b, "signature": keys.sign(b)}) + "\n" for b in bodies)
    file = file or path()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(number, text.encode())
        os.fsync(number)
    finally:
        os.close(number)
    settle(file.parent)
    return len(said)


def complete(file: Path | None = None) -> int:
    """Write down what the file does not know yet: a crash came between the database and it."""
    known = {line.digest for line in lines(file)}
    rows = Erasure.objects.exclude(kind=ErasureKind.EXPIRY).order_by("id")
    fresh = [pk for pk, digest in rows.values_list("pk", "digest") if digest not in known]
    return write(rows.filter(pk__in=fresh), file)


def forgotten(file: Path | None = None, *, trusted: Collection[str] = ()) -> list[Line]:
    """Lines of which this database knows nothing, signed by our key or one of ``trusted``."""
    known = set(Erasure.objects.values_list("digest", flat=True))
    keys_ = {keys.public(), *trusted}
    found = {line.digest: line for line in lines(file) if line.digest not in known}
    return [x for x in found.values() if x.kind != CHECKED and x.is_signed(keys_)]


def is_ahead() -> bool:
    """Does the file end with something that this database does not know: was it restored? One query."""
    last = _last()
    if last is None or (last.kind == CHECKED and not last.digest):
        return False
    return not Erasure.objects.filter(digest=last.digest).exists()


def _last() -> Line | None:
    file = path()
    if not file.exists():
        return None
    with file.open("rb") as source:
        source.seek(0, os.SEEK_END)
        source.seek(max(0, source.tell() - TAIL))
        texts = source.read().decode(errors="replace").splitlines()
    return next((line for line in map(_read, reversed(texts)) if line), None)
