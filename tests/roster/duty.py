"""Posts as shipped, and people to sit on them."""

from datetime import timedelta

from hotline.people.actor import Actor
from hotline.people.queries import actor_of
from hotline.roster import services
from hotline.roster.models import Post, Shift
from hotline.roster.services import shifts
from tests.make import NOON, holder

HOUR = timedelta(hours=1)


def post(code: str = "hotline") -> Post:
    services.load_defaults()
    return Post.objects.get(code=code)


def of(user) -> Actor:
    return actor_of(user, on=NOON.date())


def manager() -> Actor:
    return of(holder("R4", name="主任陈立"))


def sits(
    user, start, hours=8, *, code="hotline", by=None, at=NOON - 30 * 24 * HOUR, **more
) -> Shift:
    """A shift that begins so many hours from the fixed noon."""
    begin = NOON + start * HOUR
    return shifts.add(
        post(code),
        user,
        from_at=begin,
        to_at=begin + hours * HOUR,
        by=by or manager(),
        at=at,
        **more,
    )
