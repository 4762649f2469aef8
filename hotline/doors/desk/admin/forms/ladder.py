"""The form of one rung of the ladder."""

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.cases.models import ClockKind
from hotline.doors.desk.admin.forms.rows import RowForm
from hotline.doors.ui.forms import Checks
from hotline.oversight.models import Audience, Rung


class RungForm(RowForm):
    kinds = forms.MultipleChoiceField(
        label=_("计时"), choices=ClockKind, widget=Checks, required=False,
        help_text=_("按事件触发的（重办、集中反映、承诺未兑现）不用选。"),
    )  # fmt: skip
    to = forms.MultipleChoiceField(label=_("通知"), choices=Audience, widget=Checks)

    class Meta:
        model = Rung
        fields = (
            "code", "name", "name_en", "level", "trigger", "amount", "limit", "repeat", "kinds",
            "unless_progress", "opens_slip", "reason", "to", "enabled",
        )  # fmt: skip
