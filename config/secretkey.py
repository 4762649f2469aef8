"""The key that signs sessions and links, made once and kept in the data folder."""

import os
import secrets
from pathlib import Path


def of(home: Path) -> str:
    """Read the key of a data folder, making it at the first call; safe against a race."""
    path = home / "secret_key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        mine = home / f"secret_key.{os.getpid()}"
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_urlsafe(50))
        try:
            os.link(mine, path)  # the first link wins, whole
        except FileExistsError:
            pass
        finally:
            mine.unlink()
    return path.read_text()
