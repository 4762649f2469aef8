"""Carriers that do as a test tells them, and short ways to say the usual things."""

from datetime import datetime, timedelta

from hotline.drivers.carriers import DeliveryError, Sent
from hotline.notices import services
from hotline.notices.codes import Channel
from hotline.notices.models import Gateway, Message
from hotline.notices.services.delivery import Way
from hotline.notices.stories import story_of
from tests.make import NOON, a_user

SMS_ONLY = (Channel.SMS,)
REFUSED = DeliveryError("BLACK", permanent=True)
DOWN = DeliveryError("NO_CONNECTION")
LOST = DeliveryError("TIMEOUT", unknown=True)


class Scripted:
    """Answers as its script says, then takes everything; remembers what it was given."""

    channel = "SMS"

    def __init__(self, *script, idempotent=False):
        self.script, self.parcels, self.idempotent = list(script), [], idempotent

    def send(self, parcel):
        self.parcels.append(parcel)
        answer = self.script.pop(0) if self.script else None
        if answer is not None:
            raise answer
        return Sent(carrier_id=f"c{len(self.parcels)}")


def a_gateway(channel="SMS", **fields):
    return Gateway.objects.create(
        code=fields.pop("code", channel.lower()), name=channel, kind="http_sms", channel=channel,
        enabled=True, per_second=fields.pop("per_second", 1000), **fields,
    )  # fmt: skip


def drain(carrier, at=NOON, channel="SMS", gateway=None, most=500):
    """Send what waits on a channel with this carrier; the gateway is made if there is none."""
    gateway = gateway or Gateway.objects.filter(channel=channel).first() or a_gateway(channel)
    way = Way(channel, carrier, gateway)
    return services.drain(channel, clock=lambda: at, pause=lambda _s: None, way=way, most=most)


def tell(user=None, *, key="k", at=NOON, ladder=SMS_ONLY, urgent=False, template="shift_soon"):
    """One message to one person, by SMS unless told otherwise; the row."""
    user = user or a_user()
    services.tell([user], template, {"time": at}, key=key, at=at, ladder=ladder, urgent=urgent)
    return Message.objects.filter(user=user, first=True).latest("id")


def told(case, *, at=NOON):
    """Fan out every step of a request; its messages in order."""
    for step in case.steps.order_by("seq"):
        services.fan_out(story_of(step.pk, at=at))
    return list(Message.objects.filter(case=case).order_by("id"))


def later(**span):
    return NOON + timedelta(**span)


def at_hour(hour, minute=0, day=3) -> datetime:
    return NOON.replace(day=day, hour=hour, minute=minute)
