"""How often people may do what, as one form: a whole number for each; empty is the default."""

from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy

from hotline.doors.desk.admin.forms.tables import TableForm
from hotline.limits import queries
from hotline.limits.codes import LAWS, Kind, Limit, code_of, codes
from hotline.limits.models import OwnLimit


class Cell(NamedTuple):
    bound: BoundField
    default: int
    kind: Kind


class LimitsForm(TableForm):
    model = OwnLimit

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = queries.own()
        for code, limit, kind in codes():
            self.fields[code] = forms.IntegerField(
                label=f"{limit.label} · {kind.label}", required=False, min_value=0,
                widget=forms.NumberInput(
                    attrs={
                        "class": "form-control form-control-sm",
                        "placeholder": LAWS[limit].most(kind), "aria-label": f"{limit.label} · {kind.label}",
                    }
                ),
                error_messages={"invalid": gettext_lazy("请填写整数。")},
            )  # fmt: skip
            self.initial[code] = held.get(code)

    def lines(self) -> list[tuple[Limit, int, list[Cell]]]:
        """Each limit, in how many minutes, and a field for each kind of who is counted."""
        return [
            (
                limit,
                LAWS[limit].minutes,
                [Cell(self[code_of(limit, k)], LAWS[limit].most(k), k) for k in Kind],
            )
            for limit in Limit
        ]

    def values(self) -> dict[str, int | None]:
        return {code: self.cleaned_data[code] for code, _limit, _kind in codes()}
