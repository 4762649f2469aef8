"""How much is left for whom, the school's own numbers, and a time in which more is allowed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Bucket(models.Model):
    """When somebody who has used something up will have all of it again.

    ``subject`` is a keyed hash. A row whose time has come says nothing more and is swept away.
    The table is unlogged: a crash of the database empties it, which forgives everybody.
    """

    pk = models.CompositePrimaryKey("code", "subject")
    code = models.CharField(max_length=12)
    subject = models.CharField(max_length=48)
    full_at = models.DateTimeField()


class OwnLimit(models.Model):
    """A number (codes.py) that this school has set otherwise."""

    code = models.CharField(max_length=24, unique=True)
    value = models.PositiveIntegerField(_("值"))


class Raise(models.Model):
    """Until then people who have signed in may do so many percent of the usual."""

    percent = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="raise_is_no_less", condition=models.Q(percent__gte=100))
        ]
