"""三员分立: what each of three administrators holds, and what nobody may hold together while they are parted.

The system administrator keeps accounts and configuration, the security administrator roles, appointments
and rules, the auditor the record. Nobody is two of them, and none of them reads what people ask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.words import listed
from hotline.people import queries
from hotline.people.models import Membership, Role, Separation, User
from hotline.people.permissions import P


class Third(TextChoices):
    """One of the three."""

    SYSTEM = "SYSTEM", gettext_lazy("系统管理员")
    SECURITY = "SECURITY", gettext_lazy("安全管理员")
    AUDIT = "AUDIT", gettext_lazy("审计员")


HOLDS: Mapping[Third, frozenset[str]] = {
    Third.SYSTEM: frozenset({P.PEOPLE, P.CATALOG, P.NOTICES}),
    Third.SECURITY: frozenset({P.SECURITY}),
    Third.AUDIT: frozenset({P.LOOKS}),
}
NEEDED: Mapping[Third, P] = {
    Third.SYSTEM: P.PEOPLE,
    Third.SECURITY: P.SECURITY,
    Third.AUDIT: P.LOOKS,
}
"""What somebody must be there to do: without it a third would stand empty."""
NO_PASSWORD = {"user__password__startswith": UNUSABLE_PASSWORD_PREFIX}
CONTENT = ("case.", "order.")  # permissions with which requests are read


@dataclass(frozen=True)
class Conflict:
    """Why the three cannot be parted as things are: about a role, an account, or a third without anybody."""

    words: str
    role: Role | None = None
    user: User | None = None


def thirds(permissions: Iterable[str]) -> list[Third]:
    """Which of the three somebody is who holds these."""
    held = set(permissions)
    return [third for third, own in HOLDS.items() if own & held]


def problem(permissions: Iterable[str]) -> str:
    """What must not be held together here, in words; "" where nothing is."""
    held = set(permissions)
    own = thirds(held)
    if len(own) > 1:
        return _("%(thirds)s的权限不能由一人兼有") % {"thirds": listed(str(t.label) for t in own)}
    labels = dict(P.choices)
    reads = [str(labels.get(name, name)) for name in sorted(held) if name.startswith(CONTENT)]
    if own and reads:
        words = _("%(third)s不能查看或办理诉求（%(names)s）")
        return words % {"third": own[0].label, "names": listed(reads)}
    return ""


def state() -> Separation:
    """The switch as it stands."""
    return Separation.objects.select_related("asked_by").first() or Separation(pk=1)


def is_on() -> bool:
    return Separation.objects.filter(on=True).exists()


def kept() -> Mapping[Third, P]:
    """What somebody must always be left for: the three while they are parted, else who keeps accounts."""
    return NEEDED if is_on() else {Third.SYSTEM: P.PEOPLE}


def held(on: date) -> dict[User, set[str]]:
    """What everybody holds who holds anything on a day or will later, whether or not they may sign in."""
    found: dict[User, set[str]] = {}
    rows = Membership.objects.filter(queries.not_over(on), role__enabled=True)
    for row in rows.select_related("user", "role").order_by("user_id"):
        found.setdefault(row.user, set()).update(row.role.permissions)
    return found


def officers(on: date) -> set[int]:
    """Ids of everybody who is one of the three."""
    return {user.pk for user, permissions in held(on).items() if thirds(permissions)}


def held_by(user: User, on: date) -> set[str]:
    """What one person holds on a day or will later."""
    rows = user.memberships.filter(queries.not_over(on), role__enabled=True)
    return {name for names in rows.values_list("role__permissions", flat=True) for name in names}


def conflicts(on: date) -> list[Conflict]:
    """Everything that keeps the three from being parted: roles first, then people, then empty thirds."""
    roles = [(role, problem(role.permissions)) for role in Role.objects.filter(enabled=True)]
    wrong = [Conflict(_said(str(role), words), role=role) for role, words in roles if words]
    of_roles = {words for _role, words in roles if words}  # said of the role already
    for user, permissions in held(on).items():
        words = problem(permissions)
        if words and words not in of_roles:
            wrong.append(Conflict(_said(f"{user} {user.account}", words), user=user))
    return wrong + [Conflict(words) for words in _empty(on)]


def _said(whose: str, words: str) -> str:
    return _("%(whose)s：%(problem)s") % {"whose": whose, "problem": words}


def _empty(on: date) -> Iterable[str]:
    for third, permission in NEEDED.items():
        able = queries.administrators(on, permission).filter(to_date=None)
        if not able.exclude(**NO_PASSWORD).exists():
            words = _("没有能够登录的%(third)s（%(permission)s，任期不设结束日期）")
            yield words % {"third": third.label, "permission": permission.label}
