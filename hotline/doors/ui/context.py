"""What every template may use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from hotline.doors.ui import entry
from hotline.doors.ui.nav import nav_of
from hotline.notices.queries import unread
from hotline.people.actor import Actor


def _unread(actor: Actor | None) -> int:
    return unread(actor.user_id) if actor is not None else 0


def _idle(request: HttpRequest) -> int:
    """After how many quiet minutes the page locks; asks no session of who has not signed in."""
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    return int(request.session.get(entry.IDLE, 0)) if signed_in else 0


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "idle": SimpleLazyObject(lambda: _idle(request)),
        "LANGUAGE_CODE": get_language(),
        "nav": SimpleLazyObject(lambda: actor and nav_of(actor)),
        "unread": SimpleLazyObject(lambda: _unread(actor)),
    }
