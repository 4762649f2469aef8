"""Tables of the room: the outbox with its ledger, and what was set."""

from hotline.notices.models.message import Attempt, Message
from hotline.notices.models.setup import Address, Gateway, Preference, Template

__all__ = ["Address", "Attempt", "Gateway", "Message", "Preference", "Template"]
