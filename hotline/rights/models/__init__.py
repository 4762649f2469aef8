"""The tables of the room, one file a theme."""

from hotline.rights.models.claim import Claim, ClaimKind, ClaimState, Ground
from hotline.rights.models.hold import Hold

__all__ = ["Claim", "ClaimKind", "ClaimState", "Ground", "Hold"]
