"""Who takes part: students who ask, staff who handle, and their browsers' sessions."""

from dataclasses import dataclass
from datetime import date
from importlib import import_module
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from hotline.catalog import services as catalog
from hotline.catalog.models import Category
from hotline.people.models import Kind, Membership, Role, Unit, User
from tools.bench import words
from tools.bench.sheets import Sheet, copy_in

MARK = "bench-"  # begins the account of everybody made here
CLERKS = 8
BEGAN = date(2020, 1, 1)
KINDS = (Kind.UNDERGRADUATE, Kind.UNDERGRADUATE, Kind.UNDERGRADUATE, Kind.MASTER, Kind.TEACHER)


@dataclass(frozen=True)
class Directory:
    """A category's row of the dispatch directory, by ids."""

    id: int
    code: str
    things: tuple[str, ...]
    lead: int
    joint: tuple[int, ...]
    type: int
    urgency: int
    days: int
    confidential: bool


@dataclass(frozen=True)
class Cast:
    """Everybody and everything a request may refer to."""

    students: list[User]
    clerks: list[User]
    chiefs: list[User]
    contacts: dict[int, User]  # by unit
    directory: list[Directory]
    college: int


def gather(rng: Random, students: int) -> Cast:
    """Load the default catalogue, make accounts (none of them with a password), appoint staff."""
    catalog.load_defaults()
    units = list(Unit.objects.exclude(kind="SECTION"))
    college = next(unit.pk for unit in units if unit.code == "xueyuan")
    asked = [_person(rng, n, college) for n in range(students)]
    staff = [_person(rng, students + n, None) for n in range(2 * CLERKS + len(units))]
    _copy_people([*asked, *staff])
    clerks, chiefs, contacts = staff[:CLERKS], staff[CLERKS : 2 * CLERKS], staff[2 * CLERKS :]
    _appoint("R3", [(user, None) for user in clerks])
    _appoint("R4", [(user, None) for user in chiefs])
    _appoint("R6", list(zip(contacts, units, strict=True)))
    by_unit = {unit.pk: user for user, unit in zip(contacts, units, strict=True)}
    return Cast(asked, clerks, chiefs, by_unit, _directory(), college)


def _person(rng: Random, number: int, college: int | None) -> User:
    kind = rng.choice(KINDS) if college else Kind.STAFF
    return User(
        id=number + 1, account=f"{MARK}{number:07d}", phone=f"139{number:08d}", college_id=college,
        name=words.name(rng), kind=kind, grade="2024级" if college else "", is_demo=True,
        password="!",  # noqa: S106 - no password opens it
    )  # fmt: skip


def _copy_people(people: list[User]) -> None:
    sheet = Sheet(User)
    for user in people:
        sheet.add(
            id=user.pk, account=user.account, phone=user.phone, name=user.name, kind=user.kind,
            college_id=user.college_id, grade=user.grade, is_demo=True, password="!",  # noqa: S106
        )  # fmt: skip
    copy_in(connection, [sheet])


def _appoint(role: str, holders: list[tuple[User, Unit | None]]) -> None:
    held = Role.objects.get(code=role)
    Membership.objects.bulk_create(
        Membership(user=user, role=held, unit=unit, from_date=BEGAN) for user, unit in holders
    )


def _directory() -> list[Directory]:
    rows = Category.objects.prefetch_related("joint").order_by("code")
    return [
        Directory(
            row.pk, row.code, tuple(word for word in row.aliases if word), row.lead_id,
            tuple(u.pk for u in row.joint.all() if u.pk != row.lead_id), row.type_id, row.urgency_id,
            7, row.confidential,
        )
        for row in rows
    ]  # fmt: skip


def session_of(user: User) -> str:
    """Sign somebody in without a password, and return the key that a browser would keep."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    key: str = store.session_key
    return key
