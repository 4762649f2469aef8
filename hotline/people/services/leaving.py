"""Somebody's roles end on a day, and perhaps pass to a colleague."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from hotline.people import queries
from hotline.people.actor import Actor
from hotline.people.models import Membership, User
from hotline.people.permissions import P
from hotline.people.services import roles


def pass_roles(
    user: User, to: User | None, *, last_day: date, by: Actor, at: datetime
) -> tuple[list[Membership], list[Membership]]:
    """End all roles of somebody on a day; give them to ``to`` where there is one.

    The colleague begins today, so that both can be there for a while; a unit has one head, so a head
    begins the day after. Returns what ends and what begins. Raises NotAllowed, and WrongState for the
    last administrator.
    """
    held = user.memberships.filter(queries.not_over(last_day + timedelta(days=1)))
    ending = list(held.select_related("role", "unit"))
    begun = [] if to is None else list(_begin(ending, to, last_day, by, at))
    for membership in ending:
        membership.refresh_from_db()  # a new head has ended the old one's term
        if membership.to_date is None or membership.to_date > last_day:
            roles.dismiss(membership, by=by, at=at, last_day=last_day)
    return ending, begun


def _begin(
    ending: list[Membership], to: User, last_day: date, by: Actor, at: datetime
) -> Iterable[Membership]:
    today = localdate(at)
    for old in ending:
        one_only = old.unit_id is not None and P.APPROVE in old.role.permissions
        start = last_day + timedelta(days=1) if one_only else today
        start = max(start, old.from_date)
        if not _has(to, old, start):
            yield roles.appoint(
                to, old.role, by=by, at=at, unit=old.unit, categories=old.categories,
                from_date=start, to_date=old.to_date,
            )  # fmt: skip


def _has(to: User, old: Membership, start: date) -> bool:
    same = to.memberships.filter(role=old.role, unit=old.unit, categories=old.categories)
    return same.filter(queries.not_over(start)).exists()
