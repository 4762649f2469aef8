"""Lives go on in the order of their moments, all on one clock."""

from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from hotline.doors.console.demo.life import Beats, Life


class Engine:
    """Whoever's moment comes first acts first, until the end."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._waiting: list[tuple[datetime, int, Beats]] = []
        self._order = count()

    def begin(self, beats: Beats) -> None:
        """Let a life begin; it acts for the first time at the first moment that it names."""
        self._wait(beats)

    def run(self) -> None:
        """Let everybody act whose moment comes before the end; the others are left where they are."""
        while self._waiting:
            _at, _nth, beats = heappop(self._waiting)
            self._wait(beats)

    def _wait(self, beats: Beats) -> None:
        at = next(beats, None)
        if at is not None and at < self.until:
            heappush(self._waiting, (at, next(self._order), beats))


def halting(life: Life, beats: Beats, reached: Callable[[Life], bool]) -> Iterator[datetime]:
    """A life that stays where it is once it has reached something: the next has not come yet."""
    for at in beats:
        if reached(life):
            return
        yield at
