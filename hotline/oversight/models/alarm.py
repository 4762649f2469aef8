"""Alarms of the crisis lane and drills of them: who was called when and why, who saw, who took it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.cases.models import Case, Step
from hotline.people.models import User


class Alarm(models.Model):
    """People are called until one of them says that they have it. Without a request it is a drill."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="alarms")
    step = models.OneToOneField(Step, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    next_at = models.DateTimeField(null=True)  # when the next are called; None: nobody any more
    rung = models.PositiveSmallIntegerField(default=0)  # how many times somebody was called
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # over, with or without anybody's word

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar = [
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="alarm_next")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="an_alarm_has_its_step_a_drill_none",
                condition=Q(case=None, step=None) | Q(case__isnull=False, step__isnull=False),
            ),
            models.CheckConstraint(
                name="acknowledged_by_somebody_at_some_time",
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
            ),
        ]

    @property
    def is_drill(self) -> bool:
        return self.case_id is None

    @property
    def is_open(self) -> bool:
        """Does it still wait for somebody?"""
        return self.acknowledged_at is None and self.closed_at is None


class Why(models.TextChoices):
    """Why somebody was called."""

    ON_DUTY = "ON_DUTY", _("当班")
    LISTED = "LISTED", _("名单下一位")
    TEAM = "TEAM", _("未设名单，呼叫全组")
    MANAGER = "MANAGER", _("名单无人确认，报热线办负责人")
    DUTY_OFFICE = "DUTY_OFFICE", _("名单无人确认，请致电政务值班")
    AGAIN = "AGAIN", _("仍无人确认，再次呼叫")


class AlarmCall(models.Model):
    """One call: to a person by every channel, or a number that somebody must ring up."""

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="calls")
    rung = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    phone = models.CharField(max_length=40, blank=True, default="")  # where there is no person
    why = models.CharField(max_length=11, choices=Why)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alarm", "rung", "user"], name="call_once_a_rung", nulls_distinct=False
            )
        ]


class AlarmView(models.Model):
    """Somebody opened an alarm, for the first time then."""

    alarm = models.ForeignKey(Alarm, models.CASCADE, related_name="views")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alarm", "user"], name="alarm_seen_once_a_person")
        ]
