"""The ladder: what is done when about a promise that runs out. All of it is data."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.cases.models import ClockKind
from hotline.catalog.models import Coded, LimitField


class Trigger(models.TextChoices):
    """When a rung is reached."""

    USED = "USED", _("已用时间达到（%）")
    LEFT = "LEFT", _("剩余时间不多于（%）")
    OVERDUE = "OVERDUE", _("到期未完成")
    LATE = "LATE", _("超期已达")
    REWORK = "REWORK", _("不满意重办")
    SECOND_REWORK = "SECOND_REWORK", _("第二次不满意重办")
    MANY = "MANY", _("同一事件未解决人数达到")
    BROKEN = "BROKEN", _("承诺到期未兑现")


class Level(models.IntegerChoices):
    REMIND = 0, _("提醒")
    CHASE = 1, _("催办（黄）")
    SUPERVISE = 2, _("督办（橙）")
    ESCALATE = 3, _("领导督办（红）")


class Audience(models.TextChoices):
    """Who is told. Room notices finds the people."""

    REQUESTER = "REQUESTER", _("诉求人")
    CONTACT = "CONTACT", _("承办单位联系人")
    HEAD = "HEAD", _("承办单位责任人")
    CLERK = "CLERK", _("受理员")
    OFFICE = "OFFICE", _("热线办主任")
    SUPERVISOR = "SUPERVISOR", _("督查督办")
    LEADER = "LEADER", _("校领导")


class Rung(Coded):
    """One rung: when it is reached on which clocks, what level that is, and who is told."""

    level = models.PositiveSmallIntegerField(_("级别"), choices=Level)
    kinds = ArrayField(
        models.CharField(max_length=9, choices=ClockKind),
        verbose_name=_("计时"),
        default=list,
        blank=True,
    )
    trigger = models.CharField(_("触发"), max_length=13, choices=Trigger)
    amount = models.PositiveSmallIntegerField(
        _("数值"), default=0, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    limit = LimitField(_("超期时长"), blank=True, default="")
    repeat = LimitField(_("重复间隔"), blank=True, default="")
    unless_progress = models.BooleanField(_("有进展则不触发"), default=False)
    opens_slip = models.BooleanField(_("开具督办单"), default=False)
    reason = models.CharField(_("督办原因代码"), max_length=10, blank=True, default="")
    to = ArrayField(
        models.CharField(max_length=10, choices=Audience),
        verbose_name=_("通知"),
        default=list,
        blank=True,
    )

    class Meta:
        ordering = ("level", "code")
        verbose_name: ClassVar = _("督办阶梯")
