"""Names in words: who must not know one reads it nowhere, and whoever is meant by one is found."""

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from openpyxl import load_workbook

from hotline.base.refusals import Invalid
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, NamedPerson, Rating, Remark, WorkOrder
from hotline.cases.services import handling, intake, triage
from hotline.cases.services.given import Words
from hotline.doors.desk.admin.views import importing
from hotline.oversight.services import instructions, slips
from hotline.people.queries import actor_of
from hotline.people.services import AccountRow
from hotline.rights.models import Claim
from hotline.rights.services import correcting
from tests.doors.people import BACKEND, client_of, signed_in
from tests.doors.safety.at_hand import NAME, a_secret
from tests.doors.test_strangers import body_of
from tests.make import a_case, a_requester, a_user, an_actor, holder, type_

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


@pytest.fixture
def head():
    return holder("R5", of="houqin")


def test_a_unit_reads_no_name_in_an_instruction_on_the_page_of_its_order(head):
    case = a_secret()
    words = f"请尽快答复{NAME}同学"
    row = instructions.direct(case, words=words, due=None, by=an_actor("R8"), at=now())
    client, order = signed_in(head), WorkOrder.objects.get(case=case)
    for address in (f"/unit/instructions/{row.number}/", f"/unit/orders/{order.pk}/"):
        page = text_of(client.get(address))
        assert "请尽快答复" in page
        assert NAME not in page


def test_a_unit_reads_no_name_in_the_history_on_the_page_of_its_order(head):
    case = a_secret()
    words = f"请向{NAME}说明情况"
    slip = slips.open_by_hand(case, requirement=words, reason="DB04", by=an_actor("R4"), at=now())
    client, order = signed_in(head), WorkOrder.objects.get(case=case)
    assert NAME not in text_of(client.get(f"/unit/supervisions/{slip.number}/"))
    page = text_of(client.get(f"/unit/orders/{order.pk}/"))
    assert "请向███说明情况" in page
    assert NAME not in page


def test_a_unit_reads_its_own_words_as_it_wrote_them_so_that_a_guess_is_not_answered(head):
    case = a_secret()
    order = WorkOrder.objects.get(case=case)
    by = actor_of(head, on=now().date())
    handling.note(order, words=f"是不是{NAME}反映的", by=by, at=now())
    assert f"是不是{NAME}反映的" in text_of(signed_in(head).get(f"/unit/orders/{order.pk}/"))


@pytest.mark.parametrize(
    "written", ["王晓强老师", "王 晓强", "信息中心王晓强", "王晓强（热线办）", "account"]
)
def test_whoever_is_named_as_people_write_names_sees_it_nowhere(written):
    clerk = holder("R3", name="王晓强")
    if written == "account":
        written = "".join(chr(ord(letter) + 0xFEE0) for letter in clerk.account)
    words = Words(body="办事拖拉，态度恶劣，请查处。", type=type_("TS"), named=written)
    case = intake.submit(words, by=a_requester(name=NAME), at=now()).case
    client = signed_in(clerk)
    assert client.get(f"/desk/cases/{case.number}/").status_code == 404
    assert case.number not in text_of(client.get("/desk/cases/"))


@pytest.mark.parametrize(
    "written",
    [
        "139 1234 4321", "139-1234-4321", "+86 13912344321", "微信13912344321", "１３９１２３４４３２１", "欧阳 明志",
        "2023ABC0001", "QQ：2023abc0001",
    ],
)  # fmt: skip
def test_no_copy_for_units_bears_the_requesters_own_name_or_number_however_written(written):
    owner = a_user(NAME, phone="13912344321", account="2023abc0001")
    case = a_case(State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL, at=now())
    body, clerk = f"水龙头漏水，请联系 {written}。", an_actor("R3")
    with pytest.raises(Invalid):
        triage.redacted(case, title="漏水", body=body, by=clerk, at=now())
    remark = Remark.objects.create(case=case, kind="SUPPLEMENT", text=body, at=now())
    with pytest.raises(Invalid):
        triage.release(case, remark=remark, words=body, by=clerk, at=now())
    triage.redacted(case, title="漏水", body="水龙头漏水。", by=clerk, at=now())


# --- Leaders and those who oversee, to whom the name is hidden ------------------------------


def _written_in(case, where):
    """Words of others with the requester's name, in one place of the page of a request."""
    if where == "answer":
        Case.objects.filter(pk=case.pk).update(answer=f"{NAME}同学：已更换龙头。")
    elif where == "place":
        Case.objects.filter(pk=case.pk).update(place_detail=f"{NAME}宿舍")
    elif where == "rating":
        Rating.objects.create(
            case=case, round=1, contacted=True, solved="YES", result="SATISFIED", attitude="SATISFIED",
            words=f"谢谢。{NAME}", source="REQUESTER", by=case.owner, at=now(),
        )  # fmt: skip
    elif where == "step":
        triage.note(case, words=f"已电话联系{NAME}", by=an_actor("R3"), at=now())
    elif where == "basis":
        Case.objects.filter(pk=case.pk).update(answer="已办。", basis=f"{NAME}的申请书")
    else:
        Case.objects.filter(pk=case.pk).update(shown_title="漏水", shown_body=f"{NAME}说漏水")


@pytest.mark.parametrize("role", ["R8", "R9"])
@pytest.mark.parametrize("where", ["answer", "place", "rating", "step", "basis", "copy"])
def test_whoever_must_not_know_the_name_reads_it_nowhere_on_the_page_of_a_request(role, where):
    case = a_secret(State.CLOSED, body=f"漏水。{NAME}")
    _written_in(case, where)
    page = signed_in(holder(role)).get(f"/desk/cases/{case.number}/")
    assert page.status_code == 200
    assert NAME not in text_of(page)


@pytest.mark.parametrize("role", ["R8", "R9"])
def test_nor_on_a_slip_nor_on_an_instruction(role):
    case = a_secret()
    slip = slips.open_by_hand(
        case, requirement=f"请向{NAME}说明", reason="DB04", by=an_actor("R4"), at=now()
    )
    row = instructions.direct(
        case, words=f"请答复{NAME}同学", due=None, by=an_actor("R8"), at=now()
    )
    instructions.note(row, words=f"已联系{NAME}", by=an_actor("R4"), at=now())
    client = signed_in(holder(role))
    for address in (
        f"supervisions/{slip.number}",
        f"instructions/{row.number}",
        f"cases/{case.number}",
    ):
        page = client.get(f"/desk/{address}/")
        assert page.status_code == 200
        assert "███" in text_of(page)
        assert NAME not in text_of(page)


def test_who_oversees_reads_their_own_words_as_they_wrote_them():
    case, user = a_secret(), holder("R9")
    by = actor_of(user, on=now().date())
    words = f"请向{NAME}说明"
    slip = slips.open_by_hand(case, requirement=words, reason="DB04", by=by, at=now())
    client = signed_in(user)
    assert words in text_of(client.get(f"/desk/supervisions/{slip.number}/"))
    assert words in text_of(client.get(f"/desk/cases/{case.number}/"))


# --- What is taken along --------------------------------------------------------------------


def _papers():
    case = a_secret()
    words, words_too = f"请向{NAME}说明情况", f"请尽快答复{NAME}同学"
    slips.open_by_hand(case, requirement=words, reason="DB04", by=an_actor("R4"), at=now())
    instructions.direct(case, words=words_too, due=None, by=an_actor("R8"), at=now())


@pytest.mark.parametrize("which", ["supervisions", "instructions"])
def test_a_ledger_that_is_taken_along_names_nobody(which):
    _papers()
    response = signed_in(holder("R9")).get(f"/desk/{which}/sheet/")
    assert response.status_code == 200
    rows = load_workbook(io.BytesIO(response.content)).active.iter_rows(values_only=True)
    text = str(list(rows))
    assert "███" in text
    assert NAME not in text
    assert NAME not in body_of(response)


@pytest.mark.parametrize("which", ["supervisions", "instructions"])
def test_a_ledger_is_taken_along_only_after_a_proof_of_who_takes_it(which):
    client = Client()
    client.force_login(holder("R9"), backend=BACKEND)
    answer = client.get(f"/desk/{which}/sheet/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/confirm/")


@pytest.mark.parametrize("which", ["supervisions", "instructions"])
def test_a_ledger_asks_no_more_however_long_it_is(which):
    client, counts = signed_in(holder("R9")), []
    for more in (1, 2):
        for _row in range(more):
            _papers()
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/desk/{which}/sheet/")
        counts.append(len(asked))
    assert counts[0] >= counts[1]


# --- Whose name is corrected ----------------------------------------------------------------


def _corrected(clerk):
    claim = Claim(fact="NAME", wanted="王小强")
    correcting.apply(claim, clerk, by=an_actor("R4"), at=now())


def _saved(clerk):
    values = {"account": clerk.account, "name": "王小强", "phone": clerk.phone, "kind": clerk.kind}
    answer = client_of("R13").post(f"/admin/accounts/{clerk.pk}/", values)
    assert answer.status_code == 302


@pytest.mark.parametrize("how", [_corrected, _saved])
def test_whoever_was_kept_away_by_their_name_stays_so_when_their_name_is_corrected(how):
    case, other = a_case(State.SUBMITTED, at=now()), holder("R3")
    NamedPerson.objects.create(
        case=case, name="王晓强老师", at=now()
    )  # before there was such an account
    clerk = holder("R3", name="王晓强")
    address = f"/desk/cases/{case.number}/"
    assert signed_in(clerk).get(address).status_code == 404
    how(clerk)
    clerk.refresh_from_db()
    assert clerk.name == "王小强"
    assert signed_in(clerk).get(address).status_code == 404
    assert signed_in(other).get(address).status_code == 200


def test_a_list_of_accounts_that_calls_somebody_otherwise_binds_them_first():
    clerk, same = holder("R3", name="王晓强"), holder("R3", name="李某某")
    rows = [AccountRow(2, clerk.account, "王小强"), AccountRow(3, same.account, "李某某")]
    assert importing._renamed(rows) == [clerk.pk]
