"""Accounts, units, roles, and who holds which role where and when."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hotline.base.encrypted import EncryptedJSON, EncryptedText, Fingerprint, Unique


class Named(models.Model):
    """A row of data that has a Chinese name and, if given, an English one."""

    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name in the reader's language, the Chinese one where there is no other."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class UnitKind(models.TextChoices):
    OFFICE = "OFFICE", _("归口")
    FUNCTION = "FUNCTION", _("职能")
    SERVICE = "SERVICE", _("直属")
    COLLEGE = "COLLEGE", _("学院")
    LEAGUE = "LEAGUE", _("群团")
    WATCH = "WATCH", _("监督")
    SECTION = "SECTION", _("科室")


class Unit(Named):
    """A handling unit (承办单位) or one of its sections (科室); a tree."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    short = models.CharField(_("简称"), max_length=40)
    kind = models.CharField(_("类别"), max_length=10, choices=UnitKind)
    duty = models.TextField(_("职责"), max_length=500, blank=True, default="")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sections",
        verbose_name=_("上级"),
    )
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.short


class Kind(models.TextChoices):
    """What a person is to the university; used in statistics, and shown before a name is."""

    UNDERGRADUATE = "UNDERGRADUATE", _("本科生")
    MASTER = "MASTER", _("硕士生")
    DOCTOR = "DOCTOR", _("博士生")
    INTERNATIONAL = "INTERNATIONAL", _("国际学生")
    TEACHER = "TEACHER", _("教师")
    STAFF = "STAFF", _("管理人员")
    WORKER = "WORKER", _("工勤外聘")
    RETIRED = "RETIRED", _("离退休")
    ALUMNUS = "ALUMNUS", _("校友")
    PARENT = "PARENT", _("家长")
    OUTSIDER = "OUTSIDER", _("校外人员")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(account=username)


class User(AbstractBaseUser):
    """A person with an account: student, member of staff, or whoever signed up by phone."""

    account = EncryptedText(_("学号/工号"), of="account", findable=True, max_length=40)
    phone = EncryptedText(
        _("手机号"), of="phone", findable=True, max_length=20, null=True, blank=True
    )
    name = EncryptedText(_("姓名"), of="name", findable=True, max_length=60)
    kind = models.CharField(_("身份"), max_length=15, choices=Kind, default=Kind.UNDERGRADUATE)
    college = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所在单位"),
    )
    grade = models.CharField(_("年级"), max_length=20, blank=True, default="")
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "account"
    REQUIRED_FIELDS: ClassVar = ["name"]

    class Meta:
        constraints: ClassVar = [
            Unique(column="account", name="user_account"),
            Unique(column="phone", name="user_phone"),
        ]
        indexes: ClassVar = [models.Index(Fingerprint("name"), name="user_name")]

    def __str__(self) -> str:
        return str(self.name)


class Role(Named):
    """A bag of named permissions (permissions.py); which bags there are is data."""

    code = models.SlugField(_("编码"), max_length=10, unique=True)
    duty = models.CharField(_("职责"), max_length=200, blank=True, default="")
    permissions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    of_unit = models.BooleanField(_("须指定单位"), default=False)
    avoids_college = models.BooleanField(_("本学院的诉求回避"), default=False, db_default=False)
    needs_second = models.BooleanField(_("须两步验证"), default=False)
    enabled = models.BooleanField(_("启用"), default=True)

    class Meta:
        ordering = ("id",)


class Membership(models.Model):
    """Somebody holds a role, in a unit and its sections or everywhere, for some categories or all."""

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("人员")
    )
    role = models.ForeignKey(
        Role, models.PROTECT, related_name="memberships", verbose_name=_("角色")
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("单位"),
    )
    categories = ArrayField(
        models.CharField(max_length=8),
        default=list,
        blank=True,
        verbose_name=_("限定分类"),
    )  # beginnings of category codes: "H", "H2" or "H201"; empty is all
    from_date = models.DateField(_("起"))
    to_date = models.DateField(_("止"), null=True, blank=True)  # the last day, included

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                name="membership_ends_after_it_begins",
                condition=models.Q(to_date__isnull=True)
                | models.Q(to_date__gte=models.F("from_date")),
            )
        ]


class Revision(models.Model):
    """One change of administered data (units, roles, the catalogue): who, when, what it became.

    Rows are only ever added, so the name that was valid on a day can be told later. What is
    encrypted in the row itself stands in ``personal``, beside the rest.
    """

    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    data = models.JSONField()
    personal = EncryptedJSON(of="revision", null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "code", "at"])]

    def side(self, name: str) -> dict[str, Any] | None:
        """What the row said ``before`` or ``after``; None where it was not there."""
        said: dict[str, Any] | None = self.data.get(name)
        return said if said is None else said | ((self.personal or {}).get(name) or {})
