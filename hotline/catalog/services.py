"""The only code that writes the catalogue."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from django.db import transaction

from hotline.catalog import terms
from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Coded,
    Reason,
    RequestType,
    SpecialCode,
    Term,
    UnitRule,
    Urgency,
)
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.models import Role, Unit
from hotline.people.permissions import P

TAXONOMY = Path(__file__).parent / "data" / "taxonomy.yaml"
ROLES = Path(people.__file__).parent / "data" / "roles.yaml"


def save(row: Coded, *, by: Actor, at: datetime) -> None:
    """Write one row of the catalogue. Raises NotAllowed or Invalid."""
    people.save(row, by=by, at=at, permission=P.CATALOG)


@transaction.atomic
def save_category(
    category: Category,
    *,
    joint: Iterable[Unit],
    rules: Iterable[tuple[list[str], Unit]],
    by: Actor,
    at: datetime,
) -> None:
    """Write a category with its row of the dispatch directory. Raises NotAllowed or Invalid."""
    save(category, by=by, at=at)
    category.joint.set(unit for unit in joint if unit != category.lead)
    category.unit_rules.all().delete()
    UnitRule.objects.bulk_create(
        UnitRule(category=category, words=words, lead=lead) for words, lead in rules if words
    )


def set_term(code: str, value: str, *, by: Actor, at: datetime) -> None:
    """Set one of the terms; an empty value returns to the default. Raises Invalid."""
    value = value.strip()
    if value:
        terms.parse(get_type_hints(terms.Terms)[code], value)
        people.save(
            Term(code=code, value=value),
            by=by,
            at=at,
            permission=P.CATALOG,
            adding=False,
        )
    else:
        people.remove(Term(code=code, value=""), by=by, at=at, permission=P.CATALOG)


@transaction.atomic
def load_defaults(path: Path = TAXONOMY) -> int:
    """Add what the shipped data has and the database has not, and return how many rows.

    A row whose code is known stays as the school has made it.
    """
    data = yaml.safe_load(path.read_text())
    roles = yaml.safe_load(ROLES.read_text())["roles"]
    added = _add(Role, roles, {})
    units = [dict(row) for row in data["units"]]
    sections = [
        {**section, "parent": row["code"], "kind": "SECTION", "short": section["name"]}
        for row in units
        for section in row.pop("sections", [])
    ]
    added += _add(Unit, units, {}) + _add(Unit, sections, {"parent": Unit})
    for model, key, links in (
        (Aspect, "aspects", {}),
        (RequestType, "types", {}),
        (Urgency, "urgencies", {}),
        (SpecialCode, "special_codes", {}),
        (Reason, "reasons", {}),
        (Branch, "branches", {"aspect": Aspect}),
    ):
        added += _add(model, data[key], links)
    return added + _add_categories(data["categories"])


def _add(model: Any, rows: Iterable[Mapping[str, Any]], links: Mapping[str, Any]) -> int:
    known = set(model.objects.values_list("code", flat=True))
    ids = {field: dict(target.objects.values_list("code", "id")) for field, target in links.items()}
    fresh = [
        model(
            **{
                f"{key}_id" if key in ids else key: ids[key][value] if key in ids else value
                for key, value in row.items()
            }
        )
        for row in rows
        if row["code"] not in known
    ]
    model.objects.bulk_create(fresh)
    return len(fresh)


def _add_categories(rows: Iterable[Mapping[str, Any]]) -> int:
    links = {"branch": Branch, "lead": Unit, "type": RequestType, "urgency": Urgency}
    known = set(Category.objects.values_list("code", flat=True))
    fresh = [{**row, "branch": row["code"][:-2]} for row in rows if row["code"] not in known]
    extra = [(row["code"], row.pop("joint", []), row.pop("unit_rules", [])) for row in fresh]
    added = _add(Category, fresh, links)
    units = {unit.code: unit for unit in Unit.objects.all()}
    categories = {category.code: category for category in Category.objects.all()}
    for code, joint, rules in extra:
        categories[code].joint.set(units[unit] for unit in joint)
        for rule in rules:
            UnitRule.objects.create(
                category=categories[code], words=rule["words"], lead=units[rule["lead"]]
            )
    return added
