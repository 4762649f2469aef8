"""The words of time: units, limits, the zone. What an amount comes to, a Calendar says."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")  # without summer time since 1991


class Unit(StrEnum):
    """What an amount of time is counted in."""

    MINUTE = "min"
    HOUR = "h"
    WORKING_HOUR = "wh"
    WORKING_DAY = "wd"


NATURAL = (Unit.MINUTE, Unit.HOUR)  # go on at night


class Limit(NamedTuple):
    """An amount of time as the catalogue writes it: 30min, 2h, 4wh, 5wd."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "4wh"; raises ValueError on anything else."""
        match = re.fullmatch(r"([1-9]\d{0,3})(min|h|wh|wd)", text.strip())
        if not match:
            raise ValueError(f"{text!r} is not an amount of time such as 30min, 2h, 4wh or 5wd")
        return cls(int(match[1]), Unit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


def day_of(at: datetime) -> date:
    """The day on which a moment falls, Asia/Shanghai."""
    return at.astimezone(ZONE).date()
