"""Looking that is unusual, and what was said of it. Both tables are only ever added to."""

from typing import ClassVar

from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models import Case
from hotline.cases.models.record import recorded
from hotline.people.models import User


class Kind(TextChoices):
    MANY = "MANY", _("短时间内查看大量诉求")
    OWN_UNIT = "OWN_UNIT", _("查看反映本单位的诉求")
    SEARCH = "SEARCH", _("反复按号码查找同一人")
    NIGHT = "NIGHT", _("夜间不当班时查看")
    COLLEGE = "COLLEGE", _("多次查看本学院人员的诉求")


class Alert(Spoken):
    """Somebody looked in a way that wants an explanation: of which kind, how much, in which time.

    ``key`` names the occasion: the same is raised once.
    """

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    count = models.PositiveIntegerField()
    most = models.PositiveIntegerField()  # what would have been usual, or allowed
    at = models.DateTimeField()
    recorded_at = recorded()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "since"], name="alert_by_whom")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class AlertNote(models.Model):
    """How an alert was explained, in the words of an auditor."""

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="notes")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    words = models.TextField()
    recorded_at = recorded()
