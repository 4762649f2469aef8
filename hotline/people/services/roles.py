"""Roles, and who holds which of them where and when."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import listed
from hotline.people import duties, queries
from hotline.people.actor import Actor
from hotline.people.models import Membership, Role, Unit, User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.people.services.duties import in_turn, refuse_role, refuse_together


@contextmanager
def keeping_an_administrator(*, on: date) -> Iterator[None]:
    """Let the block change who administers; raises WrongState if nobody would be left who can.

    While the three administrators are parted, none of them may be missing. Somebody whose term has a last day does not count. All such changes wait for each other.
    """
    with transaction.atomic():
        in_turn()
        list(Role.objects.select_for_update().filter(permissions__contains=[P.PEOPLE]))
        lasting = {
            third: queries.administrators(on, permission).filter(to_date=None)
            for third, permission in duties.kept().items()
        }
        had_one = [third for third, rows in lasting.items() if rows.exists()]
        yield
        for third in had_one:
            if not lasting[third].all().exists():
                words = _("这是最后一位%(third)s。请先任命另一位（不设结束日期），再作这项修改。")
                raise WrongState(words % {"third": third.label})


@transaction.atomic
def add_role(role: Role, *, by: Actor, at: datetime) -> None:
    """Make a new role under the next free code: R15, R16 … Raises NotAllowed or Invalid."""
    in_turn()
    list(Role.objects.select_for_update())
    role.code = queries.next_code(Role, "R")
    save_role(role, by=by, at=at)


def save_role(role: Role, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Write a role. Raises NotAllowed, Stale, Invalid, and WrongState for the last administrator."""
    if strange := set(role.permissions) - set(P.values):
        words = _("没有这样的权限：%(names)s") % {"names": listed(sorted(strange))}
        raise Invalid(words, permissions=words)
    with keeping_an_administrator(on=localdate(at)):
        _refuse_units_missing(role, on=localdate(at))
        refuse_role(role, at=at)
        rows.save(role, by=by, at=at, permission=P.SECURITY, seen=seen)


def _refuse_units_missing(role: Role, *, on: date) -> None:
    """A role that becomes a unit's would silently mean nothing to those who hold it without one."""
    if role.of_unit and role.pk:
        held = Membership.objects.filter(queries.not_over(on), role=role, unit=None).count()
        if held:
            words = _("有 %(count)d 人担任此角色而未指定单位，请先为其指定单位。") % {"count": held}
            raise Invalid(words, of_unit=words)


@transaction.atomic
def appoint(
    user: User,
    role: Role,
    *,
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    categories: Iterable[str] = (),
    from_date: date | None = None,
    to_date: date | None = None,
) -> Membership:
    """Give somebody a role. A unit has one head: a new one ends the old one's term the day before.

    Raises NotAllowed, and Invalid when a unit role comes without a unit, when the person holds it
    already, or when the three administrators are parted and this would join two of them.
    """
    start = from_date or localdate(at)
    membership = Membership(
        user=user,
        role=role,
        unit=unit,
        categories=sorted(set(categories)),
        from_date=start,
        to_date=to_date,
    )
    _refuse_homeless(membership)
    rows.allow(by, P.SECURITY)
    in_turn()
    refuse_together(user, role, at=at)
    if unit:
        Unit.objects.select_for_update().get(pk=unit.pk)  # two appointments at once
    _refuse_twice(membership)
    if unit and P.APPROVE in role.permissions:
        for old in Membership.objects.filter(queries.in_force(start), role=role, unit=unit):
            dismiss(old, by=by, at=at, last_day=start - timedelta(days=1))
    rows.save(membership, by=by, at=at, permission=P.SECURITY)
    return membership


def change_membership(
    membership: Membership, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Write the unit, the scope and the days of a membership; who holds what stays.

    Raises NotAllowed, Stale, Invalid, and WrongState for the last administrator.
    """
    _refuse_homeless(membership)
    with keeping_an_administrator(on=localdate(at)):
        if membership.unit_id:
            Unit.objects.select_for_update().get(pk=membership.unit_id)
        _refuse_second_head(membership)
        fields = ("unit", "categories", "from_date", "to_date")
        if membership.to_date is None or membership.to_date >= localdate(at):
            refuse_together(
                membership.user, membership.role, at=at
            )  # one that was over begins anew
        rows.save(
            membership, by=by, at=at, permission=P.SECURITY, fields=fields, seen=seen
        )  # fmt: skip


def dismiss(membership: Membership, *, by: Actor, at: datetime, last_day: date) -> None:
    """End a role on a day; one that would end before it began is taken back altogether.

    Raises NotAllowed, and WrongState for the last administrator.
    """
    if last_day < membership.from_date:
        last_day = membership.from_date - timedelta(days=1)
        membership.from_date = last_day
    membership.to_date = last_day
    with keeping_an_administrator(on=localdate(at)):
        fields = ("from_date", "to_date")
        rows.save(membership, by=by, at=at, permission=P.SECURITY, fields=fields)


def _refuse_homeless(membership: Membership) -> None:
    if membership.role.of_unit and membership.unit_id is None:
        words = _("这个角色须指定单位。")
        raise Invalid(words, unit=words)


def _refuse_twice(new: Membership) -> None:
    """The same role in the same unit for the same matters, on days that overlap."""
    if _overlapping(new).filter(user=new.user, categories=new.categories).exists():
        words = _("%(name)s已担任这个角色。") % {"name": new.user.name}
        raise Invalid(words, role=words)


def _refuse_second_head(changed: Membership) -> None:
    if P.APPROVE not in changed.role.permissions or changed.unit_id is None:
        return
    if _overlapping(changed).exclude(pk=changed.pk).exists():
        words = _("该单位这段时间已有责任人。")
        raise Invalid(words, from_date=words)


def _overlapping(membership: Membership) -> QuerySet[Membership]:
    last = membership.to_date
    return Membership.objects.filter(
        Q(to_date=None) | Q(to_date__gte=membership.from_date),
        Q(from_date__lte=last) if last else Q(),
        role=membership.role,
        unit=membership.unit,
    )
