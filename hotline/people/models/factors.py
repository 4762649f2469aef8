"""The second factor: what somebody has, beside the password that they know."""

from typing import ClassVar

from django.db import models

from hotline.base.encrypted import EncryptedText
from hotline.people.models.persons import User


class Authenticator(models.Model):
    """A program that makes codes from a secret and the time (TOTP); one a person."""

    user = models.OneToOneField(User, models.CASCADE, related_name="authenticator")
    secret = EncryptedText(of="totp", max_length=64)
    confirmed_at = models.DateTimeField(
        null=True
    )  # until a first code was right it counts for nothing
    last_step = models.BigIntegerField(default=0)  # of the latest code: none is good twice


class Passkey(models.Model):
    """A key that never leaves a phone, a computer or a stick (WebAuthn); we have its public half."""

    user = models.ForeignKey(User, models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(unique=True)
    public_key = models.BinaryField()
    uses = models.BigIntegerField(default=0)  # as the key counts them, where it does
    name = models.CharField(max_length=40)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)


class RecoveryCode(models.Model):
    """A code on paper for whoever has lost the rest; good once, kept as a keyed hash."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")
        ]


class FactorAsked(models.Model):
    """Since when somebody without a second factor is asked for one: the time of grace runs from here."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()
