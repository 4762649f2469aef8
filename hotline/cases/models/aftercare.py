"""After the answer: did it help?"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.codes import RatedBy, Score, Solved
from hotline.cases.models.case import Case
from hotline.people.models import User

HELD = timedelta(hours=24)  # how long a call-back is its claimant's


class Rating(Spoken):
    """评价: one effective rating a round; a later round does not erase an earlier one."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="ratings", db_index=False)
    round = models.PositiveSmallIntegerField()
    contacted = models.BooleanField(null=True)  # 是否联系过您; null in imported history
    solved = models.CharField(max_length=6, choices=Solved, blank=True, default="")
    result = models.CharField(max_length=12, choices=Score)  # 办理结果
    attitude = models.CharField(max_length=12, choices=Score, blank=True, default="")  # 服务态度
    words = models.TextField(blank=True, default="")
    source = models.CharField(max_length=10, choices=RatedBy)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    sealed = models.BooleanField(default=False)  # its words are part of a crisis file

    class Meta:
        ordering = ("round",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "round"], name="rating_one_a_round"),
            models.CheckConstraint(
                name="rating_dissatisfied_says_why",
                condition=~Q(result="DISSATISFIED") | ~Q(words="") | Q(source="IMPORT"),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="rating_at")]


class Why(TextChoices):
    """Why a requester is called back."""

    COMPLAINT = "COMPLAINT", _("投诉举报必访")
    URGENT = "URGENT", _("紧急件必访")
    INSTRUCTION = "INSTRUCTION", _("批示件必访")
    REWORK = "REWORK", _("重办件必访")
    SAMPLE = "SAMPLE", _("抽样回访")
    WITHDRAWAL = "WITHDRAWAL", _("撤回核实")


class VisitState(TextChoices):
    PENDING = "PENDING", _("待回访")
    DONE = "DONE", _("已回访")
    UNREACHED = "UNREACHED", _("未联系上")
    CANCELLED = "CANCELLED", _("已取消")


class Visit(Spoken):
    """回访: a call by someone who did not handle the request."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    round = models.PositiveSmallIntegerField()
    why = models.CharField(max_length=12, choices=Why)
    state = models.CharField(max_length=10, choices=VisitState, default=VisitState.PENDING)
    due_at = models.DateTimeField()
    claimed_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def is_held(self, at: datetime) -> bool:
        """Has somebody taken it on, not longer than a day ago?"""
        return self.claimed_at is not None and at - self.claimed_at < HELD

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="PENDING"), name="visit_one_pending"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="visit_due", condition=Q(state="PENDING"))
        ]


class VisitTry(models.Model):
    """One call of a visit, and what came of it."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="tries")
    reached = models.BooleanField()
    words = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
