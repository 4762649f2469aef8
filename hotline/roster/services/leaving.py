"""Somebody leaves: their coming shifts, their places on lists, their open swaps."""

from dataclasses import dataclass
from datetime import datetime

from hotline.base.refusals import Invalid
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.roster.models import Post, Shift, Source, Stander, Swap, SwapState, SwapStep
from hotline.roster.queries import OPEN_SWAPS, candidates
from hotline.roster.services.shifts import held, write


@dataclass
class Turns:
    """How many of somebody's turns go to a colleague, and how many nobody holds any more."""

    passed: int = 0
    dropped: int = 0
    listed: int = 0
    swaps: int = 0


def pass_on(user: User, to: User, *, after: datetime, by: Actor, at: datetime) -> Turns:
    """A colleague takes the shifts that begin ``after`` somebody leaves, and their place on lists.

    A shift that the colleague cannot take is taken out, so that the roster shows the gap; swaps that
    are open end. Telling the colleague is the caller's to do, once. Raises NotAllowed.
    """
    rows.allow(by, P.SECURITY)
    turns = Turns()
    posts = Post.objects.filter(shifts__user=user, shifts__from_at__gte=after)
    posts |= Post.objects.filter(standers__user=user)
    turns.swaps = _end_swaps(user, by, at)
    for post in posts.distinct().order_by("id"):
        fit = to.pk in {candidate.pk for candidate in candidates(post, at)}
        with held(post):
            for shift in post.shifts.filter(user=user, from_at__gte=after):
                if fit and _take(shift, to, by, at):
                    turns.passed += 1
                else:
                    _drop(shift, by, at)
                    turns.dropped += 1
            turns.listed += _on_list(post, user, to if fit else None, by, at)
    return turns


def _take(shift: Shift, to: User, by: Actor, at: datetime) -> bool:
    before, had = rows.snapshot(shift), (shift.user, shift.source)
    shift.user, shift.source = to, Source.RELIEF
    try:
        write(shift, before, by=by, at=at)
    except Invalid:  # the colleague sits there already, as the second person
        shift.user, shift.source = had
        return False
    return True


def _drop(shift: Shift, by: Actor, at: datetime) -> None:
    rows.revision(shift, rows.snapshot(shift), None, by=by, at=at).save()
    shift.delete()


def _on_list(post: Post, user: User, to: User | None, by: Actor, at: datetime) -> int:
    """Put the colleague in somebody's place on a post's own list; 1 when there was one."""
    mine = Stander.objects.filter(post=post, user=user).first()
    if mine is None:
        return 0
    before = {**rows.snapshot(post), "names": _names(post)}
    if to is None or post.standers.filter(user=to).exists():
        mine.delete()
    else:
        mine.user = to
        mine.save(update_fields=["user"])
    after = {**rows.snapshot(post), "names": _names(post)}
    rows.revision(post, before, after, by=by, at=at).save()
    return 1


def _names(post: Post) -> list[int]:
    return list(post.standers.values_list("user_id", flat=True))


def _end_swaps(user: User, by: Actor, at: datetime) -> int:
    """End every swap that somebody asked for or was asked for; how many that were."""
    open_ = Swap.objects.filter(state__in=OPEN_SWAPS)
    found = open_.filter(asked_by=user) | open_.filter(to_user=user)
    ids = list(found.order_by("id").values_list("pk", flat=True))
    for swap in Swap.objects.select_for_update().filter(pk__in=ids, state__in=OPEN_SWAPS):
        own = swap.asked_by_id == user.pk
        swap.state = SwapState.WITHDRAWN if own else SwapState.REFUSED
        swap.save(update_fields=["state"])
        SwapStep.objects.create(swap=swap, verb="withdraw" if own else "refuse", by=by.user, at=at)
    return len(ids)
