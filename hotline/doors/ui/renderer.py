"""Draws the plain form controls without templates: one for each option of a select costs too much."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]
INPUTS = (
    "text",
    "search",
    "number",
    "email",
    "tel",
    "password",
    "hidden",
    "date",
    "checkbox",
    "file",
)


class Renderer(DjangoTemplates):
    """Django's renderer of form controls, and the quick way for the most frequent ones."""

    def render(
        self, template_name: str, context: dict[str, Any], request: Any = None
    ) -> SafeString:
        draw = DRAWN.get(template_name)
        if draw is not None:
            return SafeString(draw(context["widget"]))  # every part is escaped below
        return SafeString(super().render(template_name, context, request))


def attributes(attrs: Mapping[str, Any]) -> str:
    """As HTML has them: True stands alone, False is left out."""
    parts = [
        f" {name}" if value is True else f' {name}="{escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    ]
    return "".join(parts)


def _input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{escape(str(widget["value"]))}"'
    name, attrs = escape(widget["name"]), attributes(widget["attrs"])
    return f'<input type="{widget["type"]}" name="{name}"{value}{attrs}>'


def _textarea(widget: Widget) -> str:
    name, attrs = escape(widget["name"]), attributes(widget["attrs"])
    return f'<textarea name="{name}"{attrs}>\n{escape(str(widget["value"] or ""))}</textarea>'


def _select(widget: Widget) -> str:
    name, attrs = escape(widget["name"]), attributes(widget["attrs"])
    groups = "".join(_group(heading, options) for heading, options, _n in widget["optgroups"])
    return f'<select name="{name}"{attrs}>{groups}</select>'


def _group(heading: Any, options: list[Widget]) -> str:
    drawn = "".join(option(o["value"], o["label"], attributes(o["attrs"])) for o in options)
    return group(heading, drawn) if heading else drawn


def option(value: Any, label: Any, attrs: str = "") -> str:
    """One line of a select."""
    return f'<option value="{escape(str(value))}"{attrs}>{conditional_escape(label)}</option>'


def group(heading: Any, drawn: str) -> str:
    """Lines of a select under a heading."""
    return f'<optgroup label="{escape(str(heading))}">{drawn}</optgroup>'


DRAWN: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": _select,
    "django/forms/widgets/textarea.html": _textarea,
    **{f"django/forms/widgets/{kind}.html": _input for kind in INPUTS},
}
