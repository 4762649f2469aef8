"""The clocks of a request: each is a promise of somebody, with the rules it was made under."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.catalog.models import Policy, Publication
from hotline.worktime.clock import Limit


class ClockKind(models.TextChoices):
    """Whose time runs, and until what."""

    REQUESTER = "REQUESTER", _("师生钟")  # submitted until closed
    OFFICE = "OFFICE", _("热线钟")  # every stage that waits for the office
    SUPPLY = "SUPPLY", _("补充时限")  # asked for facts until they are there
    SIGN = "SIGN", _("签收时限")  # sent until signed
    CONTACT = "CONTACT", _("首次联系时限")  # sent until the requester was reached
    UNIT = "UNIT", _("单位钟")  # sent until answered
    URGE = "URGE", _("催办回应时限")  # urged by the requester until they were told something


class Clock(Spoken):
    """One running promise. Where it ran under is kept: later rules do not change it.

    ``limit`` is the amount promised ("5wd"), "2/3" of the lead's time for a joint unit, or ""
    where somebody named a day. ``stage`` tells the office's clocks apart.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", db_index=False)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="clocks", db_index=False
    )
    kind = models.CharField(max_length=9, choices=ClockKind)
    stage = models.CharField(max_length=20, blank=True, default="")
    round = models.PositiveSmallIntegerField()
    limit = models.CharField(max_length=10, blank=True, default="")
    natural = models.BooleanField(default=False)
    policy = models.ForeignKey(
        Policy, models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: from before there were policies
    calendar = models.ForeignKey(
        Publication, models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: counted before a school published one of its own
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # null: nothing has been promised yet
    provisional = models.BooleanField(default=False)  # a year's holidays were not yet announced
    stopped_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(default=0)  # of supervision, as reached
    next_at = models.DateTimeField(null=True)  # when oversight looks at it again

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="clock_stops_after_it_starts",
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=models.F("started_at")),
            ),
            models.UniqueConstraint(
                fields=["case", "kind", "stage", "order"],
                condition=Q(stopped_at__isnull=True),
                nulls_distinct=False,
                name="clock_runs_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="clock_case"),
            models.Index(
                fields=["next_at", "id"],
                name="clock_watch",
                condition=Q(stopped_at__isnull=True, next_at__isnull=False),
            ),
        ]

    @property
    def is_share(self) -> bool:
        return "/" in self.limit

    @property
    def amount(self) -> Limit | None:
        """The limit as an amount of time; None for a share, and for a day that somebody named."""
        return Limit.parse(self.limit) if self.limit and not self.is_share else None


class ClockPause(models.Model):
    """Time that does not count: the requester was asked for facts, or the office let it rest."""

    clock = models.ForeignKey(Clock, models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=10, blank=True, default="")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)  # null: it still rests

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="pause_ends_after_it_begins",
                condition=Q(to_at__isnull=True) | Q(to_at__gte=models.F("from_at")),
            ),
            models.UniqueConstraint(
                fields=["clock"], condition=Q(to_at__isnull=True), name="pause_one_at_a_time"
            ),
        ]
