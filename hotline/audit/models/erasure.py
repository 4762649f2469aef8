"""What was lawfully taken out of the record, signed: so that it is told apart from tampering."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models import Case
from hotline.cases.models.record import recorded
from hotline.people.models import User


class ErasureKind(TextChoices):
    CASE = "CASE", _("一件诉求匿名化")
    PERSON = "PERSON", _("一个账号注销")
    EXPIRY = "EXPIRY", _("一段记录到期删除")


class Erasure(Spoken):
    """One request or account that was made anonymous, or a stretch of a log that was removed.

    ``body`` is the JSON that was signed, byte for byte (docs/history.md): which rows lost which columns,
    and their hashes before and after. ``touched`` names those rows, to find it by: "cases_step:12".
    Only ever added; itself under the daily seals.
    """

    kind = models.CharField(max_length=6, choices=ErasureKind)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    table = models.CharField(max_length=40, blank=True, default="")
    until = models.DateTimeField(null=True)  # rows of the table recorded before it may be gone
    at = models.DateTimeField()
    body = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=128)
    touched = ArrayField(models.CharField(max_length=60), default=list)
    recorded_at = recorded()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="erasure_of_something",
                condition=Q(kind="CASE", case__isnull=False)
                | Q(kind="PERSON", user__isnull=False)
                | (Q(kind="EXPIRY", until__isnull=False) & ~Q(table="")),
            )
        ]
        indexes: ClassVar = [
            GinIndex(fields=["touched"], name="erasure_touched"),
            models.Index(fields=["case"], name="erasure_case", condition=Q(case__isnull=False)),
            models.Index(
                fields=["table", "until"], name="erasure_until", condition=Q(kind="EXPIRY")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
