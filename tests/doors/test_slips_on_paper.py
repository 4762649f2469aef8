"""Slips and their ledger as they leave the house: on paper and as a spreadsheet."""

import zipfile
from io import BytesIO

import pytest

from hotline.cases.codes import Mode
from hotline.oversight.services import slips
from tests.doors.admin.paper import queries_of
from tests.doors.people import client_of
from tests.make import NOON, a_user, an_actor
from tests.oversight.at_hand import a_slip

pytestmark = pytest.mark.django_db


def words_in(response):
    """Every text of a workbook."""
    with zipfile.ZipFile(BytesIO(response.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if "xl/" in name)


def test_a_slip_says_who_wrote_each_part_of_it():
    slip = a_slip()
    contact, leader, overseer = an_actor("R5", of="houqin"), an_actor("R8"), an_actor("R9")
    for actor, name in ((contact, "郭联系"), (leader, "秦领导"), (overseer, "孟督查")):
        actor.user.name = name
        actor.user.save()
    slips.feed_back(slip, words="配件明日到货", by=contact, at=NOON)
    slips.opine(slip, words="务必按时", by=leader, at=NOON)
    slips.discharge(slip, words="已办结", by=overseer, at=NOON)
    office = client_of("R4").get(f"/desk/supervisions/{slip.number}/").content.decode()
    assert all(words in office for words in ("后勤处 郭联系", "秦领导", "孟督查"))
    unit = client_of("R5", of="houqin").get(f"/unit/supervisions/{slip.number}/").content.decode()
    assert all(words in unit for words in ("后勤处 郭联系", "秦领导"))
    assert "孟督查" not in unit


def test_the_paper_of_a_slip_carries_the_number_of_its_request():
    slip = a_slip()
    page = client_of("R9").get(f"/desk/supervisions/{slip.number}/").content.decode()
    paper = page[page.index("slip-paper") :]
    assert slip.case.number in paper


def test_the_spreadsheet_of_the_ledger_has_what_was_asked_and_what_was_said():
    slip = a_slip(shown_title="换水管")
    slips.opine(slip, words="务必按时", by=an_actor("R8"), at=NOON)
    sheet = client_of("R9").get("/desk/supervisions/sheet/")
    assert all(words in words_in(sheet) for words in ("换水管", "请本周内办结", "务必按时"))


def test_the_spreadsheet_of_the_ledger_says_nothing_of_who_asked():
    owner = a_user("卡纳瑞若")
    a_slip(owner=owner, mode=Mode.CONFIDENTIAL, title="金丝雀", shown_title="卡纳瑞若说水管漏水")
    words = words_in(client_of("R9").get("/desk/supervisions/sheet/"))
    assert "水管漏水" in words and "卡纳瑞若" not in words and "金丝雀" not in words


def test_the_spreadsheet_asks_no_more_for_more_slips():
    client = client_of("R9")
    a_slip()
    one = queries_of(client, "/desk/supervisions/sheet/")
    for _ in range(3):
        a_slip()
    assert queries_of(client, "/desk/supervisions/sheet/") == one


def test_every_spreadsheet_has_a_name_of_its_own():
    client = client_of("R4")
    paths = ["desk/supervisions", "desk/instructions", "desk/cases", "desk/roster", "figures"]
    names = {client.get(f"/{path}/sheet/")["Content-Disposition"] for path in paths}
    assert len(names) == len(paths)
