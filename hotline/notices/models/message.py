"""The outbox: one row for each message to one person on one way, and what came of every attempt."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hotline.base.labels import Spoken
from hotline.cases.models import Case, Step, WorkOrder
from hotline.notices.codes import Channel, Outcome, State, Why
from hotline.people.models import User


class Message(Spoken):
    """通知. No address is kept: it is looked up when the message goes out, and forgotten.

    It goes to ``user``, or to whoever asked ``case`` where they have no account. ``ladder`` are
    the ways that may be tried one after another, ``rung`` the one that this row stands for.
    """

    key = models.CharField(max_length=120, unique=True)  # the same thing is told once
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="+", db_index=False
    )
    step = models.ForeignKey(Step, models.PROTECT, null=True, related_name="+", db_index=False)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    who = models.CharField(max_length=24)  # "u7", or "c12": the requester of case 12
    to_requester = models.BooleanField(default=False)

    purpose = models.CharField(max_length=40)  # the verb, or what a stranger room told
    template = models.CharField(max_length=40)
    level = models.PositiveSmallIntegerField(null=True)  # of supervision
    urgent = models.BooleanField(default=False)  # goes out at night, uncapped, and does not wait
    language = models.CharField(max_length=10, default="zh-hans")
    title = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField(blank=True, default="")
    params = models.JSONField(default=dict)

    ladder = ArrayField(models.CharField(max_length=8, choices=Channel), default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=8, choices=Channel)
    first = models.BooleanField(default=True)  # stands in the inbox; later rungs do not again

    state = models.CharField(max_length=10, choices=State, default=State.READY)
    why = models.CharField(max_length=12, choices=Why, blank=True, default=Why.NONE)
    error = models.CharField(max_length=80, blank=True, default="")  # the carrier's code
    tries = models.PositiveSmallIntegerField(default=0)
    doubtful = models.BooleanField(default=False)  # sent again after an answer was lost
    gateway = models.CharField(max_length=40, blank=True, default="")  # code; "" is the postbox
    carrier_id = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    digest = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="folded", db_index=False
    )
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_has_somebody_to_read_it",
                condition=Q(user__isnull=False) | Q(case__isnull=False, to_requester=True),
            ),
            models.CheckConstraint(
                name="message_held_until_when",
                condition=~Q(state=State.HELD) | Q(not_before__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["channel", "-urgent", "id"],
                name="message_ready",
                condition=Q(state=State.READY),
            ),
            models.Index(
                fields=["state", "not_before", "id"],
                name="message_waiting",
                condition=Q(state__in=[State.HELD, State.SENDING]),
            ),
            models.Index(
                fields=["case", "id"], name="message_case", condition=Q(case__isnull=False)
            ),
            models.Index(
                fields=["user", "-id"],
                name="message_inbox",
                condition=Q(user__isnull=False, first=True),
            ),
            models.Index(
                fields=["user"],
                name="message_unread",
                condition=Q(user__isnull=False, first=True, read_at__isnull=True),
            ),
            models.Index(
                fields=["who", "tried_at"],
                name="message_capped",
                condition=Q(channel=Channel.SMS, tried_at__isnull=False),
            ),
            models.Index(
                fields=["gateway", "carrier_id"],
                name="message_receipt",
                condition=~Q(carrier_id=""),
            ),
            models.Index(fields=["channel", "state", "-id"], name="message_ledger"),
            models.Index(fields=["state", "-id"], name="message_ledger_state"),
            models.Index(fields=["created_at"], name="message_day"),
        ]

    def __str__(self) -> str:
        return f"m{self.pk}"

    @property
    def next_channel(self) -> str | None:
        """The next way down the ladder."""
        below = self.ladder[self.rung + 1 :]
        return below[0] if below else None


class Attempt(Spoken):
    """One try to send a message, and what came of it. Only ever added."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    code = models.CharField(max_length=80, blank=True, default="")
    gateway = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ("id",)
