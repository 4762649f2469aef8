"""Components: each names its parameters, so that a misspelt one is an error."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import now

from hotline.base import prose as writing
from hotline.cases.sight import Sight
from hotline.doors.ui import moments

register = template.Library()


@register.simple_tag
@cache  # a page has dozens, of a few kinds
def icon(name: str, *, label: str = "") -> SafeString:
    """A line icon from the sprite; decoration unless it has a ``label``."""
    sprite = static("vendor/icons.svg")
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            label,
            sprite,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name
    )


@register.filter
def discreet(text: str, sight: Sight) -> str:
    """Words of others, without the name of the requester where it is hidden from whoever reads them."""
    return sight.discreet(text)


@register.simple_block_tag
def panel(
    content: str, *, title: str, tone: str = "plain", id: str = "", hint: str = ""
) -> SafeString:
    """A titled box. ``tone`` is one of plain, calm, warn."""
    return format_html(
        PANEL,
        f" card-{tone}" if tone != "plain" else "",
        format_html(' id="{}"', id) if id else "",
        title,
        format_html('<span class="text-secondary small">{}</span>', hint) if hint else "",
        content,
    )


PANEL = (
    '<section class="card{}"{}><div class="card-header"><h2>{}</h2>{}</div>'
    '<div class="card-body">{}</div></section>'
)


@register.simple_tag
def field(bound: BoundField, *, hint: str = "") -> SafeString:
    """A form field with its label, help and errors, tied together for a screen reader."""
    mark = SafeString(' <span class="required-mark" aria-hidden="true">*</span>')
    label = format_html("{}{}", bound.label, mark if bound.field.required else "")
    words = hint or bound.help_text
    return format_html(
        '<div class="form-field{}">{}{}{}</div>',
        " is-wrong" if bound.errors else "",
        _control(bound, label),
        format_html(HINT, bound.auto_id, words) if words else "",
        _errors(bound) if bound.errors else "",
    )


HINT = '<div class="form-hint" id="{}_helptext">{}</div>'
LABELLED = '<label class="form-label" for="{}">{}</label>{}'
CHECKED = '<div class="checks"><label>{}<span>{}</span></label></div>'
FIELDSET = '<fieldset{}><legend class="form-label">{}</legend>{}</fieldset>'


def _control(bound: BoundField, label: SafeString) -> SafeString:
    if bound.use_fieldset:
        told = bound.aria_describedby
        described = format_html(' aria-describedby="{}"', told) if told else ""
        return format_html(FIELDSET, described, label, str(bound))
    if getattr(bound.field.widget, "input_type", "") == "checkbox":
        return format_html(CHECKED, str(bound), bound.label)
    return format_html(LABELLED, bound.id_for_label, label, str(bound))


def _errors(bound: BoundField) -> SafeString:
    lines = format_html_join("", "<div>{}</div>", ((error,) for error in bound.errors))
    return format_html('<div class="form-error" id="{}_error">{}</div>', bound.auto_id, lines)


@register.simple_tag(takes_context=True)
def moment(context: Context, at: datetime | None) -> SafeString | str:
    """A moment, short, with the whole of it on hover."""
    if at is None:
        return ""
    here = _now(context)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        moments.full(at),
        moments.brief(at, here),
    )


@register.simple_tag(takes_context=True)
def due(context: Context, at: datetime | None) -> SafeString | str:
    """How long until then, or since; the page counts on by itself."""
    if at is None:
        return ""
    here = _now(context)
    return format_html(
        '<time class="due due-{}" datetime="{}" title="{}" data-due>{}</time>',
        moments.tone(at, here),
        at.isoformat(),
        moments.full(at),
        moments.left(at, here),
    )


def _now(context: Context) -> datetime:
    """One "now" for a whole page."""
    moment: datetime = context.get("now") or now()
    return moment


@register.simple_tag
def state(code: str, label: str) -> SafeString:
    """A state: a word, and a colour that only repeats it."""
    return format_html('<span class="state state-{}">{}</span>', code.lower(), label)


@register.simple_tag
def prose(text: str) -> SafeString:
    """A longer text with headings, paragraphs and lists (base/prose.py)."""
    return writing.html(text)


@register.simple_tag
def empty(*, title: str, words: str = "", icon: str = "inbox") -> SafeString:
    """What stands where there is nothing."""
    return render_to_string("ui/empty.html", {"title": title, "words": words, "icon": icon})


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present address's query with some parameters changed; None takes one away."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = value
    return f"?{parameters.urlencode()}"
