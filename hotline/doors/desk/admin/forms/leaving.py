"""Somebody leaves: when, who takes over, and whether that person gets the roles as well."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.doors.desk.admin.forms.people import described
from hotline.doors.ui.forms import Choices, Day, HouseForm
from hotline.people import queries
from hotline.people.models import User
from hotline.people.reviewing import Mark


class LeavingForm(HouseForm):
    last_day = Day(label=gettext_lazy("任职最后一天"))
    who = forms.CharField(
        label=gettext_lazy("移交给"), max_length=60,
        help_text=gettext_lazy("学号/工号、手机号或姓名；已有角色的人员可写姓名的一部分。"),
    )  # fmt: skip
    person = forms.ChoiceField(label=gettext_lazy("请选择是哪一位"), widget=Choices, required=False)
    with_roles = forms.BooleanField(
        label=gettext_lazy("同时接任其全部角色"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: dict[str, User] = {}

    def full_clean(self) -> None:
        """Who may be meant is looked up before the choice among them is checked."""
        person = self.fields["person"]
        if self.is_bound and isinstance(person, forms.ChoiceField):
            self.found = {str(u.pk): u for u in queries.people_like(self.data.get("who", ""))}
            person.choices = [(pk, described(user)) for pk, user in self.found.items()]
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


class ReviewFilter(HouseForm):
    """Which lines of the report; nonsense is ignored, not an error."""

    mark = forms.ChoiceField(
        label=gettext_lazy("只看"), required=False,
        choices=[("", gettext_lazy("全部")), *Mark.choices],
    )  # fmt: skip

    def only(self) -> list[str]:
        return [mark] if self.is_valid() and (mark := self.cleaned_data["mark"]) else []
