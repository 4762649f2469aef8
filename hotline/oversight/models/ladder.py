"""The ladder: what is done when about a promise that runs out. All of it is data."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.base.words import listed
from hotline.cases.models import ClockKind
from hotline.catalog.models import Coded, LimitField
from hotline.worktime.clock import Limit
from hotline.worktime.trace import limit_words


class Trigger(models.TextChoices):
    """When a rung is reached."""

    USED = "USED", _("已用时间达到（%）")
    LEFT = "LEFT", _("剩余时间不多于（%）")
    OVERDUE = "OVERDUE", _("到期未完成")
    LATE = "LATE", _("超期已达")
    INSTRUCTED = "INSTRUCTED", _("批示件到期未办结")
    REWORK = "REWORK", _("不满意重办")
    SECOND_REWORK = "SECOND_REWORK", _("第二次不满意重办")
    MANY = "MANY", _("同一事件未解决人数达到")
    BROKEN = "BROKEN", _("承诺到期未兑现")


OF_CLOCK = frozenset({Trigger.USED, Trigger.LEFT, Trigger.OVERDUE, Trigger.LATE})


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

    def clean(self) -> None:
        """What a trigger needs. Raises ValidationError by field."""
        of_clock = self.trigger in OF_CLOCK
        wrong: dict[str, Any] = {}
        if of_clock and not self.kinds:
            wrong["kinds"] = _("请选择看哪些计时。")
        if self.trigger in {Trigger.USED, Trigger.LEFT} and not 1 <= self.amount <= 99:
            wrong["amount"] = _("请填写 1 到 99 的百分数。")
        if self.trigger == Trigger.MANY and self.amount < 2:
            wrong["amount"] = _("请填写不少于 2 的人数。")
        if self.trigger == Trigger.LATE and not self.limit:
            wrong["limit"] = _("请填写超期多久，如 2wd。")
        if self.opens_slip and not self.reason:
            wrong["reason"] = _("开具督办单的，须选择督办原因。")
        if wrong:
            raise ValidationError(wrong)

    def words(self) -> str:
        """When it is reached, in words."""
        label = Trigger(self.trigger).label
        if self.trigger in {Trigger.USED, Trigger.LEFT, Trigger.MANY}:
            return f"{label} {self.amount}"
        if self.trigger == Trigger.LATE:
            return f"{label} {limit_words(Limit.parse(self.limit))}"
        return str(label)

    def repeat_words(self) -> str:
        return limit_words(Limit.parse(self.repeat)) if self.repeat else "—"

    def kind_words(self) -> str:
        return listed([str(ClockKind(kind).label) for kind in self.kinds]) or "—"

    def audience_words(self) -> str:
        return listed([str(Audience(code).label) for code in self.to])

    class Meta:
        ordering = ("level", "code")
        verbose_name: ClassVar = _("督办阶梯")
