"""Who lives through the simulated year: one office, five units, a dozen people with troubles."""

from dataclasses import dataclass
from random import Random

from hotline.people.actor import Actor
from tests.make import a_requester, an_actor

UNITS = ("houqin", "baowei", "jijian", "xinxi", "jiaowu")


@dataclass(frozen=True)
class Cast:
    """The people of the year. ``contacts`` and ``heads`` by their unit's code."""

    owners: list[Actor]
    agent: Actor
    clerk: Actor
    managers: list[Actor]
    leader: Actor
    overseer: Actor
    contacts: dict[str, Actor]
    heads: dict[str, Actor]

    def owner_of(self, user_id: int | None) -> Actor | None:
        return next((owner for owner in self.owners if owner.user_id == user_id), None)

    def somebody(self, chance: Random) -> Actor:
        return chance.choice(self.owners)


def gather() -> Cast:
    return Cast(
        owners=[a_requester(name=f"学生{n}") for n in range(12)],
        agent=an_actor("R2"),
        clerk=an_actor("R3"),
        managers=[an_actor("R4"), an_actor("R4")],
        leader=an_actor("R8"),
        overseer=an_actor("R9"),
        contacts={code: an_actor("R5", of=code) for code in UNITS},
        heads={code: an_actor("R6", of=code) for code in UNITS},
    )
