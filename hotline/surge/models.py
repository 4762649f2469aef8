"""A surge, whose requests belong to it, the answers written for it, and what is done to many at once."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hotline.cases.models import Case
from hotline.catalog.models import Category
from hotline.people.models import User


class Surge(models.Model):
    """A time in which many ask about one event. At most one is on."""

    title = models.CharField(_("标题"), max_length=60)
    title_en = models.CharField(_("英文标题"), max_length=120, blank=True, default="")
    text = models.CharField(_("说明"), max_length=500)
    text_en = models.CharField(_("英文说明"), max_length=1000, blank=True, default="")
    link = models.CharField(_("公告或答复的网址"), max_length=300, blank=True, default="")
    asks = models.BooleanField(_("提交时询问是否关于此事"), default=True)
    percent = models.PositiveIntegerField(_("登录账号的限额（平时的百分比）"), default=300)
    lead = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("主件")
    )  # handled for all who were merged into it
    began_at = models.DateTimeField(_("开始时间"))
    until = models.DateTimeField(_("自动结束时间"))
    ended_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    on = models.BooleanField(_("运行中"), default=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["on"], condition=Q(on=True), name="surge_one_at_a_time"),
            models.CheckConstraint(
                name="surge_on_or_ended", condition=Q(on=True, ended_at=None) | Q(on=False, ended_at__isnull=False)
            ),
            models.CheckConstraint(name="surge_ends_after_it_began", condition=Q(until__gt=F("began_at"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class Member(models.Model):
    """A request whose requester said that it is about a surge, until a clerk finds that it is not."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="surge_member")
    surge = models.ForeignKey(Surge, models.PROTECT, related_name="members")
    at = models.DateTimeField()
    out_at = models.DateTimeField(null=True)
    out_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)


class Canned(models.Model):
    """An answer that many may get: written by one of the office, passed by another."""

    surge = models.ForeignKey(Surge, models.PROTECT, related_name="answers")
    title = models.CharField(_("名称"), max_length=60)
    text = models.TextField(_("答复"))
    basis = models.CharField(_("依据"), max_length=200)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    passed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    passed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="canned_passed_by_another",
                condition=Q(passed_by=None, passed_at=None)
                | Q(passed_by__isnull=False, passed_at__isnull=False) & ~Q(passed_by=F("by")),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def usable(self) -> bool:
        return self.passed_at is not None and self.withdrawn_at is None


class Batch(models.Model):
    """One act for many requests: nothing is done before ``begins_at``, until when it can be undone."""

    surge = models.ForeignKey(Surge, models.PROTECT, related_name="batches")
    answer = models.ForeignKey(Canned, models.PROTECT, null=True, related_name="+")
    into = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+", db_index=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    begins_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="batch_answers_or_merges",
                condition=Q(answer=None, into__isnull=False) | Q(answer__isnull=False, into=None),
            )
        ]


class Item(models.Model):
    """One request of a batch."""

    class Result(models.TextChoices):
        WAITING = "WAITING", pgettext_lazy("batch", "等待")
        DONE = "DONE", pgettext_lazy("batch", "完成")
        REFUSED = "REFUSED", pgettext_lazy("batch", "未处理")
        STOPPED = "STOPPED", pgettext_lazy("batch", "已撤销")

    class Why(models.TextChoices):
        SEALED = "SEALED", _("须单独办理")
        URGENT = "URGENT", _("危机或紧急件")
        COMPLAINT = "COMPLAINT", _("投诉、举报，或针对某个单位")
        CONFIDENTIAL = "SECRET", _("保密件")
        SENSITIVE = "SENSITIVE", _("敏感分类")
        NAMES = "NAMES", _("内容提到具体的人")
        TYPELESS = "TYPELESS", _("没有类型，请先受理")
        NO_QUESTION = "QUESTION", _("不是咨询，不能直接答复")
        STATE = "STATE", _("已由他人处理")
        NOT_ALLOWED = "PERSON", _("您没有权限，或是您本人的诉求")
        OTHER = "OTHER", _("不符合办理规则，请单独办理")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    result = models.CharField(max_length=8, choices=Result, default=Result.WAITING)
    why = models.CharField(max_length=9, choices=Why, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "case"], name="item_once_a_batch")
        ]


class Pulse(models.Model):
    """The last look at how many come, and how long they may have to wait. One row."""

    at = models.DateTimeField()
    came = models.PositiveIntegerField()
    usual_tenths = models.PositiveIntegerField()
    suggested = models.BooleanField()
    wait_minutes = models.PositiveIntegerField(null=True)  # None: nobody can say

    @property
    def usual(self) -> float:
        """How many usually come in that hour."""
        return self.usual_tenths / 10
