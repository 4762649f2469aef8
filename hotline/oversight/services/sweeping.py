"""Everything that time brings to a rung: clocks, and instructions by their own dates."""

from datetime import datetime

from hotline.oversight.services import instructed, watching


def sweep(*, at: datetime) -> int:
    """Record whatever has been reached; return how many. Safe to run twice, late, and at once."""
    return watching.sweep(at=at) + instructed.sweep(at=at)
