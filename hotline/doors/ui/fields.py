"""Form fields that choose from the catalogue and from the units. Values are codes."""

from collections.abc import Hashable, Iterable, Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from hotline.catalog import shelf
from hotline.catalog.models import Category, Place, Reason, ReasonKind, RequestType, Urgency
from hotline.doors.ui.forms import Checks, Choices, Select
from hotline.people.models import Unit, UnitKind


class Options(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """The rows of a field as options, under headings where it has them."""

    def __iter__(self) -> Iterator[Any]:
        field: Any = self.field
        if field.empty_label is not None:
            yield ("", field.empty_label)
        if not hasattr(field, "heading"):
            yield from ((row.code, field.label_from_instance(row)) for row in field.rows())
            return
        for heading, group in groupby(field.rows(), key=field.heading):
            yield (heading, [(row.code, field.label_from_instance(row)) for row in group])


class ShelfField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Chooses a row that is on the shelf by its code, without asking the database."""

    iterator = Options
    widget = Select

    def __init__(self, model: type[Model], **kwargs: Any) -> None:
        super().__init__(model._default_manager.all(), to_field_name="code", **kwargs)

    def rows(self) -> Iterable[Any]:
        """What there is to choose, in order; each field has its own."""
        return ()

    def kept_as(self) -> Hashable:
        """What tells its options from those of other fields."""
        return type(self), str(self.empty_label)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        self.validate_no_null_characters(value)
        return _chosen(self, getattr(value, "code", value))


def _chosen(field: Any, code: Any) -> Any:
    for row in field.rows():
        if row.code == code:
            return row
    words = field.error_messages["invalid_choice"]
    raise ValidationError(words, code="invalid_choice", params={"value": code})


def _units() -> list[Unit]:
    """Units that a request may be sent to: the same as people.queries.top_units."""
    rows = shelf.current().units.values()
    return [unit for unit in rows if unit.enabled and unit.kind != UnitKind.SECTION]


class AnyOf(ShelfField):
    """Any row of one kind, disabled ones too: for filters."""

    def __init__(self, model: type[Model], kept: str, **kwargs: Any) -> None:
        """``kept`` is where the shelf has them."""
        self._kept = kept
        super().__init__(model, **kwargs)

    def rows(self) -> Iterable[Any]:
        rows: dict[int, Any] = getattr(shelf.current(), self._kept)
        return rows.values()

    def kept_as(self) -> Hashable:
        return super().kept_as(), self._kept


class CategoryField(ShelfField):
    """小类, under its 大类."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("分类"))
        kwargs.setdefault("empty_label", _("请选择分类"))
        super().__init__(Category, **kwargs)

    def rows(self) -> Iterable[Category]:
        return [row for row in shelf.current().categories.values() if row.enabled]

    def heading(self, row: Category) -> str:
        return str(row.branch)

    def label_from_instance(self, row: Category) -> str:
        return f"{row.code} {row}"


class UnitField(ShelfField):
    """A unit that a request may be sent to."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("请选择单位"))
        super().__init__(Unit, **kwargs)

    def rows(self) -> Iterable[Unit]:
        return _units()


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several units; their rows as a list."""

    iterator = Options

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Checks)
        super().__init__(Unit.objects.all(), to_field_name="code", **kwargs)

    def rows(self) -> Iterable[Unit]:
        return _units()

    def clean(self, value: Any) -> Any:
        value = self.prepare_value(value)
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        if value and not isinstance(value, list | tuple):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return list(dict.fromkeys(_chosen(self, code) for code in value or ()))


class TypeField(ShelfField):
    """诉求类型, all in sight; with ``explained``, each says when to choose it."""

    def __init__(self, *, explained: bool = False, **kwargs: Any) -> None:
        self.explained = explained
        kwargs.setdefault("label", _("类型"))
        super().__init__(RequestType, empty_label=None, widget=Choices, **kwargs)

    def rows(self) -> Iterable[RequestType]:
        return [row for row in shelf.current().types.values() if row.enabled]

    def label_from_instance(self, row: RequestType) -> str:
        return explained(row, row.explanation) if self.explained else str(row)


def explained(label: object, words: object) -> SafeString:
    """A choice with one line of explanation in it."""
    return format_html("{}<small>{}</small>", label, words)


class UrgencyField(ShelfField):
    """U1 to U3. A crisis has a button of its own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("紧急程度"))
        super().__init__(Urgency, empty_label=None, widget=Choices, **kwargs)

    def rows(self) -> Iterable[Urgency]:
        return [
            row for row in shelf.current().urgencies.values() if row.enabled and row.code != "U0"
        ]

    def label_from_instance(self, row: Urgency) -> str:
        return f"{row.code} {row}"


class PlaceField(ShelfField):
    """A building, under its campus; or a campus alone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("地点"))
        kwargs.setdefault("empty_label", _("不涉及具体地点"))
        kwargs.setdefault("required", False)
        super().__init__(Place, **kwargs)

    def rows(self) -> Iterable[Place]:
        rows = [row for row in shelf.current().places.values() if row.enabled]
        return sorted(rows, key=lambda row: (row.campus_id is None, row.campus_id or 0, row.pk))

    def heading(self, row: Place) -> str:
        return str(row.campus) if row.campus_id else str(_("校区"))

    def label_from_instance(self, row: Place) -> str:
        return row.full_name


class ReasonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A reason code of one kind, with what has to be said with it."""

    def __init__(self, kind: ReasonKind, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("原因"))
        rows = Reason.objects.filter(enabled=True, kind=kind)
        super().__init__(
            rows,
            to_field_name="code",
            empty_label=kwargs.pop("empty_label", _("请选择原因")),
            **kwargs,
        )

    def label_from_instance(self, row: Reason) -> str:
        name = f"{row.code} {row}"
        return name + _("（%s）") % row.demand if row.demand else name
