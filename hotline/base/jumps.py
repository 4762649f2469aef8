"""Does the clock of this host run, or was it set? Told by a second one that nobody can set."""

import time
from collections.abc import Callable

NOTED_FROM_SECONDS = 30  # a time service slews less than that; promises are counted in minutes


class Watch:
    """Looks now and then whether the clock has moved apart from the time that has really passed."""

    def __init__(
        self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._steady = wall, steady
        self._apart = wall() - steady()

    def jumped(self) -> float:
        """Seconds by which it was set since the last jump, negative when set back; 0 when it just ran."""
        apart = self._wall() - self._steady()
        jump = apart - self._apart
        if abs(jump) < NOTED_FROM_SECONDS:
            return 0.0
        self._apart = apart
        return jump
