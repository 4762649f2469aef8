"""The record of looking in words: one look as an auditor reads it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _

from hotline.base.words import listed
from hotline.cases.looks import FIELDS, VIEWERS, levels_of
from hotline.cases.models import Look, Table
from hotline.cases.sight import Viewer
from hotline.doors.desk.audit.filters import LooksForm
from hotline.doors.desk.filters import CaseFilter
from hotline.doors.desk.told import number_of
from hotline.doors.desk.views.supervisions import LedgerFilter
from hotline.doors.ui.looks import TYPED
from hotline.people.actor import Actor

FILTERS: Mapping[str, type[Form]] = {
    Table.REQUESTS: CaseFilter,
    Table.SUPERVISIONS: LedgerFilter,
    Table.LOOKS: LooksForm,
    Table.LOOKS_SHEET: LooksForm,
}
"""By which form a table was filtered: it has the words for its codes."""


@dataclass(frozen=True)
class Line:
    """One look as an auditor reads it: a sealed request has no number here."""

    row: Look
    number: str
    standing: str
    saw: str
    more: str


def lines(rows: Iterable[Look], reader: Actor) -> Iterator[Line]:
    """Looks as lines of a table, one after the other."""
    return (
        Line(row, number_of(row.case, reader), _standing(row), _saw(row), _more(row))
        for row in rows
    )


def _standing(row: Look) -> str:
    label = str(VIEWERS[Viewer(row.viewer)]) if row.viewer else ""
    return f"{row.order.unit} {label}" if row.order else label


def _saw(row: Look) -> str:
    masked = _("（遮盖）")
    return listed(
        f"{FIELDS[field]}{masked if level == 'masked' else ''}"
        for field, level in levels_of(row).items()
    )


def _more(row: Look) -> str:
    """How many requests at once; which table, by which filter; which number, as its hash."""
    facts, what = row.facts, row.facts.get("what", "")
    parts = [_("%(count)s 件") % {"count": facts["count"]}] if "count" in facts else []
    parts += [str(dict(Table.choices).get(what, what))] if what else []
    parts += [_chosen(what, name, value) for name, value in sorted(facts.get("filter", {}).items())]
    parts += [f"#{row.sought}"] if row.sought else []
    return " · ".join(parts)


def _chosen(what: str, name: str, value: Any) -> str:
    """One part of a filter as its form says it; what the form no longer has stands as it is."""
    form = FILTERS.get(what)
    field = form.base_fields.get(name) if form else None
    if field is None:
        return f"{name} {value}"
    if value == TYPED:
        said = _("已填写")
    elif value == "True":
        return str(field.label)
    else:
        said = str(dict(getattr(field, "choices", ())).get(value, value))
    return _("%(name)s：%(value)s") % {"name": field.label, "value": said}
