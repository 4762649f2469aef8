"""Passkeys (WebAuthn): added, used, given up. The library judges, we keep the public half."""

from dataclasses import dataclass
from datetime import datetime

import webauthn
from django.db import transaction
from django.utils.translation import gettext as _
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    options_to_json,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hotline.base.refusals import Invalid, WrongState
from hotline.people.models import FactorAsked, Gate, Passkey, User
from hotline.people.services import factors, tries

NAME = "师生服务热线"
MOST = 10  # of one person
# What the library raises for what is none; the last where it is nested too deep to be read.
NO_ANSWER = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class Site:
    """Whose key it is: the host name, and the address of our pages."""

    host: str
    origin: str


def to_add(user: User, site: Site) -> tuple[str, bytes]:
    """What the browser is asked to make a key with, as JSON, and the challenge to remember.

    Raises WrongState when somebody has ten.
    """
    if user.passkeys.count() >= MOST:
        raise WrongState(_("最多可添加 %(most)d 个通行密钥。") % {"most": MOST})
    options = webauthn.generate_registration_options(
        rp_id=site.host, rp_name=NAME, user_name=user.account, user_display_name=user.account,
        user_id=str(user.pk).encode(), exclude_credentials=_known(user),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )  # fmt: skip
    return options_to_json(options), options.challenge


def add(
    user: User, answer: str, *, challenge: bytes, site: Site, name: str, at: datetime
) -> Passkey:
    """Take a new key into use. Raises Invalid for an answer that is not one to our question."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin,
        )  # fmt: skip
    except NO_ANSWER:
        raise Invalid(_("浏览器没有给出有效的密钥，请重试。")) from None
    if Passkey.objects.filter(credential=made.credential_id).exists():
        raise Invalid(_("这个通行密钥已经添加过。"))
    FactorAsked.objects.filter(user=user).delete()
    return Passkey.objects.create(
        user=user, credential=made.credential_id, public_key=made.credential_public_key,
        uses=made.sign_count, name=name.strip()[:40] or _("通行密钥"), added_at=at,
    )  # fmt: skip


def to_use(user: User, site: Site) -> tuple[str, bytes]:
    """What the browser is asked to sign, as JSON, and the challenge to remember."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, allow_credentials=_known(user),
        user_verification=UserVerificationRequirement.PREFERRED,
    )  # fmt: skip
    return options_to_json(options), options.challenge


@transaction.atomic
def use(user: User, answer: str, *, challenge: bytes, site: Site, at: datetime) -> None:
    """Somebody proves with one of their keys who they are. Raises Invalid."""
    key = _key_of(user, answer)
    try:
        if key is None:
            raise ValueError
        used = webauthn.verify_authentication_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host,
            expected_origin=site.origin, credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.uses,
        )  # fmt: skip
    except NO_ANSWER:
        raise Invalid(_("通行密钥验证没有通过，请重试。")) from None
    Passkey.objects.filter(pk=key.pk).update(uses=used.new_sign_count, used_at=at)
    tries.forget(Gate.CONFIRM, tries.who(user, ""), tries.INSIDE)


def _key_of(user: User, answer: str) -> Passkey | None:
    """The key that an answer names, locked, so that its count only grows."""
    try:
        credential = parse_authentication_credential_json(answer)
    except NO_ANSWER:
        return None
    mine: Passkey | None = (
        user.passkeys.select_for_update().filter(credential=credential.raw_id).first()
    )
    return mine


@transaction.atomic
def drop(user: User, pk: int, *, at: datetime) -> None:
    """Give up a key. Raises WrongState when a role demands a second factor and it is the last."""
    User.objects.select_for_update().get(pk=user.pk)
    user.passkeys.filter(pk=pk).delete()
    factors.left(user, at=at)


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=bytes(key.credential)) for key in user.passkeys.all()]


def as_text(challenge: bytes) -> str:
    """A challenge as a session keeps it."""
    return bytes_to_base64url(challenge)


def from_text(text: str) -> bytes:
    return base64url_to_bytes(text)
