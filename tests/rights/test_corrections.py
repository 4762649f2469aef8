"""What is wrong is put right: one's own phone by oneself, what the campus directory says by the office."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases.codes import State
from hotline.cases.models import Look, Requester
from hotline.cases.services import looking
from hotline.people.actor import Actor
from hotline.people.models import Revision, User
from hotline.people.queries import actor_of
from hotline.rights import queries
from hotline.rights.models import Claim
from hotline.rights.services import claims, correcting, erasing
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, holder, unit
from tests.rights.test_claims import told

pytestmark = pytest.mark.django_db
WHY = "身份证上是这个字"


def ask(user, fact="NAME", wanted="张叁", words=WHY, at=NOON):
    return claims.ask_correction(fact, wanted, words=words, by=Actor(user=user), at=at)


def changes(user):
    return list(Revision.objects.filter(kind="people.user", code=str(user.pk)).order_by("id"))


# --- What the campus directory says ------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "wanted", "column", "value"),
    [
        ("NAME", " 张叁 ", "name", "张叁"),
        ("ACCOUNT", "S2026-0001", "account", "S2026-0001"),
        ("KIND", "MASTER", "kind", "MASTER"),
        ("COLLEGE", "baowei", "college.code", "baowei"),
    ],
)
def test_what_is_granted_is_changed_at_once_recorded_and_told(fact, wanted, column, value):
    user = a_user()
    claim = ask(user, fact, wanted)
    by = an_actor("R4")
    claims.grant(claim, by=by, at=NOON)
    row = User.objects.get(pk=user.pk)
    for part in column.split("."):
        row = getattr(row, part)
    assert row == value
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by, claim.done_at) == ("DONE", by.user, NOON)
    assert (claim.words, claim.wanted) == ("", "")
    change = changes(user)[-1]
    name = {"college.code": "college_id"}.get(column, column)
    after = change.side("after")[name]
    assert (change.by, after) == (by.user, unit("baowei").pk if fact == "COLLEGE" else value)
    assert told("claim_decided").count() == 1


def test_a_name_and_a_number_reach_requests_under_way_and_no_others():
    user = a_user("张三")
    running, over = a_case(State.IN_PROGRESS, owner=user), a_case(State.ARCHIVED, owner=user)
    other = a_case(State.IN_PROGRESS, owner=user)
    Requester.objects.filter(case=other).update(name="代办人")
    claims.grant(ask(user), by=an_actor("R4"), at=NOON)
    assert [Requester.objects.get(case=c).name for c in (running, over, other)] == [
        "张叁", "张三", "代办人",
    ]  # fmt: skip


def test_the_office_refuses_with_a_reason_and_needs_no_law():
    user = a_user()
    claim = ask(user)
    with pytest.raises(Invalid):
        claims.refuse(claim, words="不", by=an_actor("R4"), at=NOON)
    claims.refuse(claim, words="学籍系统中的姓名与现在的一致。", by=an_actor("R4"), at=NOON)
    page = signed_in(user).get("/me/").content.decode()
    assert "学籍系统中的姓名与现在的一致。" in page and "未同意" in page and "法律依据" not in page
    assert User.objects.get(pk=user.pk).name == user.name
    with pytest.raises(WrongState):
        claims.grant(claim, by=an_actor("R4"), at=NOON)
    assert told("claim_decided").count() == 1
    ask(user)  # with better papers


def test_one_waits_a_fact_and_it_may_be_taken_back():
    user = a_user()
    claim = ask(user)
    ask(user, "KIND", "MASTER")
    with pytest.raises(WrongState, match="已经申请过"):
        ask(user)
    with pytest.raises(NotAllowed):
        claims.undo(claim, by=Actor(user=a_user()), at=NOON)
    claims.undo(claim, by=Actor(user=user), at=NOON)
    claim.refresh_from_db()
    assert (claim.state, claim.words, claim.wanted) == ("UNDONE", "", "")
    ask(user)


@pytest.mark.parametrize(
    ("fact", "wanted", "words"),
    [
        ("NAME", " ", WHY), ("NAME", "张三", WHY), ("NAME", "长" * 61, WHY), ("NAME", "张叁", "错了"),
        ("ACCOUNT", "2023 01", WHY), ("KIND", "WIZARD", WHY), ("COLLEGE", "nowhere", WHY),
        ("PHONE", "13900001111", WHY),
    ],
)  # fmt: skip
def test_what_cannot_be_is_not_asked_for(fact, wanted, words):
    with pytest.raises(Invalid):
        ask(a_user("张三"), fact, wanted, words)
    assert not Claim.objects.exists()


def test_a_number_that_is_anothers_is_refused_to_the_office_and_tells_the_person_nothing():
    user, other = a_user(), a_user()
    claim, by_phone = ask(user, "ACCOUNT", other.account), None
    for taken in (other.account, other.phone):
        Claim.objects.filter(pk=claim.pk).update(wanted=taken)
        with pytest.raises(Invalid):
            claims.grant(claim, by=an_actor("R4"), at=NOON)
        by_phone = client_of("R4").post(f"/desk/claims/{claim.pk}/", {"grant": "1"})
        assert by_phone.status_code == 422
    assert "另一个账号的手机号" in by_phone.content.decode()
    claim.refresh_from_db()
    assert (claim.state, User.objects.get(pk=user.pk).account) == ("OPEN", user.account)


def test_nobody_decides_on_their_own_and_only_who_may_decides():
    boss = holder("R4")
    claim = ask(boss)
    with pytest.raises(NotAllowed, match="由他人"):
        claims.grant(claim, by=actor_of(boss, on=NOON.date()), at=NOON)
    for role in ("R3", "R9", "R13", "R13A"):
        with pytest.raises(NotAllowed):
            claims.grant(claim, by=an_actor(role), at=NOON)
    with pytest.raises(NotAllowed):
        claims.ask_correction("NAME", "张叁", words=WHY, by=Actor(), at=NOON)


def test_the_same_fifteen_days_count_and_the_database_knows_what_a_correction_is():
    claim = ask(holder("R4") and a_user())
    assert claim.due_at == NOON + timedelta(days=15)
    assert claims.remind(at=NOON + timedelta(days=12)) == 1
    assert queries.late(NOON + timedelta(days=15)) == 1
    for wrong in ({"fact": ""}, {"kind": "PERSON"}, {"user": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(**wrong)


def test_searches_for_a_number_that_was_corrected_are_forgotten_too():
    user = a_user()
    looking.searched(user.account, [], by=an_actor("R3"), at=NOON)
    claims.grant(ask(user, "ACCOUNT", "S777"), by=an_actor("R4"), at=NOON)
    user.refresh_from_db()
    erasing.close(user, why=erasing.Why.ASKED, at=now())
    assert set(Look.objects.values_list("sought", flat=True)) == {""}


# --- One's own phone ----------------------------------------------------------------------


def test_somebody_changes_their_own_phone_and_requests_under_way_follow():
    user = a_user(phone="13900001111")
    running, over = a_case(State.IN_PROGRESS, owner=user), a_case(State.ARCHIVED, owner=user)
    correcting.change_phone(user, " 13900002222 ", by=Actor(user=user), at=NOON)
    assert User.objects.get(pk=user.pk).phone == "13900002222"
    phones = [Requester.objects.get(case=case).phone for case in (running, over)]
    assert phones == ["13900002222", "13900001111"]
    change = changes(user)[-1]
    assert (change.by, change.side("after")["phone"]) == (user, "13900002222")
    assert "1390000" not in str(change.data)
    user.refresh_from_db()
    correcting.change_phone(user, "", by=Actor(user=user), at=NOON)
    assert User.objects.get(pk=user.pk).phone is None


def test_a_phone_is_nobody_elses_to_change_and_does_not_tell_whose_it_is():
    user, other = a_user(), a_user(account="13900003333")
    with pytest.raises(NotAllowed):
        correcting.change_phone(user, "13900002222", by=an_actor("R4"), at=NOON)
    said = set()
    for taken in (other.phone, other.account):
        with pytest.raises(Invalid) as refusal:
            correcting.change_phone(user, taken, by=Actor(user=user), at=NOON)
        said.add(str(refusal.value))
    assert len(said) == 1
    with pytest.raises(Invalid, match="11 位"):
        correcting.change_phone(user, "call me", by=Actor(user=user), at=NOON)
    assert User.objects.get(pk=user.pk).phone == user.phone


# --- On the pages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "申请更正"), ("en", "Ask for a correction")]
)
def test_a_person_asks_on_the_pages_in_both_languages(language, words):
    user = a_user("张三")
    client = signed_in(user)
    client.post("/language/", {"language": language})
    client.cookies["django_language"] = language
    for path in (
        "/me/",
        *(f"/me/correction/{fact}/" for fact in ("name", "account", "kind", "college")),
    ):
        assert words in client.get(path).content.decode()
    typed = {"wanted": "张叁<b>", "words": "短"}
    again = client.post("/me/correction/name/", typed)
    assert again.status_code == 422
    assert "张叁&lt;b&gt;" in again.content.decode() and "短</textarea>" in again.content.decode()
    assert client.post("/me/correction/name/", typed | {"words": WHY}).status_code == 302
    claim = Claim.objects.get()
    assert f'action="/me/correction/{claim.pk}/undo/"' in client.get("/me/").content.decode()
    assert client.post("/me/correction/name/", typed | {"words": WHY}).status_code == 409
    assert signed_in(a_user()).post(f"/me/correction/{claim.pk}/undo/").status_code == 404
    assert client.post(f"/me/correction/{claim.pk}/undo/").status_code == 302
    assert Claim.objects.get().state == "UNDONE"


def test_a_phone_is_changed_on_the_page_and_a_wrong_one_stays_typed():
    client = signed_in(a_user())
    other = a_user()
    for wrong in ("call me", other.phone):
        answer = client.post("/me/phone/", {"phone": wrong})
        assert answer.status_code == 422 and f'value="{wrong}"' in answer.content.decode()
    assert client.post("/me/phone/", {"phone": "13900002222"}).status_code == 302
    assert "13900002222" in client.get("/me/").content.decode()


def test_whoever_tries_number_after_number_is_stopped():
    client, other = signed_in(a_user()), a_user()
    for _ in range(10):
        assert client.post("/me/phone/", {"phone": other.phone}).status_code == 422
    assert client.post("/me/phone/", {"phone": other.phone}).status_code == 429


@pytest.mark.parametrize("path", ["/me/phone/", "/me/correction/name/"])
def test_to_send_either_one_proves_again_who_one_is_and_strangers_sign_in(path):
    user = a_user()
    client = signed_in(user)
    session = client.session
    session["proved"] = 0
    session.save()
    sent = {"phone": "13900002222", "wanted": "张叁", "words": WHY}
    answer = client.post(path, sent)
    assert answer.status_code == 403 and "张叁</textarea>" in answer.content.decode()
    assert not Claim.objects.exists() and User.objects.get(pk=user.pk).phone == user.phone
    assert Client().post(path, sent).status_code == 302
    assert not Claim.objects.exists()


def test_whoever_decides_sees_what_is_asked_with_a_look_on_record():
    user = a_user("张三", account="S1")
    claim = ask(user, at=now())
    client = client_of("R4")
    listed = client.get("/desk/claims/").content.decode()
    assert "更正个人信息 · 姓名" in listed and "张叁" not in listed and "张三" not in listed
    assert not Look.objects.exists()
    page = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    assert "张三" in page and "张叁" in page and WHY in page and "法律依据" not in page
    look = Look.objects.get()
    assert (look.fields, look.facts) == (
        "name:full origin:full", {"what": "correction", "filter": {"id": claim.pk}},
    )  # fmt: skip
    assert "更正申请" in client_of("R13A").get("/audit/looks/").content.decode()
    refused = client.post(f"/desk/claims/{claim.pk}/", {"refuse": "1", "words": "不行"})
    assert refused.status_code == 422 and "不行</textarea>" in refused.content.decode()
    assert client.post(f"/desk/claims/{claim.pk}/", {"grant": "1"}).status_code == 302
    assert User.objects.get(pk=user.pk).name == "张叁"
    after = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    assert "已完成" in after and "张叁" not in after


@pytest.mark.parametrize("role", ["R2", "R3", "R5", "R6", "R9", "R12", "R13", "R13A"])
def test_no_other_role_and_no_unit_finds_it(role):
    claim = ask(a_user())
    client, keeps_a_room = client_of(role), role in {"R9", "R12"}
    assert client.get("/desk/claims/").status_code == (200 if keeps_a_room else 404)
    assert client.get(f"/desk/claims/{claim.pk}/").status_code == 404
    for path in ("/desk/claims/", f"/desk/claims/{claim.pk}/"):
        assert client.post(path, {"grant": "1"}).status_code in {404, 405}
    assert Claim.objects.get().state == "OPEN"
