"""Keys that are made once and kept in the data folder: what signs sessions, what seals the history,
what personal data is encrypted with."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from config import readers
from hotline.base.datakeys import BadKeys, Keys


def of(home: Path) -> str:
    """The key of a data folder that signs sessions and links, made at the first call."""
    home.mkdir(
        parents=True, exist_ok=True
    )  # where more than keys lies, and the database's own user
    return kept(home / "secret_key", lambda: secrets.token_urlsafe(50))


def of_history(home: Path) -> str:
    """The key that seals the history: the seed of an Ed25519 key, 64 hexadecimal digits."""
    return kept(home / "keys" / "history.key", lambda: secrets.token_bytes(32).hex()).strip()


def kept(path: Path, make: Callable[[], str]) -> str:
    """Read a file, making it at the first call, and its folder, for its owner alone; safe against a
    race."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(make())
        try:
            os.link(mine, path)  # the first link wins, whole
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text()


def data_keys(home: Path) -> tuple[str, Path]:
    """The keys of the personal data: their text if a variable holds it, and else their file.

    The file is made in the data folder unless another one is named. Raises BadSetting for a file
    that is named and not there, and for keys that are none.
    """
    text, named = readers.text("HOTLINE_DATA_KEYS"), readers.text("HOTLINE_DATA_KEYS_FILE")
    path = Path(named).expanduser().resolve() if named else home / "keys" / "data.key"
    try:
        if named:
            Keys.read(path.read_text())
        else:
            Keys.read(text or kept(path, lambda: Keys.fresh().text()))
    except OSError as error:
        raise readers.BadSetting(f"HOTLINE_DATA_KEYS_FILE cannot be read: {error}.") from None
    except BadKeys as error:
        raise readers.BadSetting(f"HOTLINE_DATA_KEYS, or its file, is no use: {error}.") from None
    return ("" if named else text), path
