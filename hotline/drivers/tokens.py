"""The tokens of WeCom and WeChat: fetched once, kept for as long as they live, renewed when refused."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from hotline.drivers import wire
from hotline.drivers.contract import DeliveryError

# Renewed this much before its end, so that none ends on its way.
MARGIN_SECONDS = 300


class Token:
    """One token for all threads. ``fetch`` asks the carrier for ``access_token`` and ``expires_in``."""

    def __init__(
        self, fetch: Callable[[], wire.Answer], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = threading.Lock()
        self._value, self._until = "", 0.0

    def get(self, *, instead_of: str = "") -> str:
        """The token, or a new one when the carrier has just refused ``instead_of``.

        Raises DeliveryError, never an unknown one: no message has been on its way yet.
        """
        with self._lock:
            if self._value in {"", instead_of} or self._clock() >= self._until:
                self._value = ""
                self._renew()
            return self._value

    def _renew(self) -> None:
        try:
            told: Mapping[str, Any] = self._fetch().object()
            code = errcode(told)
        except DeliveryError as error:
            fault = error.code
        else:
            value, seconds = told.get("access_token"), told.get("expires_in")
            if not code and isinstance(value, str) and value and isinstance(seconds, int):
                self._value = value
                self._until = self._clock() + max(60, seconds - MARGIN_SECONDS)
                return
            fault = str(code or "NO_TOKEN")
        raise DeliveryError(fault)


def errcode(told: Mapping[str, Any]) -> int:
    """The carrier's number, 0 for yes; raises DeliveryError where it says none and gives no token."""
    code = told.get("errcode", 0 if "access_token" in told else None)
    if not isinstance(code, int) or isinstance(code, bool):
        raise DeliveryError("UNREADABLE_ANSWER", unknown=True)
    return code


def ask_with(
    token: Token, ask: Callable[[str], wire.Answer], *, stale: frozenset[int]
) -> tuple[int, Mapping[str, Any]]:
    """Ask with the token, once more with a new one where the carrier says it is stale."""
    value = token.get()
    told = ask(value).object()
    if errcode(told) in stale:
        told = ask(token.get(instead_of=value)).object()
    return errcode(told), told
