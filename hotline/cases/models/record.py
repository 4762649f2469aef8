"""What happened, what was said, and what waits for a second person."""

from typing import Any, ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q, TextChoices
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.codes import OrderState, State
from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.people.models import User


def recorded() -> "models.DateTimeField[Any, Any]":
    """When a row was written, by the database's clock: a trigger sets it, whatever else is said.

    Not the moment that it tells of, which for history brought along lies years before. Seals go by it.
    """
    return models.DateTimeField(db_default=Now(), editable=False)


class Side(TextChoices):
    """On whose behalf somebody acted."""

    REQUESTER = "REQUESTER", _("诉求人")
    OFFICE = "OFFICE", _("热线办")
    UNIT = "UNIT", _("承办单位")
    RECEIVER = "RECEIVER", _("专收人员")  # of a closed room
    LEADER = "LEADER", _("校领导")
    SYSTEM = "SYSTEM", _("系统")


class Step(Spoken):
    """流转记录: one move of a request. Only ever added; the database refuses anything else.

    It carries no words of the requester, which may one day have to be forgotten.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps", db_index=False)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="steps", db_index=False
    )
    seq = models.PositiveIntegerField()
    verb = models.CharField(max_length=24)
    before = models.CharField(max_length=20, choices=State)
    after = models.CharField(max_length=20, choices=State)
    order_after = models.CharField(max_length=20, choices=OrderState, blank=True, default="")
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    reason = models.CharField(max_length=10, blank=True, default="")
    text = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)
    recorded_at = recorded()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "seq"], name="step_in_order")
        ]
        indexes: ClassVar = [
            models.Index(  # how often an answer went out: figures count it by its moment
                fields=["at"],
                include=["case"],
                name="step_closing",
                condition=Q(verb__in=["answer", "close", "close_merged"]),
            ),
            BrinIndex(fields=["recorded_at"], name="step_recorded", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class RemarkKind(TextChoices):
    QUESTION = "QUESTION", _("请补充")  # office to requester
    SUPPLEMENT = "SUPPLEMENT", _("诉求人补充")  # requester to all who handle it
    URGE = "URGE", _("催办")  # requester to the unit
    INTERIM = "INTERIM", _("阶段性答复")  # unit to requester
    NOTE = "NOTE", _("内部备注")  # office, for the office
    UNIT_NOTE = "UNIT_NOTE", _("单位备注")  # unit, for the unit and the office
    CRISIS_NOTE = "CRISIS_NOTE", _("危机处置记录")  # crisis team, for the crisis team


# What a requester said that a clerk may pass on to the units in a redacted form.
PASSED_ON = frozenset({RemarkKind.SUPPLEMENT, RemarkKind.URGE})


class Remark(Spoken):
    """Something said beside the moves. A unit reads ``shown``, which for 保密 a clerk releases."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="remarks")
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="remarks")
    kind = models.CharField(max_length=12, choices=RemarkKind)
    text = models.TextField()
    shown = models.TextField(blank=True, default="")
    sealed = models.BooleanField(default=False)  # part of a crisis file
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Proposal(models.Model):
    """A decision that needs a second person: a refusal of a complaint, an end without remedy."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="proposals")
    verb = models.CharField(max_length=24)
    reason = models.CharField(max_length=10, blank=True, default="")
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    accepted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(accepted__isnull=True),
                name="proposal_one_pending",
            )
        ]
