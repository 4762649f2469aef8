"""A form for a whole table of the school's own values, which says when somebody else has set it since."""

from typing import Any, ClassVar

from django import forms
from django.db import models

from hotline.doors.ui.forms import HouseForm
from hotline.people import queries


class TableForm(HouseForm):
    """``model`` is the table; ``seen`` carries along its latest change that the person saw."""

    model: ClassVar[type[models.Model]]
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.latest()

    def latest(self) -> int:
        return queries.latest_change_in(self.model)

    @property
    def seen_change(self) -> int:
        return self.cleaned_data["seen"] or 0
