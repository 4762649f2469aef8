"""Questions to the catalogue that are asked in more than one place."""

from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Place,
    Reason,
    ReasonKind,
    RequestType,
)
from hotline.people import queries as people
from hotline.people.models import Named, Unit


class Duty(NamedTuple):
    """Who should handle a request, by the dispatch directory, and why."""

    lead: Unit
    joint: list[Unit]
    word: str  # the place word that decided, empty when the category alone did


def duty(category: Category, text: str) -> Duty:
    """The lead and joint units of the dispatch directory; place words may name another lead."""
    prefetch_related_objects([category], "joint", "unit_rules__lead")
    joint = [unit for unit in category.joint.all() if unit.enabled]
    for rule in category.unit_rules.all():
        for word in rule.words:
            if word in text:
                others = [u for u in [category.lead, *joint] if u != rule.lead]
                return Duty(rule.lead, others, word)
    return Duty(category.lead, joint, "")


def tree() -> QuerySet[Aspect]:
    """Aspects with their branches and categories, enabled ones only: three queries."""
    categories = Category.objects.filter(enabled=True)
    branches = Branch.objects.filter(enabled=True).prefetch_related(
        Prefetch("categories", categories)
    )
    return (
        Aspect.objects.filter(enabled=True)
        .order_by("id")
        .prefetch_related(Prefetch("branches", branches))
    )


def categories() -> QuerySet[Category]:
    return Category.objects.filter(enabled=True).select_related("branch__aspect")


def types() -> QuerySet[RequestType]:
    return RequestType.objects.filter(enabled=True)


def reasons(kind: ReasonKind) -> QuerySet[Reason]:
    return Reason.objects.filter(enabled=True, kind=kind)


def places() -> QuerySet[Place]:
    return Place.objects.filter(enabled=True).select_related("campus")


def name_on(kind: type[Named], code: str, day: date) -> str:
    """The name that was valid at the end of a day, in the reader's language; "" when there was none.

    ``name_on(Category, "H204", day)`` follows the recorded changes; a row that was never
    changed has always had the name it has.
    """
    was = people.as_of(kind._meta.label_lower, code, day)
    if was is None:
        row = kind._default_manager.filter(code=code).first()  # type: ignore[misc]
        return str(row) if row else ""
    return str(kind(**{k: was[k] for k in ("name", "name_en", "short") if k in was}))


def guesses(text: str, most: int = 5) -> list[tuple[Category, list[str]]]:
    """Categories of whose names and aliases a text contains some, the most telling first."""
    found = []
    for row in categories().select_related("lead"):
        words = [word for word in (row.name, row.name_en, *row.aliases) if word and word in text]
        if words:
            found.append((row, words))
    found.sort(key=lambda pair: -sum(len(word) for word in pair[1]))
    return found[:most]


def codes() -> frozenset[str]:
    """Every code of an aspect, a branch or a category: what a membership may be limited to."""
    rows = [Aspect.objects.order_by(), Branch.objects.order_by(), Category.objects.order_by()]
    return frozenset(code for query in rows for code in query.values_list("code", flat=True))
