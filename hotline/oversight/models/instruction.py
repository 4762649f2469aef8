"""批示件: what a leader has decided about a request, until its result has been laid before them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models import Attachment, Case
from hotline.people.models import Unit, User


class InstructionState(models.TextChoices):
    OPEN = "OPEN", _("办理中")
    REPORTED = "REPORTED", _("已报结果")
    CLOSED = "CLOSED", _("已办结")


class Came(models.TextChoices):
    ONLINE = "ONLINE", _("平台批示")
    PAPER = "PAPER", _("纸质批示")


class Instruction(Spoken):
    """One instruction on one request, for a lead unit and those that assist. No word of who asked."""

    typed: ClassVar = {  # every text, and who wrote it
        "text": "registered_by_id", "result": "reported_by_id", "closing": "closed_by_id",
    }  # fmt: skip
    by_office: ClassVar = ("text", "closing")  # texts that no unit wrote
    number = models.CharField(max_length=20)
    case = models.ForeignKey(Case, models.PROTECT, related_name="instructions")
    leader = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    came = models.CharField(max_length=6, choices=Came)
    written_on = models.DateField()  # the date that stands on the paper
    text = models.TextField()
    photo = models.OneToOneField(Attachment, models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    joint = models.ManyToManyField(Unit, related_name="+")
    state = models.CharField(max_length=8, choices=InstructionState, default=InstructionState.OPEN)
    given_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null: when the order is due
    result = models.TextField(blank=True, default="")
    reported_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reported_at = models.DateTimeField(null=True)
    closing = models.TextField(blank=True, default="")
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="instruction_number"),
            models.CheckConstraint(
                name="instruction_closed_says_when",
                condition=~Q(state="CLOSED") | Q(closed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="instruction_reported_says_what",
                condition=~Q(state="REPORTED") | (Q(reported_at__isnull=False) & ~Q(result="")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "id"], name="instruction_state"),
            models.Index(fields=["lead", "id"], name="instruction_lead"),
        ]

    def __str__(self) -> str:
        return self.number


class InstructionNote(models.Model):
    """How it is going: a line by one of its units, or by the office (no unit)."""

    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="notes")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    words = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class InstructionRead(models.Model):
    """圈阅: a leader has read it and asks nothing more."""

    instruction = models.ForeignKey(Instruction, models.PROTECT, related_name="reads")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["instruction", "by"], name="instruction_read_once")
        ]


class InstructionCounter(models.Model):
    """The last number given in a month."""

    month = models.CharField(max_length=4, primary_key=True)
    last = models.PositiveIntegerField()
