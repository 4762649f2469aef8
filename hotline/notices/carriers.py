"""What carries messages: the gateways a school has set up, or the postbox of a test installation."""

import json
import logging
from functools import lru_cache
from hashlib import sha256
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.drivers.carriers import KINDS, Parcel, Sent
from hotline.notices import wording
from hotline.notices.codes import Channel
from hotline.notices.models import Gateway, Message

log = logging.getLogger(__name__)


class Carrying(Protocol):
    """What delivery asks of a carrier."""

    def send(self, parcel: Parcel) -> Sent: ...


class Postbox:
    """Carries nothing anywhere: a message is read on its page. The default of ``make run``."""

    channel: ClassVar[str] = "PAGE"
    idempotent: ClassVar[bool] = True

    def send(self, parcel: Parcel) -> Sent:
        return Sent(carrier_id=f"postbox-{parcel.ref}")


def carrier_of(gateway: Gateway | None) -> Carrying:
    """The carrier behind a gateway; the postbox where there is none.

    Made once for the same settings. Raises Invalid for settings that the driver does not take.
    """
    if gateway is None:
        return Postbox()
    values = {**gateway.settings, **gateway.secrets}
    return _made(gateway.kind, json.dumps(values, sort_keys=True, default=str))


@lru_cache(maxsize=64)
def _made(kind: str, values: str) -> Carrying:
    if kind not in KINDS:
        raise Invalid(_("没有这种通道：%(kind)s") % {"kind": kind})
    try:
        carrier: Carrying = KINDS[kind].make(KINDS[kind].settings.read(json.loads(values)))
    except Invalid:
        raise
    except Exception as fault:  # noqa: BLE001 -- one driver must not stop what others carry
        log.error("gateway of kind %s cannot be made: %s", kind, type(fault).__name__)
        raise Invalid(_("这个通道的设置无法使用，请检查各项后重新保存。")) from None
    return carrier


def parcel_of(message: Message, to: str) -> Parcel:
    """A message as carriers take it."""
    words = wording.wording(message.template, message.channel, message.language)
    text = message.text
    if message.channel == Channel.SMS:
        text = wording.signature() + text
    return Parcel(
        to=to, text=text, title=message.title, ref=f"m{message.pk}", template=words.carrier_code,
        params=wording.parameters(words, message.params), url=link(message),
    )  # fmt: skip


def kept(carrier_id: str) -> str:
    """A carrier's name for a message as it is stored and looked up: a long one by its digest.

    "" for what can be no name: neither the database nor a job could hold it.
    """
    if not carrier_id.isprintable():
        return ""
    room = Message._meta.get_field("carrier_id").max_length or 0
    return carrier_id if len(carrier_id) <= room else sha256(carrier_id.encode()).hexdigest()


def link(message: Message) -> str:
    """Where the reader is led; "" where the platform's own address is not set."""
    return f"{settings.PUBLIC_URL}/messages/{message.pk}/" if settings.PUBLIC_URL else ""


def idempotent(carrier: Any) -> bool:
    """Does the carrier itself refuse the same reference twice?"""
    return bool(getattr(carrier, "idempotent", False))
