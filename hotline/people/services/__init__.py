"""The only code that writes people, units, roles and memberships.

rows        one row of administered data: checked, written, its change recorded
accounts    who can sign in                          roles    who holds which role, where, when
importing   many accounts from a list
"""

from hotline.people.services.accounts import (
    create_user,
    first_administrator,
    give_password,
    has_administrator,
    new_password,
    save_user,
    set_active,
    set_password,
)
from hotline.people.services.importing import (
    AccountRow,
    Checked,
    Problem,
    check_accounts,
    import_accounts,
)
from hotline.people.services.roles import (
    add_role,
    appoint,
    change_membership,
    dismiss,
    keeping_an_administrator,
    save_role,
)
from hotline.people.services.rows import allow, recorded, remove, save, write

__all__ = [
    "AccountRow",
    "Checked",
    "Problem",
    "add_role",
    "allow",
    "appoint",
    "change_membership",
    "check_accounts",
    "create_user",
    "dismiss",
    "first_administrator",
    "give_password",
    "has_administrator",
    "import_accounts",
    "keeping_an_administrator",
    "new_password",
    "recorded",
    "remove",
    "save",
    "save_role",
    "save_user",
    "set_active",
    "set_password",
    "write",
]
