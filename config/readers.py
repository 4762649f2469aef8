"""Typed readers of environment variables: nonsense is refused at start, by name."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

HOME = Path("var")  # relative to where the command is started


class BadSetting(Exception):
    """An environment variable that cannot be used; the message says which and why."""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    raw = text(name)
    if raw.lower() not in {"", "0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise BadSetting(f"{name} must be 1 or 0, not {raw!r}.")
    return raw.lower() in {"1", "true", "yes", "on"} if raw else default


def whole(name: str, default: int, *, least: int, most: int) -> int:
    raw = text(name)
    try:
        value = int(raw) if raw else default
    except ValueError:
        raise BadSetting(f"{name} must be a whole number, not {raw!r}.") from None
    if not least <= value <= most:
        raise BadSetting(f"{name} must be from {least} to {most}, not {value}.")
    return value


def choice(name: str, default: str, *, of: tuple[str, ...]) -> str:
    """One of a few words."""
    value = text(name, default).lower()
    if value not in of:
        raise BadSetting(f"{name} must be one of {', '.join(of)}, not {value!r}.")
    return value


def memory(name: str, default: str) -> str:
    """An amount of memory as PostgreSQL writes it: 128MB, 2GB."""
    value = text(name, default)
    if not re.fullmatch(r"[1-9][0-9]{0,8}(kB|MB|GB)", value):
        raise BadSetting(f"{name} must be like 128MB or 2GB, not {value!r}.")
    return value


def names(name: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    return Path(text(name) or default).expanduser().resolve()


def file(name: str) -> Path | None:
    """A file that is there and can be read, or none."""
    if not (raw := text(name)):
        return None
    path = Path(raw).expanduser().resolve()
    if not (path.is_file() and os.access(path, os.R_OK)):
        raise BadSetting(f"{name} must be a file that can be read, not {raw!r}.")
    return path


def secret(name: str) -> str:
    """A secret from NAME, or from the file that NAME_FILE points to; empty when neither is set."""
    if path := text(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise BadSetting(f"{name}_FILE cannot be read: {error}.") from None
    return text(name)


def hexadecimal(name: str, digits: int) -> str:
    """A secret of so many hexadecimal digits; empty when it is not set."""
    value = secret(name)
    if value and not re.fullmatch(rf"[0-9a-fA-F]{{{digits}}}", value):
        raise BadSetting(f"{name} must be {digits} hexadecimal digits.")
    return value


def checked(name: str, read: Callable[[str], object], error: type[Exception]) -> str:
    """A secret that ``read`` can make something of, or nothing at all."""
    value = secret(name)
    try:
        if value:
            read(value)
    except (error, ValueError) as fault:
        raise BadSetting(f"{name} {fault}.") from None
    return value


# A page says that the database is away, and soon: also where its machine is gone, or the network,
# and nothing ever answers. Without the last four that takes Linux a quarter of an hour.
SOON = {
    "connect_timeout": 5,  # seconds, as the next two
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds
}


def database(name: str) -> dict[str, Any]:
    """Django's form of a ``postgresql://`` URL; empty parts when the variable is not set."""
    url = text(name)
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise BadSetting(f"{name} must begin with postgresql://.")
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise BadSetting(f"{name} is not a PostgreSQL URL: {error}".strip()) from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "hotline"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": SOON | parts,
    }
