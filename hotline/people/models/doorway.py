"""Who knocks: counted tries, the devices that somebody has signed in from, the school's rules."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.people.models.persons import User


class AccountRule(models.Model):
    """A number of the rules of accounts (people/rules.py) that this school has set otherwise."""

    code = models.CharField(max_length=40, unique=True)
    value = models.PositiveIntegerField(_("值"))


class Device(models.Model):
    """A browser from which somebody has signed in; it holds the key, we its keyed hash.

    A stranger's wrong passwords never keep the person out who comes with it.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="devices")
    key_hash = models.CharField(max_length=64)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key_hash"], name="device_known_once")
        ]


class Gate(models.TextChoices):
    """Where somebody may try to get in."""

    SIGN_IN = "SIGN_IN", _("登录")
    CONFIRM = "CONFIRM", _("再次验证")
    FIRST_RUN = "FIRST_RUN", _("首次使用")
    TRACK = "TRACK", _("凭编号和查询码查询")


class Tries(models.Model):
    """How often somebody has failed at a gate of late, and until when it stays shut.

    ``who`` is a keyed hash of the account, or of what was typed where there is no such account;
    empty counts everybody. ``place`` is a network, a known device, ``*`` for wherever else, or ``in``
    for wherever somebody is who has signed in.
    ``since`` is when counting began: without it a place where somebody comes in every few minutes,
    a campus behind one address, would count on for ever.
    """

    gate = models.CharField(max_length=10, choices=Gate)
    who = models.CharField(max_length=64, blank=True, default="")
    place = models.CharField(max_length=64)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["gate", "who", "place"], name="tries_counted_once")
        ]
        indexes: ClassVar = [models.Index(fields=["last_at"])]

    @property
    def where(self) -> str:
        """The place in words."""
        if self.place.startswith("device:"):
            return str(_("常用设备"))
        words = {"*": _("陌生地点"), "?": _("地址不明"), "in": _("已登录处")}
        return str(words.get(self.place, self.place))
