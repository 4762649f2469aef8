"""Forms of units, accounts, roles, and who holds which."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.words import listed
from hotline.catalog import queries as catalog
from hotline.doors.desk.admin.forms.rows import CodedChoice, RowForm, WordList
from hotline.doors.ui.forms import Checks, Choices, Day, HouseForm
from hotline.doors.ui.sought import SoughtField
from hotline.people import queries
from hotline.people.models import Kind, Membership, Role, Unit, User
from hotline.people.permissions import P

ANY = [("", gettext_lazy("全部"))]
CODE = re.compile(r"[a-z][a-z0-9-]*")
TAKEN = {"new", "sheet"}  # words of our own addresses
CONTACT, HEAD, ASSISTANT = "R5", "R6", "R7"  # the roles that a unit's own page appoints


class UnitForm(RowForm):
    class Meta:
        model = Unit
        fields = ("code", "name", "name_en", "short", "kind", "duty", "enabled")
        widgets: ClassVar[dict[str, Any]] = {"duty": forms.Textarea(attrs={"rows": 2})}
        help_texts: ClassVar[dict[str, Any]] = {
            "code": gettext_lazy("小写字母、数字和连字符；启用后不能修改，也不会再给别的单位。"),
            "short": gettext_lazy("列表和工单上显示的名字。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.parent is not None:
            del self.fields["kind"], self.fields["duty"]
        elif isinstance(kinds := self.fields["kind"], forms.ChoiceField):
            kinds.choices = [
                c for c in Unit._meta.get_field("kind").flatchoices if c[0] != "SECTION"
            ]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code) or code in TAKEN:
            raise forms.ValidationError(
                _("用小写字母开头，只含小写字母、数字和连字符，如 houqin。")
            )
        return code


class AccountForm(RowForm):
    phone = forms.CharField(
        label=gettext_lazy("手机号"), max_length=20, required=False,
        validators=[RegexValidator(r"^\+?[0-9][0-9-]{4,18}$", gettext_lazy("手机号只能由数字组成。"))],
    )  # fmt: skip

    class Meta:
        model = User
        fields = ("account", "name", "phone", "kind", "college", "grade")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        college = self.fields["college"]
        if isinstance(college, forms.ModelChoiceField):
            college.queryset = queries.top_units()
            college.empty_label = _("未填写")

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None


class AccountFilter(HouseForm):
    """What somebody looks for. Everything is optional; nonsense is ignored, not an error."""

    q = SoughtField(
        label=gettext_lazy("姓名、学号/工号或手机号"), max_length=60, required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("写全；有角色的人员可写姓名的一部分")}
        ),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("身份"), choices=[*ANY, *Kind.choices], required=False
    )
    role = forms.ModelChoiceField(
        Role.objects.exclude(code="R1"), label=gettext_lazy("角色"), required=False,
        to_field_name="code", empty_label=gettext_lazy("全部"),
    )  # fmt: skip
    unit = forms.ModelChoiceField(
        queries.top_units(), label=gettext_lazy("单位"), required=False,
        to_field_name="code", empty_label=gettext_lazy("全部"),
    )  # fmt: skip
    active = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False,
        choices=[*ANY, ("yes", gettext_lazy("启用")), ("no", gettext_lazy("停用"))],
    )  # fmt: skip

    def condition(self) -> Q:
        """Which accounts are meant; a unit's are its people and those who hold a role in it."""
        self.is_valid()
        data, today = self.cleaned_data, localdate()
        held = Membership.objects.filter(queries.in_force(today))
        where = Q()
        if text := (data.get("q") or "").strip():
            where &= queries.meant(text)
        if data.get("kind"):
            where &= Q(kind=data["kind"])
        if data.get("role"):
            where &= Q(pk__in=held.filter(role=data["role"]).values("user"))
        if unit := data.get("unit"):
            in_unit = held.filter(Q(unit=unit) | Q(unit__parent=unit)).values("user")
            where &= Q(college=unit) | Q(pk__in=in_unit)
        if data.get("active"):
            where &= Q(is_active=data["active"] == "yes")
        return where


class OnePerson(HouseForm):
    """Somebody by account, phone or name; a choice among them where several are meant."""

    who = forms.CharField(
        label=gettext_lazy("人员"), max_length=60,
        help_text=gettext_lazy("学号/工号、手机号或姓名；已有角色的人员可写姓名的一部分。"),
    )  # fmt: skip
    person = forms.ChoiceField(label=gettext_lazy("请选择是哪一位"), widget=Choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: dict[str, User] = {}

    def choose_from(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def full_clean(self) -> None:
        """Who may be meant is looked up before the choice among them is checked."""
        if self.is_bound:
            self.found = {str(u.pk): u for u in queries.people_like(self.data.get("who", ""))}
            self.choose_from("person", ((pk, described(user)) for pk, user in self.found.items()))
        super().full_clean()

    def clean(self) -> None:
        if not self.cleaned_data.get("who") or self.has_error("person"):
            return
        chosen = self.cleaned_data.get("person")
        if not self.found:
            self.add_error("who", _("没有找到这个人。请先在“账号”中建立账号。"))
        elif chosen or len(self.found) == 1:
            self.cleaned_data["user"] = self.found[chosen or next(iter(self.found))]
        else:
            self.add_error("person", _("有多位符合，请选择一位。"))


class AppointForm(OnePerson):
    """A unit's head or contact."""

    role = forms.ChoiceField(label=gettext_lazy("任命为"), widget=Choices, initial=CONTACT)
    from_date = Day(label=gettext_lazy("起"), required=False)
    field_order = ("who", "role", "person", "from_date")

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Role.objects.filter(enabled=True, code__in=[HEAD, CONTACT, ASSISTANT])
        labels = {HEAD: _("责任人"), CONTACT: _("联系人"), ASSISTANT: _("协办联系人")}
        self.roles = {role.code: role for role in roles if not unit.parent_id or role.code != HEAD}
        self.choose_from("role", ((code, labels[code]) for code in labels if code in self.roles))


def described(user: User) -> str:
    college = f" · {user.college}" if user.college else ""
    return f"{user.name} · {user.account} · {user.get_kind_display()}{college}"


class MembershipForm(RowForm):
    """A role with its unit, its scope and its days. Who holds which role is settled at the start."""

    once = ("role",)
    role = CodedChoice(
        Role.objects.filter(enabled=True).exclude(code="R1"), label=gettext_lazy("角色")
    )
    categories = WordList(
        label=gettext_lazy("限定分类"), each=8, max_length=300, required=False,
        help_text=gettext_lazy("方面、大类或小类的编码，如 H、L1、T203；不填为全部。"),
    )  # fmt: skip
    from_date = Day(label=gettext_lazy("起"))
    to_date = Day(
        label=gettext_lazy("止（含）"), required=False,
        help_text=gettext_lazy("不填为长期。"),
    )  # fmt: skip

    class Meta:
        model = Membership
        fields = ("role", "unit", "categories", "from_date", "to_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        if isinstance(unit, forms.ModelChoiceField):
            unit.queryset = Unit.objects.filter(enabled=True)
            unit.empty_label = _("不限单位")

    def clean_categories(self) -> list[str]:
        codes = [code.upper() for code in self.cleaned_data["categories"]]
        known = catalog.codes()
        if strange := [code for code in codes if code not in known]:
            raise forms.ValidationError(_("没有这样的分类编码：%s") % listed(strange))
        return sorted(codes)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("from_date"), data.get("to_date")
        if first and last and last < first:
            self.add_error("to_date", _("结束日期不能早于开始日期。"))
        return data


class RoleForm(RowForm):
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("权限"), choices=P.choices, widget=Checks, required=False
    )

    class Meta:
        model = Role
        fields = (
            "name",
            "name_en",
            "duty",
            "permissions",
            "of_unit",
            "avoids_college",
            "needs_second",
            "enabled",
        )
        help_texts: ClassVar[dict[str, Any]] = {
            "of_unit": gettext_lazy("勾选后，权限只在任职的单位及其科室内有效。"),
            "avoids_college": gettext_lazy(
                "担任者看不到本学院人员的诉求；学生助理无论何种角色都会回避。"
            ),
            "needs_second": gettext_lazy(
                "勾选后，任职者登录时会被要求设置两步验证，宽限期过后必须设置。"
            ),
        }


class UploadForm(HouseForm):
    file = forms.FileField(
        label=gettext_lazy("名单文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )


class ConfirmForm(HouseForm):
    """What was checked, sealed, comes back as it was."""

    sealed = forms.CharField(widget=forms.HiddenInput)
    skip_bad = forms.BooleanField(label=gettext_lazy("跳过有问题的行"), required=False)
    passwords = forms.BooleanField(
        label=gettext_lazy("为新账号生成初始密码（只显示一次）"), required=False
    )
