"""What a request may be about, whose duty it is, and how soon we promise. All of it is data.

Codes are never reused: a row that is no longer wanted is disabled, not deleted.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hotline.people.models import Named, Unit, User
from hotline.worktime.clock import Limit


def is_limit(text: str) -> None:
    """A validator: an amount of time as Limit writes it."""
    try:
        Limit.parse(text)
    except ValueError:
        raise ValidationError(_("时限须写成 30min、2h、4wh 或 5wd 的形式。")) from None


class LimitField(models.CharField):  # type: ignore[type-arg]
    """An amount of time such as 4wh."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs |= {"max_length": 10, "validators": [is_limit]}
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Coded(Named):
    """A row with a code of its own that can be disabled."""

    code = models.CharField(
        _("编码"),
        max_length=10,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]+$")],
    )
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        abstract = True
        ordering = ("code",)


class Aspect(Coded):
    """方面: 医 食 住 行 学."""

    title = models.CharField(_("全称"), max_length=40)


class Branch(Coded):
    """大类."""

    aspect = models.ForeignKey(
        Aspect, models.PROTECT, related_name="branches", verbose_name=_("方面")
    )


class Rollup(models.TextChoices):
    """The four classic words that the types roll up into."""

    CONSULT = "CONSULT", _("咨询")
    OPINION = "OPINION", _("意见")
    PROPOSAL = "PROPOSAL", _("建议")
    COMPLAINT = "COMPLAINT", _("投诉")
    OTHER = "OTHER", _("其他")


class RequestType(Coded):
    """诉求类型: ZX, QZ, YJ, JY, TS, JB, BY, QT."""

    rollup = models.CharField(_("归入"), max_length=10, choices=Rollup)
    help = models.CharField(_("说明"), max_length=80, blank=True, default="")
    help_en = models.CharField(_("英文说明"), max_length=120, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    respond = LimitField(_("首次响应时限"), blank=True, default="")
    resolve = LimitField(_("办结时限"), blank=True, default="")

    class Meta:
        ordering = ("position", "code")

    @property
    def explanation(self) -> str:
        """When to choose it, in the reader's language."""
        return self.help_en if self.help_en and get_language() == "en" else self.help

    @property
    def is_complaint(self) -> bool:
        """投诉 and 举报: refusals need a second person, answers the head's approval."""
        return self.rollup == Rollup.COMPLAINT

    @property
    def is_consultation(self) -> bool:
        return self.rollup == Rollup.CONSULT


class Urgency(Coded):
    """紧急程度 U0 … U3, with the limits of its tier."""

    rule = models.CharField(_("适用"), max_length=200)
    sign = LimitField(_("签收时限"), default="4wh")
    respond = LimitField(_("首次响应时限"))
    resolve = LimitField(_("办结时限"))

    @property
    def rank(self) -> int:
        """0 is the most urgent."""
        return int(self.code[1:])

    @property
    def is_urgent(self) -> bool:
        """U0 and U1: harm may be done before the morning."""
        return self.rank <= 1


class Category(Coded):
    """小类, with its row of the dispatch directory: who leads, who assists, how soon."""

    branch = models.ForeignKey(
        Branch, models.PROTECT, related_name="categories", verbose_name=_("大类")
    )
    aliases = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("别名"),
    )
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主办单位"))
    joint = models.ManyToManyField(Unit, related_name="+", blank=True, verbose_name=_("协办单位"))
    type = models.ForeignKey(
        RequestType, models.PROTECT, related_name="+", verbose_name=_("默认类型")
    )
    urgency = models.ForeignKey(
        Urgency, models.PROTECT, related_name="+", verbose_name=_("默认紧急程度")
    )
    respond = LimitField(_("首次响应时限"))
    resolve = LimitField(_("办结时限"))
    sensitive = models.BooleanField(_("敏感"), default=False)
    crisis = models.BooleanField(_("可能涉及危机"), default=False)
    confidential = models.BooleanField(_("强制保密"), default=False)
    avoid_target = models.BooleanField(_("被反映单位回避"), default=False)
    about_office = models.BooleanField(_("反映热线办"), default=False, db_default=False)


class UnitRule(models.Model):
    """Words that send a category to another unit than usual: 体育馆 to 体育学院."""

    category = models.ForeignKey(
        Category, models.CASCADE, related_name="unit_rules", verbose_name=_("小类")
    )
    words = ArrayField(models.CharField(max_length=40), verbose_name=_("词语"))
    lead = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("主办单位"))

    class Meta:
        ordering = ("id",)


class ReasonKind(models.TextChoices):
    RETURN = "RETURN", _("退单")
    EXTEND = "EXTEND", _("延期")
    SUSPEND = "SUSPEND", _("挂起")
    REWORK = "REWORK", _("重办")
    MERGE = "MERGE", _("并单")
    DECLINE = "DECLINE", _("不予受理")
    WITHDRAW = "WITHDRAW", _("撤回")
    SUPERVISE = "SUPERVISE", _("督办")


class Reason(Coded):
    """A reason code, and what must be said with it. "Other" is deliberately absent."""

    kind = models.CharField(_("用于"), max_length=10, choices=ReasonKind)
    needs = models.CharField(_("须说明"), max_length=80, blank=True, default="")
    needs_en = models.CharField(_("须说明（英文）"), max_length=120, blank=True, default="")

    @property
    def demand(self) -> str:
        """What must be said with it, in the reader's language."""
        return self.needs_en if self.needs_en and get_language() == "en" else self.needs


class SpecialCode(Coded):
    """X901 … X903: what does not enter the classified flow."""

    rule = models.CharField(_("适用"), max_length=200)


class Place(Named):
    """A campus, or a building on one."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    campus = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="buildings",
        verbose_name=_("校区"),
    )
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("id",)

    @property
    def full_name(self) -> str:
        """ "东校区 3号楼"."""
        return f"{self.campus} {self}" if self.campus_id else str(self)


class Term(models.Model):
    """A number or a text that a school may set otherwise; terms.py names them and their defaults."""

    code = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(_("取值"), max_length=400)

    class Meta:
        ordering = ("code",)
        verbose_name: ClassVar = _("约定")


class Policy(models.Model):
    """All limits as they stood when something was promised under them: tiers, categories, terms.

    Written when the first request is promised something under it; a request keeps its own.
    """

    digest = models.CharField(max_length=64)
    data = models.JSONField()
    from_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)


class Publication(models.Model):
    """All calendars as somebody published them (calendars.py); only ever added."""

    data = models.JSONField()
    note = models.CharField(_("说明"), max_length=200, blank=True, default="")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name: ClassVar = _("日历")


class PrivacyNotice(models.Model):
    """隐私告知: what people are told of their data when they ask. A version, once published, stays.

    ``from_at`` None is a draft. ``spoken`` is what a clerk reads out on the phone. The database
    refuses to change or remove what was published.
    """

    version = models.CharField(_("版本"), max_length=20, blank=True, default="")
    text = models.TextField(_("全文"), max_length=20_000)
    text_en = models.TextField(_("全文（英文）"), max_length=40_000)
    spoken = models.CharField(_("电话中读给来电人听的一句话"), max_length=300)
    spoken_en = models.CharField(_("读给来电人听的一句话（英文）"), max_length=600)
    change = models.CharField(_("与上一版相比改了什么"), max_length=300, blank=True, default="")
    change_en = models.CharField(
        _("与上一版相比改了什么（英文）"), max_length=600, blank=True, default=""
    )
    from_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        verbose_name: ClassVar = _("隐私告知")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version"], name="privacy_notice_version", condition=~models.Q(version="")
            ),
            models.CheckConstraint(
                name="privacy_notice_published_has_a_version",
                condition=models.Q(from_at__isnull=True, version="")
                | (models.Q(from_at__isnull=False) & ~models.Q(version="")),
            ),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def words(self) -> str:
        """The whole text in the reader's language."""
        return self.text_en if get_language() == "en" else self.text

    @property
    def read_out(self) -> str:
        return self.spoken_en if get_language() == "en" else self.spoken

    @property
    def changed(self) -> str:
        return self.change_en if get_language() == "en" else self.change
