"""What somebody asked to be given of their own data: being packed, ready for some days, gone again."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models import Case
from hotline.people.models import User


class ExportState(TextChoices):
    WAITING = "WAITING", _("正在打包")
    READY = "READY", _("可以下载")
    FAILED = "FAILED", _("没有完成，请重新申请")
    GONE = "GONE", _("已过期删除")


class Export(Spoken):
    """One package: of a person, or of one request without an owner. Its key in the store cannot be guessed."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=7, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)  # requests packed so far
    total = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=60, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="export_of_a_person_or_a_request",
                condition=Q(user__isnull=False, case__isnull=True)
                | Q(user__isnull=True, case__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user"], name="export_one_a_person",
                condition=Q(state="WAITING", user__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["case"], name="export_one_a_request",
                condition=Q(state="WAITING", case__isnull=False),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="export_of", condition=Q(user__isnull=False)),
            models.Index(fields=["case", "-id"], name="export_on", condition=Q(case__isnull=False)),
        ]

    def is_open(self, at: datetime) -> bool:
        """Can it be downloaded?"""
        ready = self.state == ExportState.READY
        return ready and self.expires_at is not None and at < self.expires_at

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0
