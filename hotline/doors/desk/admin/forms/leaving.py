"""Somebody leaves: when, who takes over, and whether that person gets the roles as well."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.doors.desk.admin.forms.people import OnePerson
from hotline.doors.ui.forms import Day, HouseForm
from hotline.people.reviewing import Mark


class LeavingForm(OnePerson):
    last_day = Day(label=gettext_lazy("任职最后一天"))
    with_roles = forms.BooleanField(
        label=gettext_lazy("同时接任其全部角色"), required=False, initial=True
    )
    field_order = ("last_day", "who", "person", "with_roles")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["who"].label = _("移交给")


class ReviewFilter(HouseForm):
    """Which lines of the report; nonsense is ignored, not an error."""

    mark = forms.ChoiceField(
        label=gettext_lazy("只看"), required=False,
        choices=[("", gettext_lazy("全部")), *Mark.choices],
    )  # fmt: skip

    def only(self) -> list[str]:
        return [mark] if self.is_valid() and (mark := self.cleaned_data["mark"]) else []
