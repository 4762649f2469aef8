"""What machines may ask: alive, ready, figures; and what a stranger learns from them: nothing."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils.timezone import now

from hotline.base import space
from hotline.cases.codes import State
from hotline.upkeep import readiness
from tests.doors.people import client_of
from tests.make import a_case, a_user
from tests.upkeep.at_hand import a_job, a_worker, no_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path, db):
    no_jobs()
    settings.HOME = tmp_path
    settings.DISK_RESERVE_BYTES = 0
    space._last = None
    yield
    space._last = None


def test_alive_asks_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_says_in_codes_what_is_missing(settings):
    assert Client().get("/readyz").json() == {"ready": False, "reasons": ["queue"]}
    a_worker(now())
    assert (answer := Client().get("/readyz")).status_code == 200
    assert answer.json() == {"ready": True, "reasons": []}
    a_job(now() - timedelta(minutes=11))
    settings.DISK_RESERVE_BYTES = 10**18
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["queue", "disk"])
    assert Client().get("/readyz?for=pages").status_code == 200


def test_ready_without_a_database_or_with_migrations_that_wait(monkeypatch):
    def away(_at):
        raise DatabaseError("connection to server at 10.0.0.7 failed: password of hotline")

    monkeypatch.setattr(readiness.pulse, "queue", away)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["database"])
    assert "10.0.0.7" not in answer.content.decode()
    monkeypatch.setattr(readiness, "_applied", False)
    monkeypatch.setattr(readiness, "pending", lambda: ["cases.0099_more"])
    assert Client().get("/readyz").json()["reasons"] == ["migrations"]


def test_figures_are_for_the_holder_of_the_token_or_for_this_very_host(settings):
    near = {"HTTP_HOST": "localhost:8000"}
    assert Client(**near).get("/metrics").status_code == 200
    assert Client(HTTP_HOST="[::1]:8000").get("/metrics").status_code == 200
    assert Client(HTTP_HOST="leads-here.example").get("/metrics").status_code == 404
    assert Client(REMOTE_ADDR="10.1.2.3", **near).get("/metrics").status_code == 404
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"):  # a stranger by our proxy
        assert Client(**near).get("/metrics", headers={header: "x"}).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert Client(**near).get("/metrics").status_code == 404
    wrong = {"Authorization": "Bearer another"}
    assert Client().get("/metrics", headers=wrong).status_code == 404
    right = {"Authorization": "Bearer a long token"}
    assert Client(REMOTE_ADDR="10.1.2.3").get("/metrics", headers=right).status_code == 200


def test_figures_count_by_the_name_of_an_address_and_name_nobody():
    owner = a_user("卡纳瑞若", phone="13955550123")
    case = a_case(State.IN_PROGRESS, owner=owner, title="金丝雀的标题")
    a_case(State.CRISIS)
    a_worker(now())
    a_job(now() - timedelta(minutes=3))
    client = client_of("R3")
    client.get(f"/desk/cases/{case.number}/")
    client.get("/nowhere/13955550123/")
    client.generic("13955550123", "/portal/")
    text = client.get("/metrics", HTTP_HOST="localhost").content.decode()
    assert re.search(
        r'hotline_requests_total\{method="GET",route="desk:case",status="200"\} [1-9]', text
    )
    assert 'route="none",status="404"' in text
    assert 'hotline_request_seconds_bucket{le="0.01",route="desk:case"}' in text
    assert 'hotline_jobs{state="todo"} 1.0' in text
    assert re.search(r"hotline_job_oldest_seconds 1[789]\d", text)
    assert 'hotline_cases{state="IN_PROGRESS"} 1.0' in text and "CRISIS" not in text
    assert "hotline_database_up 1.0" in text and "hotline_clocks_late" in text
    assert not [word for word in ("卡纳瑞若", "13955550123", "金丝雀", case.number) if word in text]


def test_several_processes_count_together(tmp_path):
    """As granian's workers do: each in its own process, asked in any one of them."""
    one = (
        "import django, os; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; django.setup()\n"
        "from hotline.upkeep import metrics\n"
        "metrics.count(route='portal:home', method='GET', status=200, seconds=0.1)\n"
        "from prometheus_client import CollectorRegistry, generate_latest\n"
        "from prometheus_client.multiprocess import MultiProcessCollector\n"
        "r = CollectorRegistry(); MultiProcessCollector(r); print(generate_latest(r).decode())\n"
    )
    import os

    ours = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", one], env=ours, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]  # fmt: skip
    assert 'route="portal:home",status="200"} 2.0' in said[1]
