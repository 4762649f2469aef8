"""What a requester agreed to beside what the law lets us do anyway, and which notice they have read."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.base.labels import Spoken
from hotline.cases.models.case import Case
from hotline.cases.models.record import recorded
from hotline.people.models import User


class ConsentKind(TextChoices):
    """Parts that are optional: each is asked for by itself, and none is a condition of another."""

    PUBLISH = "PUBLISH", _("答复去除个人信息后可以公开，供其他师生参考")
    SMS = "SMS", _("用短信告诉我办理进展")
    WECHAT = "WECHAT", _("用微信告诉我办理进展")


class Consent(Spoken):
    """One choice about one request: given or not, or withdrawn later. Only ever added; the latest holds.

    It names no requester: who asked stands beside the request, and of an anonymous one nowhere.
    ``by`` is the clerk who asked on the phone, None where the requester chose.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="consents", db_index=False)
    kind = models.CharField(max_length=8, choices=ConsentKind)
    given = models.BooleanField()
    notice = models.CharField(max_length=20)  # the version that was in force
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    recorded_at = recorded()

    class Meta:
        ordering = ("id",)
        indexes: ClassVar = [models.Index(fields=["case", "kind", "id"], name="consent_of")]


class NoticeRead(models.Model):
    """A person, or the bearer of an anonymous request's code, has read a version of the notice."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="+", db_index=False)
    version = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notice_read_by_a_person_or_for_a_request",
                condition=Q(user__isnull=False, case__isnull=True)
                | Q(user__isnull=True, case__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user", "version"], name="notice_read_once", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["case", "version"],
                name="notice_read_once_for_a_request",
                condition=Q(case__isnull=False),
            ),
        ]
