"""The uploads of a backup: a tar in which every file is followed by its own hash.

A file is never changed under its name, only added and removed. So hard links, made in a moment,
keep every file that the snapshot's rows name, however long the copying takes.
"""

import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from config.backup import BackupError

BLOCK = 1024 * 1024
UNFINISHED = ".part"
HASH = ".sha256"


class Count(NamedTuple):
    files: int
    bytes: int


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """A folder in which nothing goes away meanwhile; the live one where there are no hard links."""
    aside = folder.with_name(f"{folder.name}.held-{os.getpid()}")
    try:
        yield aside if _link_all(folder, aside) else folder
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _link_all(folder: Path, aside: Path) -> bool:
    aside.mkdir(mode=0o700)
    for path in _within(folder):
        target = aside / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except FileNotFoundError:
            continue  # removed this moment: so is its row
        except OSError:
            return False
    return True


def _within(folder: Path) -> Iterator[Path]:
    for here, _folders, names in os.walk(folder):
        yield from (Path(here) / name for name in names if not name.endswith(UNFINISHED))


def pack(folder: Path, into: Any) -> Count:
    """Write every file of a folder as a tar, each followed by its hash; how many and how much."""
    files = size = 0
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in _within(folder):
            try:
                source = path.open("rb")
            except FileNotFoundError:
                continue
            with source:
                member = tarfile.TarInfo(path.relative_to(folder).as_posix())
                member.size, member.mtime = (stat := os.fstat(source.fileno())).st_size, 0
                hashing = _Hashing(source)
                tar.addfile(member, hashing)
            _add(tar, member.name + HASH, hashing.sha256.hexdigest().encode())
            files, size = files + 1, size + stat.st_size
    return Count(files, size)


def unpack(source: Any, folder: Path | None = None) -> Count:
    """Check every file of a tar, and write it into a folder where one is given.

    Raises BackupError at the first that is not what its hash says.
    """
    files = size = 0
    with _opened(source) as tar:
        members = iter(tar)
        for member in members:
            inner = tar.extractfile(member) if member.isreg() else None
            if inner is None:
                raise BackupError(f"{member.name!r} in the files is no plain file.")
            found = _copy(inner, folder / _inside(member.name) if folder else None)
            hashed = next(members, None)
            told = tar.extractfile(hashed) if hashed else None
            if told is None or told.read().decode() != found or hashed.name != member.name + HASH:  # type: ignore[union-attr]
                raise BackupError(f"{member.name!r} in the files is not what was put in.")
            files, size = files + 1, size + member.size
    while source.read(BLOCK):  # to the end of the stream, which is checked there
        pass
    return Count(files, size)


@contextmanager
def _opened(source: Any) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            yield tar
    except tarfile.TarError as error:
        raise BackupError(f"The files of this backup cannot be read: {error}.") from None


def _copy(source: Any, path: Path | None) -> str:
    """Read to the end and hash, writing to a new file where one is asked for."""
    sha256 = hashlib.sha256()
    if path:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("xb") if path else io.BytesIO() as target:
        while block := source.read(BLOCK):
            sha256.update(block)
            if path:
                target.write(block)
        if path:
            target.flush()
            os.fsync(target.fileno())
    return sha256.hexdigest()


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise BackupError(f"{name!r} in the files points outside of its folder.")
    return path


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, source: Any) -> None:
        self._source, self.sha256 = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        self.sha256.update(data)
        return data


def pack_these(paths: Iterable[Path], root: Path, into: Any) -> list[str]:
    """A tar of some small files, by their names under ``root``."""
    names = []
    with tarfile.open(fileobj=into, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in paths:
            names.append(path.relative_to(root).as_posix())
            _add(tar, names[-1], path.read_bytes())
    return names


def unpack_these(source: Any) -> dict[str, bytes]:
    """Small files by their names."""
    with _opened(source) as tar:
        held = {str(_inside(m.name)): inner.read() for m in tar if (inner := tar.extractfile(m))}
    while source.read(BLOCK):
        pass
    return held
