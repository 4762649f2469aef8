"""Form pieces that both desks and the portal use: shape only, no rules."""

from collections.abc import Iterable
from datetime import date, datetime
from html import escape
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hotline.base.refusals import Refusal
from hotline.base.words import LONGEST
from hotline.cases.kinds import ACCEPT
from hotline.cases.services.files import Upload
from hotline.catalog import shelf
from hotline.doors.ui.renderer import attributes, group, option
from hotline.worktime.clock import ZONE

MEGABYTE = 1024 * 1024


class HouseForm(forms.Form):
    """Plain labels and widgets with the house's classes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            dress(field)
            if f"{name}_en" in self.fields:
                field.widget.attrs["lang"] = "zh-Hans"  # it says in Chinese what the other does
            if isinstance(field, Files):
                field.leave_room(self.files_already())

    def files_already(self) -> int:
        """How many files are there that count towards the most that a request may have."""
        return 0

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal beside the fields it names, or above the form."""
        known = {name: words for name, words in refusal.fields.items() if name in self.fields}
        for name, words in known.items():
            for line in str(words).splitlines():  # of several files each has its own
                self.add_error(name, line)
        if not known or str(refusal) not in {str(words) for words in known.values()}:
            self.add_error(None, str(refusal))


def carry(form: forms.Form, name: str, value: str) -> None:
    """Let a hidden field say this, whatever was sent in it: what the page shows has changed since."""
    form.initial[name] = value
    if form.is_bound:
        data = form.data.copy() if isinstance(form.data, QueryDict) else QueryDict(mutable=True)
        data[name] = value
        form.data = data


def dress(field: forms.Field) -> None:
    """Give a field's widget the house's class."""
    widget = field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple | forms.HiddenInput):
        return
    if isinstance(widget, forms.Select):
        widget.attrs.setdefault("class", "form-select")
    elif isinstance(widget, forms.CheckboxInput):
        widget.attrs.setdefault("class", "form-check-input")
    else:
        widget.attrs.setdefault("class", "form-control")


class Select(forms.Select):
    """A list to choose one from, drawn in one pass; what a field keeps on the shelf, drawn once."""

    def __init__(self, *, kept: str = "", **kwargs: Any) -> None:
        """``kept`` names options that are always the same, to be drawn once a language."""
        self.kept = kept
        super().__init__(**kwargs)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        of_field = getattr(getattr(self.choices, "field", None), "kept_as", None)
        kept = of_field() if of_field else self.kept
        if kept:
            options = shelf.current().once((kept, get_language()), self._options)
        else:
            options = self._options()
        chosen = f'value="{escape("" if value is None else str(value))}"'
        drawn = options.replace(chosen, f"{chosen} selected", 1)
        merged = attributes(self.build_attrs(self.attrs, attrs))
        return SafeString(f'<select name="{escape(name)}"{merged}>{drawn}</select>')

    def _options(self) -> str:
        return "".join(
            group(value, "".join(option(v, words) for v, words in label))
            if isinstance(label, list | tuple)
            else option(value, label)
            for value, label in self.choices
        )


class Choices(forms.RadioSelect):
    """A few choices, all in sight, as buttons; arrow keys move between them."""

    template_name = "ui/choices.html"


class Checks(forms.CheckboxSelectMultiple):
    """Several of a list."""

    template_name = "ui/checks.html"


class Words(forms.CharField):
    """A text of several lines. What it may be the services say; here only a bound on its size."""

    def __init__(self, **kwargs: Any) -> None:
        rows = kwargs.pop("rows", 4)
        kwargs.setdefault("max_length", LONGEST)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        kwargs["strip"] = False
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        # Browsers send CRLF for a line end that the person sees as one character.
        return super().to_python(str(value or "").replace("\r\n", "\n")) or ""


class Files(forms.FileField):
    """Several uploads in one field."""

    class Input(forms.ClearableFileInput):
        allow_multiple_selected = True
        template_name = "ui/files_input.html"

    def __init__(self, **kwargs: Any) -> None:
        accept = kwargs.pop("accept", ACCEPT)
        kwargs.setdefault("widget", self.Input(attrs={"accept": accept}))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def leave_room(self, already: int = 0) -> None:
        """Say how many more may come where so many files are there ``already``, and how large."""
        left, megabytes = (
            max(0, settings.FILES_MOST - already),
            settings.FILE_BYTES_MOST // MEGABYTE,
        )
        self.widget.attrs |= {"data-left": left, "data-bytes": settings.FILE_BYTES_MOST}
        room = (
            _("还可以加 %(left)d 个，每个不超过 %(mb)d MB。")
            if already
            else _("最多 %(left)d 个，每个不超过 %(mb)d MB。")
        )
        self.help_text = f"{self.help_text}{room % {'left': left, 'mb': megabytes}}"

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        """The uploads as they came; the service that keeps them says what is wrong with one."""
        uploads: Iterable[Upload] = data if isinstance(data, list | tuple) else [data]
        return [upload for upload in uploads if upload]


class Day(forms.DateField):
    """A day of this century, with the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "validators",
            [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31))],
        )
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class Moment(forms.DateTimeField):
    """A moment of this century, Asia/Shanghai, with the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        first, last = datetime(2000, 1, 1, tzinfo=ZONE), datetime(2099, 12, 31, 23, 59, tzinfo=ZONE)
        kwargs.setdefault("validators", [MinValueValidator(first), MaxValueValidator(last)])
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
        kwargs.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        super().__init__(**kwargs)
