"""Keeping personal data unreadable at rest: encryption by field, and finding an exact value again.

AES-256-GCM with a random nonce; which kind of value it is stands in the associated data, so that a
name does not open as a phone number. A value that must be found again is preceded by a fingerprint,
the first 16 bytes of HMAC-SHA256 under a key of its own: equal values have equal fingerprints,
which tells whoever has only the database that two rows agree and nothing else.

One module, so that SM4 and SM3 can take the place of AES and SHA-256 where a school needs them.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from hotline.base.datakeys import Keys

FINGERPRINT, NONCE = (
    16,
    12,
)  # bytes; a key serves 2**32 values: at 100,000 requests a day, ten years
HEAD = 1 + NONCE  # the number of the key, the nonce


class Unreadable(Exception):
    """A value that no key of this installation opens: the key file is another's, or lacks a key."""


@dataclass(frozen=True)
class Cipher:
    """What one state of the key file can do."""

    keys: Keys

    @property
    def current(self) -> int:
        """Under which key new values are written."""
        return max(self.keys.of)

    def encrypt(self, text: str, kind: str) -> bytes:
        nonce = os.urandom(NONCE)
        sealed = _aes(self.keys.of[self.current]).encrypt(nonce, text.encode(), kind.encode())
        return bytes([self.current]) + nonce + sealed

    def decrypt(self, value: bytes, kind: str) -> str:
        """Raises Unreadable."""
        key = self.keys.of.get(value[0]) if len(value) > HEAD else None
        if key is None:
            raise Unreadable("no key for this value")
        try:
            return _aes(key).decrypt(value[1:HEAD], value[HEAD:], kind.encode()).decode()
        except InvalidTag:
            raise Unreadable("this key does not open this value") from None

    def fingerprint(self, text: str, kind: str) -> bytes:
        said = f"{kind}\0{text}".encode()
        return hmac.new(self.keys.lookup, said, hashlib.sha256).digest()[:FINGERPRINT]


def encrypt(text: str, kind: str, *, findable: bool, found_as: str = "") -> bytes:
    """What is kept of a value; nothing of an empty one. It is found by itself, or as ``found_as``."""
    if not text:
        return b""
    cipher = _latest()
    before = cipher.fingerprint(found_as or text, kind) if findable else b""
    return before + cipher.encrypt(text, kind)


def decrypt(value: bytes, kind: str, *, findable: bool) -> str:
    """What ``encrypt`` was given. Raises Unreadable."""
    if not value:
        return ""
    sealed = value[FINGERPRINT:] if findable else value
    cipher = _known()
    if sealed[:1] and sealed[0] not in cipher.keys.of:
        cipher = _latest()  # another process has begun to use a new key
    return cipher.decrypt(sealed, kind)


def fingerprint(text: str, kind: str) -> bytes:
    """By what an exact value is found."""
    return _known().fingerprint(text, kind) if text else b""


def key_of(value: bytes, *, findable: bool) -> int:
    """The number of the key under which a value that is not empty was written."""
    return value[FINGERPRINT if findable else 0]


def current_key() -> int:
    """The number of the key under which new values are written."""
    return _latest().current


def _known() -> Cipher:
    return _read.last or _latest()


def _latest() -> Cipher:
    """By the key file as it stands now: to ask costs two millionths of a second."""
    if settings.DATA_KEYS:
        return _read(settings.DATA_KEYS)
    path: Path = settings.DATA_KEY_FILE
    return _read(path, path.stat().st_mtime_ns)


class _Reader:
    """Reads the keys once for each state of their source."""

    def __init__(self) -> None:
        self.source: Any = None
        self.last: Cipher | None = None

    def __call__(self, source: str | Path, changed: int = 0) -> Cipher:
        if self.last is None or self.source != (source, changed):
            text = source.read_text() if isinstance(source, Path) else source
            self.last = Cipher(Keys.read(text))
            self.source = (source, changed)
        return self.last


_read = _Reader()


@lru_cache(maxsize=256)
def _aes(key: bytes) -> AESGCM:
    return AESGCM(key)
