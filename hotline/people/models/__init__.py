"""What the room keeps.

persons     accounts, units, roles, who holds which         doorway     tries, devices, rules of the door
"""

from hotline.people.models.doorway import AccountRule, Device, Gate, Tries
from hotline.people.models.persons import (
    Kind,
    Membership,
    Named,
    Revision,
    Role,
    Unit,
    UnitKind,
    User,
)

__all__ = [
    "AccountRule",
    "Device",
    "Gate",
    "Kind",
    "Membership",
    "Named",
    "Revision",
    "Role",
    "Tries",
    "Unit",
    "UnitKind",
    "User",
]
