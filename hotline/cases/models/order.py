"""A unit's assignment, and what the unit does with it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hotline.base.labels import Spoken
from hotline.cases.codes import LIVE_ORDERS, Means, OrderState, Outcome, Part, Reached
from hotline.cases.models.case import Case
from hotline.people.models import Unit, User


class WorkOrder(Spoken):
    """工单: one per unit and round."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="orders")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    part = models.CharField(max_length=5, choices=Part)
    round = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=OrderState, default=OrderState.SENT)
    section = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    assignee = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    opinion = models.TextField(blank=True, default="")  # what the office asks of this unit

    sent_at = models.DateTimeField()
    respond_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    natural = models.BooleanField(default=False)  # due by the clock on the wall, nights included
    signed_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)  # first contact; signing in is not contact
    answered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)  # the unit says that it is not its duty
    head_aside = models.BooleanField(default=False, db_default=False)  # its head must step aside
    designated = models.BooleanField(default=False)  # a joint unit that may not return it again
    ended_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "round"],
                condition=Q(part="LEAD") & ~Q(state__in=["RETURNED", "CANCELLED"]),
                name="order_one_lead_a_round",
            ),
            models.UniqueConstraint(
                fields=["case", "round", "unit"],
                condition=~Q(state__in=["RETURNED", "CANCELLED"]),
                name="order_one_a_unit_and_round",
            ),
            models.CheckConstraint(
                name="order_due_after_sent",
                condition=Q(due_at__gte=models.F("sent_at")),
            ),
            models.CheckConstraint(
                name="order_suspended_has_an_end",
                condition=~Q(state="SUSPENDED") | Q(suspended_until__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "state", "due_at", "id"],
                name="order_inbox",
                condition=Q(state__in=sorted(LIVE_ORDERS)),
            ),
            models.Index(
                fields=["state", "case"],
                name="order_waiting",
                condition=Q(state__in=["EXTENSION_REVIEW", "RETURN_REVIEW", "SUSPENDED"]),
            ),
            models.Index(
                fields=["section", "state", "due_at"],
                name="order_section",
                condition=Q(section__isnull=False),
            ),
            models.Index(
                fields=["assignee", "state"],
                name="order_assignee",
                condition=Q(assignee__isnull=False),
            ),
        ]

    @property
    def is_lead(self) -> bool:
        return self.part == Part.LEAD


class Contact(Spoken):
    """One attempt of a unit to reach the requester, through the platform or the hotline."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="contacts")
    means = models.CharField(max_length=10, choices=Means)
    reached = models.CharField(max_length=3, choices=Reached)
    words = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Reply(Spoken):
    """An answer of a unit: what the requester will read, and what only the house does."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="replies")
    text = models.TextField()
    internal = models.TextField(blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True, default="")
    promise_date = models.DateField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)


class Extension(models.Model):
    """延期: asked once, before the time is up; no decision is not a grant."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="extensions")
    reason = models.CharField(max_length=10)
    text = models.TextField()
    interim = models.TextField()  # what the requester is told meanwhile
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(granted__isnull=True),
                name="extension_one_pending",
            )
        ]
