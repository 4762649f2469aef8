"""Who looked at what. Only ever added; the database refuses anything else."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.base.labels import Spoken
from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.cases.models.record import recorded
from hotline.people.models import User


class Door(TextChoices):
    """Through what somebody saw it."""

    PAGE = "PAGE", pgettext_lazy("door", "页面")
    PRINT = "PRINT", pgettext_lazy("door", "打印")
    FILE = "FILE", pgettext_lazy("door", "附件")
    CALL = "CALL", pgettext_lazy("door", "电话通知单")
    SEARCH = "SEARCH", pgettext_lazy("door", "按人查找")
    LIST = "LIST", pgettext_lazy("door", "列表")
    EXPORT = "EXPORT", pgettext_lazy("door", "导出")
    API = "API", pgettext_lazy("door", "接口")
    AUDIT = "AUDIT", pgettext_lazy("door", "审计")


class Table(TextChoices):
    """Which table left the house (EXPORT), or which page that is about no request was read."""

    REQUESTS = "requests", pgettext_lazy("table", "诉求表")
    SUPERVISIONS = "supervisions", pgettext_lazy("table", "督办台账")
    INSTRUCTIONS = "instructions", pgettext_lazy("table", "批示台账")
    LOOKS = "looks", _("查看记录")
    LOOKS_SHEET = "looks.sheet", pgettext_lazy("table", "查看记录表")
    ALERTS = "alerts", _("异常查看")
    UNMASKINGS = "unmaskings", _("身份查看")
    CHANGES = "changes", _("权限变更")
    SEALS = "seals", pgettext_lazy("table", "封存")
    CORRECTION = "correction", _("更正申请")
    SEAL = "seal", pgettext_lazy("table", "封存文件")


class Look(Spoken):
    """One look of one member of staff at personal data. It carries ids, codes and counts alone.

    Of one request: ``case``, in which standing (``viewer``), through which work order of a unit, and
    which ``fields`` at which level: "name:masked body:full". Of many at once, an export or what a
    search found: their ids in ``cases``. ``sought`` is a keyed hash of the number that was searched for.
    """

    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    door = models.CharField(max_length=6, choices=Door)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    cases = ArrayField(models.BigIntegerField(), null=True)
    order = models.ForeignKey(
        WorkOrder, models.PROTECT, null=True, related_name="+", db_index=False
    )
    viewer = models.CharField(max_length=12, blank=True, default="")
    fields = models.CharField(max_length=160, blank=True, default="")
    sought = models.CharField(max_length=16, blank=True, default="")
    facts = models.JSONField(default=dict)
    recorded_at = recorded()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["by", "at"], name="look_by_whom"),
            models.Index(fields=["case", "id"], name="look_at", condition=Q(case__isnull=False)),
            GinIndex(fields=["cases"], name="look_at_many", condition=Q(cases__isnull=False)),
            BrinIndex(fields=["at"], name="look_when", autosummarize=True),
            BrinIndex(fields=["recorded_at"], name="look_recorded", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.door} {self.pk}"
