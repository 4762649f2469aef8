"""The only writers of the room."""

from hotline.notices.services.delivery import drain
from hotline.notices.services.outbox import fan_out, take_back, tell, tell_by_job
from hotline.notices.services.sweeping import sweep

__all__ = ["drain", "fan_out", "sweep", "take_back", "tell", "tell_by_job"]
