"""The people of a proof: accounts with a password each, made in the database of an installation."""

import os
from dataclasses import dataclass
from datetime import date

PASSWORD = "a password for proofs only"  # noqa: S105 - of a throw-away installation
BEGAN = date(2020, 1, 1)


@dataclass(frozen=True)
class Cast:
    """Accounts by what their holders do."""

    students: list[str]
    clerks: list[str]
    managers: list[str]
    contacts: dict[str, list[str]]  # by unit
    heads: dict[str, list[str]]
    ids: dict[str, int]  # of the rows


def use(database_url: str, environment: dict[str, str]) -> None:
    """Let Django of this process read the installation's database: import what is ours afterwards."""
    os.environ |= {k: v for k, v in environment.items() if k.startswith("HOTLINE_")}
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django  # noqa: PLC0415 - only now are the settings known

    django.setup()


def gather(students: int, staff: int, units: tuple[str, ...]) -> Cast:
    """``staff`` clerks, managers, and contacts and heads of each unit; nobody does anything too often."""
    from hotline.people.models import Kind, Membership, Role, Unit, User  # noqa: PLC0415
    from tools import unlimited  # noqa: PLC0415

    unlimited.lift()
    ids: dict[str, int] = {}

    def person(account: str, kind: Kind) -> User:
        user = User(account=account, name="测试", phone=f"138{len(ids):08d}", kind=kind)
        user.set_password(PASSWORD)
        user.save()
        ids[account] = user.pk
        return user

    def holders(role: str, unit: str = "") -> list[str]:
        found = [f"{role}-{unit}{n}" for n in range(staff)]
        for account in found:
            Membership.objects.create(
                user=person(account, Kind.STAFF), role=Role.objects.get(code=role), from_date=BEGAN,
                unit=Unit.objects.get(code=unit) if unit else None,
            )  # fmt: skip
        return found

    asking = [f"student{n}" for n in range(students)]
    for account in asking:
        person(account, Kind.UNDERGRADUATE)
    return Cast(
        asking, holders("R3"), holders("R4"), {unit: holders("R5", unit) for unit in units},
        {unit: holders("R6", unit) for unit in units}, ids,
    )  # fmt: skip
