"""One shift: put in, changed, taken by somebody else at short notice, taken out."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, Stale, WrongState
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.roster import queries
from hotline.roster.models import Position, Post, Shift, Source

TAKEN = "one_main_person_a_post_and_moment"
LONGEST = timedelta(days=7)  # nobody sits longer in one go
FAR = timedelta(days=731)  # nobody plans, or writes down afterwards, what is further away


def add(
    post: Post,
    user: User,
    *,
    from_at: datetime,
    to_at: datetime,
    position: str = Position.MAIN,
    by: Actor,
    at: datetime,
) -> Shift:
    """Put one shift in, and tell whose it is. Raises NotAllowed without P.ROSTER, Invalid where
    the post has a main person already, or the person cannot be there."""
    rows.allow(by, P.ROSTER)
    with held(post):
        shift = Shift(post=post, user=user, position=position, from_at=from_at, to_at=to_at)
        _sensible(shift, at)
        write(shift, None, by=by, at=at)
        tell([user], shift, at=at, what="added")
    return shift


def change(shift: Shift, *, by: Actor, at: datetime, **new: Any) -> None:
    """Change whose, which or when a shift is; whoever had it and whoever has it are told.

    A shift that is under way keeps its start. Raises NotAllowed, Invalid, and WrongState when
    it is over.
    """
    rows.allow(by, P.ROSTER)
    with held(shift.post):
        fresh(shift)
        if shift.to_at <= at or (
            shift.from_at <= at and new.get("from_at", shift.from_at) != shift.from_at
        ):
            raise WrongState(_("已经开始或结束的班次不能这样改。"))
        before, had = rows.snapshot(shift), shift.user
        for name, value in new.items():
            setattr(shift, name, value)
        _sensible(shift, at)
        write(shift, before, by=by, at=at)
        tell({had, shift.user}, shift, at=at, what="changed")


def relieve(shift: Shift, user: User, *, by: Actor, at: datetime) -> Shift:
    """Somebody else takes a shift at short notice (顶班): all of it, or what is left of it.

    What has been sat stays with whoever sat it. Raises NotAllowed, Invalid, and WrongState when
    it is over.
    """
    rows.allow(by, P.ROSTER)
    with held(shift.post):
        fresh(shift)
        if shift.to_at <= at:
            raise WrongState(_("这个班次已经结束。"))
        before: dict[str, Any] | None = rows.snapshot(shift)
        had, end = shift.user, shift.to_at
        if shift.from_at < at:
            shift.to_at = at
            write(shift, before, by=by, at=at)
            rest = Shift(post=shift.post, position=shift.position, from_at=at, to_at=end)
            before = None
        else:
            rest = shift
        rest.user, rest.source = user, Source.RELIEF
        write(rest, before, by=by, at=at)
        tell({had, user}, rest, at=at, what="relieved")
    return rest


def remove(shift: Shift, *, by: Actor, at: datetime) -> None:
    """Take out a shift that has not begun. Raises NotAllowed or WrongState."""
    rows.allow(by, P.ROSTER)
    with held(shift.post):
        fresh(shift)
        if shift.from_at <= at:
            raise WrongState(_("已经开始或结束的班次不能删除。"))
        tell([shift.user], shift, at=at, what="removed")
        rows.revision(shift, rows.snapshot(shift), None, by=by, at=at).save()
        shift.delete()


# --- Pieces of the room's other services --------------------------------------------------


@contextmanager
def held(post: Post) -> Iterator[None]:
    """One at a time on a post. What the database still refuses is said in words."""
    try:
        with transaction.atomic():
            Post.objects.select_for_update().get(pk=post.pk)
            yield
    except IntegrityError as error:
        if TAKEN not in str(error):
            raise
        raise Invalid(taken(), from_at=taken()) from None


def fresh(shift: Shift) -> None:
    """A shift as it stands, now that nobody else can change it. Raises Stale when it is gone."""
    try:
        shift.refresh_from_db()
    except Shift.DoesNotExist:
        raise gone() from None


def gone() -> Stale:
    return Stale(_("这个班次刚刚被修改或删除，请刷新后再试。"))


def taken() -> str:
    return _("这段时间已经有主班。")


def write(
    shift: Shift,
    before: dict[str, Any] | None,
    *,
    by: Actor,
    at: datetime,
    aside: Collection[int] = (),
) -> None:
    """Check a shift, write it, and record what it was and what it became. Inside ``held``.

    Shifts whose ids stand ``aside`` change with this one and are not in its way.
    """
    _check(shift, at, {*aside} if shift.pk is None else {shift.pk, *aside})
    shift.save()
    rows.revision(shift, before, rows.snapshot(shift), by=by, at=at).save()


def _check(shift: Shift, at: datetime, aside: set[int]) -> None:
    if shift.to_at <= shift.from_at:
        raise Invalid(_("结束须晚于开始。"), to_at=_("结束须晚于开始。"))
    if not shift.post.by_turns:
        raise Invalid(_("这个岗位不排班。"), post=_("这个岗位不排班。"))
    may_sit(shift.post, [shift.user], at)
    near = queries.between(shift.from_at, shift.to_at).filter(post=shift.post).exclude(pk__in=aside)
    if shift.position == Position.MAIN and near.filter(position=Position.MAIN).exists():
        raise Invalid(taken(), from_at=taken())
    if near.filter(user=shift.user).exists():
        words = _("%s这段时间已经在这个岗位上。") % shift.user.name
        raise Invalid(words, user=words)


def _sensible(shift: Shift, at: datetime) -> None:
    """Raises Invalid for hours that nobody can have meant, as they are typed."""
    if shift.to_at - shift.from_at > LONGEST:
        words = _("一个班次最长 %d 天。") % LONGEST.days
        raise Invalid(words, to_at=words)
    if is_far(shift.from_at, at):
        words = _("只能排前后两年以内的班次。")
        raise Invalid(words, from_at=words)


def is_far(moment: datetime, at: datetime) -> bool:
    """Is it no time that anybody plans for? A slip of the pen, then, such as the year 0202."""
    return abs(moment - at) > FAR


def may_sit(post: Post, people: Iterable[User], at: datetime) -> None:
    """Raises Invalid for whoever cannot be put on a post."""
    allowed = {user.pk for user in queries.candidates(post, at)}
    for user in people:
        if user.pk not in allowed:
            words = _("%(name)s没有%(post)s岗位所需的角色，或账号已停用。") % {
                "name": user.name, "post": post,
            }  # fmt: skip
            raise Invalid(words, user=words)


def tell(people: Iterable[User], shift: Shift, *, at: datetime, what: str) -> None:
    """Tell those concerned that a shift of theirs is not what it was."""
    jobs.defer(
        "notices.tell", people=sorted(user.pk for user in people), template="shift_changed",
        key=f"shift{shift.pk}:{what}:{at.isoformat()}", facts={"time": shift.from_at.isoformat()},
    )  # fmt: skip
