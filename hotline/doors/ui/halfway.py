"""Between the password and the second factor: who it would be, for five minutes, in the session.

Nobody is signed in yet; the browser becomes a known one only when both were right.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from hotline.doors.ui import devices, entry
from hotline.people.models import Device, User
from hotline.people.services import Entered, tries

KEY = "halfway"
SECONDS = 300


@dataclass(frozen=True)
class Half:
    """Somebody whose password was right; ``place`` is what wrong codes are counted by."""

    user: User
    device: Device | None
    onward: str

    place: str


def begin(request: HttpRequest, entered: Entered, *, onward: str, at: datetime) -> None:
    """Remember who it would be, under a new session key."""
    request.session.flush()
    device = entered.device
    request.session[KEY] = {
        "user": entered.user.pk, "hash": entered.user.get_session_auth_hash(),
        "device": device.pk if device else 0, "onward": onward, "at": int(at.timestamp()),
    }  # fmt: skip


def read(request: HttpRequest, *, at: datetime) -> Half | None:
    """Who it would be; nobody once the time is up, or the password or the account has changed."""
    kept = request.session.get(KEY)
    if kept is None or at.timestamp() - kept["at"] > SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or user.get_session_auth_hash() != kept["hash"]:
        return None
    device = Device.objects.filter(pk=kept["device"], user=user).first()
    place = f"{tries.DEVICE}{device.pk}" if device else devices.place_of(request) or "?"
    return Half(user, device, kept["onward"], place)


def finish(request: HttpRequest, half: Half, *, onward: str, at: datetime) -> HttpResponse:
    """Both were right: sign in."""
    request.session.pop(KEY, None)
    response = redirect(onward)
    entry.begin(request, response, Entered(half.user, half.device, ""), at=at)
    return response
