"""A slow or deaf gateway slows no page and no dispatch, and what waits goes out when it is back."""

import time
from datetime import timedelta

import pytest
from django.utils.timezone import now

from hotline.cases.codes import State
from hotline.cases.services import dispatching
from hotline.cases.services.dispatching import Orders
from hotline.notices import services
from hotline.notices.models import Gateway, Message
from tests.doors.people import client_of
from tests.make import a_case, a_user, an_actor, unit
from tests.notices.scene import SMS_ONLY, a_gateway
from tests.notices.test_killed import until, waiting, worker
from tools.bench.standin import Counting

SLOW = 6.0  # seconds that the gateway takes to answer
QUICK = 3.0  # seconds that a page or a dispatch takes at most, on a busy machine


def timed(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


@pytest.mark.django_db(transaction=True)
def test_pages_and_dispatches_do_not_wait_for_a_slow_gateway(settings):
    settings.NOTICES = "live"
    clerk = client_of("R3")
    clerk.get("/desk/cases/")  # warm
    cases = [a_case(State.ACCEPTED) for _ in range(3)]
    by = an_actor("R3")
    with Counting(seconds=SLOW) as gateway:
        a_gateway(settings=gateway.settings)
        services.tell([a_user() for _ in range(6)], "drill_alarm", {"time": now()}, key="k", at=now(), ladder=SMS_ONLY, urgent=True)  # fmt: skip
        process = worker()
        until(lambda: gateway.seen)  # it is being waited for
        spans = [timed(lambda: clerk.get("/desk/cases/"))]
        for case in cases:
            orders = Orders(unit("houqin"), shown_title="漏水", shown_body="漏水了")
            spans.append(
                timed(lambda c=case, o=orders: dispatching.dispatch(c, o, by=by, at=now()))
            )
        assert Message.objects.filter(state="SENDING").exists(), "it still is"
        process.kill()
        process.wait()
    assert max(spans) < QUICK < SLOW


@pytest.mark.django_db(transaction=True)
def test_a_deaf_gateway_is_left_alone_and_the_queue_drains_when_it_hears_again():
    people = [a_user() for _ in range(40)]
    with Counting() as gateway:
        a_gateway(settings=gateway.settings)
        gateway.deaf = True
        services.tell(
            people, "shift_soon", {"time": now()}, key="k", at=now(), ladder=SMS_ONLY, urgent=True
        )
        process = worker()
        until(lambda: Gateway.objects.filter(out_since__isnull=False).exists())
        assert sum(gateway.seen.values()) < 10, "it is not asked forty times"
        gateway.deaf = False
        Gateway.objects.update(probe_at=now() - timedelta(seconds=1))  # a minute later
        Message.objects.filter(state="READY").update(not_before=None)
        services.sweep(at=now())
        until(lambda: not waiting())
        process.terminate()
        process.wait()
    assert set(Message.objects.values_list("state", flat=True)) == {"SENT"}
    assert Gateway.objects.get().out_since is None
