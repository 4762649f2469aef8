"""Two workers at once: a message goes out once."""

import threading

import pytest
from django.db import connections

from hotline.notices import services
from hotline.notices.models import Message
from hotline.notices.services.delivery import Way
from tests.make import NOON, a_user
from tests.notices.scene import SMS_ONLY, Scripted, a_gateway

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 4


def all_at_once():
    """Several workers drain one channel; what the carrier was given."""
    carrier = Scripted()
    way = Way("SMS", carrier, a_gateway())
    start = threading.Barrier(WORKERS)

    def work():
        start.wait()
        services.drain("SMS", clock=lambda: NOON, pause=lambda _s: None, way=way)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return carrier.parcels


def test_four_workers_send_forty_messages_once_each():
    users = [a_user() for _ in range(40)]
    services.tell(users, "shift_soon", {"time": NOON}, key="k", at=NOON, ladder=SMS_ONLY)
    refs = sorted(parcel.ref for parcel in all_at_once())
    assert refs == sorted(f"m{message.pk}" for message in Message.objects.all())
    assert set(Message.objects.values_list("state", "tries")) == {("SENT", 1)}


def test_the_day_s_limit_holds_when_several_workers_send_to_one_person():
    user = a_user()
    for number in range(14):
        services.tell(
            [user], "shift_soon", {"time": NOON}, key=f"k{number}", at=NOON, ladder=SMS_ONLY
        )
    assert len(all_at_once()) == 10
    assert Message.objects.filter(state="SKIPPED", why="CAP").count() == 4
