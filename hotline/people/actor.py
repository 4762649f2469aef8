"""Who is acting, with what standing. Every service takes an Actor; policies ask it questions."""

from dataclasses import dataclass
from functools import cached_property

from hotline.people.models import User
from hotline.people.permissions import P


@dataclass(frozen=True)
class Grant:
    """One role as held: what it permits, in which units (None: everywhere), for which categories."""

    role: str
    permissions: frozenset[str]
    units: frozenset[int] | None = None
    categories: tuple[str, ...] = ()
    avoids_college: bool = False  # keeps away from what people of the holder's own college ask

    def covers(self, unit: int | None, category: str | None) -> bool:
        """Does it reach that unit and that category? None asks for any."""
        in_unit = unit is None or self.units is None or unit in self.units
        in_scope = category is None or not self.categories or category.startswith(self.categories)
        return in_unit and in_scope


@dataclass(frozen=True)
class Bars:
    """What somebody keeps away from, as ids: hotline/cases/recusal.py says how far each reaches."""

    cases: frozenset[int] = frozenset()
    naming: frozenset[int] = frozenset()  # requests that name somebody of ``people``
    people: frozenset[int] = frozenset()
    units: frozenset[int] = frozenset()
    own_units: frozenset[int] = frozenset()
    own_colleges: frozenset[int] = frozenset()
    of_office: bool = False  # belongs to the hotline office

    @property
    def single(self) -> bool:
        """Do they reach requests one by one? What is prepared for many people does not fit them."""
        return bool(self.cases or self.naming)


@dataclass(frozen=True)
class Actor:
    """A person, a bearer of a request's number and code, or the system itself."""

    user: User | None = None
    grants: tuple[Grant, ...] = ()
    bearer_of: frozenset[int] = frozenset()  # cases proven by number and code
    is_system: bool = False
    bars: Bars | None = None  # where they are known already
    separated: bool = False  # are the three administrators parted (duties.py)?

    def may(self, permission: P, *, unit: int | None = None, category: str | None = None) -> bool:
        """Does any role held today permit this, for that unit and category?"""
        return any(
            permission in grant.permissions and grant.covers(unit, category)
            for grant in self.grants
        )

    def may_any(self, *permissions: P, category: str | None = None) -> bool:
        """Does any role held today permit one of these, for that category or somewhere?"""
        return any(self.may(permission, category=category) for permission in permissions)

    def units(self, permission: P) -> frozenset[int]:
        """Units, sections included, for which a role of a unit permits this."""
        found = (g.units or frozenset() for g in self.grants if permission in g.permissions)
        return frozenset().union(*found)

    @cached_property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    @cached_property
    def permissions(self) -> frozenset[str]:
        return frozenset().union(*(grant.permissions for grant in self.grants))

    @property
    def is_staff(self) -> bool:
        """Does this person work on requests, or on the platform, at all?"""
        return bool(self.permissions)


SYSTEM = Actor(is_system=True)
NOBODY = Actor()
