"""What a backup says of itself: in the clear, signed, and never anything of a person."""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any, BinaryIO

from config.backup import BackupError, sealed

NAME = "manifest.json"
FORMAT = 1
Manifest = dict[str, Any]


def write(folder: Path, manifest: Manifest, key: sealed.Secret) -> None:
    signed = manifest | {"signature": _signature(manifest, key)}
    with private(folder / NAME) as target:
        target.write(json.dumps(signed, indent=2, ensure_ascii=False).encode() + b"\n")
        target.flush()
        os.fsync(target.fileno())


def private(path: Path) -> BinaryIO:
    """A new file that only its owner may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def read(folder: Path) -> Manifest:
    """Raises BackupError when there is none that this release understands."""
    try:
        manifest = json.loads((folder / NAME).read_text())
        if manifest["format"] == FORMAT:
            return dict(manifest)
    except FileNotFoundError:
        raise BackupError(f"{folder} holds no backup: {NAME} is missing.") from None
    except (ValueError, KeyError, TypeError, OSError):
        pass
    raise BackupError(f"{folder / NAME} cannot be read, or is of a later release.")


def trusted(folder: Path, manifest: Manifest, key: sealed.Secret) -> None:
    """Raises BackupError unless it was signed with this key and every part is there, whole."""
    bare = {name: value for name, value in manifest.items() if name != "signature"}
    if not hmac.compare_digest(_signature(bare, key), str(manifest.get("signature"))):
        raise BackupError(f"{NAME} was changed after the backup, or the key is a wrong one.")
    for name, part in manifest["parts"].items():
        path = folder / name
        if not path.exists() or path.stat().st_size != part["bytes"]:
            raise BackupError(f"{name} of this backup is missing or cut off.")
        with path.open("rb") as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != part["sha256"]:
                raise BackupError(f"{name} of this backup was changed or has decayed.")


def part(writer: sealed.Writer) -> dict[str, Any]:
    return {"bytes": writer.bytes, "sha256": writer.sha256.hexdigest()}


def told(source: BinaryIO) -> dict[str, Any]:
    """What the head of a sealed file says of its key."""
    return dict(sealed.header_of(source.readline(sealed.HEADER_MOST))["key"])


def _signature(manifest: Manifest, key: sealed.Secret) -> str:
    text = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
    signing = hmac.digest(key.master, b"hotline backup manifest", "sha256")
    return hmac.new(signing, text.encode(), "sha256").hexdigest()
