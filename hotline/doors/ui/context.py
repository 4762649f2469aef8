"""What every template may use."""

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import now
from django.utils.translation import get_language

from hotline.cases.consents import unread_by
from hotline.catalog.models import PrivacyNotice
from hotline.doors.ui import entry
from hotline.doors.ui.nav import nav_of
from hotline.notices.queries import unread
from hotline.people.actor import Actor
from hotline.surge.queries import current


def _unread(actor: Actor | None) -> int:
    return unread(actor.user_id) if actor is not None else 0


def _idle(request: HttpRequest) -> int:
    """After how many quiet minutes the page locks; asks no session of who has not signed in."""
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    return int(request.session.get(entry.IDLE, 0)) if signed_in else 0


@dataclass(frozen=True)
class Banner:
    """What everybody is told in a surge, in the reader's language as far as there are words."""

    title: str
    text: str
    link: str


def _surge() -> Banner | None:
    """None as well while the database does not answer: a page that says so has no other words."""
    try:
        found = current(now())
    except DatabaseError:
        return None
    if found is None:
        return None
    english = get_language() == "en"
    title, text = (found.title_en, found.text_en) if english else ("", "")
    return Banner(title or found.title, text or found.text, found.link)


def _unread_notice(request: HttpRequest) -> PrivacyNotice | None:
    """A privacy notice that the person has not read, although they have read one before."""
    actor: Actor | None = getattr(request, "actor", None)
    return unread_by(actor.user, now()) if actor is not None and actor.user else None


def house(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "idle": SimpleLazyObject(lambda: _idle(request)),
        "LANGUAGE_CODE": get_language(),
        "surge_banner": SimpleLazyObject(_surge),
        "nav": SimpleLazyObject(lambda: actor and nav_of(actor)),
        "unread": SimpleLazyObject(lambda: _unread(actor)),
        "unread_notice_of_user": SimpleLazyObject(lambda: _unread_notice(request)),
    }
