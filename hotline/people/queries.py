"""Questions about people and units that are asked in more than one place."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from hotline.people.actor import Actor, Grant
from hotline.people.models import Membership, Unit, User
from hotline.people.permissions import P


def in_force(on: date) -> Q:
    """Memberships that hold on a day."""
    return Q(from_date__lte=on) & (Q(to_date__isnull=True) | Q(to_date__gte=on))


def actor_of(user: User, *, on: date, bearer_of: Iterable[int] = ()) -> Actor:
    """The standing that a person's memberships give on a day: one query, two for unit staff."""
    held = list(
        Membership.objects.filter(in_force(on), user=user, role__enabled=True)
        .select_related("role")
        .only("categories", "unit_id", "role__code", "role__permissions", "role__of_unit")
    )
    tree = _tree() if any(m.unit_id for m in held) else {}
    grants = tuple(
        Grant(
            role=m.role.code,
            permissions=frozenset(m.role.permissions),
            units=frozenset(_below(m.unit_id, tree)) if m.unit_id else None,
            categories=tuple(m.categories),
        )
        for m in held
        if m.unit_id or not m.role.of_unit
    )
    return Actor(user=user, grants=grants, bearer_of=frozenset(bearer_of))


def _tree() -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {}
    for pk, parent in Unit.objects.order_by().values_list("id", "parent_id"):
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


def head_of(unit: Unit, *, on: date) -> User | None:
    """The unit's one responsible person (责任人)."""
    return holders(P.APPROVE, unit=unit, on=on).first()


def find_person(text: str) -> User | None:
    """A person by exact account or phone number."""
    text = text.strip()
    return User.objects.filter(Q(account=text) | Q(phone=text)).first() if text else None
