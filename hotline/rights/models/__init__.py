"""The tables of the room, one file a theme."""

from hotline.rights.models.claim import Claim, ClaimKind, ClaimState, Fact, Ground
from hotline.rights.models.export import Export, ExportState
from hotline.rights.models.hold import Hold
from hotline.rights.models.retention import Act, Certificate, DataClass, RetentionRule

__all__ = [
    "Act", "Certificate", "Claim", "ClaimKind", "ClaimState", "DataClass", "Export",
    "ExportState", "Fact", "Ground", "Hold", "RetentionRule",
]  # fmt: skip
