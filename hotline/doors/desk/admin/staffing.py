"""Units with their sections and with the people who answer for them: the whole tree at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from hotline.people import queries
from hotline.people.models import Membership, Unit
from hotline.people.permissions import P


@dataclass
class Staffed:
    """A unit, its head (责任人), its contacts (联系人), those who will be, and its sections."""

    unit: Unit
    heads: list[Membership] = field(default_factory=list)
    contacts: list[Membership] = field(default_factory=list)
    coming: list[Membership] = field(default_factory=list)
    sections: list["Staffed"] = field(default_factory=list)

    @property
    def lacks_head(self) -> bool:
        return self.unit.enabled and not self.unit.parent_id and not self.heads

    @property
    def lacks_contact(self) -> bool:
        return self.unit.enabled and not self.unit.parent_id and not self.contacts

    def take(self, membership: Membership, on: date) -> None:
        if membership.from_date > on:
            self.coming.append(membership)
        elif P.APPROVE in membership.role.permissions:
            self.heads.append(membership)
        else:
            self.contacts.append(membership)


def tree(on: date) -> list[Staffed]:
    """Every unit, disabled ones last, with its people on a day: two queries."""
    lines = {unit.pk: Staffed(unit) for unit in Unit.objects.order_by("-enabled", "id")}
    for membership in queries.staff(on):
        if membership.unit_id in lines:
            lines[membership.unit_id].take(membership, on)
    below: dict[int | None, list[Staffed]] = defaultdict(list)
    for line in lines.values():
        below[line.unit.parent_id].append(line)
    for line in lines.values():
        line.sections = below[line.unit.pk]
    return below[None]


def of_unit(unit: Unit, on: date) -> Staffed:
    """One unit with its people on a day."""
    line = Staffed(unit)
    for membership in queries.staff(on).filter(unit=unit):
        line.take(membership, on)
    line.sections = [Staffed(section) for section in unit.sections.order_by("-enabled", "id")]
    return line
