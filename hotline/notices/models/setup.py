"""What a school sets: its own words, its gateways; and what a person sets: addresses, wishes."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotline.base.encrypted import EncryptedJSON, EncryptedText
from hotline.base.labels import Spoken
from hotline.notices.codes import CARRIED, Channel
from hotline.people.models import User

CARRIED_CHOICES = [(c.value, c.label) for c in CARRIED]


class Template(models.Model):
    """A school's own words for one message on one channel in one language.

    Without a row the shipped words hold (data/templates.yaml).
    """

    code = models.CharField(max_length=60, unique=True)  # accepted.SMS.zh-hans
    title = models.CharField(_("标题"), max_length=60, blank=True, default="")
    text = models.TextField(_("内容"), max_length=500)
    carrier_code = models.CharField(_("通道模板编号"), max_length=80, blank=True, default="")

    class Meta:
        ordering = ("code",)


class Gateway(Spoken):
    """通道: which driver serves a channel, how it is reached, and whether it answers."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类型"), max_length=40)  # a key of drivers.carriers.KINDS
    channel = models.CharField(_("渠道"), max_length=8, choices=CARRIED_CHOICES)
    settings = models.JSONField(_("设置"), default=dict, blank=True)
    secrets = EncryptedJSON(of="gateway", default=dict, blank=True, editable=False)  # never shown
    enabled = models.BooleanField(_("启用"), default=False)
    per_second = models.PositiveSmallIntegerField(_("每秒最多条数"), default=10)

    # Whether it answers. Written by deliveries, not by people.
    failures = models.PositiveIntegerField(default=0, editable=False)  # in a row
    out_since = models.DateTimeField(null=True, editable=False)
    probe_at = models.DateTimeField(null=True, editable=False)
    slot_at = models.DateTimeField(null=True, editable=False)  # the next moment that is free
    last_error = models.CharField(max_length=80, blank=True, default="", editable=False)
    last_ok_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(enabled=True), name="gateway_one_a_channel"
            ),
            models.CheckConstraint(
                name="gateway_sends_something", condition=Q(per_second__range=(1, 1000))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def asks_again(self, at: datetime) -> bool:
        """Is it time for the next message to find out whether it answers again?"""
        return self.probe_at is not None and self.probe_at <= at


class Address(Spoken):
    """Where somebody is reached other than by the phone number of their account."""

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses")
    channel = models.CharField(max_length=8, choices=CARRIED_CHOICES)
    value = EncryptedText(of="address", max_length=120)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "channel"], name="address_one_a_channel")
        ]


class Preference(models.Model):
    """What a person wants: channels switched off where that is allowed, language, digests."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="preference")
    off = ArrayField(models.CharField(max_length=8, choices=Channel), default=list)
    language = models.CharField(max_length=10, default="zh-hans")
    digests = models.BooleanField(default=True)
