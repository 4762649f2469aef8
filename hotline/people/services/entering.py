"""Signing in: who may try, from where, and what a device is known by afterwards."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.people import queries, rules
from hotline.people.models import Device, Gate, User
from hotline.people.rules import Rules
from hotline.people.services import passwords, tries

DEVICES_MOST = 20  # of one person; the ones not seen for longest are forgotten


@dataclass(frozen=True)
class Entered:
    """Somebody whose password is right; ``device`` and its key where the browser is a known one."""

    user: User
    device: Device | None = None
    key: str = ""


@dataclass(frozen=True)
class _Counter:
    who: str
    place: str
    most: int


def enter(name: str, password: str, *, place: str, keys: Iterable[str], at: datetime) -> Entered:
    """Let somebody in by account or phone and password.

    ``place`` is the network they come from, empty when unknown; ``keys`` are what the browser
    keeps of earlier entries. Raises TooMany after too many wrong ones, Invalid for a wrong one;
    neither tells whether there is such an account, in words or in time.
    """
    user = queries.find_person(name)
    known = _known(user, keys)
    law = rules.current()
    counters = _counters(law, tries.who(user, name), known[0] if known else None, place)
    for counter in counters:
        tries.spend(
            Gate.SIGN_IN, counter.who, counter.place, most=counter.most, minutes=law.lock_minutes,
            at=at, user=user if counter.who else None,
        )  # fmt: skip
    if not _right(user, password) or user is None:
        raise Invalid(_("账号或密码不正确，请重新输入。"))
    mine = counters[0]
    tries.forget(Gate.SIGN_IN, mine.who, mine.place)
    for counter in counters[1:]:
        tries.give_back(Gate.SIGN_IN, counter.who, counter.place)
    if passwords.expired(user, at=at):
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    return Entered(user, *known) if known else Entered(user)


def _counters(law: Rules, whose: str, device: Device | None, place: str) -> list[_Counter]:
    """What counts this try. A known device has a count of its own, which nobody else can fill."""
    if device is not None:
        return [_Counter(whose, f"{tries.DEVICE}{device.pk}", law.tries_most)]
    counters = [
        _Counter(whose, place or "?", law.tries_most),
        _Counter(whose, tries.ELSEWHERE, law.tries_account_most),
    ]
    return counters + ([_Counter("", place, law.tries_place_most)] if place else [])


def _right(user: User | None, password: str) -> bool:
    if user is None:
        User().set_password(password)  # the same work, so that time tells nothing
        return False
    return user.check_password(password) and user.is_active


def _known(user: User | None, keys: Iterable[str]) -> tuple[Device, str] | None:
    hashes = {_hashed(key): key for key in keys}
    of = user.pk if user is not None else 0
    device = Device.objects.filter(user=of, key_hash__in=list(hashes)).order_by("-last_at").first()
    return (device, hashes[device.key_hash]) if device is not None else None


def welcome(entered: Entered, *, at: datetime) -> Entered:
    """Somebody is in, by whatever was asked of them: from now on their browser is a known one."""
    user, device = entered.user, entered.device
    if device is not None:
        Device.objects.filter(pk=device.pk).update(last_at=at)
        return entered
    key = secrets.token_urlsafe(24)
    device = Device.objects.create(user=user, key_hash=_hashed(key), first_at=at, last_at=at)
    kept = user.devices.order_by("-last_at", "-id").values("pk")[:DEVICES_MOST]
    user.devices.exclude(pk__in=kept).delete()
    return Entered(user, device, key)


def _hashed(key: str) -> str:
    return salted_hmac("hotline.people.device", key, algorithm="sha256").hexdigest()
