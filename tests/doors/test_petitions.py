"""The petition office's file on its page."""

import pytest

from hotline.cases.codes import Referral, State
from hotline.cases.services import triage
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, an_actor, holder

pytestmark = pytest.mark.django_db
NOTE, OPINION = "已约谈当事人的记录", "处理意见书正文"


@pytest.fixture
def case():
    made = a_case(State.ACCEPTED)
    triage.refer(
        made,
        to=Referral.PETITION,
        reason="BS02",
        words="已转信访部门。",
        by=an_actor("R4"),
        at=NOON,
    )
    return made


def test_the_file_is_worked_through_on_one_page_and_the_requester_reads_how_far_it_is(case):
    client, at = client_of("R10"), f"/desk/petitions/{case.number}/"
    assert case.number in client.get("/desk/rooms/petition/").content.decode()
    assert at in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert client.post(f"{at}register/", {"register-number": ""}).status_code == 422
    assert client.post(f"{at}register/", {"register-number": "信访12号"}).status_code == 302
    client.post(f"{at}note/", {"note-words": NOTE})
    client.post(f"{at}accept/")
    assert client.post(f"{at}accept/").status_code == 409
    client.post(f"{at}close/", {"close-words": OPINION})
    page = client.get(at).content.decode()
    assert all(words in page for words in ("信访12号", NOTE, OPINION))
    own = signed_in(case.owner).get(f"/requests/{case.number}/").content.decode()
    assert OPINION in own
    assert NOTE not in own


@pytest.mark.parametrize("role", ["R2", "R3", "R4", "R5", "R8", "R9", "R11", "R12", "R13", "R13A"])
def test_for_everyone_else_there_is_no_file(case, role):
    office = client_of("R10")
    office.post(f"/desk/petitions/{case.number}/register/", {"register-number": "信访12号"})
    office.post(f"/desk/petitions/{case.number}/note/", {"note-words": NOTE})
    client = client_of(role)
    assert client.get(f"/desk/petitions/{case.number}/").status_code == 404
    assert client.post(f"/desk/petitions/{case.number}/accept/").status_code in {403, 404}
    page = client.get(f"/desk/cases/{case.number}/")
    assert NOTE not in page.content.decode()
    assert (page.status_code == 200) == (role in {"R3", "R4", "R8", "R9"})
    assert "打开信访件" not in page.content.decode()


def test_another_office_s_request_has_no_file(case):
    other = a_case(State.ACCEPTED)
    assert client_of("R10").get(f"/desk/petitions/{other.number}/").status_code == 404


def test_the_discipline_office_acknowledges_on_the_page_and_the_requester_reads_that_alone():
    case = a_case(State.ACCEPTED)
    triage.refer(
        case, to=Referral.DISCIPLINE, reason="BS02", words="已转纪委。", by=an_actor("R4"), at=NOON
    )
    user = holder("R11")
    client = signed_in(user)
    assert client.post(f"/desk/cases/{case.number}/receipts/").status_code == 302
    own = signed_in(case.owner).get(f"/requests/{case.number}/").content.decode()
    assert "纪检监察机构已收到" in own
    assert user.name not in own
