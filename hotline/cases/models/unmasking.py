"""Asking to see who somebody is, and what became of it. Both tables are only ever added to."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.labels import Spoken
from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.cases.models.record import recorded
from hotline.people.models import User


class Purpose(TextChoices):
    """What somebody needs to know it for; the requester reads this, and not the words beside it."""

    CONTACT = "CONTACT", _("需要直接联系诉求人")
    VERIFY = "VERIFY", _("核实身份或资格")
    SAFETY = "SAFETY", _("人身安全")
    LAWFUL = "LAWFUL", _("依法依规调取")


class Unmasking(Spoken):
    """One person asks to see some fields of one request in full, and says why.

    The words are staff's, and the service refuses them where they name the requester.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="unmaskings", db_index=False)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    fields = ArrayField(models.CharField(max_length=12))
    purpose = models.CharField(max_length=8, choices=Purpose)
    words = models.TextField()
    two = models.BooleanField()  # a second person decides
    recorded_at = recorded()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "by"], name="unmasking_of")]


class UnmaskingVerb(TextChoices):
    GRANT = "GRANT", pgettext_lazy("unmasking", "同意")
    REFUSE = "REFUSE", pgettext_lazy("unmasking", "不同意")
    END = "END", pgettext_lazy("unmasking", "提前结束")


class UnmaskingEvent(Spoken):
    """It was granted until a moment, refused, or ended early. ``by`` is None where the rule decided."""

    unmasking = models.ForeignKey(Unmasking, models.PROTECT, related_name="events", db_index=False)
    verb = models.CharField(max_length=6, choices=UnmaskingVerb)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    words = models.TextField(blank=True, default="")
    recorded_at = recorded()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["unmasking", "verb"], name="unmasking_event_once"),
            models.UniqueConstraint(
                fields=["unmasking"],
                condition=Q(verb__in=["GRANT", "REFUSE"]),
                name="unmasking_decided_once",
            ),
            models.CheckConstraint(
                condition=~Q(verb="GRANT") | Q(until__isnull=False),
                name="unmasking_granted_for_a_time",
            ),
        ]
