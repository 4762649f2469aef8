"""The ledger of supervision, its slips, and the unit's answer; and the ladder behind it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from hotline.base.refusals import NotAllowed
from hotline.cases.codes import Mode, OrderState, Part, State
from hotline.oversight.models import Rung, Supervision
from hotline.oversight.services import slips
from hotline.people.queries import actor_of
from tests.doors.admin.paper import errors, filled, queries_of, send
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, an_order, holder
from tests.oversight.at_hand import a_slip

pytestmark = pytest.mark.django_db


def numbers(response):
    return [slip.number for slip in response.context["slips"]]


def test_the_ledger_lists_what_is_not_discharged_and_filters():
    first, second = a_slip(), a_slip(lead="baowei")
    slips.discharge(second, words="已办结", by=an_actor("R9"), at=NOON)
    client = client_of("R9")
    assert numbers(client.get("/desk/supervisions/")) == [first.number]
    assert numbers(client.get("/desk/supervisions/?state=DISCHARGED")) == [second.number]
    assert len(numbers(client.get("/desk/supervisions/?state=all"))) == 2
    assert numbers(client.get("/desk/supervisions/?state=late")) == [first.number]
    assert numbers(client.get("/desk/supervisions/?unit=baowei")) == []
    for query in ("?state=x", "?level=9", "?since=x", "?unit=x", "?reason=x", "?after=%00"):
        assert client.get("/desk/supervisions/" + query).status_code in {200, 400}


def test_the_number_of_queries_does_not_grow_with_the_ledger():
    client = client_of("R9")
    a_slip()
    one = queries_of(client, "/desk/supervisions/")
    for _ in range(3):
        a_slip()
    assert queries_of(client, "/desk/supervisions/") == one


def test_the_unit_reads_its_slip_and_answers_it_and_the_office_discharges_it():
    slip = a_slip()
    unit_page = reverse("desk:unit_supervision", args=[slip.number])
    contact = signed_in(holder("R5", of="houqin"))
    assert slip.number in contact.get(reverse("desk:unit_supervisions")).content.decode()
    answer = contact.post(unit_page, {**filled(contact.get(unit_page)), "words": "配件明日到货"})
    assert answer.status_code == 302
    office, page = client_of("R9"), reverse("desk:supervision", args=[slip.number])
    assert "配件明日到货" in office.get(page).content.decode()
    sent = {"act": "discharge", "words": "已办结", "version": "1"}
    assert office.post(page, sent).status_code == 302
    assert Supervision.objects.get().state == "DISCHARGED"


def test_an_empty_or_a_stale_answer_is_refused_and_what_was_typed_is_kept():
    slip = a_slip()
    page, contact = (
        reverse("desk:unit_supervision", args=[slip.number]),
        signed_in(holder("R5", of="houqin")),
    )
    assert contact.post(page, {"act": "feedback", "words": " ", "version": "0"}).status_code == 422
    stale = contact.post(page, {"act": "feedback", "words": "已安排人员", "version": "7"})
    assert stale.status_code == 409
    assert "已安排人员" in stale.content.decode()
    assert (
        contact.post(page, {"act": "discharge", "words": "自行销号", "version": "0"}).status_code
        == 404
    )


def test_a_slip_says_nothing_of_who_asked():
    owner = a_user("卡纳瑞若", phone="13955550123")
    slip = a_slip(
        owner=owner,
        mode=Mode.CONFIDENTIAL,
        title="金丝雀的标题",
        body="金丝雀的话",
        shown_title="副本标题",
    )
    contact = signed_in(holder("R5", of="houqin"))
    pages = [
        contact.get(reverse("desk:unit_supervision", args=[slip.number])),
        contact.get(reverse("desk:unit_supervisions")),
        client_of("R9").get(reverse("desk:supervisions")),
        client_of("R9").get(reverse("desk:bulletin")),
    ]
    for page in pages:
        text = page.content.decode()
        assert page.status_code == 200
        assert not any(word in text for word in ("卡纳瑞若", "13955550123", "金丝雀")), page
    assert "副本标题" in pages[0].content.decode()


def test_a_name_that_slipped_into_the_copys_title_does_not_reach_the_slip():
    owner = a_user("卡纳瑞若")
    slip = a_slip(owner=owner, mode=Mode.CONFIDENTIAL, shown_title="卡纳瑞若说水龙头漏水")
    page = client_of("R5", of="houqin").get(reverse("desk:unit_supervision", args=[slip.number]))
    text = page.content.decode()
    assert "水龙头漏水" in text and "卡纳瑞若" not in text


def test_who_oversees_some_categories_reads_the_slips_of_those():
    slip = a_slip()  # of H204
    page = reverse("desk:supervision", args=[slip.number])
    for role in ("R8", "R9", "R4"):
        assert signed_in(holder(role, categories=["H2"])).get(page).status_code == 200, role
        other = signed_in(holder(role, categories=["F"]))
        assert other.get(page).status_code == 404, role
        for name in ("supervisions", "supervisions_sheet", "bulletin"):
            assert slip.number not in str(other.get(reverse(f"desk:{name}")).content), name


def test_a_unit_that_gave_the_request_back_neither_reads_nor_answers_its_slip():
    slip = a_slip()
    page = reverse("desk:unit_supervision", args=[slip.number])
    contact = signed_in(holder("R5", of="houqin"))
    sent = {**filled(contact.get(page)), "words": "配件明日到货"}
    slip.case.orders.update(state="RETURNED")
    assert contact.get(page).status_code == contact.post(page, sent).status_code == 404
    with pytest.raises(NotAllowed):
        slips.feed_back(slip, words="配件", by=an_actor("R5", of="houqin"), at=NOON)


def test_nobody_answers_the_slip_of_a_request_of_their_own():
    contact = holder("R5", of="houqin")
    slip = a_slip(owner=contact)
    page = reverse("desk:unit_supervision", args=[slip.number])
    assert signed_in(contact).get(page).status_code == 404
    with pytest.raises(NotAllowed):
        slips.feed_back(slip, words="配件", by=actor_of(contact, on=NOON.date()), at=NOON)


def test_a_name_in_what_the_office_wrote_does_not_reach_the_unit_but_its_own_words_stay_as_they_are():
    slip = a_slip(owner=a_user("卡纳瑞若"), mode=Mode.CONFIDENTIAL, shown_title="漏水")
    slip.requirement, slip.feedback = "请向卡纳瑞若说明", "是不是卡纳瑞若？"
    slip.save()
    page = client_of("R5", of="houqin").get(reverse("desk:unit_supervision", args=[slip.number]))
    text = page.content.decode()
    assert "说明" in text and "请向卡纳瑞若" not in text
    assert "是不是卡纳瑞若" in text, "a guess that comes back blacked out would be an answer"


def test_who_registers_for_leaders_gives_no_opinion_in_their_place():
    slip = a_slip()
    with pytest.raises(NotAllowed):
        slips.opine(slip, words="同意", by=an_actor("R9"), at=NOON)
    slips.opine(slip, words="请抓紧", by=an_actor("R8"), at=NOON)


def test_nobody_else_sees_slips():
    slip = a_slip()
    paths = [
        reverse("desk:supervisions"), reverse("desk:supervisions_sheet"), reverse("desk:bulletin"),
        reverse("desk:supervision", args=[slip.number]),
    ]  # fmt: skip
    for role in ("R2", "R3", "R5", "R6", "R10", "R11", "R12", "R13"):
        for path in paths:
            assert client_of(role, of="houqin").get(path).status_code == 404, (role, path)
    other = signed_in(holder("R5", of="baowei"))
    assert other.get(reverse("desk:unit_supervision", args=[slip.number])).status_code == 404
    assert signed_in(a_user()).get(reverse("desk:unit_supervisions")).status_code == 404


def test_a_slip_of_a_request_that_became_a_crisis_is_gone_from_every_list():
    from hotline.cases.services import crisis

    slip = a_slip()
    crisis.alarm(slip.case, by=an_actor("R3"), at=NOON)
    assert numbers(client_of("R9").get("/desk/supervisions/?state=all")) == []
    assert client_of("R9").get(reverse("desk:supervision", args=[slip.number])).status_code == 404
    contact = signed_in(holder("R5", of="houqin"))
    assert contact.get(reverse("desk:unit_supervision", args=[slip.number])).status_code == 404


def test_a_request_is_chased_and_supervised_from_its_page():
    case = a_case(State.IN_PROGRESS, next_due_at=NOON)
    office = client_of("R4")
    for slug, sent in (
        ("chases", {"words": "请尽快"}),
        ("supervisions", {"reason": "DB04", "words": "请说明"}),
    ):
        path = f"/desk/cases/{case.number}/{slug}/"
        assert office.post(path, {**filled(office.get(path), path), **sent}).status_code == 302
    assert Supervision.objects.get().requirement == "请说明"
    assert [s.verb for s in case.steps.order_by("seq")] == ["chase", "supervise"]


def test_after_it_is_opened_the_desk_names_the_slip_and_leads_to_it():
    case = a_case(State.IN_PROGRESS, next_due_at=NOON)
    office, path = client_of("R9"), f"/desk/cases/{case.number}/supervisions/"
    sent = {**filled(office.get(path), path), "reason": "DB04", "words": "请说明"}
    page = office.post(path, sent, follow=True)
    number = Supervision.objects.get().number
    assert f'<a href="/desk/supervisions/{number}/">{number}</a>。' in page.content.decode()


def test_the_pages_of_a_request_lead_to_its_slips():
    slip = a_slip()
    desk, unit = f"/desk/cases/{slip.case.number}/", f"/unit/orders/{slip.case.orders.get().pk}/"
    card = f'href="/desk/supervisions/{slip.number}/"'
    for role, leads in (("R4", True), ("R8", True), ("R9", True), ("R3", False)):
        text = client_of(role).get(desk).content.decode()
        assert slip.number in text and "督办（橙）" in text and "待反馈" in text
        assert (card in text) == leads, role
    text = client_of("R5", of="houqin").get(unit).content.decode()
    assert f'href="/unit/supervisions/{slip.number}/"' in text and "督办（橙）" in text


def test_a_unit_that_has_the_request_no_more_is_led_to_no_slip():
    slip = a_slip()
    order = slip.case.orders.get()
    order.state, order.ended_at = OrderState.RETURNED, NOON
    order.save()
    page = client_of("R5", of="houqin").get(f"/unit/orders/{order.pk}/")
    assert slip.number not in page.content.decode()


def test_a_unit_that_assists_finds_no_slip_of_the_lead_on_its_order():
    slip = a_slip()
    order = an_order(slip.case, unit="baowei", part=Part.JOINT)
    page = client_of("R5", of="baowei").get(f"/unit/orders/{order.pk}/")
    assert slip.number not in page.content.decode()


def test_the_bulletin_lists_the_red_ones_of_a_period():
    slip = a_slip()
    Supervision.objects.filter(pk=slip.pk).update(level=3)
    day = NOON.date()
    client = client_of("R9")
    found = client.get(f"/desk/supervisions/bulletin/?since={day}&until={day}").context["rows"]
    assert [row.number for row, _source in found] == [slip.number]
    later = day + timedelta(days=1)
    assert not client.get(f"/desk/supervisions/bulletin/?since={later}&until={later}").context[
        "rows"
    ]


def test_a_rung_is_changed_on_its_page_and_nonsense_is_refused():
    office = client_of("R4")
    assert "时间过半提醒" in office.get("/admin/tables/ladder/").content.decode()
    page = "/admin/tables/ladder/A1/"
    assert send(office, page, amount="0").status_code == 422
    assert send(office, page, amount="40").status_code == 302
    assert Rung.objects.get(code="A1").amount == 40
    assert client_of("R3").get(page).status_code == 404


def test_the_list_of_the_ladder_tells_all_that_a_rung_does():
    page = client_of("R4").get("/admin/tables/ladder/").content.decode()
    late = page.split("超期两个工作日")[1].split("</tr>")[0]
    assert "5 个工作日" in late and "开单：DB02 超时未办结" in late
    assert "有进展则不触发" in page.split("剩三成无进展")[1].split("</tr>")[0]
    assert "一分钟内" in page


def test_a_rung_that_opens_a_slip_says_for_which_reason():
    office, page = client_of("R4"), "/admin/tables/ladder/A4/"
    assert errors(send(office, page, reason=""))["reason"] == ["开具督办单的，须选择督办原因。"]
    assert send(office, page, reason="TD01").status_code == 422
    assert send(office, page, reason="DB05").status_code == 302
    assert Rung.objects.get(code="A4").reason == "DB05"


def test_one_mistake_in_a_rung_is_told_once():
    answer = send(client_of("R4"), "/admin/tables/ladder/A2/", amount="140")
    assert answer.status_code == 422 and len(errors(answer)["amount"]) == 1


def test_a_unit_answers_for_what_it_promised_on_a_page_of_its_own():
    from hotline.cases.services import sweeping

    case = a_case(
        State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date(), owner=a_user("卡纳瑞若"),
        title="金丝雀", shown_title="换水管",
    )  # fmt: skip
    sweeping.sweep(at=NOON)
    contact = signed_in(holder("R5", of="houqin"))
    page = contact.get(reverse("desk:promises"))
    assert [row.number for row in page.context["rows"]] == [case.number]
    text = page.content.decode()
    assert "换水管" in text and "金丝雀" not in text and "卡纳瑞若" not in text
    assert (
        contact.post(reverse("desk:promises"), {"number": case.number, "words": ""}).status_code
        == 422
    )
    sent = {"number": case.number, "words": "水管已更换", "version": "1"}
    assert (
        signed_in(holder("R5", of="baowei")).post(reverse("desk:promises"), sent).status_code == 404
    )
    assert contact.post(reverse("desk:promises"), sent).status_code == 302
    case.refresh_from_db()
    assert case.outcome == "RESOLVED"
    assert signed_in(a_user()).get(reverse("desk:promises")).status_code == 404
