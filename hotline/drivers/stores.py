"""Where the bytes of files are: a folder of this host, or a bucket that speaks S3.

A store knows names and bytes, nothing of requests. A name is seen whole or not at all: bytes are
written elsewhere first and take their name in one step. Names of ours begin with characters that
cannot be guessed, which also spread them evenly over the 64 parts that ``names`` lists.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple, Protocol

CHUNK = 256 * 1024
PARTS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"  # of urlsafe base64
UNFINISHED = ".part"


class Missing(Exception):
    """There are no bytes under that name."""


class StoreDown(Exception):
    """The store does not answer, or refuses us."""


class Stored(NamedTuple):
    """One name in a store, the number of its bytes and when they came."""

    name: str
    size: int
    at: datetime


class Source(Protocol):
    """What can be read to its end and then closed."""

    def read(self, size: int, /) -> bytes: ...
    def close(self) -> None: ...


class Pieces:
    """Bytes on their way out, in pieces of bounded size; closed also where nobody read them."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __iter__(self) -> "Pieces":
        return self

    def __next__(self) -> bytes:
        try:
            piece = self._source.read(CHUNK)
        except OSError as error:
            raise StoreDown(error.strerror) from None
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        self._source.close()


class Store(Protocol):
    """What a store can do. Any of it raises StoreDown."""

    def keep(self, name: str, source: IO[bytes]) -> None:
        """All bytes of ``source`` under a name, durable when this returns."""

    def read(self, name: str) -> "Pieces":
        """The bytes, in pieces. Raises Missing before the first."""

    def has(self, name: str) -> bool:
        """Are there bytes under that name?"""

    def drop(self, names: Iterable[str]) -> None:
        """Forget bytes; names that are not there are passed over."""

    def names(self, part: str) -> Iterator[Stored]:
        """Everything whose name begins with one of ``PARTS``, unfinished writings too."""


class Folder:
    """A folder on this host, or one that several hosts share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def _path(self, name: str) -> Path:
        return self.root / name[:2] / name

    def keep(self, name: str, source: IO[bytes]) -> None:
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            number, part = tempfile.mkstemp(UNFINISHED, f"{name}.", path.parent)
            try:
                with os.fdopen(number, "wb") as target:
                    shutil.copyfileobj(source, target, CHUNK)
                    target.flush()
                    os.fsync(target.fileno())
                Path(part).replace(path)
            except BaseException:
                Path(part).unlink(missing_ok=True)
                raise
            settle(path.parent)
        except OSError as error:
            raise StoreDown(error.strerror) from None

    def read(self, name: str) -> "Pieces":
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError:
            raise Missing from None
        except OSError as error:
            raise StoreDown(error.strerror) from None
        return Pieces(file)

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                self._path(name).unlink(missing_ok=True)
            except OSError as error:
                raise StoreDown(error.strerror) from None

    def names(self, part: str) -> Iterator[Stored]:
        for folder in sorted(self.root.glob(f"{part}?")):
            for path in sorted(folder.iterdir()):
                with suppress(FileNotFoundError):  # it has just gone
                    told = path.stat()
                    at = datetime.fromtimestamp(told.st_mtime, tz=UTC)
                    yield Stored(path.name, told.st_size, at)


def settle(folder: Path) -> None:
    """Have the disk keep the names in a folder: a name itself is durable only when its folder is."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
