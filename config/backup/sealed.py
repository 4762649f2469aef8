"""A stream that only the holder of the key can read, and nobody can cut, reorder or change.

After one line of JSON follow chunks of 64 KiB, each under AES-256-GCM. The nonce is the number of
the chunk and a byte that marks the last one, as in age: a missing, moved or repeated chunk does not
open, and neither does an end that is none. Every stream has a key of its own, derived with a fresh
salt and the first line, so a nonce never comes twice under one key.
"""

import base64
import hashlib
import json
import secrets
from typing import Any, BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config.backup import BackupError

MAGIC = "hotline-sealed-1"
CHUNK = 64 * 1024
TAG = 16
HEADER_MOST = 4096


class Secret(Protocol):
    """A backup key: what a header says of it, and its 32 bytes."""

    @property
    def told(self) -> dict[str, Any]: ...
    @property
    def master(self) -> bytes: ...


class Writer:
    """Seals what is written to it into ``target``; whole only after ``close``."""

    def __init__(self, target: BinaryIO, key: Secret) -> None:
        self._target, self._buffer, self._number = target, bytearray(), 0
        self.sha256, self.bytes = hashlib.sha256(), 0
        salt = base64.b64encode(secrets.token_bytes(16)).decode()
        header = json.dumps({"format": MAGIC, "salt": salt, "key": key.told}).encode() + b"\n"
        self._cipher = _cipher(key, header)
        self._put(header)

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) > CHUNK:  # the last one is kept back: only close knows it
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        return len(data)

    def close(self) -> None:
        self._seal(bytes(self._buffer), last=True)
        self._target.flush()

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last), plain, None))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._target.write(data)
        self.sha256.update(data)
        self.bytes += len(data)


class Reader:
    """Opens a sealed stream; ``read`` raises BackupError at the first byte that is not as written."""

    def __init__(self, source: BinaryIO, key: Secret) -> None:
        self._source, self._plain, self._number, self._ended = source, b"", 0, False
        self._cipher = _cipher(key, source.readline(HEADER_MOST))
        self._next = source.read(CHUNK + TAG)

    def read(self, size: int = -1) -> bytes:
        """As a file's: up to ``size`` bytes, fewer only at the end."""
        while not self._ended and (size < 0 or len(self._plain) < size):
            self._plain += self._open()
        size = len(self._plain) if size < 0 else size
        taken, self._plain = self._plain[:size], self._plain[size:]
        return taken

    def _open(self) -> bytes:
        sealed, self._next = self._next, self._source.read(CHUNK + TAG)
        self._ended = not self._next
        try:
            plain = self._cipher.decrypt(_nonce(self._number, self._ended), sealed, None)
        except InvalidTag:
            raise BackupError(
                "A part of this backup is cut off or was changed, or the key is not the one it was "
                "sealed with. Use another copy of it."
            ) from None
        self._number += 1
        return plain


def header_of(line: bytes) -> dict[str, Any]:
    """The first line of a sealed file. Raises BackupError when it is none."""
    try:
        header = json.loads(line)
        if header["format"] == MAGIC:
            return dict(header)
    except (ValueError, KeyError, TypeError):
        pass
    raise BackupError("This is not a sealed file of a backup, or of a later release.")


def _cipher(key: Secret, header: bytes) -> AESGCM:
    salt = base64.b64decode(header_of(header)["salt"])
    return AESGCM(HKDF(SHA256(), 32, salt, header).derive(key.master))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
