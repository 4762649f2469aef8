"""The rules of accounts as one form: one whole number for each; empty is the default."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hotline.doors.desk.admin.forms.tables import TableForm
from hotline.people import rules
from hotline.people.models import AccountRule


class RulesForm(TableForm):
    model = AccountRule

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = dict(AccountRule.objects.values_list("code", "value"))
        for code in rules.codes():
            least, most = rules.bounds(code)
            self.fields[code] = forms.IntegerField(
                label=str(rules.LABELS[code]), required=False, min_value=least, max_value=most,
                widget=forms.NumberInput(attrs={"class": "form-control form-control-sm"}),
                error_messages={"invalid": gettext_lazy("请填写整数。")},
            )  # fmt: skip
            self.initial[code] = own.get(code)

    def lines(self) -> list[tuple[Any, int]]:
        """Each field with its default."""
        return [(self[code], getattr(rules.Rules, code)) for code in rules.codes()]

    def values(self) -> dict[str, int | None]:
        return {code: self.cleaned_data[code] for code in rules.codes()}
