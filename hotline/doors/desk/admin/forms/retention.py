"""The rules of how long what is kept: for each class what is done, and after how many days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.doors.desk.admin.forms.tables import TableForm
from hotline.rights import rules
from hotline.rights.models import Act, DataClass, RetentionRule
from hotline.rights.rules import Rule


class RulesForm(TableForm):
    """Two fields a class; the services say what may stand in them."""

    model = RetentionRule

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rules = rules.current()
        for rule in self._rules:
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        bounds, label = rules.BOUNDS[rule.code], str(DataClass(rule.code).label)
        acts = [(act.value, act.label) for act in bounds.acts]
        self.fields[f"act-{rule.code}"] = forms.ChoiceField(
            label=_("%(name)s：到期处理") % {"name": label}, choices=acts,
            widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
        )  # fmt: skip
        self.fields[rule.code] = forms.IntegerField(
            label=_("%(name)s：保存天数") % {"name": label}, required=False, min_value=0,
            max_value=bounds.most,
            widget=forms.NumberInput(attrs={"class": "form-control form-control-sm"}),
            error_messages={"invalid": _("请填写整数。")},
        )  # fmt: skip
        self.initial |= {f"act-{rule.code}": rule.act, rule.code: rule.days}  # type: ignore[operator]

    def lines(self) -> list[dict[str, Any]]:
        """Each class with its two fields, and the shipped rule beside them."""
        return [
            {
                "label": DataClass(rule.code).label, "act": self[f"act-{rule.code}"], "days": self[rule.code],
                "shipped": _told(rules.SHIPPED[rule.code]), "least": rules.BOUNDS[rule.code].least,
            }
            for rule in self._rules
        ]  # fmt: skip

    def values(self) -> dict[str, tuple[str, int | None]]:
        data = self.cleaned_data
        return {rule.code: (data[f"act-{rule.code}"], data[rule.code]) for rule in self._rules}


def _told(rule: Rule) -> str:
    if rule.act == Act.KEEP:
        return str(_("按档案规定保存"))
    return str(_("%(days)d 天后%(act)s") % {"days": rule.days, "act": Act(rule.act).label})
