"""Sessions as their owner sees them: begun, seen, ended."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from hotline.base import jobs
from hotline.people import agents, queries
from hotline.people.models import Authenticator, Device, SignIn, User


@transaction.atomic
def begin(
    user: User, device: Device | None, *, session: str, agent: str, place: str, at: datetime
) -> SignIn:
    """Write down that somebody has come in by this session, and tell them when the browser is new.

    Nobody is told of their very first browser.
    """
    browser, system = agents.told(agent)
    new = device is not None and device.first_at == at
    if device is not None and new and user.devices.exclude(pk=device.pk).exists():
        jobs.defer(
            "notices.tell", people=[user.pk], template="new_device", key=f"device{device.pk}",
            facts={"time": at.isoformat()}, ladder=["WECOM", "SMS", "PAGE"],
        )  # fmt: skip
    return SignIn.objects.create(
        user=user, device=device, session_key=session, browser=browser, system=system, place=place,
        began_at=at, seen_at=at,
    )  # fmt: skip


def seen(session: str, *, at: datetime) -> None:
    """Somebody is still there."""
    SignIn.objects.filter(session_key=session, ended_at=None).update(seen_at=at)


def carried(old: str, new: str) -> None:
    """The same session goes on under a new key."""
    SignIn.objects.filter(session_key=old).update(session_key=new)


def end(session: str, *, at: datetime) -> None:
    """Somebody signs out."""
    _end(SignIn.objects.filter(session_key=session, ended_at=None), at)


def end_one(user: User, pk: int, *, at: datetime) -> None:
    """Somebody signs out elsewhere, from where they are: only their own sessions."""
    _end(user.sign_ins.filter(pk=pk, ended_at=None), at)


def end_all(user: User, *, at: datetime, but: str = "") -> int:
    """End every session of a person, but perhaps one; how many that were.

    What was shown in them to make codes with, and was not confirmed, is not put to use later.
    """
    Authenticator.objects.filter(user=user, confirmed_at=None).delete()
    return _end(user.sign_ins.filter(ended_at=None).exclude(session_key=but), at)


@transaction.atomic
def _end(entries: QuerySet[SignIn], at: datetime) -> int:
    keys = list(entries.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return entries.update(ended_at=at)


def idle_minutes(user: User, *, staff_minutes: int, at: datetime) -> int:
    """After how many minutes without a sign of life somebody proves again who they are; 0 is never."""
    return staff_minutes if queries.actor_of(user, on=localdate(at)).is_staff else 0


def old(before: datetime) -> QuerySet[SignIn]:
    """Entries that began before a moment long gone, and must have ended."""
    return SignIn.objects.filter(began_at__lt=before)


def forget(*, before: datetime, most: int) -> int:
    """Forget them, at most so many; how many."""
    found = list(old(before).order_by("id").values_list("pk", flat=True)[:most])
    SignIn.objects.filter(pk__in=found).delete()
    return len(found)
