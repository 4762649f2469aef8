"""What a roster stands on: posts with their lists of names, and patterns of shifts."""

from collections.abc import Sequence
from datetime import datetime

from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.roster.models import Pattern, Post, Stander
from hotline.roster.services.shifts import may_sit


def save_post(
    post: Post,
    names: Sequence[User] | None = None,
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Write a post, and its list of names in that order (None: as it is).

    Raises NotAllowed without P.ROSTER, Stale, or Invalid.
    """

    def listed() -> dict[str, list[int]]:
        return {"names": list(post.standers.values_list("user_id", flat=True)) if post.pk else []}

    with rows.recorded(post, by=by, at=at, permission=P.ROSTER, seen=seen, extra=listed):
        rows.write(post)
        if names is not None:
            may_sit(post, names, at)
            post.standers.all().delete()
            Stander.objects.bulk_create(
                Stander(post=post, user=user, place=n) for n, user in enumerate(names, start=1)
            )


def save_pattern(pattern: Pattern, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Write a pattern; shifts that were planned by it stay as they are. Raises as save_post does."""
    rows.save(pattern, by=by, at=at, permission=P.ROSTER, seen=seen)
