"""The only code that writes people, units, roles and memberships."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.people import queries
from hotline.people.actor import Actor
from hotline.people.models import Membership, Revision, Role, Unit, User
from hotline.people.permissions import P


def save(
    row: models.Model,
    *,
    by: Actor,
    at: datetime,
    permission: P = P.PEOPLE,
    adding: bool = True,
) -> None:
    """Validate and write one row of administered data, and record the revision.

    ``adding=False`` lets a row with a natural key take the place of the one there is.
    Raises NotAllowed without ``permission``, Invalid when the row cannot be so.
    """
    _allow(by, permission)
    try:
        row.full_clean(validate_unique=adding, validate_constraints=True)
        with transaction.atomic():
            row.save()
            revise(row, by=by, at=at)
    except ValidationError as error:
        raise Invalid(_("请更正标出的内容。"), **_first_words(error)) from None
    except IntegrityError:
        raise Invalid(_("编码或号码与已有的重复。")) from None


def remove(row: models.Model, *, by: Actor, at: datetime, permission: P = P.PEOPLE) -> None:
    """Take away a row that only overrides a default, and record it. Raises NotAllowed."""
    _allow(by, permission)
    with transaction.atomic():
        revise(row, by=by, at=at)
        row.delete()


def _allow(by: Actor, permission: P) -> None:
    if not (by.is_system or by.may(permission)):
        raise NotAllowed(_("您没有修改这项数据的权限。"))


def revise(row: models.Model, *, by: Actor, at: datetime) -> None:
    """Record what a row of administered data has become."""
    data = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    data.pop("password", None)
    Revision.objects.create(
        kind=row._meta.label_lower,
        code=str(getattr(row, "code", row.pk)),
        data=_plain(data),
        by=by.user,
        at=at,
    )


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        k: v if isinstance(v, int | str | list | bool | None) else str(v) for k, v in data.items()
    }


def _first_words(error: ValidationError) -> dict[str, str]:
    if not hasattr(error, "error_dict"):
        return {}
    return {field: messages[0] for field, messages in error.message_dict.items()}


def create_user(
    *,
    account: str,
    name: str,
    password: str | None,
    by: Actor,
    at: datetime,
    **rest: Any,
) -> User:
    """Make an account; with no password it cannot be used to sign in until one is set.

    Raises NotAllowed, or Invalid for a weak password or a number that is taken.
    """
    user = User(account=account.strip(), name=name.strip(), **rest)
    user.phone = user.phone or None
    if password is None:
        user.set_unusable_password()
    else:
        set_password(user, password, save=False)
    save(user, by=by, at=at)
    return user


def set_password(user: User, password: str, *, save: bool = True) -> None:
    """Give an account a new password. Raises Invalid when it is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), password=" ".join(error.messages)) from None
    user.set_password(password)
    user.must_change_password = False
    if save:
        user.save(update_fields=["password", "must_change_password"])


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

    Raises Invalid when a unit role comes without a unit.
    """
    start = from_date or at.date()
    if role.of_unit and unit is None:
        raise Invalid(_("这个角色须指定单位。"), unit=_("这个角色须指定单位。"))
    if unit and P.APPROVE in role.permissions:
        for membership in Membership.objects.filter(queries.in_force(start), role=role, unit=unit):
            dismiss(membership, by=by, at=at, last_day=start - timedelta(days=1))
    membership = Membership(
        user=user,
        role=role,
        unit=unit,
        categories=sorted(set(categories)),
        from_date=start,
        to_date=to_date,
    )
    save(membership, by=by, at=at)
    return membership


def dismiss(membership: Membership, *, by: Actor, at: datetime, last_day: date) -> None:
    """End a role on a day; one that would end before it began is taken back altogether."""
    if last_day < membership.from_date:
        last_day = membership.from_date - timedelta(days=1)
        membership.from_date = last_day
    membership.to_date = last_day
    save(membership, by=by, at=at)


def first_administrator(
    *, account: str, name: str, password: str, at: datetime, system: Actor
) -> User:
    """Make the first system administrator. Raises WrongState when there is one already."""
    with transaction.atomic():
        # Two people on the first-run page at once: the second waits here and is refused.
        role = Role.objects.select_for_update().get(code="R13")
        if has_administrator(on=at.date()):
            raise WrongState(_("系统管理员已经存在，请联系管理员开通账号。"))
        user = create_user(
            account=account,
            name=name,
            password=password,
            by=system,
            at=at,
            kind="STAFF",
        )
        appoint(user, role, by=system, at=at)
    return user


def has_administrator(*, on: date) -> bool:
    """Can anybody administer accounts?"""
    return Membership.objects.filter(
        queries.in_force(on),
        role__permissions__contains=[P.PEOPLE],
        user__is_active=True,
    ).exists()
