"""A script that is stored is text wherever it comes back: on every page, for everybody, in every sheet."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils.timezone import now
from openpyxl import load_workbook

from hotline.cases.codes import Mode, Part, State
from hotline.cases.models import Attachment, Proposal, Rating, Remark
from hotline.cases.services.files import store
from hotline.oversight.services import instructions
from tests.doors.addresses import addresses
from tests.doors.fuzz.hostile import RAW, SCRIPT
from tests.doors.safety.conftest import browsers
from tests.doors.test_strangers import body_of
from tests.make import a_case, a_user, an_actor, an_order, category, holder, type_

pytestmark = pytest.mark.django_db

FORMULA = "=HYPERLINK(1)"
STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


@pytest.fixture
def scripted():
    """A request in which every word that somebody wrote is a script."""
    at = now() - timedelta(hours=5)
    text = SCRIPT[:60]
    owner = a_user(text[:40])
    case = a_case(
        State.IN_PROGRESS, owner=owner, mode=Mode.NAMED, title=text, body=SCRIPT, at=at, shown_title=text,
        shown_body=SCRIPT, type=type_("TS"), category=category("F102"), place_detail=text, first_closed_at=at,
        answer=SCRIPT,
    )  # fmt: skip
    order = case.orders.get()
    an_order(case, unit="jijian", part=Part.JOINT, at=at, opinion=SCRIPT)
    for kind in ("NOTE", "UNIT_NOTE", "SUPPLEMENT"):
        Remark.objects.create(case=case, order=order if kind == "UNIT_NOTE" else None, kind=kind, text=SCRIPT, at=at)  # fmt: skip
    Proposal.objects.create(case=case, verb="decline", text=SCRIPT, by=a_user(text[:40]), at=at)
    Rating.objects.create(case=case, round=1, result="DISSATISFIED", words=SCRIPT, source="REQUESTER", at=at)  # fmt: skip
    row = Attachment.objects.create(
        case=case, key="script" + "k" * 37, name=f"{text}.txt", mime="text/plain", extension="txt",
        size=len(SCRIPT), state="READY", at=at,
    )  # fmt: skip
    store().keep(row.key, BytesIO(SCRIPT.encode()))
    instructions.direct(case, words=SCRIPT, due=None, by=an_actor("R8"), at=at)
    holder("R6", of="houqin", name=text[:40])
    return case


def test_no_page_of_anybody_has_it_as_anything_but_text(scripted):
    met = set()
    for who, client in browsers(scripted).items():
        for name, path in addresses(scripted):
            response = client.get(path)
            text = body_of(response)
            if "text/html" in response.get("Content-Type", ""):
                assert not [raw for raw in RAW if raw in text], (who, name)
                met |= {name} if "&lt;zq7" in text else set()
            elif "zq7" in text and name.startswith("ui:file"):
                assert response["Content-Disposition"].startswith("attachment")
                assert "sandbox" in response["Content-Security-Policy"]
    assert {"desk:case", "desk:order", "portal:request", "desk:cases"} <= met  # it was there


def test_no_cell_of_any_spreadsheet_is_a_formula():
    """Every address that gives a sheet, to whoever may have it, with formulas for words."""
    owner = a_user(FORMULA)
    case = a_case(
        State.IN_PROGRESS, owner=owner, title=FORMULA, body=FORMULA * 3, shown_title=FORMULA
    )
    instructions.direct(case, words=FORMULA, due=None, by=an_actor("R8"), at=now())
    holder("R6", of="houqin", name=FORMULA)
    case.remarks.create(kind="SUPPLEMENT", text="x", at=now())
    Attachment.objects.create(case=case, key="k" * 43, name="x.txt", mime="text/plain", extension="txt", size=1, at=now())  # fmt: skip
    sheets = 0
    for client in browsers(case).values():
        for name, path in _sheets(case):
            response = client.get(path)
            if response.status_code != 200 or "spreadsheet" not in response["Content-Type"]:
                continue
            sheets += 1
            for row in load_workbook(BytesIO(response.content)).active.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", (name, cell.value)
                    assert not str(cell.value or "").startswith(STARTS), (name, cell.value)
    assert sheets >= 4


def _sheets(case):
    return [
        (name, path) for name, path in addresses(case) if name.endswith("sheet") or "report" in name
    ]
