"""Questions about people and units that are asked in more than one place."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, F, Model, Q, QuerySet
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from hotline.base.compiled import Compiled
from hotline.base.refusals import Invalid
from hotline.people.actor import Actor, Grant
from hotline.people.models import (
    Membership,
    Revision,
    Separation,
    SignIn,
    Tries,
    Unit,
    User,
)
from hotline.people.permissions import P

NOBODY = Q(pk__in=[])


def in_force(on: date | F) -> Q:
    """Memberships that hold on a day, or on that of a column."""
    return Q(from_date__lte=on) & (Q(to_date__isnull=True) | Q(to_date__gte=on))


def not_over(on: date) -> Q:
    """Memberships that hold on a day or will later."""
    return Q(to_date__isnull=True) | Q(to_date__gte=on)


ROLE = (
    "unit_id", "categories", "role__code", "role__permissions", "role__of_unit",
    "role__avoids_college", "separated",
)  # fmt: skip


def _held(on: date, **whose: Any) -> QuerySet[Membership]:
    """Roles as held on a day, and whether the three administrators are parted."""
    rows = Membership.objects.filter(in_force(on), role__enabled=True, **whose)
    return rows.annotate(separated=Exists(Separation.objects.filter(on=True)))


HELD = Compiled(lambda user, on: _held(on, user=user).values_list(*ROLE), user=int, on=date)


def actor_of(user: User, *, on: date, bearer_of: Iterable[int] = ()) -> Actor:
    """The standing that a person's memberships give on a day: one query, two for unit staff."""
    held = HELD.rows(user=user.pk, on=on)
    tree = _tree() if any(unit for unit, *_role in held) else {}
    return _actor(user, held, tree, frozenset(bearer_of))


def actors_of(users: Iterable[User], *, on: date) -> dict[int, Actor]:
    """The same of many people, by id: two queries, however many they are."""
    asked = {user.pk: user for user in users}
    held: dict[int, list[tuple[Any, ...]]] = {pk: [] for pk in asked}
    for pk, *role in _held(on, user__in=asked).values_list("user_id", *ROLE):
        held[pk].append(tuple(role))
    tree = _tree() if any(unit for roles in held.values() for unit, *_role in roles) else {}
    return {pk: _actor(user, held[pk], tree, frozenset()) for pk, user in asked.items()}


def _actor(
    user: User,
    held: Iterable[tuple[Any, ...]],
    tree: dict[int | None, list[int]],
    bearer_of: frozenset[int],
) -> Actor:
    grants = tuple(
        Grant(
            role=code,
            permissions=_standing_for(permissions, parted),
            units=frozenset(_below(unit, tree)) if unit else None,
            categories=tuple(categories),
            avoids_college=avoids,
        )
        for unit, categories, code, permissions, of_unit, avoids, parted in held
        if unit or not of_unit
    )
    separated = any(parted for *_role, parted in held)
    return Actor(user=user, grants=grants, bearer_of=bearer_of, separated=separated)


def _standing_for(permissions: Iterable[str], separated: bool) -> frozenset[str]:
    """What a role permits. Until the three are parted, who keeps accounts keeps their safety as well."""
    own = frozenset(permissions)
    return own | {P.SECURITY} if P.PEOPLE in own and not separated else own


TREE = Compiled(lambda: Unit.objects.order_by().values_list("id", "parent_id"))


def _tree() -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {}
    for pk, parent in TREE.rows():
        children.setdefault(parent, []).append(pk)
    return children


def _below(unit: int, children: dict[int | None, list[int]]) -> Iterable[int]:
    yield unit
    for child in children.get(unit, ()):
        yield from _below(child, children)


def top_units() -> QuerySet[Unit]:
    """Units that a request may be sent to."""
    return Unit.objects.filter(enabled=True).exclude(kind="SECTION")


def holders(permission: P, *, unit: Unit, on: date) -> QuerySet[User]:
    """People who hold this permission for exactly this unit on a day."""
    held = Membership.objects.filter(
        in_force(on),
        unit=unit,
        role__permissions__contains=[permission],
        role__enabled=True,
    )
    return User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("id")


def staff_of(unit: Unit, *, permission: P, on: date) -> QuerySet[User]:
    """People who hold this permission for a unit or for one of its sections on a day."""
    held = Membership.objects.filter(
        in_force(on),
        Q(unit=unit) | Q(unit__parent=unit),
        role__permissions__contains=[permission],
        role__enabled=True,
    )
    return User.objects.filter(is_active=True, memberships__in=held).distinct().order_by("id")


def holders_or_to_be(*permissions: P, on: date) -> set[int]:
    """Ids of everybody who holds one of these on a day or will later, wherever."""
    held = Membership.objects.filter(not_over(on), role__permissions__overlap=list(permissions))
    return set(held.values_list("user_id", flat=True))


def standing(permission: P, *, on: date, category: str | None = None) -> list[User]:
    """Active people who hold this permission everywhere on a day, for that category or any."""
    held = (
        Membership.objects.filter(in_force(on), unit=None, role__of_unit=False, role__enabled=True)
        .filter(role__permissions__contains=[permission], user__is_active=True)
        .select_related("user")
        .order_by("user_id")
    )
    return list({
        m.user_id: m.user
        for m in held
        if not (m.categories and category) or category.startswith(tuple(m.categories))
    }.values())  # fmt: skip


def leaders(*, on: date, category: str | None = None) -> list[User]:
    """Who gives instructions on a day: not the clerks who may register a leader's."""
    clerks = {user.pk for user in standing(P.SUPERVISE, on=on, category=category)}
    found = standing(P.INSTRUCT, on=on, category=category)
    return [user for user in found if user.pk not in clerks]


def colleagues(units: Iterable[int]) -> set[int]:
    """Ids of people who hold any role in one of these units."""
    held = Membership.objects.filter(unit__in=units).values_list("user_id", flat=True)
    return set(held)


def head_of(unit: Unit, *, on: date) -> User | None:
    """The unit's one responsible person (责任人)."""
    return holders(P.APPROVE, unit=unit, on=on).first()


def find_person(text: str) -> User | None:
    """A person by exact account or phone number."""
    text = text.replace("\0", "").strip()
    return User.objects.filter(Q(account=text) | Q(phone=text)).first() if text else None


def administrators(on: date, permission: P = P.PEOPLE) -> QuerySet[Membership]:
    """What lets somebody administer accounts on a day, or do another thing that must not be left."""
    return Membership.objects.filter(
        in_force(on),
        Q(unit__isnull=False) | Q(role__of_unit=False),
        role__permissions__contains=[permission],
        role__enabled=True,
        user__is_active=True,
    )


def staff(on: date) -> QuerySet[Membership]:
    """Who works on a unit's orders, or will: the longest in office first."""
    return (
        Membership.objects.filter(not_over(on), unit__isnull=False, user__is_active=True)
        .filter(role__enabled=True, role__permissions__contains=[P.HANDLE])
        .select_related("user", "role", "unit")
        .order_by("from_date", "id")
    )


def key_of(row: Model) -> tuple[str, str]:
    """Under which kind and code the changes of a row are recorded."""
    return row._meta.label_lower, str(getattr(row, "code", row.pk))


def numbers_of(user: User) -> set[str]:
    """Every number that an account bears or has borne: its own, and its phone."""
    found = {user.account, user.phone}
    for change in changes_of(user):
        sides = (change.side("before"), change.side("after"))
        found |= {side.get(name) for side in sides if side for name in ("account", "phone")}
    return {str(number) for number in found if number}


def changes_of(row: Model) -> QuerySet[Revision]:
    """The recorded changes of a row, the latest first."""
    kind, code = key_of(row)
    return Revision.objects.filter(kind=kind, code=code).select_related("by").order_by("-id")


def latest_change(row: Model) -> int:
    """The number of a row's latest change, 0 when there is none: a form carries it along."""
    return changes_of(row).values_list("id", flat=True).first() or 0


def as_of(kind: str, code: str, day: date) -> dict[str, Any] | None:
    """What a row said at the end of a day, by its recorded changes; None when they do not tell.

    Before its first change a row was what that change found: rows of the shipped data have none.
    """
    end = begin_of(day + timedelta(days=1))
    changes = Revision.objects.filter(kind=kind, code=code)
    last = changes.filter(at__lt=end).order_by("at", "id").last()
    if last is not None:
        return last.data.get("after") or {}
    first = changes.order_by("at", "id").first()
    return (first.data.get("before") or {}) if first is not None else None


def next_code(model: type[Model], prefix: str, *, digits: int = 0) -> str:
    """The code after the highest that ever was: a code is not given twice, even if a row is gone.

    ``digits`` pads the number; raises Invalid when it would need more of them.
    """
    rows = model._default_manager.filter(code__startswith=prefix).values_list("code", flat=True)
    kept = Revision.objects.filter(kind=model._meta.label_lower, code__startswith=prefix)
    used = {*rows, *kept.values_list("code", flat=True)}
    tails = [code[len(prefix) :] for code in used]
    last = max(
        (int(t) for t in tails if t.isdecimal() and (not digits or len(t) == digits)), default=0
    )
    if digits and last + 1 >= 10**digits:
        raise Invalid(_("%(prefix)s 下的编码已经用完。") % {"prefix": prefix})
    return f"{prefix}{last + 1:0{digits or 1}d}"


def meant(text: str) -> Q:
    """Accounts with exactly this number, phone or name; of those who hold a role, also by a part
    of the name: they are few enough to be read through, all others are encrypted and stay so."""
    text = text.replace("\0", "").strip()[:60]
    if not text:
        return NOBODY
    parts = [pk for pk, _account, name in staff_called() if text.casefold() in name.casefold()]
    return Q(account=text) | Q(phone=text) | Q(name=text) | Q(pk__in=parts)


def staff_called() -> list[tuple[int, str, str]]:
    """Id, number and name of everybody who holds, held or will hold a role: few enough to be read through."""
    held = User.objects.filter(memberships__isnull=False).distinct()
    return list(held.values_list("id", "account", "name"))


def people_like(text: str, most: int = 20) -> list[User]:
    """Active people by exact account or phone; if there is none, by name, as ``meant`` has it."""
    active = User.objects.filter(is_active=True).select_related("college").order_by("id")
    exact = find_person(text)
    if exact is not None and exact.is_active:
        return list(active.filter(pk=exact.pk))
    return list(active.filter(meant(text))[:most])


def shut_gates(at: datetime) -> QuerySet[Tries]:
    """Gates that too many wrong tries have shut, those that open last first."""
    return Tries.objects.filter(until__gt=at).select_related("user").order_by("-until", "id")


def latest_change_in(model: type[Model]) -> int:
    """The number of the latest change of any row of a table, 0 when there is none."""
    changes = Revision.objects.filter(kind=model._meta.label_lower)
    return changes.order_by("-id").values_list("id", flat=True).first() or 0


def open_sign_ins(user: User, *, at: datetime) -> list[SignIn]:
    """Where somebody is signed in now, where they were last first."""
    alive = Session.objects.filter(expire_date__gt=at).values("session_key")
    open_ = SignIn.objects.filter(user=user, ended_at=None, session_key__in=alive)
    return list(open_.order_by("-seen_at", "-id"))


def begin_of(day: date) -> datetime:
    """The first moment of a day, here."""
    return datetime.combine(day, time(), get_default_timezone())
