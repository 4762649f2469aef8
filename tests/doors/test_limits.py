"""Too often: a page that says when, keeps what was typed, and gives the numbers to call."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import get_resolver

from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Draft
from hotline.limits.codes import LAWS, Kind, Limit, code_of
from hotline.limits.models import Bucket, OwnLimit
from hotline.people.models import Revision
from tests.doors.admin.paper import errors, filled, send
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user

pytestmark = pytest.mark.django_db
BODY = "六号楼从昨晚起一直没有热水，请尽快处理。"


def only(n, limit, *kinds):
    for kind in kinds or Kind:
        OwnLimit.objects.create(code=code_of(limit, kind), value=n)


def submit(client, body=BODY, **more):
    fields = {"key": uuid4(), "type": "QZ", "body": body, "mode": "NAMED", "title": "热水"}
    return client.post("/requests/new/", fields | more)


def test_one_request_too_many_is_refused_with_all_that_was_typed():
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    assert submit(client).status_code == 200
    answer = submit(client, "七号楼的热水也停了，楼层是五层。", place_detail="五层水房")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    page = answer.content.decode()
    assert "七号楼的热水也停了，楼层是五层。" in page
    assert 'value="五层水房"' in page
    assert re.search(r"请在 \d+ 分钟后（\d\d:\d\d）再试", page)
    assert all(number in page for number in ("12356", "120", "110"))
    assert Case.objects.exclude(state=State.DRAFT).count() == 1


@pytest.mark.parametrize(
    "words", ["我不想活了，站在六号楼的楼顶上。", "最近非常绝望，觉得撑不下去了。"]
)
def test_who_writes_of_a_danger_is_never_refused_and_never_counted(words):
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    for _ in range(3):
        assert submit(client, words).status_code == 200
    assert Case.objects.exclude(state=State.DRAFT).count() == 3
    assert not Bucket.objects.exists()


def test_a_stranger_behind_the_same_address_takes_nothing_from_who_has_signed_in():
    only(3, Limit.SUBMIT)
    for _ in range(3):
        assert submit(Client()).status_code == 200
    refused = submit(Client())
    assert refused.status_code == 429
    assert "登录后按您自己的账号计数" in refused.content.decode()
    assert submit(signed_in(a_user())).status_code == 200


def test_a_browser_that_asks_in_vain_takes_nothing_from_its_neighbours():
    only(1, Limit.SUBMIT, Kind.BROWSER)
    only(2, Limit.SUBMIT, Kind.ADDRESS)
    greedy = Client()
    greedy.cookies["csrftoken"] = "a" * 32
    assert submit(greedy).status_code == 200
    for _ in range(5):
        assert submit(greedy).status_code == 429
    assert submit(Client()).status_code == 200


def test_an_ipv6_network_is_one_place_and_another_is_another(settings):
    only(1, Limit.SUBMIT, Kind.ADDRESS)

    def at(address):
        return Client(REMOTE_ADDR=address)

    assert submit(at("2001:db8:1:2::7")).status_code == 200
    assert submit(at("2001:db8:1:2:ffff::9")).status_code == 429
    assert submit(at("2001:db8:1:3::7")).status_code == 200
    settings.PROXIES = 1  # what the visitor made up before our proxy's word counts for nothing
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.5, 2001:db8:1:2::8"}
    assert submit(Client(REMOTE_ADDR="127.0.0.1", **forged)).status_code == 429
    assert submit(Client(REMOTE_ADDR="127.0.0.1")).status_code == 200  # nobody knows from where


def test_an_anonymous_request_leaves_no_trace_of_the_account():
    user = a_user()
    client = signed_in(user)
    assert submit(client, mode="ANONYMOUS").status_code == 200
    assert {row.subject.split(":")[0] for row in Bucket.objects.all()} <= {"BROWSER", "ADDRESS"}
    assert {row.full_at.second for row in Bucket.objects.all()} <= {0, 18}  # from a whole minute


def test_what_the_house_refuses_is_not_counted():
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    for _ in range(3):
        assert submit(client, "太短").status_code == 422
    key = uuid4()
    assert submit(client, key=key).status_code == 200
    assert submit(client, key=key).status_code == 429  # the limit comes first


def test_files_are_counted_and_weighed():
    only(2, Limit.FILES)
    client = signed_in(a_user())

    def files(n):
        return [SimpleUploadedFile(f"{i}.txt", b"words") for i in range(n)]

    assert submit(client, uploads=files(2)).status_code == 200
    answer = submit(client, uploads=files(1))
    assert answer.status_code == 429
    assert "上传文件（个）" in answer.content.decode()
    assert submit(client).status_code == 200  # without one


@pytest.mark.parametrize(
    ("slug", "limit", "state", "fields"),
    [
        ("supplements", Limit.SUPPLEMENT, State.IN_PROGRESS, {"words": "补充：二层也是"}),
        ("urgings", Limit.URGE, State.IN_PROGRESS, {"words": "请快一些"}),
        ("ratings", Limit.RATE, State.CLOSED, {
            "contacted": "yes", "solved": "YES", "result": "SATISFIED", "attitude": "SATISFIED",
            "words": "谢谢",
        }),
    ],
)  # fmt: skip
def test_every_act_of_a_requester_has_its_limit_and_keeps_the_words(slug, limit, state, fields):
    only(1, limit)
    user = a_user()
    client = signed_in(user)
    first, second = (a_case(state, owner=user) for _ in range(2))
    assert client.post(f"/requests/{first.number}/{slug}/", fields).status_code == 302
    answer = client.post(f"/requests/{second.number}/{slug}/", fields)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert fields["words"] in page
    assert "12356" in page
    assert int(answer["Retry-After"]) > 0
    assert Draft.objects.filter(case=second, by=user).exists()
    second.refresh_from_db()
    assert second.state == state
    crying = fields | {"words": "我不想活了"}
    assert client.post(f"/requests/{second.number}/{slug}/", crying).status_code == 302


def test_looking_up_by_number_and_code_has_a_limit_of_its_own():
    only(2, Limit.TRACK)
    client = Client()
    asked = {"number": "RX2606-0001-1", "code": "ABCD-EFGH-JKLM"}
    assert [client.post("/requests/track/", asked).status_code for _ in range(3)] == [422, 422, 429]
    answer = client.post("/requests/track/", asked)
    assert "12356" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0


def test_a_search_too_many_is_a_page_with_the_numbers():
    only(1, Limit.SEARCH)
    client = client_of("R3")
    assert client.get("/desk/cases/?q=水").status_code == 200
    answer = client.get("/desk/cases/?q=电")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "12356" in answer.content.decode()
    assert client.get("/desk/cases/").status_code == 200  # a list is no search


def test_an_export_too_many_is_refused():
    only(1, Limit.EXPORT)
    client = client_of("R4")
    assert client.get("/desk/cases/sheet/").status_code == 200
    assert client.get("/figures/sheet/").status_code == 429


def test_every_spreadsheet_and_every_search_is_counted():
    from tests.house.test_house import patterns

    found = {p.name: getattr(p.callback, "limit", None) for p in patterns(get_resolver())}
    sheets = {name for name in found if name.endswith("sheet")}
    assert sheets
    assert {name for name in sheets if found[name] != Limit.EXPORT} == set()
    searched = {"cases", "inbox", "inbox_tab", "admin_accounts", "audit", "caller"}
    assert {name for name, limit in found.items() if limit == Limit.SEARCH} == searched
    live = {"categories", "door_options", "passkey_options"}
    assert {name for name, limit in found.items() if limit == Limit.LIVE} == live


def test_refusals_are_counted_by_limit_for_prometheus():
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    submit(client)
    submit(client)
    figures = Client(HTTP_HOST="localhost").get("/metrics").content.decode()
    assert re.search(r'hotline_limited_total\{limit="SUBMIT",subject="ACCOUNT"\} [1-9]', figures)


def test_the_administrator_sets_numbers_and_takes_them_back():
    client, path = client_of("R13"), "/admin/limits/"
    assert send(client, path, **{"SUBMIT.ACCOUNT": "5", "URGE.ADDRESS": "0"}).status_code == 302
    assert dict(OwnLimit.objects.values_list("code", "value")) == {
        "SUBMIT.ACCOUNT": 5, "URGE.ADDRESS": 0,
    }  # fmt: skip
    assert send(client, path, **{"SUBMIT.ACCOUNT": ""}).status_code == 302
    assert OwnLimit.objects.get().code == "URGE.ADDRESS"
    assert Revision.objects.filter(kind="limits.ownlimit").count() == 3
    assert "恢复默认" in str(client.get(path).context["changes"])


@pytest.mark.parametrize(("name", "value"), [
    ("SUBMIT.ADDRESS", "5"), ("SUBMIT.ACCOUNT", "-1"), ("SUBMIT.ACCOUNT", "viel"), ("URGE.BROWSER", "9" * 9),
])  # fmt: skip
def test_no_number_that_would_shut_a_house_out(name, value):
    answer = send(client_of("R13"), "/admin/limits/", **{name: value})
    assert (answer.status_code, set(errors(answer)) - {"__all__"}) == (422, {name})
    assert not OwnLimit.objects.exists()


def test_the_second_save_of_a_stale_form_is_refused():
    client, path = client_of("R13"), "/admin/limits/"
    old = filled(client.get(path))
    send(client_of("R13"), path, **{"RATE.ACCOUNT": "9"})
    assert client.post(path, {**old, "RATE.ACCOUNT": "8"}).status_code == 409
    assert OwnLimit.objects.get().value == 9


def test_the_page_says_how_many_are_held_back_and_not_who():
    only(1, Limit.SUBMIT)
    user = a_user("受限的人")
    client = signed_in(user)
    submit(client)
    page = client_of("R13").get("/admin/limits/").content.decode()
    assert "此刻受限" in page
    assert not [word for word in (user.name, user.account) if word in page]
    assert Bucket.objects.get().subject not in page


def test_the_command_shows_and_resets(capsys):
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    submit(client)
    call_command("limits")
    out = capsys.readouterr().out
    assert f"account {LAWS[Limit.URGE].account}" in out
    [(limit, subject)] = re.findall(r"held back: (\w+) (\S+) until", out)
    call_command("limits", "reset", limit, subject)
    assert submit(client).status_code == 200


def test_somebody_with_number_and_code_is_not_counted_by_their_account():
    from hotline.cases import access

    code = access.new_code()
    case = a_case(State.IN_PROGRESS, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    client = signed_in(a_user())
    client.post("/requests/track/", {"number": case.number, "code": code})
    answer = client.post(f"/requests/{case.number}/supplements/", {"words": "二层也是"})
    assert answer.status_code == 302
    assert {row.subject.split(":")[0] for row in Bucket.objects.all()} <= {"BROWSER", "ADDRESS"}


def test_in_english_too():
    only(1, Limit.SUBMIT)
    client = signed_in(a_user())
    client.cookies["django_language"] = "en"
    submit(client)
    page = submit(client).content.decode()
    assert "12356" in page
    assert not re.search("短时间|没有丢失", page)
