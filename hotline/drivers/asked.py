"""What a carrier asks of an administrator: its settings, each with words, and their checking."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self, cast

from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Invalid, Words

LONGEST = 4000


@dataclass(frozen=True)
class Field:
    """One question of a form. ``secret``: shown as dots, never given back to a page.

    ``kind`` is text, lines (a text of several lines), number, tick or choice.
    """

    name: str
    label: Words
    help: Words
    kind: str
    secret: bool
    required: bool
    default: str | int | bool
    choices: tuple[tuple[str, Words], ...]


def asked(
    label: Words,
    help: Words = "",
    *,
    default: str | int | bool | None = None,
    secret: bool = False,
    lines: bool = False,
    choices: tuple[tuple[str, Words], ...] = (),
) -> Any:
    """A field of a settings dataclass; without ``default`` it must be filled in."""
    words = {"label": label, "help": help, "lines": lines, "choices": choices, "secret": secret}
    if default is None:
        return dataclasses.field(repr=not secret, metadata=words)
    return dataclasses.field(default=default, repr=not secret, metadata=words)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The base of every carrier's settings: plain values that know how to be asked for."""

    @classmethod
    def fields(cls) -> Iterator[Field]:
        """The questions, in the order of the form."""
        for each in dataclasses.fields(cls):
            required = each.default is dataclasses.MISSING
            words = each.metadata
            yield Field(
                name=each.name,
                label=words["label"],
                help=words["help"],
                kind=_kind(each),
                secret=words["secret"],
                required=required,
                default="" if required else cast("str | int | bool", each.default),
                choices=words["choices"],
            )

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Self:
        """The settings that a form or a stored row holds; raises Invalid naming the fields."""
        faults = cls.check(values)
        if faults:
            raise Invalid(_("请检查标出的各项设置。"), **faults)
        return cls(**{f.name: _value(f, values) for f in cls.fields()})

    @classmethod
    def check(cls, values: Mapping[str, object]) -> dict[str, Words]:
        """What is wrong with which field; empty when all is well."""
        faults = {f.name: wrong for f in cls.fields() if (wrong := _wrong(f, values))}
        if faults:
            return faults
        return cls(**{f.name: _value(f, values) for f in cls.fields()}).faults()

    def faults(self) -> dict[str, Words]:
        """What a single field's shape cannot tell; each kind says its own."""
        return {}


def _kind(each: "dataclasses.Field[Any]") -> str:
    if each.metadata["choices"]:
        return "choice"
    if each.metadata["lines"]:
        return "lines"
    return "tick" if each.type is bool else "number" if each.type is int else "text"


def _wrong(field: Field, values: Mapping[str, object]) -> Words | None:
    text = str(values.get(field.name, field.default)).strip()
    if field.required and not text:
        return _("请填写这一项。")
    if len(text) > LONGEST or (field.kind == "text" and not text.isprintable()):
        return _("这一项过长，或含有不可见的字符。")
    if field.kind == "number" and not (text.isascii() and text.isdigit() and len(text) < 10):
        return _("请填写一个整数。")
    if field.kind == "choice" and text not in dict(field.choices):
        return _("请从列出的选项中选择。")
    return None


def _value(field: Field, values: Mapping[str, object]) -> str | int | bool:
    value = values.get(field.name, field.default)
    if field.kind == "tick":
        return value in {True, "on", "true", "True", "1"}
    if field.kind == "number":
        return int(str(value))
    return str(value).strip()
