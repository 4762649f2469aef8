"""A row of administered data as a form."""

import re
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.words import listed
from hotline.doors.ui.forms import HouseForm
from hotline.people import queries

SEPARATORS = re.compile(r"[、，,；;\n\r]+")


class WordList(forms.CharField):
    """A list of words in one line, separated by 、 or commas."""

    def __init__(self, *, each: int = 40, **kwargs: Any) -> None:
        self.each = each
        kwargs.setdefault("max_length", 600)
        kwargs.setdefault("help_text", gettext_lazy("用“、”或逗号分隔。"))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return listed(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        words = list(dict.fromkeys(w for part in SEPARATORS.split(text) if (w := part.strip())))
        if long := [word for word in words if len(word) > self.each]:
            message = _("“%(word)s…”超过 %(most)d 字。")
            raise forms.ValidationError(message % {"word": long[0][:10], "most": self.each})
        return words


class CodedChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row by its code and name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.code} {obj}"


class RowForm(HouseForm, ModelForm):  # type: ignore[type-arg]
    """A row as a form. It carries the number of the latest change that it was filled in on."""

    once: ClassVar[tuple[str, ...]] = ("code",)  # settled when the row is added
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanwhile: list[Any] = []  # changes by others, when the form turns out to be stale
        if self.instance._state.adding:
            del self.fields["seen"]
            return
        for name in set(self.once) & set(self.fields):
            del self.fields[name]
        self.initial["seen"] = queries.latest_change(self.instance)
        for name, field in self.fields.items():
            chosen = isinstance(field, forms.ModelChoiceField) and field.to_field_name
            if chosen and not isinstance(field, forms.ModelMultipleChoiceField):
                self.initial[name] = getattr(self.instance, name)

    def _update_errors(self, errors: ValidationError) -> None:
        """Of each field one mistake: a column's bounds and the row's own rule often mean the same."""
        found = errors.error_dict.items()
        first = {name: said[:1] for name, said in found if name not in self.errors}
        super()._update_errors(ValidationError(first))  # type: ignore[misc]

    @property
    def version(self) -> int | None:
        """What the person had seen; a form without it has seen nothing."""
        if self.instance._state.adding:
            return None
        return self.cleaned_data.get("seen") or 0

    @property
    def columns(self) -> list[str]:
        """The row's own columns that this form asks for: what it may write, and no more."""
        own = {field.name for field in self.instance._meta.concrete_fields}
        return [name for name in self.fields if name in own]
