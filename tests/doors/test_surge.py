"""A surge on the pages: what everybody is told, what a requester is asked, how a clerk deals with many."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils.timezone import now

from hotline.cases.codes import Mode, State
from hotline.cases.models import Case
from hotline.surge.models import Batch, Member, Pulse, Surge
from hotline.surge.services import batches, watching
from tests.doors.admin.paper import errors, filled, send
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, category
from tests.surge import at_hand
from tests.surge.at_hand import BODY

pytestmark = pytest.mark.django_db
CANARY = "只有我知道的停水秘密"


@pytest.fixture
def surge():
    at = now()
    return at_hand.a_surge(at=at, until=at + timedelta(hours=6), link="/requests/track/")


def text(client, path):
    return client.get(path).content.decode()


def submit(client, **more):
    fields = {"key": uuid4(), "type": "ZX", "body": BODY, "mode": "NAMED", "category": "H204"}
    return client.post("/requests/new/", fields | more)


def test_everybody_reads_the_banner_in_their_language_and_nobody_after_the_end(surge):
    for client, path in (
        (Client(), "/portal/"), (Client(), "/requests/new/"), (client_of("R3"), "/desk/cases/"),
        (client_of("R5"), "/unit/"), (client_of("R13"), "/admin/"), (Client(), "/nothing-here/"),
    ):  # fmt: skip
        page = text(client, path)
        assert "六号楼停水" in page and "正在抢修，每小时更新。" in page, path
        assert 'href="/requests/track/"' in page
    english = Client()
    english.cookies["django_language"] = "en"
    page = text(english, "/portal/")
    assert "No water in building 6" in page and "六号楼停水" not in page
    client_of("R4").post(f"/desk/surges/{surge.pk}/end/")
    assert "六号楼停水" not in text(Client(), "/portal/")


def test_what_is_told_is_words_and_never_markup(surge):
    Surge.objects.update(title="<b>水</b>", text="<script>alert(1)</script>")
    page = text(Client(), "/portal/")
    assert "<b>水</b>" not in page and "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_form_tells_the_wait_honestly_and_promises_nothing(surge):
    page = text(Client(), "/requests/new/")
    assert "还估计不出要等多久" in page
    for n in range(6):
        a_case(State.ACCEPTED, at=now() - timedelta(minutes=10 * n))
    for _ in range(8):
        a_case(State.SUBMITTED, at=now())
    watching.look(at=now())
    page = text(Client(), "/requests/new/")
    assert "约 3 小时后有人看到" in page
    assert "不是承诺" in page
    Pulse.objects.update(at=now() - timedelta(minutes=16))  # no worker has looked since
    assert "还估计不出要等多久" in text(Client(), "/requests/new/")
    client_of("R4").post(f"/desk/surges/{surge.pk}/end/")
    assert "要等多久" not in text(Client(), "/requests/new/")


def test_a_requester_is_asked_and_gets_their_own_number(surge):
    client = signed_in(a_user())
    assert "这是关于“六号楼停水”的吗？" in text(client, "/requests/new/")
    page = submit(client, about=str(surge.pk)).content.decode()
    case = Case.objects.get()
    assert case.number in page
    assert "与同一件事的诉求一起处理" in page and "要等多久" in page
    assert Member.objects.get().case == case


def test_without_an_account_too(surge):
    page = submit(Client(), about=str(surge.pk)).content.decode()
    assert 'id="code"' in page and "与同一件事的诉求一起处理" in page
    assert Member.objects.get().case.mode == Mode.ANONYMOUS


@pytest.mark.parametrize("about", ["0", "", "999999", "nonsense", "²"])
def test_any_answer_will_do_and_nothing_is_lost(surge, about):
    assert submit(signed_in(a_user()), about=about).status_code == 200
    assert Case.objects.get().number and not Member.objects.exists()


def test_a_complaint_is_taken_alone_and_not_told_that_it_is_with_others(surge):
    page = submit(signed_in(a_user()), about=str(surge.pk), type="TS").content.decode()
    assert "与同一件事的诉求一起处理" not in page
    assert not Member.objects.exists()
    assert Case.objects.get().number in page


def test_nobody_is_asked_where_the_surge_does_not_ask(surge):
    Surge.objects.update(asks=False)
    assert "这是关于" not in text(Client(), "/requests/new/")
    submit(signed_in(a_user()), about=str(surge.pk))
    assert not Member.objects.exists()


def test_a_manager_switches_on_a_page_and_off_again():
    client = client_of("R4")
    until = (now() + timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M")
    fields = {
        "title": "食堂停电",
        "text": "正在抢修。",
        "until": until,
        "asks": "on",
        "percent": "200",
    }
    assert client.post("/desk/surges/new/", fields).status_code == 302
    surge = Surge.objects.get()
    assert (surge.title, surge.on, surge.percent) == ("食堂停电", True, 200)
    again = client.post("/desk/surges/new/", fields)
    assert again.status_code == 409 and "已经开启" in again.content.decode()
    path = f"/desk/surges/{surge.pk}/change/"
    assert filled(client.get(path))["title"] == ["食堂停电"]
    assert send(client, path, text="已经来电。").status_code == 302
    assert "已经来电。" in text(Client(), "/portal/")
    wrong = send(client, path, until="2020-01-01T00:00", link="ftp://x")
    assert (wrong.status_code, set(errors(wrong)) - {"__all__"}) == (422, {"until", "link"})
    assert client.post(f"/desk/surges/{surge.pk}/end/").status_code == 302
    assert "食堂停电" in text(client, "/desk/surges/")


def test_who_may_open_what(surge):
    own = f"/desk/surges/{surge.pk}/"
    for role, seen in {
        "R2": 200, "R3": 200, "R4": 200, "R13": 200, "R5": 404, "R6": 404, "R7": 404, "R8": 404, "R9": 404,
        "R10": 404, "R11": 404, "R12": 404, "R13A": 404, "R14": 404,
    }.items():  # fmt: skip
        client = client_of(role)
        for path in ("/desk/surges/", own, "/desk/surges/sheet/"):
            assert client.get(path).status_code == seen, (role, path)
        switches = 200 if role in {"R4", "R13"} else 404
        assert client.get("/desk/surges/new/").status_code == switches, role
        works = 200 if role in {"R2", "R3", "R4"} else 404
        assert client.get(f"{own}answers/").status_code == works, role
    for client in (Client(), signed_in(a_user())):
        for path in ("/desk/surges/", own, "/desk/surges/new/", "/desk/surges/sheet/"):
            assert client.get(path).status_code in {302, 404}
            assert client.post(f"{own}end/").status_code in {302, 404}
    assert Surge.objects.get().on


def test_an_administrator_sees_figures_and_no_request(surge):
    case = at_hand.asked(surge, title=CANARY)
    for path in ("/desk/surges/", f"/desk/surges/{surge.pk}/"):
        page = text(client_of("R13"), path)
        assert CANARY not in page and case.number not in page


def test_a_clerk_answers_many_with_one_click_and_may_take_it_back(surge):
    clerk = client_of("R3")
    answer = at_hand.an_answer(surge)
    cases = [at_hand.asked(surge, at=now()) for _ in range(3)]
    page = text(clerk, f"/desk/surges/{surge.pk}/?all=1")
    assert page.count('name="case"') == 3 == len(re.findall(r'name="case"[^>]* checked', page))
    begun = clerk.post(
        f"/desk/surges/{surge.pk}/batches/",
        {"case": [c.pk for c in cases], "answer": answer.pk}, follow=True,
    )  # fmt: skip
    page = begun.content.decode()
    assert re.search(r"3 件将在 \d+ 秒后开始处理", page)
    batch = Batch.objects.get()
    assert clerk.post(f"/desk/surges/batches/{batch.pk}/stop/", follow=True).status_code == 200
    assert "已撤销" in text(clerk, f"/desk/surges/batches/{batch.pk}/")
    clerk.post(f"/desk/surges/{surge.pk}/batches/", {"case": [cases[0].pk], "answer": answer.pk})
    batches.carry_out(Batch.objects.first(), at=now() + batches.UNDO)
    page = text(clerk, f"/desk/surges/batches/{Batch.objects.first().pk}/")
    assert "处理完毕" in page and "完成 1" in page
    assert "预计今晚八点恢复供水。" in text(
        signed_in(cases[0].owner), f"/requests/{cases[0].number}/"
    )


def test_a_clerk_names_a_lead_brings_in_merges_and_takes_out(surge):
    clerk, path = client_of("R3"), f"/desk/surges/{surge.pk}/"
    lead, stray = a_case(State.ACCEPTED, body=BODY), a_case(State.SUBMITTED, body=BODY, at=now())
    own = at_hand.asked(surge, at=now())
    clerk.post(f"{path}lead/", {"number": "RX0000-0000-0"})
    assert Surge.objects.get().lead is None
    clerk.post(f"{path}lead/", {"number": lead.number})
    assert Surge.objects.get().lead == lead
    assert stray.number in text(clerk, f"{path}?tab=others")
    clerk.post(f"{path}members/", {"case": [stray.pk], "tab": "others"})
    assert set(Member.objects.values_list("case", flat=True)) == {stray.pk, own.pk}
    clerk.post(f"{path}members/removal/", {"case": [own.pk]})
    page = text(clerk, path)
    assert stray.number in page and own.number not in page
    clerk.post(f"{path}batches/", {"case": [stray.pk]})
    batches.carry_out(Batch.objects.get(), at=now() + batches.UNDO)
    stray.refresh_from_db()
    assert stray.merged_into == lead
    assert stray.number in text(clerk, f"{path}?tab=merged")


def test_an_answer_is_written_passed_by_another_and_withdrawn(surge):
    writer, path = client_of("R3"), f"/desk/surges/{surge.pk}/answers/"
    fields = {"title": "停水", "category": "H204", "text": "今晚八点恢复。", "basis": "通知"}
    bad = writer.post(path, fields | {"text": "请打 13955550123。"})
    assert bad.status_code == 422 and "13955550123" in bad.content.decode()
    assert writer.post(path, fields).status_code == 302
    row = surge.answers.get()
    writer.post(f"/desk/surges/answers/{row.pk}/passing/")
    row.refresh_from_db()
    assert row.passed_at is None
    client_of("R4").post(f"/desk/surges/answers/{row.pk}/passing/")
    row.refresh_from_db()
    assert row.usable
    writer.post(f"/desk/surges/answers/{row.pk}/withdrawal/")
    row.refresh_from_db()
    assert not row.usable
    assert category("H204") == row.category


def test_what_becomes_sealed_is_gone_from_the_pages_of_the_surge(surge):
    clerk, answer = client_of("R3"), at_hand.an_answer(surge)
    case, plain = at_hand.asked(surge, at=now()), at_hand.asked(surge, at=now())
    clerk.post(
        f"/desk/surges/{surge.pk}/batches/", {"case": [case.pk, plain.pk], "answer": answer.pk}
    )
    from hotline.cases.services import crisis
    from tests.make import an_actor

    crisis.alarm(case, by=an_actor("R3"), at=now())
    batch = Batch.objects.get()
    batches.carry_out(batch, at=now() + batches.UNDO)
    case.refresh_from_db()
    assert case.state == State.CRISIS
    for path in (
        f"/desk/surges/{surge.pk}/?tab={tab}" for tab in ("waiting", "merged", "over", "others")
    ):
        assert case.number not in text(clerk, path)
    page = text(clerk, f"/desk/surges/batches/{batch.pk}/")
    assert case.number not in page and plain.number in page and "共 1" in page


def test_managers_read_a_suggestion_and_others_do_not():
    for _ in range(12):
        a_case(State.SUBMITTED, at=now() - timedelta(minutes=5))
    watching.look(at=now())
    assert "最近一小时来了 12 件诉求" in text(client_of("R4"), "/desk/cases/")
    assert "最近一小时来了 12 件诉求" in text(client_of("R13"), "/desk/surges/")
    assert "最近一小时来了" not in text(client_of("R3"), "/desk/cases/")


def test_the_list_of_surges_as_csv_holds_figures_alone(surge):
    case = at_hand.asked(surge, title=CANARY, at=now())
    Surge.objects.update(title="=1+1")
    made = client_of("R4").get("/desk/surges/sheet/")
    rows = made.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and rows[1].startswith("'=1+1,")
    assert made["Content-Type"].startswith("text/csv")
    assert CANARY not in made.content.decode() and case.number not in made.content.decode()


def test_lists_ask_as_much_for_many_as_for_one(surge, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk, path = client_of("R3"), f"/desk/surges/{surge.pk}/"
    at_hand.asked(surge, at=now())
    clerk.get(path)
    with CaptureQueriesContext(connection) as one:
        clerk.get(path)
    for _ in range(6):
        at_hand.asked(surge, at=now())
    with django_assert_max_num_queries(len(one)):
        clerk.get(path)


def test_the_command_switches_and_tells(capsys):
    call_command("surge", "on", "--title", "停水", "--text", "抢修中", "--hours", "2")
    assert "on until" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("surge", "on", "--title", "停水", "--text", "抢修中")
    call_command("surge", "state")
    call_command("surge", "off")
    assert "over" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("surge", "off")
