"""An account is closed for good: its row stays, for what points to it, and tells of nobody."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import WrongState
from hotline.people import queries
from hotline.people.models import (
    Authenticator,
    FactorAsked,
    Kind,
    Membership,
    Passkey,
    PastPassword,
    RecoveryCode,
    Revision,
    Tries,
    User,
)
from hotline.people.services import signins

NAME = "已注销"


def has_worked(user: User) -> bool:
    """Has this person ever held a role? Then the record says who did what, and must go on saying it."""
    return Membership.objects.filter(user=user).exists()


def is_closed(user: User) -> bool:
    """Has the account been closed for good?"""
    return bool(user.account == _account(user))


def _account(user: User) -> str:
    return f"closed-{user.pk}"


@transaction.atomic
def close(user: User, *, at: datetime) -> None:
    """Blank an account and everything that only serves to sign in. Raises WrongState for staff's."""
    if has_worked(user):
        raise WrongState(_("担任过工作角色的账号须保留，以便说明各项记录由谁作出。"))
    signins.end_all(user, at=at)
    for model in (Authenticator, Passkey, PastPassword, RecoveryCode, FactorAsked, Tries):
        model.objects.filter(user=user).delete()
    user.sign_ins.all().delete()
    user.devices.all().delete()
    kind, code = queries.key_of(user)
    Revision.objects.filter(kind=kind, code=code).update(personal=None, data={"what": "CLOSED"})
    user.account, user.phone, user.name = _account(user), None, NAME
    user.kind, user.college, user.grade = Kind.OUTSIDER, None, ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.save()
    Revision.objects.create(kind=kind, code=code, data={"what": "CLOSED"}, by=None, at=at)
