"""The form of a standing recusal; shape only."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.doors.ui.forms import HouseForm, Words
from hotline.people import queries
from hotline.people.models import Unit


class PersonField(forms.CharField):
    """An account, by its exact number or phone."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = queries.find_person(text)
        if found is None:
            raise forms.ValidationError(_("没有这个账号。"))
        return found


class RecusalForm(HouseForm):
    user = PersonField(
        label=gettext_lazy("谁回避"), max_length=40, help_text=gettext_lazy("学号/工号。")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.filter(enabled=True).order_by("id"), label=gettext_lazy("回避的单位或学院"),
        required=False, to_field_name="code", empty_label=gettext_lazy("不按单位"),
        help_text=gettext_lazy("反映该单位、由该单位主办，或该学院人员提出的诉求。"),
    )  # fmt: skip
    person = PersonField(
        label=gettext_lazy("回避的人"), max_length=40, required=False,
        help_text=gettext_lazy("学号/工号。此人提出的，或点名此人的诉求。"),
    )  # fmt: skip
    words = Words(label=gettext_lazy("理由"), rows=2, max_length=500)
