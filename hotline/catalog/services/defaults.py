"""The shipped data: added where it is missing, never laid over what a school has made of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from hotline.catalog import models
from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    PrivacyNotice,
    Reason,
    RequestType,
    SpecialCode,
    UnitRule,
    Urgency,
)
from hotline.people import models as people
from hotline.people.models import Role, Unit
from hotline.worktime.clock import ZONE

DATA = Path(models.__file__).parent / "data"
TAXONOMY = DATA / "taxonomy.yaml"
ROLES = Path(people.__file__).parent.parent / "data" / "roles.yaml"


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
    return added + _add_categories(data["categories"]) + _add_notice()


def _add_notice() -> int:
    """The shipped privacy notice, as long as no school has its own."""
    if PrivacyNotice.objects.exists():
        return 0
    told = yaml.safe_load((DATA / "privacy.yaml").read_text())
    begins = datetime.combine(told.pop("from"), time(), ZONE)
    PrivacyNotice.objects.create(**told, from_at=begins, at=begins)
    return 1


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
