"""信访件: what the petition office makes of a request that was referred to it; nobody else reads it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models.case import Case
from hotline.cases.models.record import recorded
from hotline.people.models import User


class PetitionState(TextChoices):
    RECEIVED = "RECEIVED", _("待登记")
    REGISTERED = "REGISTERED", _("待决定是否受理")
    ACCEPTED = "ACCEPTED", _("办理中")
    REFUSED = "REFUSED", _("不予受理")
    CLOSED = "CLOSED", _("已出具处理意见书")


class PetitionFile(Spoken):
    """One a request, from its transfer on. Its times are the law's, in days of the calendar."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="petition")
    state = models.CharField(max_length=10, choices=PetitionState, default=PetitionState.RECEIVED)
    register = models.CharField(max_length=40, blank=True, default="")  # its number there
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    extended_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # of the decision to accept, then of the result
    told = models.TextField(blank=True, default="")  # why not, or the 处理意见书: for the requester

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="petition_ended_says_what",
                condition=~Q(state__in=["REFUSED", "CLOSED"])
                | Q(ended_at__isnull=False) & ~Q(told=""),
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="petition_due", condition=Q(ended_at__isnull=True))
        ]


class PetitionEntry(models.Model):
    """What was done with it, and noted beside it. Only ever added."""

    file = models.ForeignKey(PetitionFile, models.PROTECT, related_name="entries")
    verb = models.CharField(max_length=10)
    text = models.TextField(blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = recorded()
