"""A Chinese message goes through a real Kannel to its fake SMS centre, and the report comes back.

Needs Debian's packages kannel and kannel-extras (``make test-tools`` installs them where it may).
"""

import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote_to_bytes

import pytest

from hotline.drivers import kannel
from hotline.drivers.carriers import Parcel, Receipt, Sent
from tests.drivers.contracts import KannelBox
from tests.drivers.standins import Contract, standing
from tests.drivers.test_contracts import refused

SBIN = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
BEARERBOX, SMSBOX = (shutil.which(name, path=SBIN) for name in ("bearerbox", "smsbox"))
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
HARD_TOKEN = "a+token/of 24&%d回执é characters"  # %A, %C and %d mean something to Kannel

pytestmark = pytest.mark.skipif(
    not (BEARERBOX and SMSBOX and FAKESMSC.exists()),
    reason="kannel and kannel-extras are not installed: no real SMS gateway to send through",
)

CONFIG = """
group = core
admin-port = {admin}
admin-password = test-only
admin-deny-ip = "*.*.*.*"
admin-allow-ip = "127.0.0.1"
smsbox-port = {box}
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {centre}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}

group = sendsms-user
username = hotline
password = kannel-pass
user-deny-ip = "*.*.*.*"
user-allow-ip = "127.0.0.1"
default-sender = 10690000
max-messages = 5
concatenation = true

group = sms-service
keyword = default
text = "no"
max-messages = 0
"""


class Reports(Contract):
    """Our own address for receipts, as Kannel sees it."""

    def answer(self, asked):
        self.take(asked.query.get("ref", ""))
        return 200, "text/plain", b"ok"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """bearerbox, smsbox and the fake centre on ports of their own, and our receiving end."""
    home = tmp_path_factory.mktemp("kannel")
    ports = dict(zip(("admin", "box", "centre", "sendsms"), free_ports(4), strict=True))
    config = home / "kannel.conf"
    config.write_text(CONFIG.format(**ports))
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, *command: str, listens: int | None = None) -> None:
        with (home / f"{name}.log").open("wb") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=home))
        if listens:
            eventually(lambda: is_open(listens), f"{name} listens")

    try:
        start("bearerbox", BEARERBOX, "-v", "1", str(config), listens=ports["centre"])
        eventually(lambda: is_open(ports["box"]), "bearerbox takes smsbox")
        start("smsbox", SMSBOX, "-v", "1", str(config), listens=ports["sendsms"])
        centre = [str(FAKESMSC), "-H", "127.0.0.1", "-r", str(ports["centre"]), "-m", "0"]
        start("centre", *centre, "1 2 text none")
        with standing(Reports()) as reports:
            settings = replace(
                KannelBox().settings(f"http://127.0.0.1:{ports['sendsms']}"),
                receipt_url=f"{reports.url}/receipts/kannel",
                receipt_token=HARD_TOKEN,
            )
            yield SimpleNamespace(settings=settings, reports=reports, log=home / "centre.log")
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def test_a_chinese_message_goes_through_and_its_report_comes_back(network):
    text = "【南山大学】诉求20261126-0001将于今天18:00到期，请及时答复。%d&𬭎"
    assert kannel.Kannel(network.settings).send(Parcel("138 0013 8000", text, ref="m501")) == Sent(
        ""
    )

    eventually(lambda: network.reports.contract.taken["m501"], "the report arrives")
    (asked,) = [asked for asked in network.reports.seen if asked.query["ref"] == "m501"]
    found = kannel.parse_receipt(network.settings, asked.body, asked.headers, asked.query)
    assert found == [Receipt("", "m501", True, "DLR_1", None)]
    assert at_the_centre(network.log, "13800138000") == [text]


def test_a_long_one_is_cut_by_kannel_and_an_english_one_is_7_bit(network):
    ours = kannel.Kannel(network.settings)
    ours.send(Parcel("13800138001", "长" * 100, ref="m502"))
    ours.send(Parcel("13800138002", "Due at 18:00 today", ref="m503"))
    eventually(lambda: network.reports.contract.taken["m502"], "the report of both parts arrives")
    eventually(lambda: network.reports.contract.taken["m503"], "the report arrives")
    said = network.log.read_text(errors="replace")
    assert said.count("<10690000 13800138001 ") == 2
    assert "<10690000 13800138002 text Due at 18:00 today>" in said


def test_a_wrong_password_is_told(network):
    error = refused(kannel.Kannel(replace(network.settings, password="x")), Parcel("10086", "a"))
    assert (error.code, error.permanent, error.unknown) == ("HTTP_403", False, False)


def at_the_centre(log: Path, to: str) -> list[str]:
    """The texts that the centre says it got for a number."""
    lines = log.read_bytes().split(b"Got message ")[1:]
    wanted = [line.partition(f" {to} ucs-2 ".encode())[2] for line in lines]
    return [
        unquote_to_bytes(text[: text.rindex(b">")].replace(b"+", b" ")).decode("utf-16-be")
        for text in wanted
        if text
    ]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def is_open(port: int) -> bool:
    with socket.socket() as each:
        return each.connect_ex(("127.0.0.1", port)) == 0


def eventually(true: Callable[[], object], what: str) -> None:
    """Wait for another process, at most twenty seconds."""
    never = threading.Event()
    for _ in range(400):
        if true():
            return
        never.wait(0.05)
    raise AssertionError(f"It did not come about that {what}.")
