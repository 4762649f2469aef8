"""The only code that writes people, units, roles and memberships.

rows        one row of administered data: checked, written, its change recorded
accounts    who can sign in                          roles    who holds which role, where, when
importing   many accounts from a list               entering    signing in, known devices
passwords   how strong, how old, not again      tries       counted tries, shut gates
ruling      the school's rules of accounts      signins     sessions begun, seen, ended
factors     the second factor: codes            passkeys    the second factor: keys
duties      the three administrators parted
tables      a small table of numbers, set at once
reviews     which roles are still needed        leaving     roles end and pass to a colleague
"""

from hotline.people.services.accounts import (
    create_user,
    first_administrator,
    give_password,
    new_password,
    save_user,
    set_active,
    was_begun,
)
from hotline.people.services.entering import Entered, enter, welcome
from hotline.people.services.importing import (
    AccountRow,
    Checked,
    Problem,
    check_accounts,
    import_accounts,
)
from hotline.people.services.passwords import change_password, set_password
from hotline.people.services.reviews import review
from hotline.people.services.roles import (
    add_role,
    appoint,
    change_membership,
    dismiss,
    keeping_an_administrator,
    save_role,
)
from hotline.people.services.rows import allow, one_at_a_time, recorded, remove, save, write
from hotline.people.services.ruling import set_rules
from hotline.people.services.tables import refuse, set_numbers, take_turn
from hotline.people.services.tries import by_place, unlock, unlock_gate

__all__ = [
    "AccountRow",
    "Checked",
    "Entered",
    "Problem",
    "add_role",
    "allow",
    "appoint",
    "by_place",
    "change_membership",
    "change_password",
    "check_accounts",
    "create_user",
    "dismiss",
    "enter",
    "first_administrator",
    "give_password",
    "import_accounts",
    "keeping_an_administrator",
    "new_password",
    "one_at_a_time",
    "recorded",
    "refuse",
    "remove",
    "review",
    "save",
    "save_role",
    "save_user",
    "set_active",
    "set_numbers",
    "set_password",
    "set_rules",
    "take_turn",
    "unlock",
    "unlock_gate",
    "was_begun",
    "welcome",
    "write",
]
