"""Where things happen: campuses and buildings, written into the catalogue."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

import yaml

from hotline.catalog import services
from hotline.catalog.models import Place
from hotline.doors.console.demo.texts import FOLDER
from hotline.people.actor import SYSTEM

HOMES = (13, 5, 2)  # how the campuses share what is asked


@dataclass
class Places:
    """Campuses, the main one first, and buildings by what they are for."""

    campuses: list[Place] = field(default_factory=list)
    of_kind: dict[str, list[Place]] = field(default_factory=dict)

    def home(self, rng: Random, *, main: bool = False) -> str:
        """The campus on which a request stands."""
        return (self.campuses[0] if main else rng.choices(self.campuses, HOMES)[0]).code

    def pick(self, kind: str, campus: str, rng: Random) -> Place:
        """A building of a kind on that campus, or where there is one."""
        there = [place for place in self.of_kind[kind] if place.code.startswith(campus)]
        return rng.choice(there or self.of_kind[kind])


def build(*, at: datetime) -> Places:
    """Write the campuses and buildings of the demo; those that are there already stay."""
    data: list[dict[str, Any]] = yaml.safe_load((FOLDER / "places.yaml").read_text("utf-8"))
    known = {place.code: place for place in Place.objects.all()}
    places = Places()
    for campus in data:
        above = known.get(campus["code"]) or _save(campus, None, at)
        places.campuses.append(above)
        for row in campus["buildings"]:
            building = known.get(row["code"]) or _save(row, above, at)
            places.of_kind.setdefault(row["kind"], []).append(building)
    return places


def _save(row: dict[str, Any], campus: Place | None, at: datetime) -> Place:
    place = Place(code=row["code"], name=row["name"], name_en=row["name_en"], campus=campus)
    services.save(place, by=SYSTEM, at=at)
    return place
