"""Which parts of the house somebody finds in the page header."""

from dataclasses import dataclass

from hotline.people.actor import Actor
from hotline.people.permissions import P

DESK = frozenset({
    P.REGISTER, P.READ_OPEN, P.READ_ALL, P.TRIAGE, P.DECIDE, P.REVIEW, P.VISIT, P.INSTRUCT,
    P.SUPERVISE, P.PETITION, P.DISCIPLINE, P.CRISIS, P.CITY, P.OFFICE, P.RIGHTS,
})  # fmt: skip


@dataclass(frozen=True)
class Nav:
    desk: bool
    unit: bool
    figures: bool
    audit: bool
    admin: bool


def nav_of(actor: Actor) -> Nav:
    held = actor.permissions
    return Nav(
        desk=bool(held & DESK),
        unit=P.HANDLE in held,
        figures=bool(held & {P.FIGURES, P.UNIT_FIGURES}),
        audit=P.LOOKS in held,
        admin=bool(held & {P.PEOPLE, P.SECURITY, P.CATALOG, P.NOTICES, P.PRIVACY}),
    )
