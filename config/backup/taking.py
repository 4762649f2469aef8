"""``hotline backup``: written beside its final name, and given it only when it is whole."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from config import readers
from config.backup import BackupError, files, manifest, sealed
from config.backup.database import Snapshot, snapshot
from config.backup.key import Key
from hotline.drivers.stores import settle

PREFIX = "hotline-"
PARTIAL = ".partial"
RECORD = "backup.json"  # in the data folder: when the last one was made, for `hotline doctor`
Say = Callable[[str], None]


@dataclass(frozen=True)
class Host:
    """What there is to save on this host."""

    home: Path
    url: str

    @property
    def files(self) -> Path:
        return self.home / "files"

    def keys(self) -> list[Path]:
        """The platform's own keys that lie in the data folder."""
        folder = self.home / "keys"
        inside = sorted(path for path in folder.rglob("*") if path.is_file())
        own = self.home / "secret_key"
        return [*([own] if own.exists() else []), *inside]


def take(host: Host, into: Path, key: Key, *, keys: Path | None, say: Say) -> Path:
    """Make one backup in the folder ``into``; returns where it is. The service may run meanwhile.

    Raises BackupError, psycopg.Error or OSError, and leaves nothing half made.
    """
    with _alone(into), snapshot(host.url) as moment, files.held(host.files) as held:
        name = f"{PREFIX}{moment.taken_at:%Y%m%dT%H%M%SZ}"
        folder, apart = into / name, keys or into / f"{name}.keys.sealed"
        if folder.exists() or apart.exists():
            raise BackupError(f"{folder if folder.exists() else apart} is there already.")
        partial = into / (name + PARTIAL)
        partial.mkdir(mode=0o700)
        try:
            told = _write(host, partial, apart, held, moment, key, say)
            manifest.write(partial, told, key)
            settle(partial)  # before the backup gets its own
            partial.rename(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            apart.unlink(missing_ok=True)
            raise
    size = sum(part["bytes"] for part in told["parts"].values())
    record(host.home, name=name, taken_at=told["taken_at"], bytes=size)
    return folder


def _write(
    host: Host, partial: Path, apart: Path, held: Path, moment: Snapshot, key: Key, say: Say
) -> manifest.Manifest:
    parts = {}
    with _part(partial / "database.sealed", key) as writer:
        moment.dump(writer)
    parts["database.sealed"] = manifest.part(writer)
    say(f"database   {writer.bytes / 1e6:,.1f} MB")
    prints = moment.prints()
    with _part(partial / "contents.sealed", key) as writer:
        writer.write(json.dumps(prints).encode())
    parts["contents.sealed"] = manifest.part(writer)
    with _part(partial / "files.sealed", key) as writer:
        count = files.pack(held, writer)
    parts["files.sealed"] = manifest.part(writer)
    say(f"files      {count.files:,} with {count.bytes / 1e6:,.1f} MB")
    with _part(apart, key) as writer:
        names = files.pack_these(host.keys(), host.home, writer)
    say(f"keys       {', '.join(names) or 'none in the data folder'} → {apart}")
    return {
        "format": manifest.FORMAT,
        "hotline": version("hotline"),
        "postgres": moment.postgres,
        "taken_at": moment.taken_at.isoformat(),
        "migrations": moment.migrations(),
        "rows": {table: rows for table, (rows, _print) in prints.items()},
        "files": count._asdict(),
        "keys": {"file": apart.name, "sha256": writer.sha256.hexdigest(), "names": names,
                 "elsewhere": _set_by_variable()},
        "parts": parts,
    }  # fmt: skip


def _set_by_variable() -> list[str]:
    """Secrets that a variable of this host holds: no backup has them, and no restore can do without."""
    names = ("HOTLINE_SECRET_KEY", "HOTLINE_DATA_KEYS", "HOTLINE_HISTORY_KEY", "HOTLINE_FILES_URL")
    return [name for name in names if readers.text(name) or readers.text(f"{name}_FILE")]


@contextmanager
def _part(path: Path, key: Key) -> Iterator[sealed.Writer]:
    with manifest.private(path) as target:
        writer = sealed.Writer(target, key)
        yield writer
        writer.close()
        os.fsync(target.fileno())


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """One backup at a time; what one before this left half made is cleared away."""
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (into / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup into {into} is under way.") from None
        for left in into.glob(f"{PREFIX}*{PARTIAL}"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def those_in(into: Path) -> list[Path]:
    """The backups of a folder, oldest first."""
    found = (path for path in into.glob(f"{PREFIX}*Z") if (path / manifest.NAME).exists())
    return sorted(found)


def forget_all_but(into: Path, newest: int) -> list[str]:
    """Remove the oldest backups, with the keys file that lies beside each; their names."""
    old = those_in(into)[:-newest]
    for folder in old:
        (folder / manifest.NAME).unlink()  # from here on it is no backup any more
        shutil.rmtree(folder)
        (into / f"{folder.name}.keys.sealed").unlink(missing_ok=True)
    return [folder.name for folder in old]


def record(home: Path, **facts: Any) -> None:
    """Note in the data folder what is known of the last backup."""
    path = home / RECORD
    try:
        before = json.loads(path.read_text())
    except (OSError, ValueError):
        before = {}
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(before | facts))
    fresh.replace(path)
