"""One HTTP request to a carrier: short, bounded, never followed elsewhere, and quiet in logs."""

import atexit
import json
import logging
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from hotline.drivers.contract import DeliveryError

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024
CONNECTIONS = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=5)

# Both write addresses or headers, and so tokens and phone numbers, at INFO and DEBUG.
for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.WARNING)

# The request was not complete when these came: nobody can have acted on it.
NOT_ASKED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

# Someone between us and the carrier asked it and did not hear the answer.
ANSWER_LOST = frozenset({502, 504})


@dataclass(frozen=True, repr=False)
class Answer:
    """What a carrier answered, whole and of a bounded size."""

    status: int
    body: bytes

    @cached_property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @cached_property
    def json(self) -> Any:
        """The body read as JSON, or None where it is none."""
        return read_json(self.body)

    def object(self) -> Mapping[str, Any]:
        """The JSON object; anything else leaves us not knowing what was done."""
        if isinstance(self.json, dict):
            return self.json
        raise self.fault()

    def fault(self) -> DeliveryError:
        """The error for an answer that is not in the carrier's language."""
        if self.status >= 500:
            return DeliveryError(f"HTTP_{self.status}", unknown=self.status in ANSWER_LOST)
        if self.status >= 300:
            return DeliveryError(f"HTTP_{self.status}")
        return DeliveryError("UNREADABLE_ANSWER", unknown=True)


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Iterable[tuple[str, str]] = (),
    body: bytes | None = None,
) -> Answer:
    """Ask once, within ten seconds in all. ``params`` are added to the address's own.

    Raises DeliveryError: NO_CONNECTION when it was not asked, NO_ANSWER or ANSWER_TOO_LARGE
    (unknown) when it was. The error holds nothing of httpx's, whose words hold addresses.
    """
    _clock.deadline = time.monotonic() + TOTAL_SECONDS
    try:
        request = _client().build_request(method, url, headers=headers, content=body)
        request.url = request.url.copy_merge_params(list(params)) if params else request.url
        return _fetch(request)
    except DeliveryError as error:
        fault = error
    except NOT_ASKED:
        fault = DeliveryError("NO_CONNECTION")
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
        fault = DeliveryError("BAD_REQUEST", permanent=True)
    except (httpx.HTTPError, httpcore.ReadTimeout):
        fault = DeliveryError("NO_ANSWER", unknown=True)
    finally:
        _clock.deadline = None
    raise fault  # outside the handler: the other error, with its address, does not come along


def post_json(url: str, content: object, *, params: Iterable[tuple[str, str]] = ()) -> Answer:
    """Ask with a JSON body, in UTF-8 as it is."""
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return ask("POST", url, headers=headers, params=params, body=body)


def read_json(body: bytes) -> Any:
    """JSON from a stranger, or None: not JSON, or nested too deep to be read."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def is_address(url: str) -> bool:
    """Whether this can be asked: http or https, a host, and no password in it."""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        return False
    return named and parts.scheme in {"http", "https"} and url.isascii() and " " not in url


def _fetch(request: httpx.Request) -> Answer:
    response = _client().send(request, stream=True)
    try:
        if int(response.headers.get("Content-Length", "0")) > LARGEST_ANSWER:
            raise DeliveryError("ANSWER_TOO_LARGE", unknown=True)
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise DeliveryError("ANSWER_TOO_LARGE", unknown=True)
        return Answer(response.status_code, bytes(body))
    finally:
        response.close()


class _Clock(threading.local):
    """When the request that this thread is making must be over; None between requests."""

    deadline: float | None = None

    def left(self, wished: float | None) -> float:
        most = TOTAL_SECONDS if wished is None else wished
        return (
            most
            if self.deadline is None
            else max(0.001, min(most, self.deadline - time.monotonic()))
        )


_clock = _Clock()


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline of the whole request.

    httpx bounds each read by itself: a carrier that sends a byte a second would hold us for ever.
    """

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None) -> Any:
        stream = self._stream.start_tls(ssl_context, server_hostname, _clock.left(timeout))
        return _Stream(stream)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(*args, **kwargs))


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """One for the process: connections are kept and shared; proxies are those of the system.

    Certificates are checked against certifi's list, or against SSL_CERT_FILE where it is set.
    """
    client = httpx.Client(
        timeout=httpx.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
        limits=CONNECTIONS,
        follow_redirects=False,
        headers={"User-Agent": "hotline", "Accept-Encoding": "identity"},
    )
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = _Backend()
    atexit.register(client.close)
    return client
