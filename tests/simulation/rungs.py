"""Which rungs of the ladder must be on record, told from the clocks of replay.py minute by minute."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import Any

import yaml

from tests.simulation import minutes
from tests.simulation.replay import Promised

LADDER = Path(__file__).parents[2] / "hotline/oversight/data/ladder.yaml"
PROGRESS = {"contact", "interim", "reply", "ask_extension", "submit_reply"}
EPOCH = minutes.ORIGIN


@dataclass(frozen=True)
class Reached:
    """A rung, the moment that it is reached, and the minute of the sweep that sees it."""

    rung: str
    level: int
    at: datetime

    @property
    def seen(self) -> datetime:
        return minutes.tick(self.at)


@cache
def ladder() -> list[dict[str, Any]]:
    return yaml.safe_load(LADDER.read_text())["rungs"]


def expected(clock: Promised, steps: Sequence[Any], until: datetime) -> list[Reached]:
    """What one clock must have recorded: of several in one minute only the highest."""
    found: list[Reached] = []
    for rung in ladder():
        if clock.kind in rung.get("kinds", ()):
            found += _of(clock, rung, until)
    found = [one for one in found if not _spared(one, clock, steps)]
    by_minute: dict[datetime, list[Reached]] = {}
    for one in found:
        by_minute.setdefault(one.seen, []).append(one)
    return [max(group, key=lambda o: (o.level, o.at)) for _m, group in sorted(by_minute.items())]


def _of(clock: Promised, rung: dict[str, Any], until: datetime) -> Iterator[Reached]:
    seen: set[tuple[int, int]] = set()  # after which grant, which of the repeats
    for (a, b, due), natural in zip(clock.runs, clock.naturals, strict=True):
        as_it_ran = replace(clock, natural=natural)
        if due is None:
            continue
        grant = sum(granted <= a for granted in clock.granted)
        for number, at in enumerate(_moments(as_it_ran, rung, a, due, b or until)):
            if at < a:  # passed before it ran so far: a later rest does not bring it back
                seen.add((grant, number))
            if (
                a <= minutes.tick(at)
                and at >= a
                and minutes.tick(at) <= (b or until)
                and (grant, number) not in seen
            ):
                seen.add((grant, number))
                yield Reached(rung["code"], rung["level"], at)


def _moments(clock: Promised, rung: dict[str, Any], now: datetime, due: datetime, until: datetime):
    match rung["trigger"]:
        case "OVERDUE":
            first = due + minutes.MINUTE
        case "LATE":
            first = minutes.after(due, rung["limit"]) + minutes.MINUTE
        case "INSTRUCTED":
            return  # an instruction kept as an object of its own: none is in this year
        case _:
            total = _given(clock, now, due)
            share = total * rung["amount"] / 100
            left = total - ceil(share) if rung["trigger"] == "USED" else floor(share)
            whole = _natural(clock, due)
            yield due - left * minutes.MINUTE if whole else minutes.first_with(due, left)
            return
    yield first
    while rung.get("repeat") and first <= until:
        first = minutes.after(first, rung["repeat"])
        yield first


def _natural(clock: Promised, due: datetime) -> bool:
    return clock.natural or not minutes.between(clock.start, due)


def _given(clock: Promised, now: datetime, due: datetime) -> int:
    """Minutes given, without the rests until now."""
    rests = [(a, b) for a, b in clock.pauses if b is not None and b <= now]
    if _natural(clock, due):
        return int(
            (due - clock.start - sum((b - a for a, b in rests), timedelta())) / minutes.MINUTE
        )
    return minutes.between(clock.start, due) - sum(minutes.between(a, b) for a, b in rests)


def _spared(one: Reached, clock: Promised, steps: Sequence[Any]) -> bool:
    """Is it for want of progress, and there was some?"""
    rung = next(rung for rung in ladder() if rung["code"] == one.rung)
    return bool(rung.get("unless_progress")) and any(
        step.order_id == clock.order and step.verb in PROGRESS and clock.start <= step.at < one.seen
        for step in steps
    )
