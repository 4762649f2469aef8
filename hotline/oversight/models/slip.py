"""督办单: what a unit is called to account for, until it is discharged (销号)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models import Case
from hotline.oversight.models.ladder import Level
from hotline.people.models import Unit, User


class SlipState(models.TextChoices):
    OPEN = "OPEN", _("待反馈")
    ANSWERED = "ANSWERED", _("已反馈")
    DISCHARGED = "DISCHARGED", _("已销号")


class Supervision(Spoken):
    """One slip for one unit and request; open once at a time. It never holds who asked."""

    typed: ClassVar = {  # every text, and who wrote it
        "requirement": "opened_by_id", "feedback": "fed_back_by_id", "opinion": "opinion_by_id",
        "discharge": "discharged_by_id",
    }  # fmt: skip
    by_office: ClassVar = ("requirement", "opinion", "discharge")  # texts that no unit wrote
    number = models.CharField(max_length=20)
    case = models.ForeignKey(Case, models.PROTECT, related_name="supervisions")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=SlipState, default=SlipState.OPEN)
    level = models.PositiveSmallIntegerField(choices=Level)
    reason = models.CharField(max_length=10)  # a code of kind SUPERVISE: the source
    requirement = models.TextField()
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    feedback = models.TextField(blank=True, default="")
    fed_back_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    fed_back_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True, default="")  # 分管领导意见
    opinion_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    opinion_at = models.DateTimeField(null=True)
    discharge = models.TextField(blank=True, default="")
    discharged_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    discharged_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="slip_number"),
            models.UniqueConstraint(
                fields=["case", "unit"], condition=~Q(state="DISCHARGED"), name="slip_one_open"
            ),
            models.CheckConstraint(
                name="slip_discharged_says_when",
                condition=~Q(state="DISCHARGED") | Q(discharged_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "due_at", "id"], name="slip_open", condition=~Q(state="DISCHARGED")
            ),
            models.Index(fields=["unit", "id"], name="slip_unit"),
        ]

    def __str__(self) -> str:
        return self.number


class SlipCounter(models.Model):
    """The last slip number given in a month."""

    month = models.CharField(max_length=4, primary_key=True)
    last = models.PositiveIntegerField()
