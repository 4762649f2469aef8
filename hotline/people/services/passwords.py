"""Passwords: how strong, how long, which ones not again."""

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.people import queries, rules
from hotline.people.models import Gate, PastPassword, User
from hotline.people.services import signins, tries

KEPT_MOST = 24  # past hashes of one person


def set_password(user: User, password: str, *, save: bool = True) -> None:
    """Give an account a new password. Raises Invalid when it is too weak."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), password=" ".join(error.messages)) from None
    user.set_password(password)
    user.must_change_password = False
    if save:
        user.save(update_fields=["password", "must_change_password"])


def change_password(user: User, *, old: str, new: str, at: datetime, session: str = "") -> None:
    """Somebody replaces their own password; all their sessions but this one end with it.

    Raises Invalid for a wrong old one, a weak new one, or, of staff, one that was theirs of late;
    TooMany after too many wrong ones.
    """
    prove(user, old, at=at)
    with transaction.atomic():
        user.refresh_from_db(from_queryset=User.objects.select_for_update())
        if queries.actor_of(user, on=localdate(at)).is_staff:
            _refuse_reuse(user, new)
        past = user.password
        set_password(user, new)
        retire(user, past, at=at)
        signins.end_all(user, at=at, but=session)


def prove(user: User, password: str, *, at: datetime) -> None:
    """Somebody who is signed in proves to be themselves. Raises Invalid, or TooMany after wrong ones."""
    law, whose = rules.current(), tries.who(user, "")
    limits = {"most": law.tries_most, "minutes": law.lock_minutes}
    tries.spend(Gate.CONFIRM, whose, tries.INSIDE, at=at, user=user, **limits)
    if not user.check_password(password):
        words = _("现在的密码不正确。")
        raise Invalid(words, old=words)
    tries.forget(Gate.CONFIRM, whose, tries.INSIDE)


def retire(user: User, hash: str, *, at: datetime) -> None:
    """Keep the hash of a password that has been replaced."""
    if hash and not hash.startswith("!"):
        PastPassword.objects.create(user=user, hash=hash, replaced_at=at)
    kept = user.past_passwords.order_by("-replaced_at", "-id").values("pk")[:KEPT_MOST]
    user.past_passwords.exclude(pk__in=kept).delete()


def expired(user: User, *, at: datetime) -> bool:
    """Is a password of staff older than the school allows? Never where it sets no limit."""
    days = rules.current().password_days
    if not days or not queries.actor_of(user, on=localdate(at)).is_staff:
        return False
    last = user.past_passwords.order_by("-replaced_at").values_list("replaced_at", flat=True)
    return (last.first() or user.created_at) < at - timedelta(days=days)


def _refuse_reuse(user: User, new: str) -> None:
    most = rules.current().password_reuse
    past = user.past_passwords.order_by("-replaced_at", "-id").values_list("hash", flat=True)
    if most and any(check_password(new, hash) for hash in [user.password, *past[: most - 1]]):
        words = _("不能再用最近 %(count)d 个密码之一。") % {"count": most}
        raise Invalid(words, password=words)
