"""Who can sign in: accounts, their passwords, and the first administrator."""

import re
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.people.actor import Actor
from hotline.people.models import Gate, Membership, Role, Tries, User
from hotline.people.permissions import P
from hotline.people.services import duties, roles, rows, signins, tries
from hotline.people.services.passwords import retire, set_password

PHONE = re.compile(r"\+?[0-9][0-9-]{4,18}")
MOBILE = re.compile(r"1[3-9][0-9]{9}")  # of people's own entering: accounts do not look so
FACTS = ("account", "phone", "name", "kind", "college", "grade")
LETTERS = "abcdefghjkmnpqrstuvwxyz"  # no i, l, o: read aloud and typed without a mistake
DIGITS = "23456789"


def create_user(
    *,
    account: str,
    name: str,
    password: str | None,
    by: Actor,
    at: datetime,
    **rest: Any,
) -> User:
    """Make an account; with no password it cannot be used to sign in until one is set.

    Raises NotAllowed, or Invalid for a weak password or a number that is taken.
    """
    must_change = rest.pop("must_change_password", False)
    user = User(account=account.strip(), name=name.strip(), **rest)
    user.phone = user.phone or None
    if password is None:
        user.set_unusable_password()
    else:
        set_password(user, password, save=False)
    user.must_change_password = must_change
    _refuse_ambiguous(user)
    rows.save(user, by=by, at=at)
    return user


def save_user(user: User, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Write an account's facts; never its password. Raises NotAllowed, Stale or Invalid."""
    user.phone = user.phone or None
    _refuse_ambiguous(user)
    rows.save(user, by=by, at=at, fields=FACTS, seen=seen)


@transaction.atomic
def correct(user: User, column: str, value: Any, *, by: Actor, at: datetime) -> None:
    """Put one fact of an account right, as its person asked. Raises NotAllowed, or Invalid where it
    cannot be so."""
    row = User.objects.select_for_update().get(pk=user.pk)
    setattr(row, column, value)
    _refuse_ambiguous(row)
    rows.save(row, by=by, at=at, permission=P.RIGHTS, fields=(column,))


@transaction.atomic
def change_phone(user: User, phone: str, *, by: Actor, at: datetime) -> None:
    """Somebody puts their own phone number right; an empty one takes it away.

    Raises NotAllowed for anybody else's, Invalid for what is no number or opens another account:
    in words that do not say which, or they would tell who has an account.
    """
    if by.user_id != user.pk:
        raise NotAllowed(_("只能修改自己的手机号。"))
    if phone and not MOBILE.fullmatch(phone):
        words = _("请填写 11 位手机号。其他号码请联系热线办登记。")
        raise Invalid(words, phone=words)
    row = User.objects.select_for_update().get(pk=user.pk)
    others = User.objects.exclude(pk=row.pk)
    if phone and (others.filter(phone=phone).exists() or others.filter(account=phone).exists()):
        words = _("这个号码现在不能使用。确实是您的号码的，请联系热线办。")
        raise Invalid(words, phone=words)
    row.phone = phone or None
    rows.save(row, by=by, at=at, permission=None, fields=("phone",))


def _refuse_ambiguous(user: User) -> None:
    """Both open the door: one person's account is never another's phone. Raises Invalid."""
    others = User.objects.exclude(pk=user.pk)
    if user.phone and others.filter(account=user.phone).exists():
        words = _("这个号码是另一个账号的学号/工号。")
        raise Invalid(words, phone=words)
    if others.filter(phone=user.account).exists():
        words = _("这个学号/工号是另一个账号的手机号。")
        raise Invalid(words, account=words)


def set_active(user: User, active: bool, *, by: Actor, at: datetime) -> None:
    """Let an account sign in, or no longer. Raises NotAllowed, WrongState for the last administrator."""
    user.is_active = active
    with roles.keeping_an_administrator(on=localdate(at)):
        rows.save(user, by=by, at=at, fields=("is_active",))
        if not active:
            signins.end_all(user, at=at)


def give_password(user: User, *, by: Actor, at: datetime) -> str:
    """Replace an account's password by a made-up one, which is returned and kept nowhere.

    It opens the account until its owner has chosen another. Raises NotAllowed.
    """
    password = new_password()
    past = user.password
    with rows.recorded(user, by=by, at=at, what="PASSWORD"):
        retire(user, past, at=at)
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        signins.end_all(user, at=at)
        Tries.objects.filter(user=user).delete()  # whoever forgot it has tried in vain
    return password


def new_password() -> str:
    """Four letters and digits, three times, with dashes: about 54 bits."""
    return "-".join(
        "".join(secrets.choice(LETTERS) for _letter in range(3)) + secrets.choice(DIGITS)
        for _group in range(3)
    )


def first_administrator(
    *, account: str, name: str, password: str, place: str, at: datetime, system: Actor
) -> User:
    """Make the first system administrator, for somebody who comes from that network.

    Raises WrongState when there is one already, TooMany after too many tries from there.
    """
    tries.by_place(Gate.FIRST_RUN, place, at=at)
    with transaction.atomic():
        # Two people on the first-run page at once: the second waits here and is refused.
        duties.in_turn()
        role = Role.objects.select_for_update().get(code="R13")
        if was_begun():
            raise WrongState(_("系统管理员已经存在，请联系管理员开通账号。"))
        user = create_user(
            account=account,
            name=name,
            password=password,
            by=system,
            at=at,
            kind="STAFF",
        )
        roles.appoint(user, role, by=system, at=at)
    return user


def was_begun() -> bool:
    """Has anybody ever been made an administrator? Then the first-run page is closed for good.

    Whether they can act today is not asked: a clock that jumps to before their first day would open
    the page to the first stranger who comes by. ``hotline createadmin`` makes another one.
    """
    return Membership.objects.filter(role__permissions__contains=[P.PEOPLE]).exists()
