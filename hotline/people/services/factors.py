"""The second factor: set up, asked for, given up. Passkeys have their own file beside this one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import codes
from hotline.base.refusals import Invalid, WrongState
from hotline.people import queries, rules
from hotline.people.actor import Actor
from hotline.people.models import Authenticator, FactorAsked, Gate, RecoveryCode, User
from hotline.people.permissions import P
from hotline.people.services import passwords, rows, signins, tries

ISSUER = "师生服务热线"
CODES = 10
STRANGE_MINUTES = 24 * 60  # in which all strange places together may try fifty codes
SECONDS = 30  # a code's life; the one before and the one after count as well


@dataclass(frozen=True)
class Ask:
    """What somebody whose role demands a second factor is to be told: how many days are left."""

    days: int

    @property
    def at_once(self) -> bool:
        return self.days <= 0


def has_any(user: User) -> bool:
    """Has somebody a second factor that is in use?"""
    return totp_in_use(user) or user.passkeys.exists()


def totp_in_use(user: User) -> bool:
    return Authenticator.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_demanded(user: User, *, at: datetime) -> bool:
    """Does a role that somebody holds today demand one?"""
    held = user.memberships.filter(queries.in_force(localdate(at)), role__enabled=True)
    return held.filter(role__needs_second=True).exists()


def ask(user: User, *, at: datetime) -> Ask | None:
    """Is somebody who signs in to be led to setting one up? The days of grace begin with the first time."""
    if not is_demanded(user, at=at) or has_any(user):
        return None
    asked, _new = FactorAsked.objects.get_or_create(user=user, defaults={"at": at})
    grace = timedelta(days=rules.current().second_factor_days)
    left = asked.at + grace - at
    return Ask(days=-(-left // timedelta(days=1)))


def begin_totp(user: User) -> tuple[str, str]:
    """A new secret, and the address that a program reads it from; nothing counts until confirmed.

    Raises WrongState when there is one in use.
    """
    row, _new = Authenticator.objects.get_or_create(
        user=user, defaults={"secret": pyotp.random_base32()}
    )
    if row.confirmed_at is not None:
        raise WrongState(_("动态码已启用。要换一个，请先停用。"))
    uri = pyotp.TOTP(row.secret).provisioning_uri(name=user.account, issuer_name=ISSUER)
    return row.secret, uri


def confirm_totp(user: User, code: str, *, at: datetime) -> None:
    """The first right code puts it to use. Raises Invalid, or TooMany after too many wrong ones."""
    _counted(user, tries.INSIDE, at)
    row = Authenticator.objects.filter(user=user, confirmed_at=None).first()
    if row is None or not _is_right(row, code, at):
        words = _("动态码不正确，请核对手机时间后重试。")
        raise Invalid(words, code=words)
    tries.forget(Gate.CONFIRM, tries.who(user, ""), tries.INSIDE)
    Authenticator.objects.filter(pk=row.pk).update(confirmed_at=at)
    FactorAsked.objects.filter(user=user).delete()


def check(user: User, code: str, *, at: datetime, place: str = tries.INSIDE) -> None:
    """A code of the program, or one from paper. Raises Invalid, TooMany after five wrong from a place,
    or fifty in a day from all strange ones: whoever has a password and a thousand addresses would
    guess a number of six digits within the hour."""
    _counted(user, place, at)
    if tries.is_strange(place):
        _counted_anywhere(user, at)
    row = Authenticator.objects.filter(user=user, confirmed_at__isnull=False).first()
    if not (row is not None and _is_right(row, code, at)) and not _spend_recovery(user, code, at):
        words = _("验证码不正确，或已经用过。")
        raise Invalid(words, code=words)
    tries.forget(Gate.CONFIRM, tries.who(user, ""), place)
    if tries.is_strange(place):
        tries.give_back(Gate.CONFIRM, tries.who(user, ""), tries.ELSEWHERE)


def prove(user: User, text: str, *, at: datetime) -> None:
    """Somebody who is signed in proves who they are by password or code. Raises Invalid or TooMany."""
    digits = "".join(text.split())
    if len(digits) == 6 and digits.isdecimal() and has_any(user):
        check(user, digits, at=at)
    else:
        passwords.prove(user, text, at=at)


def _counted(user: User, place: str, at: datetime) -> None:
    law = rules.current()
    tries.spend(
        Gate.CONFIRM, tries.who(user, ""), place, most=law.tries_most, minutes=law.lock_minutes,
        at=at, user=user,
    )  # fmt: skip


def _counted_anywhere(user: User, at: datetime) -> None:
    tries.spend(
        Gate.CONFIRM, tries.who(user, ""), tries.ELSEWHERE, most=rules.current().tries_account_most,
        minutes=STRANGE_MINUTES, at=at, user=user,
    )  # fmt: skip


def _is_right(row: Authenticator, code: str, at: datetime) -> bool:
    """Is it the code of now, or of the half minute before or after, and not used before?"""
    totp, now = pyotp.TOTP(row.secret), int(at.timestamp()) // SECONDS
    digits = "".join(code.split())
    for step in (now, now - 1, now + 1):
        if pyotp.utils.strings_equal(digits, totp.generate_otp(step)):
            unused = Authenticator.objects.filter(pk=row.pk, last_step__lt=step)
            return bool(unused.update(last_step=step))
    return False


# --- Codes on paper ----------------------------------------------------------------------


@transaction.atomic
def new_codes(user: User) -> list[str]:
    """Ten fresh codes in place of what was left of the old; they are kept nowhere as they are.

    Raises WrongState for somebody without a second factor.
    """
    User.objects.select_for_update().get(
        pk=user.pk
    )  # of two at once the second makes the first's void
    if not has_any(user):
        raise WrongState(_("请先设置动态码或通行密钥。"))
    user.recovery_codes.all().delete()
    fresh = [codes.new_code() for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=_hashed(user, code)) for code in fresh
    )
    return fresh


def _spend_recovery(user: User, code: str, at: datetime) -> bool:
    mine = user.recovery_codes.filter(code_hash=_hashed(user, code), used_at=None)
    return bool(mine.update(used_at=at))


def _hashed(user: User, code: str) -> str:
    return codes.hashed("hotline.people.recovery", str(user.pk), code)


# --- Given up ----------------------------------------------------------------------------


@transaction.atomic
def drop_totp(user: User, *, at: datetime) -> None:
    """Give up the program. Raises WrongState when a role demands a second factor and it is the last."""
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user).delete()
    left(user, at=at)


def left(user: User, *, at: datetime) -> None:
    """After something was given up: it may not be the last where one is demanded; codes go with it."""
    if has_any(user):
        return
    if is_demanded(user, at=at):
        raise WrongState(_("您的角色须有两步验证：请先添加另一种，再停用这一种。"))
    user.recovery_codes.all().delete()


@transaction.atomic
def reset(user: User, *, by: Actor, at: datetime) -> None:
    """An administrator takes all of it away from somebody who has lost it; recorded, sessions end.

    Raises NotAllowed.
    """
    with rows.recorded(user, by=by, at=at, permission=P.SECURITY, what="FACTORS"):
        Authenticator.objects.filter(user=user).delete()
        user.passkeys.all().delete()
        user.recovery_codes.all().delete()
        FactorAsked.objects.filter(user=user).delete()
        signins.end_all(user, at=at)
