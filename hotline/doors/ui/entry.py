"""A session begins, goes on and ends; what it remembers of its owner's presence.

``proved`` is the second of the last proof of who it is, ``seen`` of the last sign of life, both in
Unix time; ``idle`` is after how many minutes without one the proof is asked for again, 0 for never.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hotline.doors.ui import devices
from hotline.people import services
from hotline.people.services import Entered, factors, signins

PROVED, SEEN, IDLE = "proved", "seen", "idle"
MUST_SECOND = "must_second"  # a second factor is demanded, and the days of grace are over


def begin(request: HttpRequest, response: HttpResponse, entered: Entered, *, at: datetime) -> None:
    """Sign somebody in who has proved who they are, and let the browser be known again.

    Whoever needs a second factor and has none is led to where it is set up.
    """
    entered = services.welcome(entered, at=at)
    user, device = entered.user, entered.device
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = request.session
    session[IDLE] = signins.idle_minutes(user, staff_minutes=settings.IDLE_MINUTES, at=at)
    session[PROVED] = session[SEEN] = int(at.timestamp())
    demanded = factors.ask(user, at=at)
    if demanded is not None:
        response["Location"] = reverse("ui:second")
        session[MUST_SECOND] = demanded.at_once
    session.save()
    signins.begin(
        user, device, session=session.session_key or "", agent=request.headers.get("User-Agent", ""),
        place=devices.place_of(request), at=at,
    )  # fmt: skip
    devices.remember(request, response, entered.key)


def prove(request: HttpRequest, *, at: datetime) -> None:
    """Somebody who is signed in has proved once more who they are."""
    request.session[PROVED] = request.session[SEEN] = int(at.timestamp())


def end(request: HttpRequest, *, at: datetime) -> None:
    signins.end(request.session.session_key or "", at=at)
    logout(request)


def is_locked(request: HttpRequest, *, at: datetime) -> bool:
    """Has nobody given a sign of life for too long?"""
    minutes = request.session.get(IDLE, 0)
    return bool(minutes) and at.timestamp() - request.session.get(SEEN, 0) > minutes * 60


def note(request: HttpRequest, *, at: datetime) -> None:
    """Remember a sign of life, to the minute; to ten minutes where nothing hangs on it."""
    session, grain = request.session, 60 if request.session.get(IDLE) else 600
    if SEEN in session and at.timestamp() - session[SEEN] >= grain:
        session[SEEN] = int(at.timestamp())
        signins.seen(session.session_key or "", at=at)
