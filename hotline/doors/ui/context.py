"""What every template may use."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from hotline.doors.ui.nav import nav_of
from hotline.notices.queries import unread
from hotline.people.actor import Actor


def _unread(actor: Actor | None) -> int:
    return unread(actor.user_id) if actor is not None else 0


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "LANGUAGE_CODE": get_language(),
        "nav": SimpleLazyObject(lambda: actor and nav_of(actor)),
        "unread": SimpleLazyObject(lambda: _unread(actor)),
    }
