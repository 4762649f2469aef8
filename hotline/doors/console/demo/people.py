"""Who is in the demo: students and staff, and everyone who works on their requests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from random import Random
from typing import Any

import yaml

from hotline.doors.console.demo.texts import FOLDER
from hotline.people import queries, services
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import Kind, Role, Unit, User

OFFICE_MORE = ("R2", "R2", "R2", "R3", "R3", "R8", "R12")  # beside the named demo accounts
TWO_CONTACTS = ("houqin", "xuegong", "jiaowu", "baowei", "xinxi")
STUDENT_KINDS = (Kind.UNDERGRADUATE, Kind.MASTER, Kind.DOCTOR, Kind.INTERNATIONAL)
OTHER_KINDS = (  # every twentieth person each
    Kind.DOCTOR, Kind.INTERNATIONAL, Kind.TEACHER, Kind.TEACHER, Kind.STAFF, Kind.RETIRED,
)  # fmt: skip


@dataclass
class Cast:
    """Everyone, by what they do. Actors are built once, with the standing they have throughout."""

    office: dict[str, list[Actor]] = field(default_factory=dict)  # by role
    heads: dict[str, Actor] = field(default_factory=dict)  # by the unit's code
    contacts: dict[str, list[Actor]] = field(default_factory=dict)  # by the unit's or section's
    asking: dict[str, list[User]] = field(default_factory=dict)  # by Kind
    named: dict[str, User] = field(default_factory=dict)  # demo accounts
    units: dict[str, Unit] = field(default_factory=dict)
    by_id: dict[int, Unit] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)
    courses: list[str] = field(default_factory=list)
    majors: dict[str, list[str]] = field(default_factory=dict)  # by the college's code


class Casting:
    """Finds names, numbers and posts for everybody, and writes them through the services."""

    def __init__(self, rng: Random, *, start: date, at: datetime, until: date) -> None:
        self.rng, self.start, self.at, self.until = rng, start, at, until
        self.data: dict[str, Any] = yaml.safe_load((FOLDER / "people.yaml").read_text("utf-8"))
        self.roles = {role.code: role for role in Role.objects.all()}
        self.cast = Cast(outside=self.data["outside"], courses=self.data["courses"])
        self.serial = count(1)
        self.taken: set[str] = {row["name"] for row in self.data["demo"]}
        self.names = self._names()

    def everyone(self, size: int) -> Cast:
        """Colleges, the office, the units' people, and ``size`` students and staff who ask."""
        self._colleges()
        self._demo_accounts()
        for role in OFFICE_MORE:
            self._post(role)
        for unit in [u for u in self.cast.units.values() if u.kind != "SECTION"]:
            self._unit(unit)
        for section in [u for u in self.cast.units.values() if u.kind == "SECTION"]:
            if section.code not in self.cast.contacts:
                self._post("R5", section)
        self._askers(size)
        return self.cast

    def _colleges(self) -> None:
        above = Unit.objects.get(code="xueyuan")
        for row in self.data["colleges"]:
            if not Unit.objects.filter(code=row["code"]).exists():
                fields = {key: row[key] for key in ("code", "name", "short", "name_en")}
                college = Unit(kind="COLLEGE", parent=above, **fields)
                services.save(college, by=SYSTEM, at=self.at)
            self.cast.majors[row["code"]] = row["majors"]
        self.cast.units = {unit.code: unit for unit in Unit.objects.filter(enabled=True)}
        self.cast.by_id = {unit.pk: unit for unit in self.cast.units.values()}

    def _demo_accounts(self) -> None:
        for row in self.data["demo"]:
            kind = row.get("kind", Kind.STAFF)
            user = self._user(kind, account=row["account"], name=row["name"])
            self.cast.named[row["account"]] = user
            if role := row.get("role"):
                self._appoint(user, role, self.cast.units.get(row.get("unit", "")))
            else:
                self.cast.asking.setdefault(kind, []).append(user)

    def _unit(self, unit: Unit) -> None:
        """One head and a contact or two; a college has a contact only."""
        if unit.parent_id is None and unit.code not in self.cast.heads:
            self._post("R6", unit)
        wanted = 2 if unit.code in TWO_CONTACTS else 1
        while len(self.cast.contacts.get(unit.code, [])) < wanted:
            self._post("R5", unit)

    def _askers(self, size: int) -> None:
        for kind in _shares(size):
            self.cast.asking.setdefault(kind, []).append(self._user(kind))

    def _post(self, role: str, unit: Unit | None = None) -> None:
        self._appoint(self._user(Kind.STAFF), role, unit)

    def _appoint(self, user: User, role: str, unit: Unit | None) -> None:
        services.appoint(
            user, self.roles[role], by=SYSTEM, at=self.at, unit=unit, from_date=self.start
        )
        actor = queries.actor_of(user, on=self.until)
        if unit is None:
            self.cast.office.setdefault(role, []).append(actor)
        elif role == "R6":
            self.cast.heads[unit.code] = actor
        else:
            self.cast.contacts.setdefault(unit.code, []).append(actor)

    def _user(self, kind: str, *, account: str = "", name: str = "") -> User:
        student = kind in STUDENT_KINDS
        serial = next(self.serial)
        year = self.rng.randrange(self.until.year - 4, self.until.year)
        college = self.cast.units[self.rng.choice(self.data["colleges"])["code"]]
        return services.create_user(
            account=account or (f"{year}{serial:06d}" if student else f"8{serial:05d}"),
            name=name or self._name(kind),
            password=None,
            by=SYSTEM,
            at=self.at,
            kind=kind,
            phone=f"154{self.rng.randrange(10**8):08d}",  # numbers that no carrier gives out
            college=college if student or kind == Kind.TEACHER else None,
            grade=f"{year}级" if student else "",
            is_demo=True,
        )

    def _name(self, kind: str) -> str:
        if kind == Kind.INTERNATIONAL:
            return next(self.foreign)
        return next(self.names)

    def _names(self) -> Iterator[str]:
        """Rare names among the first, then invented ones, none of them twice."""
        rare = list(self.data["rare"])
        self.foreign = self._foreign()
        for nth in count():
            if rare and nth % 9 == 5:
                yield rare.pop(0)
                continue
            name = self.rng.choice(self.data["surnames"]) + self.rng.choice(self.data["given"])
            if name not in self.taken:
                self.taken.add(name)
                yield name

    def _foreign(self) -> Iterator[str]:
        while True:
            yield from (name for name in self.data["international"] if name not in self.taken)


def _shares(size: int) -> Iterator[Kind]:
    """The kinds of ``size`` people who ask, as a campus has them."""
    for nth in range(size):
        place = nth % 20
        if place < 11:
            yield Kind.UNDERGRADUATE
        else:
            yield Kind.MASTER if place < 14 else OTHER_KINDS[place - 14]
