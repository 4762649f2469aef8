"""Any SMS gateway that takes one HTTP request a message: described in settings, not in code."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.drivers import guard, receipts, templates, wire
from hotline.drivers.contract import SMS, DeliveryError, Kind, Parcel, Receipt, Sent
from hotline.drivers.expressions import Value, expression, holds, path
from hotline.drivers.http_settings import HttpSmsSettings

HASHES: Mapping[str, Callable[[str, str], str]] = {
    "none": lambda _secret, _text: "",
    "md5": lambda _secret, text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
    "sha256": lambda _secret, text: hashlib.sha256(text.encode()).hexdigest(),
    "hmac-sha256": lambda secret, text: hmac.new(
        secret.encode(), text.encode(), "sha256"
    ).hexdigest(),
    "hmac-sha256-base64": lambda secret, text: base64.b64encode(
        hmac.digest(secret.encode(), text.encode(), "sha256")
    ).decode(),
}


class HttpSms:
    """Sends as its settings say."""

    channel: ClassVar[str] = SMS

    def __init__(
        self, settings: HttpSmsSettings, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._success = expression(settings.success)
        self._code, self._id = reader(settings.code_path), reader(settings.id_path)
        self._permanent = listed(settings.permanent)

    def send(self, parcel: Parcel) -> Sent:
        """Hand one SMS over; raises DeliveryError."""
        answer = self._ask(self._values(parcel))
        seen = {"status": answer.status, "text": answer.text, "json": answer.json}
        if holds(self._success, seen):
            return Sent(said(self._id, seen))
        if answer.status >= 500 or (answer.json is None and "json" in self._settings.success):
            raise answer.fault()
        code = said(self._code, seen) or f"HTTP_{answer.status}"
        raise DeliveryError(code, permanent=code in self._permanent)

    def _values(self, parcel: Parcel) -> dict[str, str]:
        settings, at = self._settings, self._clock()
        values = {
            "to": guard.phone(parcel),
            "text": parcel.text,
            "ref": guard.ref(parcel),
            "account": settings.account,
            "secret": settings.secret,
            "nonce": secrets.token_hex(16),
            "time": {
                "compact": at.astimezone(receipts.CHINA).strftime("%Y%m%d%H%M%S"),
                "unix": str(int(at.timestamp())),
                "milli": str(int(at.timestamp() * 1000)),
            }[settings.time_format],
        }
        signed = templates.fill(settings.sign_text, values)
        return values | {"sign": HASHES[settings.sign_type](settings.secret, signed)}

    def _ask(self, values: Mapping[str, str]) -> wire.Answer:
        settings = self._settings
        url = templates.fill_url(settings.url, values, charset=settings.charset)
        headers = templates.fill_headers(settings.headers, values)
        if settings.method == "GET":
            return wire.ask("GET", url, headers=headers)
        if settings.body_type == "json":
            body = templates.fill_json(settings.body, values)
            type = "application/json; charset=utf-8"
        else:
            body = templates.fill_form(settings.body, values, charset=settings.charset)
            type = f"application/x-www-form-urlencoded; charset={settings.charset}"
        return wire.ask(settings.method, url, headers={"Content-Type": type} | headers, body=body)


def listed(text: str) -> frozenset[str]:
    """The values of a comma-separated setting."""
    return frozenset(part.strip() for part in text.replace("，", ",").split(",") if part.strip())


def reader(source: str) -> Value | None:
    """What takes a value out of an answer; None for an empty path: there is nothing to look for."""
    return path(source) if source else None


def said(read: Value | None, seen: Mapping[str, Any]) -> str:
    """A value of an answer as a short text, "" where there is none."""
    value = read(seen) if read else None
    return str(value)[:128] if isinstance(value, (str, int)) else ""


def parse_receipt(
    settings: HttpSmsSettings, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> list[Receipt] | None:
    """What the gateway reports, in JSON, a form, or the query of a GET."""
    if not _authentic(settings, body, headers, query):
        return None
    content = receipts.content(body, query)
    items = (
        path(settings.receipt_list or "json")({"json": content}) if content is not None else None
    )
    if not isinstance(items, (list, dict)):
        return None
    good = listed(settings.receipt_ok)
    read = {name: reader(getattr(settings, f"receipt_{name}")) for name in ("id", "ref", "status")}
    found = []
    for item in items if isinstance(items, list) else [items]:
        values = {name: said(looks, {"json": item}) for name, looks in read.items()}
        if values["id"] or values["ref"]:
            ok = values["status"] in good
            found.append(receipts.receipt(values["id"], values["ref"], ok, values["status"]))
    return found


def _authentic(
    settings: HttpSmsSettings, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> bool:
    secret = settings.receipt_secret
    if settings.receipt_auth == "query":
        return receipts.token_is(secret, query)
    given = receipts.header(headers, settings.receipt_header)
    if settings.receipt_auth == "header":
        return receipts.same(secret, given)
    digest = hmac.digest(secret.encode(), body, "sha256")
    told = given.removeprefix("sha256=").strip()
    forms = (digest.hex(), digest.hex().upper(), base64.b64encode(digest).decode())
    return bool(secret) and any(receipts.same(form, told) for form in forms)


KIND = Kind(
    code="http_sms",
    label=_("短信网关（通用 HTTP）"),
    channel=SMS,
    settings=HttpSmsSettings,
    make=HttpSms,
    parse_receipt=parse_receipt,
    answer_with=lambda settings: (settings.receipt_answer, "text/plain; charset=utf-8"),
)
