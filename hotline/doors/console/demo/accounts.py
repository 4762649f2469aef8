"""Accounts to try the demo with: passwords made now, printed, and kept beside the data."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from hotline.people import services
from hotline.people.models import User

ROWS = (  # account, role or standing
    ("student", "R1  Student: submit, follow, rate"),
    ("international", "R1  International student (English)"),
    ("teacher", "R1  Teacher"),
    ("agent", "R2  Phone agent"),
    ("clerk", "R3  Intake clerk: triage and dispatch"),
    ("manager", "R4  Office manager: decide and audit"),
    ("deputy", "R4  Second manager, for what takes two"),
    ("houqin", "R5  Contact of Logistics"),
    ("houqin-repairs", "R5  Contact of its section Repairs"),
    ("jiaowu", "R5  Contact of Academic Affairs"),
    ("houqin-head", "R6  Head of Logistics"),
    ("guozi", "R7  Assisting unit: Assets"),
    ("leader", "R8  University leader"),
    ("supervisor", "R9  Supervision"),
    ("petition", "R10 Petition office"),
    ("discipline", "R11 Discipline office"),
    ("crisis", "R12 Crisis team"),
    ("admin", "R13 System administrator"),
    ("security", "R13 Security administrator: roles and rules"),
    ("auditor", "R13 Auditor: who looked at what"),
    ("city", "R14 City hotline (12345) clerk"),
)


def give_passwords(users: dict[str, User]) -> str:
    """Give each named account a password of its own, and return the table that tells them."""
    rows = []
    for account, role in ROWS:
        password = services.new_password()
        services.set_password(users[account], password)
        rows.append((account, password, role, users[account].name))
    return table(rows)


def table(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """Columns for a terminal; the name comes last, since Chinese is wider than it is long."""
    lines = [f"  {'Account':<15} {'Password':<16} {'Role':<41} Name"]
    lines += [
        f"  {account:<15} {password:<16} {role:<41} {name}"
        for account, password, role, name in rows
    ]
    return "\n".join(["Demo accounts (only for trying out):", "", *lines, ""])


def path() -> Path:
    return Path(settings.HOME) / "demo-accounts.txt"


def keep(text: str) -> None:
    """Keep the table where only the account that runs the platform can read it."""
    path().parent.mkdir(parents=True, exist_ok=True)
    path().unlink(missing_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def kept() -> str:
    """The table of the demo that is there; empty when it has been removed."""
    return path().read_text(encoding="utf-8") if path().exists() else ""
