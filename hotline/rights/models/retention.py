"""How long what is kept, where a school has set it otherwise; and the papers of what was done."""

from typing import ClassVar

from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.labels import Spoken
from hotline.people.models import User


class DataClass(TextChoices):
    """Classes of data, each with an age of its own (domain.md §10)."""

    REQUEST = "REQUEST", _("普通诉求")
    CRISIS = "CRISIS", _("危机卷宗")
    PETITION = "PETITION", _("信访卷宗")
    DISCIPLINE = "DISCIPLINE", _("纪检卷宗")
    OFFICE = "OFFICE", _("反映热线办的卷宗")
    RECORDING = "RECORDING", _("录音与视频附件")
    DRAFT = "DRAFT", pgettext_lazy("several", "草稿")
    LOOK = "LOOK", _("查看记录")
    SIGN_IN = "SIGN_IN", _("登录记录")
    MESSAGE = "MESSAGE", _("通知消息")
    EXPORT = "EXPORT", _("导出的个人信息包")


class Act(TextChoices):
    """What becomes of it at that age."""

    ANONYMISE = "ANONYMISE", _("匿名化")
    DELETE = "DELETE", pgettext_lazy("retention", "删除")
    KEEP = "KEEP", pgettext_lazy("retention", "保存")


class RetentionRule(Spoken):
    """A school's own rule for one class; without a row the shipped one holds (rights/rules.py)."""

    code = models.CharField(_("类别"), max_length=10, choices=DataClass, unique=True)
    act = models.CharField(_("到期处理"), max_length=9, choices=Act)
    days = models.PositiveIntegerField(_("保存天数"), null=True, blank=True)

    class Meta:
        ordering = ("id",)
        verbose_name: ClassVar = _("保存期限")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="retention_rule_says_when", condition=Q(act="KEEP") | Q(days__isnull=False)
            )
        ]


class Certificate(Spoken):
    """清除证明: what one run has made anonymous or deleted, by which rules, signed. Only ever added.

    ``body`` is the JSON that was signed, byte for byte; counts alone, nobody's number.
    """

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.number:06d}"
