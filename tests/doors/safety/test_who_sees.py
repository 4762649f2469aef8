"""Nobody reads on a page or in a list what their sight of a request does not give."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now

from hotline.base.refusals import NotAllowed
from hotline.cases.codes import Mode, Part, State
from hotline.cases.models import Case, Draft, NamedPerson, Recusal, Unmasking
from hotline.cases.services import crisis, enclosing, intake, merging, recusing, triage, unmasking
from hotline.cases.services.given import Person, Words
from hotline.cases.sight import Viewer, sight_of
from hotline.catalog.models import Category
from hotline.doors.desk.roster import handovers
from hotline.people.models import Membership, Role
from hotline.people.permissions import P
from hotline.people.queries import actor_of
from hotline.rights.queries import holding
from hotline.rights.services import claims
from hotline.roster.models import Handover, Post
from tests.doors.people import client_of, signed_in
from tests.make import (
    BEGAN,
    a_case,
    a_requester,
    a_user,
    an_actor,
    an_order,
    category,
    holder,
    type_,
    urgency,
)

pytestmark = pytest.mark.django_db
NAME = "欧阳明志"


def text_of(response):
    return response.content.decode()


def again(user):
    return actor_of(user, on=localdate())


def also(user, role, **more):
    """The same person with one more role."""
    Membership.objects.create(user=user, role=Role.objects.get(code=role), from_date=BEGAN, **more)
    return user


def a_half_clerk():
    """Triages logistics only, and oversees everything: of other classes the name is hidden to them."""
    return also(holder("R9"), "R3", categories=["H"])


# --- The desk gives what Sight gives --------------------------------------------------------


def a_former_agent():
    """Somebody who registered a 保密 call three days ago, and now is with the petition office."""
    agent = holder("R2")
    words = Words(
        body="食堂窗口克扣饭菜，已经三次。", type=type_("TS"), mode=Mode.CONFIDENTIAL, channel="PHONE"
    )  # fmt: skip
    person = Person(name=NAME, phone="13900001111")
    case = intake.submit(words, by=again(agent), at=now() - timedelta(days=3), person=person).case
    Membership.objects.filter(user=agent).update(to_date=localdate() - timedelta(days=1))
    also(agent, "R10")
    assert again(agent).permissions == {P.PETITION}
    assert sight_of(again(agent), case, at=now()).viewer is Viewer.NOBODY
    return signed_in(agent), case


def test_who_no_longer_registers_reads_no_title_of_what_they_registered_in_a_list():
    client, case = a_former_agent()
    page = text_of(client.get("/desk/cases/"))
    assert "克扣" not in page
    assert case.number not in page


def test_who_no_longer_registers_reads_no_answer_to_what_they_registered():
    client, case = a_former_agent()
    Case.objects.filter(pk=case.pk).update(
        answer="经核实窗口确有克扣，已处理。", state=State.CLOSED, closed_at=now()
    )
    page = client.get(f"/desk/cases/{case.number}/")
    assert page.status_code == 404
    assert "窗口确有克扣" not in text_of(page)


@pytest.mark.parametrize("address", ["", "clocks/", "presence/", "alarms/"])
def test_of_whom_sight_makes_nobody_every_page_of_a_request_is_unknown(address, monkeypatch):
    """Whatever condition of a list lets somebody through, the page asks Sight as well."""
    case, client = a_case(State.IN_PROGRESS, at=now(), answer="答复"), signed_in(holder("R3"))
    assert client.get(f"/desk/cases/{case.number}/").status_code == 200
    monkeypatch.setattr("hotline.cases.sight._office_viewer", lambda *_asked: Viewer.NOBODY)
    assert client.get(f"/desk/cases/{case.number}/{address}").status_code == 404


def test_whoever_assists_as_a_unit_reads_no_more_at_the_desk_of_the_office():
    user = also(holder("R7", of="baowei"), "R10")
    case = a_case(State.ANSWERED, mode=Mode.CONFIDENTIAL, at=now(), answer="主办单位尚未审核的答复")
    order = an_order(case, unit="baowei", part=Part.JOINT, opinion="请查监控", at=now())
    client = signed_in(user)
    assert sight_of(again(user), case, at=now()).viewer is Viewer.JOINT
    assert "尚未审核的答复" not in text_of(client.get(f"/unit/orders/{order.pk}/"))
    page = client.get(f"/desk/cases/{case.number}/")
    assert page.headers["Location"] == f"/unit/orders/{order.pk}/"
    assert "尚未审核的答复" not in text_of(page)


# --- Seeing in full ---------------------------------------------------------------------------


def asked_by(clerk, case):
    """What somebody sees of the name once they have asked, and whether a second person must agree."""
    case = Case.objects.get(pk=case.pk)
    sight = sight_of(clerk, case, at=now())
    unmasking.ask(
        sight, fields=["name"], purpose="VERIFY", words="需要核实情况才能继续办理", by=clerk, at=now()
    )  # fmt: skip
    return sight_of(clerk, case, at=now()).name, Unmasking.objects.get(case=case).two


def a_sent_one(of):
    words = Words(
        body="导师长期让我们干私活，请处理。", type=type_("TS"), category=category(of), mode=Mode.CONFIDENTIAL
    )  # fmt: skip
    return intake.submit(words, by=a_requester(name=NAME), at=now()).case


def taken_on(case, by):
    triage.accept(
        Case.objects.get(pk=case.pk), category=category("H204"), type=type_("TS"), urgency=urgency(), by=by, at=now()
    )  # fmt: skip


def test_what_the_requester_called_sensitive_is_not_opened_alone_by_calling_it_otherwise():
    clerk, case = an_actor("R4"), a_sent_one("L103")
    assert case.category.sensitive
    taken_on(case, clerk)
    seen, two = asked_by(clerk, case)
    assert two
    assert seen != NAME


def test_what_the_requester_called_harmless_still_opens_at_once():
    clerk, case = an_actor("R4"), a_sent_one("H204")
    taken_on(case, clerk)
    assert asked_by(clerk, case) == (NAME, False)


def test_what_was_sensitive_in_a_closed_room_is_not_opened_alone_outside_of_it():
    """What made it one about the office is taken off it, its class with it."""
    Category.objects.filter(code="L103").update(about_office=True)
    receiver, clerk, case = an_actor("R9"), an_actor("R4"), a_sent_one("L103")
    assert case.seal == "OFFICE"
    enclosing.ask_to_open(case, words="可否将此件交由热线办继续办理", by=receiver, at=now())
    enclosing.open_up(case, words="诉求人在电话里说同意交热线办", by=receiver, at=now())
    assert case.category is None
    taken_on(case, clerk)
    assert asked_by(clerk, case)[1]


# --- What is sealed -------------------------------------------------------------------------


@pytest.mark.parametrize("keeper", ["R4", "R9"])
@pytest.mark.parametrize("role", ["R11", "R12"])
@pytest.mark.parametrize("about", ["owner", "named", "nobody"])
def test_the_list_of_recusals_does_not_tell_that_there_is_a_sealed_file_of_somebody(
    about, role, keeper
):
    """A room with one receiver: that they may not be kept away would tell that there is a file."""
    by, receiver, person = an_actor(keeper), holder(role), holder("R5", of="houqin")
    case = a_case(
        State.REFERRED if role == "R11" else State.CRISIS, owner=person if about == "owner" else a_user(),
        referred_to="DISCIPLINE" if role == "R11" else "", seal="DISCIPLINE" if role == "R11" else "CRISIS", at=now(),
    )  # fmt: skip
    if about == "named":
        NamedPerson.objects.create(case=case, user=person, name=person.name, at=now())
    with pytest.raises(NotAllowed) as refused:
        recusing.keep_away(receiver, person=person, words="亲属关系", by=by, at=now())
    assert "密封件的另一位接收人" in str(refused.value)
    assert not Recusal.objects.exists()


@pytest.mark.parametrize("of", ["another receiver", "security"])
def test_those_of_the_room_and_the_security_administrator_keep_the_list_of_its_people(of):
    receiver, person = holder("R11"), holder("R5", of="houqin")
    by = again(also(holder("R9"), "R11")) if of == "another receiver" else an_actor("R13S")
    row = recusing.keep_away(receiver, person=person, words="亲属关系", by=by, at=now())
    with pytest.raises(NotAllowed):
        recusing.end(row, by=an_actor("R4"), at=now())
    recusing.end(row, by=by, at=now())


def a_sheet(case, key="urgent"):
    """What somebody else left to the next shift while the request was everybody's to list."""
    return Handover.objects.create(
        post=Post.objects.filter(by_turns=True, demands="").first(), open_items={key: [case.number]},
        notes="无", written_by=holder("R2"), written_at=now(),
    )  # fmt: skip


@pytest.mark.parametrize("key", ["urgent", "visits", "draft_numbers"])
@pytest.mark.parametrize("how", ["sealed", "named", "crisis", "own"])
def test_a_sheet_between_shifts_names_no_request_that_was_closed_since(how, key):
    clerk, case = holder("R2"), a_case(State.ACCEPTED, at=now(), urgency=urgency("U1"))
    sheet, client = a_sheet(case, key), signed_in(clerk)
    address = f"/desk/roster/handovers/{sheet.pk}/"
    assert case.number in text_of(client.get(address))
    if how == "sealed":
        enclosing.enclose(case, words="反映的其实是热线办的接线员", by=an_actor("R4"), at=now())
    elif how == "crisis":
        crisis.alarm(case, by=an_actor("R3"), at=now())
    elif how == "named":
        NamedPerson.objects.create(case=case, user=clerk, name=clerk.name, at=now())
    else:
        Case.objects.filter(pk=case.pk).update(owner=clerk)
    page = client.get(address)
    assert page.status_code == 200
    assert case.number not in text_of(page)


def test_a_sheet_between_shifts_shows_no_name_to_whom_it_is_hidden():
    case = a_case(
        State.ACCEPTED, owner=a_user(NAME), mode=Mode.CONFIDENTIAL, at=now(), title=f"{NAME}的诉求", category=category("L104")
    )  # fmt: skip
    page = text_of(signed_in(a_half_clerk()).get(f"/desk/roster/handovers/{a_sheet(case).pk}/"))
    assert case.number in page
    assert NAME not in page


def test_a_draft_of_a_request_that_was_closed_since_is_named_on_no_sheet_between_shifts():
    clerk, case = holder("R3"), a_case(State.ACCEPTED, at=now())
    Draft.objects.create(case=case, by=clerk, form="dispatch", data={"words": "x"}, at=now())
    Draft.objects.create(by=clerk, form="registration", data={"body": "x"}, at=now())
    items = handovers.open_items(again(clerk), now())
    assert (items["drafts"], items["draft_numbers"]) == (2, [case.number])
    enclosing.enclose(case, words="反映的其实是热线办的接线员", by=an_actor("R4"), at=now())
    items = handovers.open_items(again(clerk), now())
    assert (items["drafts"], items["draft_numbers"]) == (1, [])


def test_ones_own_request_is_named_on_no_sheet_between_shifts():
    clerk = holder("R3")
    case = a_case(
        State.IN_PROGRESS, at=now(), owner=clerk, mode=Mode.CONFIDENTIAL, urgency=urgency("U1")
    )
    Draft.objects.create(case=case, by=clerk, form="supplement", data={"words": "x"}, at=now())
    assert case.number not in str(handovers.open_items(again(clerk), now()))


def test_a_lead_that_names_somebody_is_not_named_to_them_by_what_was_merged_into_it():
    clerk = holder("R3")
    lead, case = a_case(State.ACCEPTED, at=now()), a_case(State.ACCEPTED, at=now())
    NamedPerson.objects.create(case=lead, user=clerk, name=clerk.name, at=now())
    merging.merge(case, into=lead, reason="BD02", by=an_actor("R3"), at=now())
    client, address = signed_in(clerk), f"/desk/cases/{case.number}/"
    assert client.get(f"/desk/cases/{lead.number}/").status_code == 404
    page = text_of(client.get(address))
    assert case.number in page
    assert lead.number not in page
    assert f"/desk/cases/{lead.number}/" in text_of(signed_in(holder("R3")).get(address))


# --- Who asks, by class -----------------------------------------------------------------------


def asked_twice():
    """A 保密 request of a class that the half clerk does not triage, and one that they do, of one person."""
    owner = a_user(NAME, phone="13912344321", account="2023abc0001")
    secret = a_case(
        State.IN_PROGRESS, owner=owner, mode=Mode.CONFIDENTIAL, at=now(), category=category("L104"), title="别处的事"
    )  # fmt: skip
    return secret, a_case(State.IN_PROGRESS, owner=owner, at=now(), category=category("H204"))


@pytest.mark.parametrize("number", ["13912344321", "2023abc0001"])
def test_whoever_triages_one_class_finds_nobody_by_number_in_another(number):
    secret, other = asked_twice()
    user = a_half_clerk()
    assert sight_of(again(user), secret, at=now()).phone == ""
    page = text_of(signed_in(user).get("/desk/cases/", {"q": number}))
    assert secret.number not in page
    assert other.number in page
    assert secret.number in text_of(signed_in(holder("R3")).get("/desk/cases/", {"q": number}))


def test_whoever_triages_one_class_is_not_told_what_else_the_same_person_asks_in_another():
    secret, other = asked_twice()
    half, whole = signed_in(a_half_clerk()), signed_in(holder("R3"))
    for here, there in ((secret, other), (other, secret)):
        address = f"/desk/cases/{here.number}/"
        assert there.number not in text_of(half.get(address))
        assert there.number in text_of(whole.get(address))


def test_lines_beside_a_request_show_no_name_to_whom_it_is_hidden():
    case = a_case(State.IN_PROGRESS, at=now(), category=category("L104"))
    other = a_case(
        State.IN_PROGRESS, owner=a_user(NAME), mode=Mode.CONFIDENTIAL, at=now(), category=category("L104"),
        title=f"{NAME}的诉求",
    )  # fmt: skip
    address = f"/desk/cases/{case.number}/"
    assert NAME not in text_of(signed_in(a_half_clerk()).get(address))
    assert other.number in text_of(signed_in(holder("R3")).get(address))


@pytest.mark.parametrize(("field", "text"), [("phone", "13912344321"), ("account", "2023abc0001")])
def test_the_hint_of_a_number_tells_whoever_triages_one_class_of_no_other(field, text):
    secret, other = asked_twice()
    page = text_of(signed_in(a_half_clerk()).post("/desk/registrations/caller/", {field: text}))
    assert other.number in page
    assert secret.number not in page


# --- How many there are -----------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.CRISIS, State.REFERRED, State.SUBMITTED, State.ARCHIVED])
def test_whoever_decides_on_forgetting_a_person_does_not_read_how_many_sealed_files_they_have(
    state,
):
    seal = {State.CRISIS: "CRISIS", State.REFERRED: "DISCIPLINE"}.get(state, "OFFICE")
    pages = []
    for sealed in (False, True):
        user = a_user()
        a_case(State.ARCHIVED, owner=user, at=now())
        if sealed:
            a_case(state, owner=user, seal=seal, at=now())
            assert holding(user)["filed"] == 1
        claim = claims.ask(None, by=again(user), at=now())
        page = text_of(client_of("R4").get(f"/desk/claims/{claim.pk}/"))
        pages.append(page.split("申请人的诉求")[1].split("</dd>")[0])
    assert pages[0] == pages[1]
