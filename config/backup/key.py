"""The key that backups are sealed with: from a passphrase, a variable, or a file made once."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from config import readers, secretkey
from config.backup import BackupError

SCRYPT = {"n": 2**17, "r": 8, "p": 1}  # 128 MB and half a second for each guess
PASSPHRASE_LEAST = 12
NAME = "backup.key"


@dataclass(frozen=True)
class Key:
    """``told`` stands in the clear at the head of every part: how to come by the key, not the key."""

    told: dict[str, Any]
    master: bytes


def to_seal(home: Path) -> Key:
    """The key of this host for new backups; a file in the data folder where none is set."""
    if passphrase := readers.secret("HOTLINE_BACKUP_PASSPHRASE"):
        if len(passphrase) < PASSPHRASE_LEAST:
            raise readers.BadSetting(
                f"HOTLINE_BACKUP_PASSPHRASE must have {PASSPHRASE_LEAST} characters or more."
            )
        salt = base64.b64encode(secrets.token_bytes(16)).decode()
        return _from_passphrase(passphrase, {"kind": "passphrase", "salt": salt} | SCRYPT)
    if text := readers.secret("HOTLINE_BACKUP_KEY"):
        return _from_text(text)
    home.mkdir(parents=True, exist_ok=True)
    return _from_text(secretkey.kept(home / NAME, _fresh).strip())


def to_open(told: dict[str, Any], home: Path, given: Path | None = None) -> Key:
    """The key that a backup was sealed with; ``given`` is a file with a key or a passphrase.

    Raises BackupError, saying what is needed, when it is not at hand.
    """
    text = _read(given) if given else ""
    if told.get("kind") == "passphrase":
        passphrase = text or readers.secret("HOTLINE_BACKUP_PASSPHRASE")
        if not passphrase:
            raise BackupError(
                "This backup needs its passphrase: give a file with it by --key FILE."
            )
        return _from_passphrase(passphrase, told)
    own = home / NAME
    text = text or readers.secret("HOTLINE_BACKUP_KEY") or (_read(own) if own.exists() else "")
    key = _from_text(text) if text else None
    if key is None or key.told != told:
        raise BackupError(
            f"This backup needs the backup key {told.get('id')}: give the file by --key FILE. "
            f"It was {NAME} in the data folder of the host that made the backup."
        )
    return key


def _from_passphrase(passphrase: str, told: dict[str, Any]) -> Key:
    if {name: told.get(name) for name in SCRYPT} != SCRYPT:  # read before anything is proved
        raise BackupError("The head of this backup was changed, or it is of a later release.")
    scrypt = Scrypt(base64.b64decode(told["salt"]), length=32, **SCRYPT)
    return Key(told, scrypt.derive(passphrase.encode()))


def _from_text(text: str) -> Key:
    try:
        master = base64.urlsafe_b64decode(text)
    except ValueError:
        master = b""
    if len(master) != 32:
        raise BackupError("The backup key is not one: 32 bytes in base64 are expected.")
    named = hashlib.sha256(b"hotline backup key " + master).hexdigest()[:12]
    return Key({"kind": "key", "id": named}, master)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"{path} cannot be read: {error}.") from None


def _fresh() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() + "\n"
