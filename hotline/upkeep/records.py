"""What `hotline backup` and the worker note in the data folder, read for findings and figures."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class Backup:
    """The last backup, and the last restore of one on trial; None where there was none."""

    taken_at: datetime | None = None
    verified_at: datetime | None = None


def backup() -> Backup:
    try:
        told = json.loads((Path(settings.HOME) / "backup.json").read_text())
        return Backup(_moment(told.get("taken_at")), _moment(told.get("verified_at")))
    except (OSError, ValueError, AttributeError):
        return Backup()


def jump() -> tuple[datetime, int] | None:
    """When the worker last saw that the clock was set, and by how many seconds."""
    try:
        told = json.loads((Path(settings.HOME) / "clock.json").read_text())
        at = _moment(told.get("at"))
        return (at, int(told.get("seconds"))) if at else None
    except (OSError, ValueError, TypeError, AttributeError):
        return None


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None
