"""Which privacy notice is in force. The published ones are few, and kept on the shelf."""

from datetime import datetime

from hotline.catalog import shelf
from hotline.catalog.models import PrivacyNotice


def published() -> list[PrivacyNotice]:
    """All versions that somebody has published, the one that begins last first."""
    return shelf.current().once("privacy", _read)


def _read() -> list[PrivacyNotice]:
    return list(PrivacyNotice.objects.filter(from_at__isnull=False).order_by("-from_at", "-id"))


def in_force(at: datetime) -> PrivacyNotice | None:
    """The version that people are told at a moment; None before the shipped one was loaded."""
    return next((row for row in published() if row.from_at and row.from_at <= at), None)


def has_changed(at: datetime) -> bool:
    """Was there another notice before the one in force? Else nobody can have read an earlier one."""
    return sum(1 for row in published() if row.from_at and row.from_at <= at) > 1


def version_at(at: datetime) -> str:
    """The version in force; "" where there is none."""
    notice = in_force(at)
    return notice.version if notice else ""


def begun(version: str, at: datetime) -> PrivacyNotice | None:
    """A version by its name, if it is or was in force."""
    rows = (row for row in published() if row.from_at and row.from_at <= at)
    return next((row for row in rows if row.version == version), None)
