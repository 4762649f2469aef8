"""A stranger sees nothing: every address, every method, every role, an outsider.

One 保密 request with a canary name, phone, number, words, file and rating. Whoever the policy
does not name finds none of them in any page, header, file name, search or error.
"""

import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile, is_zipfile

import pytest
from django.test import Client
from django.utils.timezone import now

from hotline.cases.codes import Mode, Part, State
from hotline.cases.models import (
    Attachment,
    Case,
    NamedPerson,
    PetitionFile,
    Proposal,
    Rating,
    Remark,
)
from hotline.cases.services.files import store
from hotline.notices.models import Message
from hotline.notices.services import fan_out, ladder
from hotline.notices.stories import story_of
from hotline.oversight.services import instructions
from hotline.people.actor import Actor
from hotline.rights.models import Export
from hotline.rights.services import claims, exporting
from tests.doors.addresses import addresses
from tests.doors.people import ROLES, client_of, signed_in
from tests.make import a_case, a_user, an_actor, an_order, category, holder, type_, unit

pytestmark = pytest.mark.django_db

NAME, PHONE, ACCOUNT = "卡纳瑞若", "13955550123", "S2023000777"
WORDS, TITLE, FILE = "只有我宿舍的金丝雀知道", "金丝雀的标题", "卡纳瑞若的证据"
COPY = "脱敏后的副本内容"
OPINION, NOTE, RATED = "热线办内部备注之声", "单位的备注之声", "评价里的原话之声"
PERSON = (NAME, PHONE, ACCOUNT, FILE)
ORIGINAL = (WORDS, TITLE)
EVERYTHING = (*PERSON, *ORIGINAL, COPY, OPINION, NOTE, RATED)


@pytest.fixture
def canary():
    """The request, with everything that could give somebody away."""
    at = now() - timedelta(hours=5)
    owner = a_user(NAME, phone=PHONE, account=ACCOUNT)
    case = a_case(
        State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL, title=TITLE, body=WORDS, at=at,
        shown_title=COPY, shown_body=COPY, type=type_("TS"), category=category("F102"),
        place_detail=WORDS, first_closed_at=at,
    )  # fmt: skip
    order = case.orders.get()
    an_order(case, unit="jijian", part=Part.JOINT, at=at, opinion="协助核实")
    Remark.objects.create(case=case, kind="NOTE", text=OPINION, at=at)
    Remark.objects.create(case=case, order=order, kind="UNIT_NOTE", text=NOTE, at=at)
    Remark.objects.create(case=case, kind="SUPPLEMENT", text=f"{NAME}补充：{WORDS}", at=at)
    Proposal.objects.create(case=case, verb="decline", text=OPINION, by=a_user(), at=at)
    Rating.objects.create(case=case, round=1, result="DISSATISFIED", words=RATED, source="REQUESTER", at=at)  # fmt: skip
    row = Attachment.objects.create(
        case=case, key="canary" + "k" * 37, name=f"{FILE}.pdf", mime="application/pdf",
        extension="pdf", size=9, state="READY", at=at,
    )  # fmt: skip
    store().keep(row.key, BytesIO(f"%PDF- {WORDS}".encode()))
    _told(case)
    claims.ask(case, words=WORDS, by=Actor(user=owner), at=at)
    export = exporting.ask(None, by=Actor(user=owner), at=at)
    exporting.build(export, at=now(), language="zh-hans")
    leader = an_actor("R8")
    instructions.direct(
        case, words="请核实后报结果", due=None, by=leader, at=at + timedelta(hours=2)
    )
    return case


def _told(case):
    """Messages about it: to the requester, to its unit, and one that a clerk is to ring up about."""
    at = now() - timedelta(hours=4)
    holder("R6", of="houqin", name="单位责任人")
    for seq, verb in enumerate(("accept", "chase", "interim"), 1):
        step = case.steps.create(
            seq=seq, verb=verb, before=case.state, after=case.state, side="SYSTEM", at=at,
            facts={"level": 1} if verb == "chase" else {},
        )  # fmt: skip
        fan_out(story_of(step.pk, at=at))
    Case.objects.filter(pk=case.pk).update(version=3)
    failed = Message.objects.filter(case=case, to_requester=True).first()
    ladder.fall(failed, "REFUSED", at=at, code="BLACK")
    Message.objects.filter(case=case, channel="SMS").update(channel="CALL", ladder=["CALL"], rung=0)


QUERIES = {
    "desk:cases": [f"?q={x}" for x in (PHONE, ACCOUNT, TITLE, "RX")] + ["?sort=due"],
    "desk:inbox_tab": [f"?q={x}" for x in (NAME, PHONE, TITLE)],
    "desk:inbox": [f"?q={x}" for x in (NAME, PHONE, TITLE)],
    "desk:instructions": ["?tab=open", "?tab=done"],
    "desk:deliveries": ["?number=RX", "?state=FAILED"],
    "desk:figures_list": [f"?cohort={c}" for c in ("received", "accepted", "open", "dissatisfied")],
}

POSTED = {  # what is searched for, by name and by number
    "desk:cases": [{"q": PHONE}, {"q": ACCOUNT}, {"q": TITLE}],
    "desk:inbox": [{"q": NAME}, {"q": PHONE}],
    "desk:admin_accounts": [{"q": NAME}, {"q": PHONE}],
    "desk:caller": [{"phone": PHONE}, {"account": ACCOUNT}],
}


def visits(client, case):
    """Every address with GET and POST; what came back, as text with its headers."""
    for name, path in addresses(case):
        for query in ["", *QUERIES.get(name, [])]:
            yield name, "GET", path + query, client.get(path + query)
        if name in {"ui:sign_out", "ui:language"}:
            continue  # these end what the rest needs
        yield name, "POST", path, client.post(path, {"words": "", "case": [case.pk]})
        for asked in POSTED.get(name, []):
            yield name, "POST", f"{path} {asked}", client.post(path, asked)
            yield name, "GET", f"{path} {asked}", client.post(path, asked, follow=True)


def body_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK") and is_zipfile(BytesIO(body)):  # a package is read by what is in it
        with ZipFile(BytesIO(body)) as package:
            body = b"".join(package.read(name) for name in package.namelist())
    return body.decode("utf-8", "replace")


def text_of(response):
    headers = " ".join(f"{k}: {v}" for k, v in response.headers.items())
    return body_of(response) + unquote(headers)


def found_by(client, case, canaries):
    """Which canaries come back, and where; and no address answers with a crash."""
    found = set()
    for name, method, path, response in visits(client, case):
        if name == "ui:ready":
            assert response.status_code in {200, 503, 405}  # no worker runs here
            assert not [c for c in canaries if c in text_of(response)]
            continue
        assert response.status_code < 500, (method, path, response.status_code)
        assert response.status_code in {200, 204, 302, 303, 400, 403, 404, 405, 409, 422}, (
            method,
            path,
        )
        text, asked = text_of(response), unquote(path)  # what was typed in may come back
        found |= {(c, name) for c in canaries if c in text and c not in asked}
    return found


OUTSIDERS = [
    "anonymous", "student", "R5 of another unit", "R6 of another unit", "R10", "R11", "R12", "R13", "R13A",
]  # fmt: skip


def outsider(who):
    match who:
        case "anonymous":
            return Client()
        case "student":
            return signed_in(a_user("另一个学生"))
        case _:
            return client_of(who.split()[0])


@pytest.mark.parametrize("who", OUTSIDERS)
def test_whoever_has_nothing_to_do_with_it_finds_no_trace_at_any_address(who, canary):
    client = outsider(who)
    # An administrator of accounts sees accounts: a name there says nothing of a request.
    words = [c for c in EVERYTHING if not (who == "R13" and c in PERSON)]
    assert found_by(client, canary, words) == set()
    assert client.get(f"/desk/cases/{canary.number}/").status_code in {302, 404}


@pytest.mark.parametrize("role", ["R5", "R6", "R7"])
def test_the_unit_that_handles_it_finds_no_trace_of_the_requester(role, canary):
    client = client_of(role, of="houqin")
    forbidden = (*PERSON, *ORIGINAL, OPINION, RATED)
    leaks = found_by(client, canary, forbidden)
    leaks -= {(WORDS, "ui:file"), (WORDS, "ui:file_small")}  # the file itself was passed on
    assert leaks == set()
    page = client.get(f"/unit/orders/{canary.orders.get(part='LEAD').pk}/")
    assert COPY in page.content.decode()


def test_the_unit_learns_the_requester_from_no_search(canary):
    client = client_of("R5", of="houqin")
    for text in (NAME, PHONE, ACCOUNT, TITLE, WORDS):
        page = client.get("/unit/work/", {"q": text}).content.decode()
        assert canary.number not in page


def test_a_joint_unit_reads_its_part_and_no_more(canary):
    client = client_of("R5", of="jijian")
    leaks = found_by(client, canary, (*PERSON, *ORIGINAL, OPINION, RATED, NOTE))
    leaks -= {(WORDS, "ui:file"), (WORDS, "ui:file_small")}
    assert leaks == set()


def test_somebody_with_two_hats_does_not_get_the_office_s_view_through_the_units_door(canary):
    """A contact of the unit who may also register calls is still the unit towards its orders."""
    from tests.make import BEGAN, Membership, Role

    user = holder("R5", of="houqin")
    Membership.objects.create(user=user, role=Role.objects.get(code="R8"), from_date=BEGAN)
    client = signed_in(user)
    page = client.get(f"/unit/orders/{canary.orders.get(part='LEAD').pk}/").content.decode()
    assert not [c for c in (*PERSON, *ORIGINAL) if c in page]


@pytest.mark.parametrize("role", ["R2", "R3", "R4", "R8", "R9", "R14"])
def test_no_role_of_the_office_finds_a_full_name_or_number(role, canary):
    client = client_of(role)
    leaks = found_by(client, canary, PERSON)
    if role in {"R2", "R3", "R4", "R14"}:  # those who read the original read what is signed in it
        leaks -= {(NAME, f"desk:{page}") for page in ("case", "act", "act_on_order", "release")}
    assert leaks == set(), role


def test_a_crisis_is_not_even_counted_for_those_outside_its_room(canary):
    sealed = a_case(State.CRISIS, title="密封的标题", body="密封的原文")
    for role in [r for r in ROLES if r != "R12"]:
        client = client_of(role, of="houqin")
        for name, path in (("case", f"/desk/cases/{sealed.number}/"), ("list", "/desk/cases/"),
                           ("search", f"/desk/cases/?q={sealed.number}"), ("room", "/desk/rooms/crisis/")):  # fmt: skip
            response = client.get(path)
            assert sealed.number not in re.sub(r'(value|href)="[^"]*"', "", response.content.decode()), (role, name)  # fmt: skip


ABOUT = "RX2606-7777-"  # its number would tell of it


@pytest.fixture
def enclosed(canary):
    """The canary as a complaint about the hotline office, in the hands of another unit."""
    Case.objects.filter(pk=canary.pk).update(
        seal="OFFICE", target_unit=unit("hotline"), number=f"{ABOUT}0"
    )
    canary.refresh_from_db()
    return canary


@pytest.mark.parametrize("role", ["R3", "R4", "R5 of the office", "R8"])
def test_nobody_of_the_office_finds_a_trace_of_a_complaint_about_it(role, enclosed):
    client = client_of(role.split()[0], of="hotline")
    assert found_by(client, enclosed, (*EVERYTHING, ABOUT)) == set()
    counts = re.findall(r'class="count">(\d+)', client.get("/desk/", follow=True).content.decode())
    assert counts == []


@pytest.mark.parametrize("role", ["R4", "R6"])
def test_whoever_it_names_finds_no_trace_of_it_at_any_address(role, canary):
    """A manager who sees all else, and the head of the very unit that handles it."""
    Case.objects.filter(pk=canary.pk).update(number=f"{ABOUT}0")
    canary.refresh_from_db()
    user = holder(role, of="houqin" if role == "R6" else None)
    NamedPerson.objects.create(case=canary, user=user, name=user.name, at=now())
    assert found_by(signed_in(user), canary, (*EVERYTHING, ABOUT)) == set()


REGISTERED, NOTED, OPINED = "信访登记号之声", "信访办理记录之声", "处理意见书之声"


@pytest.fixture
def petitioned(canary):
    """The canary after the petition office has dealt with it, in a file of its own."""
    Case.objects.filter(pk=canary.pk).update(referred_to="PETITION", state=State.REFERRED)
    canary.refresh_from_db()
    at = now()
    file = PetitionFile.objects.create(
        case=canary, state="CLOSED", register=REGISTERED, told=OPINED, received_at=at, registered_at=at,
        accepted_at=at, ended_at=at,
    )  # fmt: skip
    file.entries.create(verb="note", text=NOTED, by=holder("R10"), at=at)
    return canary


@pytest.mark.parametrize("role", ["R3", "R4", "R6", "R8", "R9"])
def test_of_a_petition_file_neither_the_office_nor_a_unit_finds_a_trace(role, petitioned):
    client = client_of(role, of="houqin")
    assert found_by(client, petitioned, (REGISTERED, NOTED, OPINED)) == set()


def test_its_requester_reads_the_opinion_and_nothing_else_of_the_petition_file(petitioned):
    client = signed_in(petitioned.owner)
    assert OPINED in client.get(f"/requests/{petitioned.number}/").content.decode()
    Export.objects.all().delete()
    export = exporting.ask(None, by=Actor(user=petitioned.owner), at=now())
    exporting.build(export, at=now(), language="zh-hans")
    package = body_of(client.get(f"/me/export/{export.pk}/"))
    assert OPINED in package and WORDS in package
    assert found_by(client, petitioned, (REGISTERED, NOTED)) == set()


def test_its_receivers_read_it_without_the_name_and_its_unit_the_copy(enclosed):
    page = client_of("R9").get(f"/desk/cases/{enclosed.number}/").content.decode()
    assert WORDS in page
    assert not [c for c in (PHONE, ACCOUNT) if c in page]
    leaks = found_by(client_of("R5", of="houqin"), enclosed, (*PERSON, *ORIGINAL, OPINION, RATED))
    assert leaks - {(WORDS, "ui:file"), (WORDS, "ui:file_small")} == set()


def test_a_bearer_of_number_and_code_sees_that_request_and_no_other(canary):
    from hotline.cases import access

    code = access.new_code()
    case = a_case(State.IN_PROGRESS, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    client = Client()
    assert client.get(f"/requests/{case.number}/").status_code == 404
    assert client.post("/requests/track/", {"number": case.number, "code": code}).status_code == 302
    assert client.get(f"/requests/{case.number}/").status_code == 200
    assert client.get(f"/requests/{canary.number}/").status_code == 404
    assert found_by(client, canary, EVERYTHING) == set()


def test_the_requester_sees_everything_of_their_own_but_not_what_the_office_says(canary):
    client = signed_in(canary.owner)
    page = client.get(f"/requests/{canary.number}/").content.decode()
    assert all(words in page for words in (*ORIGINAL, RATED))
    assert not [c for c in (OPINION, NOTE) if c in page]
    assert found_by(client, canary, (OPINION, NOTE)) == set()


def test_no_page_may_be_kept_by_a_cache(canary):
    for client, path in (
        (signed_in(canary.owner), f"/requests/{canary.number}/"),
        (client_of("R3"), f"/desk/cases/{canary.number}/"),
    ):
        assert client.get(path)["Cache-Control"] == "private, no-store"


def test_no_title_of_a_page_names_the_matter_or_the_person(canary):
    for client, path in (
        (client_of("R3"), f"/desk/cases/{canary.number}/"),
        (client_of("R5", of="houqin"), f"/unit/orders/{canary.orders.get(part='LEAD').pk}/"),
        (signed_in(canary.owner), f"/requests/{canary.number}/"),
    ):
        title = re.search(r"<title>(.*?)</title>", client.get(path).content.decode())[1]
        assert canary.number in title
        assert not [c for c in EVERYTHING if c in title]
