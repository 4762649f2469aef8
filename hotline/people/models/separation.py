"""The switch that parts the three administrators (三员分立)."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.people.models.persons import User

AGREED_WITHIN = timedelta(days=7)


class Separation(models.Model):
    """One row at most: whether the three are parted, and who asks to end that. People/duties.py is the law.

    ``asked_by`` is empty where the question came from a shell.
    """

    on = models.BooleanField(_("三员分立"), default=False)
    asked_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("申请停用的人"),
    )
    asked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="separation_is_one", condition=models.Q(id=1))
        ]

    def is_asked(self, at: datetime) -> bool:
        """Does somebody wait for an auditor who agrees to end it?"""
        return self.on and self.asked_at is not None and at < self.asked_at + AGREED_WITHIN
