"""Form fields that choose from the catalogue and from the units. Values are codes."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hotline.catalog import queries as catalog
from hotline.catalog.models import Category, Place, Reason, ReasonKind, RequestType, Urgency
from hotline.doors.ui.forms import Checks, Choices
from hotline.people import queries as people


class GroupedIterator(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """Options under headings, in one query."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        rows = list(self.queryset)
        for heading, group in groupby(rows, key=self.field.heading):  # type: ignore[attr-defined]
            yield (heading, [self.choice(row) for row in group])


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """小类, under its 大类."""

    iterator = GroupedIterator

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("分类"))
        kwargs.setdefault("empty_label", _("请选择分类"))
        rows = Category.objects.filter(enabled=True).order_by("code")
        rows = rows.select_related("urgency", "type", "branch__aspect")
        super().__init__(rows, to_field_name="code", **kwargs)

    def heading(self, row: Category) -> str:
        return str(row.branch)

    def label_from_instance(self, row: Category) -> str:
        return f"{row.code} {row}"


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A unit that a request may be sent to."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("请选择单位"))
        super().__init__(people.top_units(), to_field_name="code", **kwargs)


class UnitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several units."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Checks)
        super().__init__(people.top_units(), to_field_name="code", **kwargs)


class TypeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """诉求类型, all in sight."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("类型"))
        rows = RequestType.objects.filter(enabled=True)
        super().__init__(rows, to_field_name="code", empty_label=None, widget=Choices, **kwargs)


class UrgencyField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """U1 to U3. A crisis has a button of its own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("紧急程度"))
        rows = Urgency.objects.filter(enabled=True).exclude(code="U0")
        super().__init__(rows, to_field_name="code", empty_label=None, widget=Choices, **kwargs)

    def label_from_instance(self, row: Urgency) -> str:
        return f"{row.code} {row}"


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A building, under its campus; or a campus alone."""

    iterator = GroupedIterator

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("地点"))
        kwargs.setdefault("empty_label", _("不涉及具体地点"))
        kwargs.setdefault("required", False)
        rows = catalog.places().order_by("campus_id", "id")
        super().__init__(rows, to_field_name="code", **kwargs)

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
        return f"{row.code} {row}（{row.demand}）" if row.demand else f"{row.code} {row}"
