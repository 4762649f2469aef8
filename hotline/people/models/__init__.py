"""What the room keeps.

persons     accounts, units, roles, who holds which         doorway     tries, devices, rules of the door
secrets     what somebody proves to be themselves with  signins     where somebody is signed in
factors     programs that make codes, passkeys, codes on paper
reviews     that somebody has looked whether a role is still needed
separation  whether the three administrators are parted
"""

from hotline.people.models.doorway import AccountRule, Device, Gate, Tries
from hotline.people.models.factors import Authenticator, FactorAsked, Passkey, RecoveryCode
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
from hotline.people.models.reviews import Review
from hotline.people.models.secrets import PastPassword
from hotline.people.models.separation import Separation
from hotline.people.models.signins import SignIn

__all__ = [
    "AccountRule",
    "Authenticator",
    "Device",
    "FactorAsked",
    "Gate",
    "Kind",
    "Membership",
    "Named",
    "Passkey",
    "PastPassword",
    "RecoveryCode",
    "Review",
    "Revision",
    "Role",
    "Separation",
    "SignIn",
    "Tries",
    "Unit",
    "UnitKind",
    "User",
]
