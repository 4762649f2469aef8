"""Tries are counted before they are judged, and given back when they were right.

So fifty at once are no more than five one after the other: the count is in the database.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hotline.base.refusals import TooMany
from hotline.people import queries, rules
from hotline.people.actor import Actor
from hotline.people.models import Gate, Tries, User
from hotline.people.permissions import P
from hotline.people.services import rows

ELSEWHERE = "*"  # all strange places together
INSIDE = "in"  # wherever somebody is who has signed in
DEVICE = "device:"
KEPT = timedelta(days=1)
LONG = timedelta(hours=2)  # a wait that is told in hours


def who(user: User | None, typed: str) -> str:
    """Whose door it is, as a keyed hash: the same length of work whether there is such an account."""
    name = f"user:{user.pk}" if user is not None else f"name:{typed.strip().casefold()}"
    return salted_hmac("hotline.people.tries", name, algorithm="sha256").hexdigest()


def is_strange(place: str) -> bool:
    """Is it neither a known browser's, nor that of somebody who is in already?"""
    return place != INSIDE and not place.startswith(DEVICE)


def spend(
    gate: Gate, whose: str, place: str, *, most: int, minutes: int, at: datetime,
    user: User | None = None,
) -> None:  # fmt: skip
    """Count a try; the last one that is allowed shuts the gate for ``minutes``, unless it is right.

    Raises TooMany while the gate is shut. The count begins anew ``minutes`` after it began.
    """
    with transaction.atomic():
        row, _made = Tries.objects.select_for_update().get_or_create(
            gate=gate, who=whose, place=place, defaults={"since": at, "last_at": at, "user": user}
        )
        if row.until is not None and row.until > at:
            raise TooMany(
                _words(gate, row.until - at), seconds=int((row.until - at).total_seconds())
            )
        if row.until is not None or row.since <= at - timedelta(minutes=minutes):
            row.count, row.until, row.since = 0, None, at
        row.count, row.last_at = row.count + 1, at
        if row.count >= most:
            row.until = at + timedelta(minutes=minutes)
        row.save(update_fields=["count", "since", "last_at", "until"])


def _words(gate: Gate, left: timedelta) -> str:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    if left > LONG:
        words = _("尝试次数过多。请改用常用的浏览器，或 %(hours)d 小时后再试；也可请管理员解除。")
        return words % {"hours": -(-minutes // 60)}
    if gate in {Gate.SIGN_IN, Gate.CONFIRM}:
        words = _("尝试次数过多。请 %(minutes)d 分钟后再试；忘记密码的，请联系管理员重设。")
    else:
        words = _("尝试次数过多。请 %(minutes)d 分钟后再试。")
    return words % {"minutes": minutes}


def give_back(gate: Gate, whose: str, place: str) -> None:
    """A right answer is no try: one less, and the gate that it shut is open again."""
    mine = Tries.objects.filter(gate=gate, who=whose, place=place, count__gt=0)
    mine.update(count=F("count") - 1, until=None)


def forget(gate: Gate, whose: str, place: str) -> None:
    """A right answer makes the wrong ones before it forgotten."""
    Tries.objects.filter(gate=gate, who=whose, place=place).delete()


def by_place(gate: Gate, place: str, *, at: datetime) -> None:
    """Count a try of anybody from a place; an unknown place is not counted. Raises TooMany."""
    if place:
        law = rules.current()
        spend(gate, "", place, most=law.tries_place_most, minutes=law.lock_minutes, at=at)


@transaction.atomic
def unlock(user: User, *, by: Actor, at: datetime) -> int:
    """Forget what has been tried for an account, everywhere; how many gates that opens.

    Raises NotAllowed.
    """
    rows.allow(by, P.SECURITY)
    shut = queries.shut_gates(at).filter(user=user).count()
    Tries.objects.filter(user=user).delete()
    if shut:
        rows.revision(user, {}, {}, by=by, at=at, what="UNLOCK").save()
    return shut


@transaction.atomic
def unlock_gate(pk: int, *, by: Actor, at: datetime) -> None:
    """Open one gate that is shut: for an account at a place, or for a place. Raises NotAllowed."""
    rows.allow(by, P.SECURITY)
    row = Tries.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return  # somebody else was quicker, or time was
    rows.revision(row.user or row, {}, {}, by=by, at=at, what="UNLOCK").save()
    row.delete()


def tidy(*, at: datetime) -> None:
    """Forget tries of more than a day ago."""
    Tries.objects.filter(last_at__lt=at - KEPT).delete()
