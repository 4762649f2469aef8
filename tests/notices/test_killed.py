"""A worker is killed in the middle of its deliveries, again and again: nothing is lost, and what may
have gone out twice says so.

A hundred and fifty messages here; HOTLINE_KILL_TEST=1000 for as many as the issue asks.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils.timezone import now

from hotline.notices import services
from hotline.notices.models import Attempt, Message
from hotline.notices.services import outbox, sweeping
from tests.make import a_user
from tests.notices.scene import SMS_ONLY, a_gateway
from tools.bench.standin import Counting

MANY = int(os.environ.get("HOTLINE_KILL_TEST", "150"))
KILLS = max(3, MANY // 100)


def worker():
    """A real worker on the tests' database."""
    there = connection.settings_dict
    url = f"postgresql://{there['USER']}@/{there['NAME']}?host={there['HOST']}"
    ours = {"DATABASE_URL": url, "HOTLINE_NOTICES": "live", "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [sys.executable, "-m", "config.cli", "worker"], env=os.environ | ours,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def until(condition, seconds=90):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come to an end"
        time.sleep(0.002)


def waiting():
    return Message.objects.filter(state__in=["READY", "SENDING"]).exists()


@pytest.mark.django_db(transaction=True)
def test_killed_at_random_points_it_loses_nothing_and_reports_what_may_be_doubled():
    users = [a_user() for _ in range(MANY)]
    chance = random.Random(7)
    with Counting(seconds=0.01) as gateway:
        a_gateway(settings=gateway.settings)
        # Urgent, so that the hour at which the tests run does not matter.
        services.tell(
            users, "drill_alarm", {"time": now()}, key="k", at=now(), ladder=SMS_ONLY, urgent=True
        )
        for _ in range(KILLS):
            outbox.wake("SMS")
            process = worker()
            most = len(gateway.seen) + chance.randint(5, MANY // KILLS)
            until(lambda most=most: len(gateway.seen) >= most or not waiting())
            process.send_signal(signal.SIGKILL)
            process.wait()
        left = Message.objects.filter(state="SENDING").count()
        sweeping.sweep(at=now() + sweeping.STALE)  # some minutes later
        process = worker()
        until(lambda: not waiting())
        process.terminate()
        process.wait()

    refs = {f"m{message.pk}": message for message in Message.objects.all()}
    assert set(gateway.seen) == set(refs), "every message arrived, and no other"
    assert {message.state for message in refs.values()} == {"SENT"}
    doubled = {ref for ref, times in gateway.seen.items() if times > 1}
    reported = {ref for ref, message in refs.items() if message.doubtful}
    assert doubled <= reported, "whoever got it twice is on record"
    assert len(reported) == left <= KILLS * 2
    assert all(times <= 2 for times in gateway.seen.values())
    assert Attempt.objects.filter(outcome="LOST", code="CRASH").count() == len(reported)
    print(
        f"\n{MANY} messages, {KILLS} kills: 0 lost, {len(doubled)} doubled, {len(reported)} reported"
    )
