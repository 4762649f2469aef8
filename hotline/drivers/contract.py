"""What every carrier is given, gives back and raises. Nothing here knows any carrier."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol

from hotline.base.refusals import Words
from hotline.drivers.asked import Settings

SMS, MAIL, WECOM, WECHAT = "SMS", "MAIL", "WECOM", "WECHAT"

UNSAFE = re.compile(r"[^A-Za-z0-9_.:+-]+")
LONG_NUMBER = re.compile(r"\d{7,}")


class DeliveryError(Exception):
    """A message that did not go, or may not have gone.

    ``permanent``: trying again can never help this message.
    ``code``: the carrier's own word for it, or ours in capitals (``NO_CONNECTION``).
    ``unknown``: we asked and the answer was lost, so it may or may not have been sent.

    It holds nothing of the message: a code is cut down to a code, so that a carrier which
    answers with a phone number or with our own request does not write it into our log.
    """

    def __init__(self, code: str, *, permanent: bool = False, unknown: bool = False) -> None:
        self.code = LONG_NUMBER.sub("…", UNSAFE.sub("_", str(code).strip()))[:64] or "UNNAMED"
        self.permanent = permanent
        self.unknown = unknown
        super().__init__(self.code)


@dataclass(frozen=True)
class Parcel:
    """What is to be sent. A carrier uses what it can and leaves the rest.

    ``to`` is a phone number, an e-mail address, a WeCom userid or an openid, by channel.
    ``text`` is the full text: of an SMS with its signature, of an e-mail its body.
    ``title`` is the subject of an e-mail or the title of a card, ``url`` where it leads.
    ``ref`` is our message's id (``m123``), for carriers that take one.
    ``template`` and ``params`` are for carriers that send only what they approved before;
    a carrier that numbers its variables takes them in the order of ``params``.
    """

    to: str = field(repr=False)
    text: str = field(repr=False)
    title: str = field(default="", repr=False)
    ref: str = ""
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)


@dataclass(frozen=True)
class Sent:
    """A carrier took the message over. ``carrier_id`` is its name for it, "" if it gives none."""

    carrier_id: str


class Carrier(Protocol):
    """Takes one message at a time; made once and kept, used by many threads."""

    channel: ClassVar[str]

    def send(self, parcel: Parcel) -> Sent:
        """Hand the message over; raise DeliveryError when it was not, or may not have been."""


@dataclass(frozen=True)
class Receipt:
    """What became of a message later. ``at`` is aware, or None if the carrier does not say."""

    carrier_id: str
    ref: str
    ok: bool
    code: str
    at: datetime | None


ReceiptReader = Callable[
    [Any, bytes, Mapping[str, str], Mapping[str, str]], list[Receipt] | None
]  # fmt: skip


def _plain_ok(_settings: object) -> tuple[str, str]:
    return "ok", "text/plain"


@dataclass(frozen=True)
class Kind:
    """A way to send messages that an administrator can choose and fill in.

    ``make(settings)`` gives the carrier. ``parse_receipt(settings, body, headers, query)`` reads
    what the carrier calls us with: a list of receipts, perhaps empty, or None when the call
    is not from that carrier or cannot be read (answer 403). Names of headers in any case.
    None in its place: this carrier sends no receipts. ``answer_with(settings)`` is the body, and
    its type, that the carrier expects back with status 200.
    """

    code: str
    label: Words
    channel: str
    settings: type[Settings]
    make: Callable[[Any], Carrier]
    parse_receipt: ReceiptReader | None = None
    answer_with: Callable[[Any], tuple[str, str]] = _plain_ok
