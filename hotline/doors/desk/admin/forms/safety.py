"""The rules of accounts as one form: one whole number for each; empty is the default."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hotline.doors.ui.forms import HouseForm
from hotline.people import queries, rules
from hotline.people.models import AccountRule


class RulesForm(HouseForm):
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = dict(AccountRule.objects.values_list("code", "value"))
        self.initial["seen"] = queries.latest_rule_change()
        for code in rules.codes():
            least, most = rules.bounds(code)
            self.fields[code] = forms.IntegerField(
                label=str(rules.LABELS[code]), required=False, min_value=least, max_value=most,
                widget=forms.NumberInput(attrs={"class": "form-control form-control-sm"}),
                error_messages={"invalid": gettext_lazy("请填写整数。")},
            )  # fmt: skip
            self.initial[code] = own.get(code)

    def latest(self) -> int:
        return queries.latest_rule_change()

    def lines(self) -> list[tuple[Any, int]]:
        """Each field with its default."""
        return [(self[code], getattr(rules.Rules, code)) for code in rules.codes()]

    def values(self) -> dict[str, int | None]:
        return {code: self.cleaned_data[code] for code in rules.codes()}
