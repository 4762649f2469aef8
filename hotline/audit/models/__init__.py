"""The tables of the room, one file a theme."""

from hotline.audit.models.alert import Alert, AlertNote, Kind
from hotline.audit.models.erasure import Erasure, ErasureKind
from hotline.audit.models.seal import Horizon, Leaves, Seal

__all__ = ["Alert", "AlertNote", "Erasure", "ErasureKind", "Horizon", "Kind", "Leaves", "Seal"]
