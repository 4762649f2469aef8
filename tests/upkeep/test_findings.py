"""What `hotline doctor` finds: each thing good, doubtful and wrong, and what it says to do."""

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.timezone import now

from hotline.base import space
from hotline.cases.codes import State
from hotline.notices.models import Gateway
from hotline.upkeep import engine, flow, host, metrics, outside, pulse
from hotline.upkeep.findings import Asked, Level, examine, good, worst
from hotline.worktime.clock import ZONE
from tests.make import NOON, a_case, a_user
from tests.upkeep.at_hand import a_job, a_worker, no_jobs

pytestmark = pytest.mark.django_db
CANARY = ("卡纳瑞若", "13955550123", "金丝雀的标题")


@pytest.fixture(autouse=True)
def _home(settings, tmp_path, db):
    no_jobs()
    settings.HOME = tmp_path
    settings.FILES = tmp_path / "files"
    space._last = None
    yield
    space._last = None


def by_code(found):
    return {finding.code: finding for finding in found}


def found(at=None):
    return by_code(examine(Asked(at or now(), reach_out=False)))


def test_everything_is_looked_at_and_whatever_is_not_good_says_what_to_do():
    seen = found()
    assert set(seen) == {
        "hosts", "https", "url", "secrets", "disk", "files", "memory", "backup", "clock", "clock-set", "database",
        "durability", "connections", "migrations", "worker", "jobs", "jobs-periodic", "jobs-failed", "messages", "gateways",
        "clocks", "holidays", "claims", "erasures",
    }  # fmt: skip
    assert all(f.todo for f in seen.values() if f.level != Level.GOOD)
    assert all(str(f.name) and str(f.words) for f in seen.values())
    assert seen["migrations"].level == seen["clock"].level == Level.GOOD


def test_a_worker_that_is_silent_and_jobs_that_wait_are_wrong():
    at = now()
    assert found(at)["worker"].level == Level.WRONG
    a_worker(at - timedelta(seconds=20))
    assert found(at)["worker"].level == Level.GOOD
    a_job(at - timedelta(hours=2), due_at=at - timedelta(minutes=1))
    a_job(at - timedelta(hours=2), due_at=at + timedelta(hours=1))
    assert found(at)["jobs"].level == Level.GOOD  # what is not due does not wait
    a_job(at - timedelta(minutes=11))
    assert found(at)["jobs"].level == Level.WRONG
    assert found(at + timedelta(minutes=10))["worker"].level == Level.WRONG
    a_job(at, status="failed")
    assert found(at)["jobs-failed"].level == Level.LOOK


def test_a_clock_that_was_set_is_said_for_a_day(tmp_path):
    at = now()
    assert found(at)["clock-set"].level == Level.GOOD
    note = {"at": (at - timedelta(hours=2)).isoformat(), "seconds": -3600}
    (tmp_path / "clock.json").write_text(json.dumps(note))
    assert found(at)["clock-set"].level == Level.LOOK
    assert "-60" in found(at)["clock-set"].words
    assert b"hotline_clock_jump_seconds -3600" in metrics.written(at)
    assert found(at + timedelta(days=1))["clock-set"].level == Level.GOOD


@pytest.mark.parametrize(
    ("day", "level"), [((2026, 11, 14), Level.GOOD), ((2026, 11, 15), Level.LOOK), ((2027, 1, 2), Level.WRONG)]
)  # fmt: skip
def test_holidays_of_the_next_year_are_missed_from_the_middle_of_november(day, level):
    assert flow._holidays(datetime(*day, 12, tzinfo=ZONE)).level == level


def test_secrets_that_others_may_read_are_wrong(tmp_path):
    (tmp_path / "keys").mkdir(mode=0o700)
    for name in ("secret_key", "keys/data.key"):
        (tmp_path / name).touch(mode=0o600)
    assert found()["secrets"].level == Level.GOOD
    (tmp_path / "keys" / "data.key").chmod(0o640)
    assert found()["secrets"].level == Level.WRONG
    assert "data.key" in found()["secrets"].words


def test_a_disk_that_is_nearly_full_is_said(settings):
    settings.DISK_RESERVE_BYTES = 10**18
    assert found()["disk"].level == Level.WRONG
    settings.DISK_RESERVE_BYTES = 0
    space._last = None
    assert found()["disk"].level == Level.GOOD or space.free_bytes() < host.ROOM_LEAST


def test_a_backup_that_is_old_or_was_never_tried_is_said(tmp_path):
    at = now()
    assert found(at)["backup"].level == Level.LOOK
    record = {"name": "b", "taken_at": (at - timedelta(hours=20)).isoformat()}
    (tmp_path / "backup.json").write_text(json.dumps(record))
    seen = found(at)
    assert (seen["backup"].level, seen["backup-verified"].level) == (Level.GOOD, Level.LOOK)
    record["verified_at"] = at.isoformat()
    (tmp_path / "backup.json").write_text(json.dumps(record))
    assert found(at)["backup-verified"].level == Level.GOOD
    assert found(at + timedelta(days=2))["backup"].level == Level.WRONG


def test_a_gateway_that_is_out_is_wrong(settings):
    settings.NOTICES = "live"
    Gateway.objects.create(
        code="sms", name="短信", kind="kannel", channel="SMS", enabled=True, out_since=NOON
    )
    assert found()["gateways"].level == Level.WRONG


def test_a_certificate_near_its_end_and_a_wrong_clock_are_said(settings, monkeypatch):
    settings.PUBLIC_URL = "https://hotline.example.edu.cn"
    at = now()
    for days, level in ((30, Level.GOOD), (20, Level.LOOK), (3, Level.WRONG)):
        ends = at + timedelta(days=days, hours=1)
        monkeypatch.setattr(outside, "expiry", lambda *_a, ends=ends: ends)
        assert by_code(outside.findings(Asked(at)))["certificate"].level == level

    class Answer:
        headers = {"Date": "Wed, 03 Jun 2026 04:00:00 GMT"}  # noqa: RUF012

    monkeypatch.setattr(outside.httpx, "head", lambda *_a, **_k: Answer)
    told = by_code(outside.findings(Asked(at, clock_url="https://time.example.edu.cn/")))
    assert told["time"].level == Level.WRONG


def test_the_command_tells_programs_and_fails_only_when_something_is_wrong(settings, monkeypatch):
    # The server of the tests is one that may lose data.
    monkeypatch.setattr(engine, "_safety", lambda *_a: good("durability", "断电安全", "x"))
    out = StringIO()
    with pytest.raises(SystemExit) as ended:  # no worker runs
        call_command("doctor", "--json", "--no-network", stdout=out)
    assert ended.value.code == 1
    told = json.loads(out.getvalue())
    assert told["state"] == "wrong"
    assert {"code", "state", "name", "words", "todo"} == set(told["findings"][0])
    a_worker(now())
    settings.DISK_RESERVE_BYTES = 0
    out = StringIO()
    call_command("doctor", "--no-network", "--quiet", stdout=out)
    assert "BAD" not in out.getvalue() and " ok " not in out.getvalue()


def test_findings_and_figures_name_nobody():
    owner = a_user(CANARY[0], phone=CANARY[1])
    case = a_case(State.IN_PROGRESS, owner=owner, title=CANARY[2])
    a_job(now() - timedelta(hours=1))
    text = " ".join(f"{f.name} {f.words} {f.todo}" for f in examine(Asked(now(), reach_out=False)))
    text += str(pulse.requests()) + str(pulse.late_clocks(now())) + str(pulse.waiting(now()))
    assert not [word for word in (*CANARY, case.number) if word in text]
    assert worst(examine(Asked(now(), reach_out=False))) == Level.WRONG
