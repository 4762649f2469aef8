"""What people are told of their data, what they agree to, and that nobody is asked behind their back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.timezone import now

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import access, consents
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Consent, NoticeRead
from hotline.cases.services import consenting
from hotline.catalog import privacy
from hotline.catalog.models import PrivacyNotice
from hotline.catalog.services import privacy as publishing
from hotline.catalog.services.privacy import Texts
from hotline.notices import ways
from hotline.notices.models import Gateway, Message
from hotline.notices.services import fan_out
from hotline.notices.stories import story_of
from hotline.people.actor import Actor
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_requester, a_user, an_actor

pytestmark = pytest.mark.django_db

WORDS = Texts(
    text="## 新版\n\n只用于办理。\n\n- 一\n- <b>二</b>", text_en="## New\n\nOnly for this.",
    spoken="新的一句话", spoken_en="A new sentence", change="多了一项", change_en="One more",
)  # fmt: skip
BODY = "浴室没有热水已经两天了，请尽快处理。"


def a_new_version(at=None, *, begins=None):
    at, by = at or now(), an_actor("R13")
    row = publishing.save_draft(WORDS, by=by, at=at)
    return publishing.publish(row, from_at=begins, by=by, at=at)


def sent(client, **more):
    fields = {"key": str(uuid4()), "type": "QZ", "body": BODY, "mode": "NAMED", **more}
    fields.setdefault("notice", privacy.version_at(now()))
    return client.post("/requests/new/", fields)


def test_everybody_reads_the_notice_in_force_and_every_page_leads_to_it():
    shipped = privacy.in_force(now())
    home, page = Client().get("/portal/"), Client().get("/privacy/")
    assert 'href="/privacy/"' in home.content.decode()
    assert f"{shipped.version} 版" in page.content.decode()
    fresh = a_new_version()
    page = Client().get("/privacy/").content.decode()
    assert "多了一项" in page and "&lt;b&gt;二&lt;/b&gt;" in page and "<li>一</li>" in page
    old = Client().get(f"/privacy/{shipped.version}/").content.decode()
    assert "已被新版取代" in old and fresh.version not in old.split("<article")[0].split("<h1>")[1]
    assert Client().get("/privacy/1999-01/").status_code == 404


def test_a_version_that_begins_later_is_announced_and_not_yet_in_force():
    begins = now() + timedelta(days=3)
    fresh = a_new_version(begins=begins)
    assert privacy.version_at(now()) != fresh.version
    assert privacy.version_at(begins) == fresh.version
    page = Client().get("/privacy/").content.decode()
    assert f"{fresh.version} 版将从" in page
    assert Client().get(f"/privacy/{fresh.version}/").status_code == 404


def test_what_was_published_is_never_changed_or_removed():
    fresh = a_new_version()
    by = an_actor("R13")
    with pytest.raises(WrongState):
        publishing.publish(fresh, from_at=None, by=by, at=now())
    with pytest.raises(WrongState):
        publishing.discard(fresh, by=by, at=now())
    for act in (
        lambda: PrivacyNotice.objects.filter(pk=fresh.pk).update(text="另一个说法"),
        lambda: PrivacyNotice.objects.filter(pk=fresh.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_version_begins_after_the_one_before_and_says_what_has_changed():
    by, at = an_actor("R13"), now()
    silent = publishing.save_draft(
        Texts(WORDS.text, WORDS.text_en, WORDS.spoken, WORDS.spoken_en), by=by, at=at
    )
    with pytest.raises(Invalid, match="改了什么"):
        publishing.publish(silent, from_at=None, by=by, at=at)
    row = publishing.save_draft(WORDS, by=by, at=at)
    assert row.pk == silent.pk  # one draft at a time
    with pytest.raises(Invalid, match="现在之后"):
        publishing.publish(row, from_at=at - timedelta(hours=1), by=by, at=at)
    with pytest.raises(NotAllowed):
        publishing.publish(row, from_at=None, by=an_actor("R3"), at=at)


def test_submitting_records_the_version_and_each_choice_by_itself():
    user = a_user()
    assert sent(signed_in(user), consents=["SMS"]).status_code == 200
    case = Case.objects.get(owner=user)
    assert case.privacy_notice == privacy.version_at(now())
    chosen = {kind: row.given for kind, row in consents.standing(case).items()}
    assert chosen == {"PUBLISH": False, "SMS": True, "WECHAT": False}
    assert NoticeRead.objects.filter(user=user).count() == 1
    page = signed_in(user).get("/requests/new/").content.decode()
    ticked = [
        line for line in page.split("<label>") if 'name="consents"' in line and " checked" in line
    ]
    assert ["SMS" in line for line in ticked] == [True]  # the form begins with what they chose last


def test_of_an_anonymous_request_the_record_names_nobody_even_where_somebody_is_signed_in():
    user = a_user()
    for client, chosen in ((Client(), ["PUBLISH"]), (signed_in(user), ["PUBLISH", "SMS"])):
        assert sent(client, mode="ANONYMOUS", consents=chosen).status_code == 200
        case = Case.objects.latest("id")
        rows = list(case.consents.values_list("kind", "given", "by"))
        assert rows == [("PUBLISH", True, None)]  # nobody is there to be told by SMS
        assert case.privacy_notice
    assert not NoticeRead.objects.exists()


def test_a_notice_that_changes_while_somebody_writes_is_shown_first_and_nothing_typed_is_lost():
    user, shown = a_user(), privacy.version_at(now())
    client = signed_in(user)
    fresh = a_new_version()
    answer = sent(client, notice=shown, consents=["PUBLISH"])
    page = answer.content.decode()
    assert answer.status_code == 422
    assert BODY in page and "隐私告知刚刚更新" in page
    assert f'name="notice" value="{fresh.version}"' in page
    assert not Case.objects.exists()
    assert sent(client, notice=fresh.version).status_code == 200
    assert Case.objects.get().privacy_notice == fresh.version


def test_whoever_has_read_an_earlier_version_is_asked_once_at_their_next_visit():
    user = a_user()
    client = signed_in(user)
    sent(client)
    assert "隐私告知已更新" not in client.get("/portal/").content.decode()
    fresh = a_new_version()
    for path in ("/portal/", "/requests/", "/requests/new/"):
        assert "隐私告知已更新" in client.get(path).content.decode()
    assert "隐私告知已更新" not in signed_in(a_user()).get("/portal/").content.decode()
    read = client.post("/privacy/read/", {"version": fresh.version, "next": "/requests/"})
    assert (read.status_code, read.url) == (302, "/requests/")
    assert "隐私告知已更新" not in client.get("/portal/").content.decode()
    assert client.post("/privacy/read/", {"version": "2020-01"}).status_code == 422


def bearer():
    """A request without an owner, and a browser that has proven number and code."""
    code = access.new_code()
    case = a_case(State.ACCEPTED, mode=Mode.ANONYMOUS, privacy_notice=privacy.version_at(now()))
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    client = Client()
    client.post("/requests/track/", {"number": case.number, "code": code})
    return case, client


def test_a_bearer_of_a_code_is_asked_and_chooses_without_becoming_known():
    case, client = bearer()
    fresh = a_new_version()
    page = f"/requests/{case.number}/"
    assert "隐私告知已更新" in client.get(page).content.decode()
    assert client.post(f"{page}notice/", {"version": fresh.version}).status_code == 302
    assert "隐私告知已更新" not in client.get(page).content.decode()
    assert client.post(f"{page}consents/", {"kind": "PUBLISH", "given": "1"}).status_code == 302
    assert client.post(f"{page}consents/", {"kind": "SMS", "given": "1"}).status_code == 422
    assert consents.standing(case)["PUBLISH"].given
    assert list(NoticeRead.objects.values_list("user", "case")) == [(None, case.pk)]


def test_consent_is_withdrawn_by_one_click_as_it_is_given_and_the_record_keeps_both():
    user = a_user()
    case = a_case(State.ACCEPTED, owner=user)
    client = signed_in(user)
    for given in ("1", "0", "0"):  # the same again changes nothing
        client.post(f"/requests/{case.number}/consents/", {"kind": "PUBLISH", "given": given})
    assert list(case.consents.values_list("given", flat=True)) == [True, False]
    assert "未同意" in client.get(f"/requests/{case.number}/").content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.all().update(given=True)


@pytest.mark.parametrize("who", ["stranger", "student", "R3", "R5", "R13"])
def test_nobody_else_chooses_for_them(who):
    case = a_case(State.IN_PROGRESS, mode=Mode.CONFIDENTIAL)
    client = {"stranger": Client, "student": lambda: signed_in(a_user())}.get(who)
    client = client() if client else client_of(who, of="houqin")
    url = f"/requests/{case.number}/"
    assert client.post(f"{url}consents/", {"kind": "SMS", "given": "1"}).status_code == 404
    assert client.post(f"{url}notice/", {"version": "2026-01"}).status_code == 404
    assert not Consent.objects.exists()
    with pytest.raises(NotAllowed):
        consenting.choose(case, "SMS", given=True, by=Actor(user=a_user()), at=NOON)


def test_a_clerk_reads_the_sentence_out_and_ticks_what_the_caller_says():
    client = client_of("R2")
    page = client.get("/desk/registrations/").content.decode()
    assert privacy.in_force(now()).spoken in page
    form = {
        "key": str(uuid4()), "channel": "PHONE", "mode": "NAMED", "type": "QZ", "body": BODY,
        "name": "来电人", "phone": "13900001111", "notice": privacy.version_at(now()),
    }  # fmt: skip
    assert (
        client.post("/desk/registrations/", {**form, "told": "on", "consents": ["SMS"]}).status_code
        == 200
    )
    case = Case.objects.latest("id")
    assert case.privacy_notice == form["notice"]
    assert {k: r.given for k, r in consents.standing(case).items()} == {
        "PUBLISH": False, "SMS": True, "WECHAT": False,
    }  # fmt: skip
    assert {row.by for row in case.consents.all()} == {case.registered_by}
    client.post("/desk/registrations/", {**form, "key": str(uuid4()), "consents": ["SMS"]})
    other = Case.objects.latest("id")
    assert (other.privacy_notice, other.consents.count()) == ("", 0)  # nobody was asked


def test_who_does_not_agree_to_an_sms_gets_none_and_is_not_rung_up_either(settings):
    settings.NOTICES = "live"
    Gateway.objects.create(code="sms", name="短信", kind="http_sms", channel="SMS", enabled=True)
    user = a_user()
    by, answers = Actor(user=user), {}
    for given in (True, False):
        case = a_case(State.ACCEPTED, owner=user)
        consenting.choose(case, "SMS", given=True, by=by, at=NOON)
        consenting.choose(case, "SMS", given=given, by=by, at=NOON)
        step = case.steps.create(seq=1, verb="accept", before="SUBMITTED", after="ACCEPTED", side="OFFICE", at=NOON)  # fmt: skip
        fan_out(story_of(step.pk, at=NOON))
        row = Message.objects.get(case=case, to_requester=True)
        answers[given] = (row.state, row.channel, row.why)
    assert answers[True] == ("READY", "SMS", "NO_GATEWAY")  # of WeChat there is none
    assert answers[False][0] == "SKIPPED" and answers[False][2] == "OFF"


def test_a_consent_that_is_withdrawn_before_the_message_goes_out_holds_it_back():
    case = a_case(State.ACCEPTED)
    by = a_requester()
    Case.objects.filter(pk=case.pk).update(owner=by.user)
    case.refresh_from_db()
    row = Message(case=case, to_requester=True, urgent=False)
    consenting.choose(case, "SMS", given=True, by=by, at=NOON)
    assert not ways.is_unwelcome(row, "SMS")
    consenting.choose(case, "SMS", given=False, by=by, at=NOON)
    assert ways.is_unwelcome(row, "SMS")
    assert not ways.is_unwelcome(Message(case=case, to_requester=True, urgent=True), "SMS")


def test_an_administrator_drafts_previews_and_publishes_in_the_interface():
    client = client_of("R13")
    form = client.get("/admin/privacy/draft/").context["form"]
    texts = {name: str(form[name].value() or "") for name in form.fields if name != "seen"}
    texts |= {"change": "补充了保存期限", "change_en": "Says how long we keep it"}
    assert client.post("/admin/privacy/draft/", texts).status_code == 302
    page = client.get("/admin/privacy/draft/preview/")
    assert "补充了保存期限" in page.content.decode() and 'lang="en"' in page.content.decode()
    before = privacy.version_at(now())
    seen = page.context["form"]["seen"].value()
    assert client.post("/admin/privacy/draft/preview/", {"seen": seen}).status_code == 302
    assert privacy.version_at(now()) != before
    assert "现行" in client.get("/admin/privacy/").content.decode()
    assert client.get("/admin/privacy/draft/preview/").status_code == 302  # there is none any more


@pytest.mark.parametrize("role", ["R3", "R5", "R12", "R13A"])
def test_no_other_role_finds_the_administration_of_notices(role):
    client = client_of(role)
    for path in ("", "draft/", "draft/preview/"):
        assert client.get(f"/admin/privacy/{path}").status_code == 404
    assert client.post("/admin/privacy/draft/removal/").status_code in {404, 405}
