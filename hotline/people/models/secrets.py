"""What somebody proves to be themselves with, beside the password in force."""

from typing import ClassVar

from django.db import models

from hotline.people.models.persons import User


class PastPassword(models.Model):
    """The hash of a password that is no longer in force; the one after it came at ``replaced_at``."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords")
    hash = models.CharField(max_length=128)
    replaced_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "replaced_at"])]
