"""Who is on duty, and where nobody is. A shift is on from its start until, and not at, its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from hotline.base.compiled import Compiled
from hotline.catalog import shelf
from hotline.people import queries as people
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.roster.models import Position, Post, Shift, Swap, SwapState
from hotline.worktime.clock import ZONE, day_of

AHEAD_DAYS = 14  # how far a gap is warned of
OPEN_SWAPS = (SwapState.ASKED, SwapState.ACCEPTED)


@dataclass(frozen=True)
class Gap:
    """A time in which a post that must be held is not."""

    post: Post
    from_at: datetime
    to_at: datetime


@dataclass(frozen=True)
class Held:
    """A post at a moment, and who holds it, the main person first."""

    post: Post
    shifts: tuple[Shift, ...]


def between(start: datetime, end: datetime) -> QuerySet[Shift]:
    """Shifts of which a part lies in [start, end), the earliest first."""
    rows = Shift.objects.filter(to_at__gt=start, from_at__lt=end)
    return rows.select_related("user", "post").order_by("from_at", "position", "id")


def on_duty(at: datetime, post: str) -> list[User]:
    """Who holds a post at a moment, the main person first; read afresh, for alarms."""
    rows = between(at, at + timedelta(microseconds=1)).filter(post__code=post, user__is_active=True)
    return [shift.user for shift in sorted(rows, key=_main_first)]


def line_of(at: datetime, post: str) -> list[User]:
    """Everyone whom a post can call, in order: who is on duty, then its own list, each once."""
    rows = Post.objects.get(code=post).standers.filter(user__is_active=True)
    listed = [row.user for row in rows.select_related("user")]
    return list({user.pk: user for user in [*on_duty(at, post), *listed]}.values())


def who_is_on(at: datetime) -> list[Held]:
    """Every post at a moment. Kept with the catalogue's shelf: it costs a page no query."""
    posts, shifts = shelf.current().once(("roster", day_of(at)), lambda: _day(at))
    return [
        Held(post, tuple(
            sorted((s for s in shifts if s.post_id == post.pk and s.from_at <= at < s.to_at), key=_main_first)
        ))
        for post in posts
    ]  # fmt: skip


def _day(at: datetime) -> tuple[list[Post], list[Shift]]:
    start = datetime.combine(day_of(at), time(), ZONE)
    shifts = list(between(start, start + timedelta(days=1)))
    return list(Post.objects.filter(enabled=True)), shifts


def _main_first(shift: Shift) -> tuple[bool, datetime, int]:
    return shift.position != Position.MAIN, shift.from_at, shift.pk


def gaps(start: datetime, end: datetime) -> list[Gap]:
    """Where in [start, end) a post that must be held has no main person."""
    posts = list(Post.objects.filter(enabled=True, by_turns=True, needs_cover=True))
    held = list(between(start, end).filter(position=Position.MAIN, post__in=posts))
    return [
        Gap(post, *span)
        for post in posts
        for span in _holes((s for s in held if s.post_id == post.pk), start, end)
    ]


def _holes(
    shifts: Iterable[Shift], start: datetime, end: datetime
) -> Iterable[tuple[datetime, datetime]]:
    """What the shifts, in order of their start, leave open."""
    reached = start
    for shift in shifts:
        if shift.from_at > reached:
            yield reached, shift.from_at
        reached = max(reached, shift.to_at)
    if reached < end:
        yield reached, end


def coming_gaps(at: datetime) -> list[Gap]:
    """Those of the next fourteen days."""
    return gaps(at, at + timedelta(days=AHEAD_DAYS))


def swaps_for(user: User | None, *, planner: bool) -> QuerySet[Swap]:
    """Swaps that somebody asked for, was asked for, or, planning, is to decide."""
    rows = Swap.objects.select_related("shift__post", "other", "asked_by", "to_user")
    rows = rows.prefetch_related("steps__by")
    return rows if planner else rows.filter(asked_by=user) | rows.filter(to_user=user)


# Every page of the desk asks one of these.
ASKED = Compiled(lambda user: _open(Q(state=SwapState.ASKED, to_user=user)), user=int)
TO_SAY = Compiled(
    lambda user: _open(
        Q(state=SwapState.ASKED, to_user=user)
        | Q(state=SwapState.ACCEPTED) & ~Q(asked_by=user) & ~Q(to_user=user)
    ),
    user=int,
)


def _open(which: Q) -> QuerySet[Swap, tuple[int]]:
    return Swap.objects.filter(which).order_by().values_list("pk")


def swaps_waiting(user: User | None, *, planner: bool) -> int:
    """How many wait for this person's word: asked of them or, planning, agreed between others."""
    if user is None:
        return 0
    return len((TO_SAY if planner else ASKED).rows(user=user.pk))


def candidates(post: Post, at: datetime) -> list[User]:
    """Who may be put on a post: those with the permission that it demands, or that works in it."""
    if post.demands:
        return people.standing(P(post.demands), on=localdate(at))
    found = {
        user.pk: user
        for permission in (P.REGISTER, P.TRIAGE, P.ROSTER)
        for user in people.standing(permission, on=localdate(at))
    }
    return list(found.values())
