"""What the demo's last days were told of: messages in the postbox, a few that reached nobody."""

from datetime import datetime, timedelta

from hotline.cases.models import Step
from hotline.notices import services
from hotline.notices.codes import CARRIED, State, Why
from hotline.notices.models import Message
from hotline.notices.services import ladder
from hotline.notices.stories import story_of

DAYS, STEPS_MOST = 3, 160
REFUSED = "43101"  # WeChat's code for a reader who wants no more messages
UNREACHED = 3


def write(until: datetime) -> None:
    """Tell of the steps of the last days, each at its own moment, and deliver what can be."""
    recent = Step.objects.filter(at__gt=until - timedelta(days=DAYS), at__lte=until)
    for pk, at in sorted(recent.order_by("-at").values_list("id", "at")[:STEPS_MOST]):
        story = story_of(pk, at=at)
        if story is not None:
            services.fan_out(story)
    services.sweep(at=until)
    _unreached(until)
    for channel in CARRIED:
        services.drain(
            channel, clock=lambda: until, pause=lambda _seconds: None, most=STEPS_MOST * 4
        )
    Message.objects.filter(created_at__lt=until - timedelta(days=1)).update(read_at=until)


def _unreached(until: datetime) -> None:
    """Some requesters whom neither WeChat nor SMS reaches: somebody rings them up."""
    ready = Message.objects.filter(to_requester=True, channel="WECHAT", state=State.READY)
    for message in ready.select_related("case", "user").order_by("-id")[:UNREACHED]:
        sms = ladder.fall(message, Why.REFUSED, at=message.created_at, code=REFUSED)
        if sms is not None:
            row = Message.objects.select_related("case", "user").get(key=sms.key)
            ladder.fall(row, Why.REFUSED, at=until, code="EMPTY_NUMBER")
