"""Reading what carriers call us with: who it is from, what it says, in which form."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from hotline.drivers import wire
from hotline.drivers.contract import DeliveryError, Receipt

# Carriers tell the time of their own clocks and do not say so.
CHINA = ZoneInfo("Asia/Shanghai")
MOST, MOST_FIELDS = 1000, 200


def same(secret: str, given: str) -> bool:
    """Whether the secret was given, in a time that does not tell how nearly; never when it is ""."""
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())


def token_is(secret: str, query: Mapping[str, str]) -> bool:
    """Whether the address called ends in ``?token=`` and the secret."""
    return same(secret, query.get("token", ""))


def header(headers: Mapping[str, str], name: str) -> str:
    """A header by its name in any case, "" where it is not there."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def content(body: bytes, query: Mapping[str, str]) -> Any:
    """JSON where the body is JSON, else a form, else the query; None where nothing can be read."""
    found = wire.read_json(body) if body.strip() else dict(query)
    return _form(body) if found is None and b"=" in body else found


def _form(body: bytes) -> dict[str, str] | None:
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS))
    except ValueError:  # more of them than any carrier sends
        return None


def items(body: bytes) -> list[Mapping[str, Any]] | None:
    """A JSON list of objects, of at most a thousand; None where it is anything else."""
    found = wire.read_json(body)
    if not isinstance(found, list) or len(found) > MOST:
        return None
    return [item for item in found if isinstance(item, dict)]


def receipt(carrier_id: str, ref: str, ok: bool, code: str, at: str = "") -> Receipt:
    """One receipt; its code is cut down as that of an error is."""
    return Receipt(carrier_id[:128], ref[:64], ok, DeliveryError(code).code, moment(at))


def moment(text: str) -> datetime | None:
    """``2026-11-26 10:40:00`` of China's clock, or None."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
