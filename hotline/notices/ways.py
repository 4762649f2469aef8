"""The ways that are open: which gateway serves a channel, which address a person has there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from hotline.cases import consents
from hotline.cases.models import Case, ConsentKind, Requester
from hotline.notices.codes import CARRIED, Channel, Why
from hotline.notices.models import Address, Gateway, Message, Preference
from hotline.people.models import Membership, User

FIXED = frozenset({Channel.SMS, Channel.WECOM})  # staff may not switch these off


def live() -> bool:
    """Are messages handed to real carriers? Otherwise everything goes into the test postbox."""
    return bool(settings.NOTICES == "live")


def gateways() -> dict[str, Gateway]:
    """The enabled gateway of each channel; none where everything goes into the postbox."""
    return {g.channel: g for g in Gateway.objects.filter(enabled=True)} if live() else {}


def address(user: User | None, requester: Requester | None, channel: str) -> str:
    """Where somebody is reached on a channel; "" where they are not."""
    if channel == Channel.SMS:
        return (requester.phone if requester else "") or ((user.phone or "") if user else "")
    row = Address.objects.filter(user=user, channel=channel).first() if user else None
    return row.value if row else ""


def address_of(message: Message) -> str:
    """Where a message goes, looked up when it goes."""
    return address(message.user, _requester_of(message), message.channel)


def phone_of(message: Message) -> str:
    """By which number the reader of a message is rung up."""
    return address(message.user, _requester_of(message), Channel.SMS)


def _requester_of(message: Message) -> Requester | None:
    if not message.to_requester or message.case_id is None:
        return None
    return Requester.objects.filter(case_id=message.case_id).first()


@dataclass
class Reach:
    """What is known of how some people may be reached; read once for all of them."""

    gateways: Mapping[str, Gateway]
    preferences: Mapping[int, Preference]
    addresses: frozenset[tuple[int, str]]
    staff: frozenset[int]  # of those who have switched something off
    unwelcome: frozenset[tuple[int, str]] = frozenset()  # requests, and ways not agreed to
    is_live: bool = field(default_factory=live)

    @classmethod
    def of(cls, people: Iterable[User], asked: Iterable[Case] = ()) -> "Reach":
        """``asked`` are requests whose requesters are told."""
        ids = [user.pk for user in people]
        wishes = {p.user_id: p for p in Preference.objects.filter(user__in=ids)}
        known = Address.objects.filter(user__in=ids).values_list("user_id", "channel")
        picky = [pk for pk, wish in wishes.items() if wish.off]
        held = Membership.objects.filter(user__in=picky) if picky else Membership.objects.none()
        return cls(
            gateways(), wishes, frozenset(known) if live() else frozenset(),
            frozenset(held.values_list("user_id", flat=True)), _unwelcome(list(asked)),
        )  # fmt: skip

    def language(self, user: User | None) -> str:
        wish = self.preferences.get(user.pk) if user else None
        return wish.language if wish else "zh-hans"

    def hindrance(
        self,
        channel: str,
        user: User | None,
        *,
        phone: str,
        to_requester: bool,
        case_id: int | None,
        urgent: bool,
        every_channel: bool,
        at: datetime,
    ) -> Why:
        """Why this way is closed to this person; NONE where it is open.

        A gateway that is out closes it to what cannot wait, unless every channel is to ring: it
        may be back by now, and only a message can find out. So does one a minute otherwise.
        """
        wish = self.preferences.get(user.pk) if user else None
        at_work = user is not None and user.pk in self.staff and not to_requester
        fixed = channel in FIXED and at_work
        if wish and channel in wish.off and not urgent and not fixed:
            return Why.OFF
        if to_requester and not urgent and (case_id, channel) in self.unwelcome:
            return Why.OFF
        if channel not in CARRIED or not self.is_live:
            return Why.NONE
        gateway = self.gateways.get(channel)
        if gateway is None:
            return Why.NO_GATEWAY
        if gateway.out_since and urgent and not every_channel and not gateway.asks_again(at):
            return Why.OUTAGE
        if channel == Channel.SMS:
            return Why.NONE if phone else Why.NO_ADDRESS
        known = user is not None and (user.pk, channel) in self.addresses
        return Why.NONE if known else Why.NO_ADDRESS


CONSENTED = {ConsentKind.SMS: Channel.SMS, ConsentKind.WECHAT: Channel.WECHAT}


def _unwelcome(cases: list[Case]) -> frozenset[tuple[int, str]]:
    """Ways that a requester was asked about, and has not agreed to or no longer."""
    found = consents.refused(cases, CONSENTED) if cases else set()
    return frozenset((pk, CONSENTED[ConsentKind(kind)]) for pk, kind in found)


def is_unwelcome(message: Message, channel: str) -> bool:
    """Has the requester, by now, not agreed to be told on that channel? What is urgent goes all the same."""
    if not message.to_requester or message.urgent or message.case is None:
        return False
    return (message.case.pk, channel) in _unwelcome([message.case])
