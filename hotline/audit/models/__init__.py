"""The tables of the room, one file a theme."""

from hotline.audit.models.alert import Alert, AlertNote, Kind

__all__ = ["Alert", "AlertNote", "Kind"]
