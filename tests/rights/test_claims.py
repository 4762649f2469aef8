"""Asking to be forgotten: time to think again, a decision in time and by the law, and then the doing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import access
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Look
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.rights import queries
from hotline.rights.models import Claim, Hold
from hotline.rights.services import claims, holding
from tests.doors.people import client_of, signed_in
from tests.make import NOON, a_case, a_user, an_actor, holder
from tests.rights.at_hand import NAME, WORDS, a_canary, a_correction, traces
from tests.rights.test_erasing import restored

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def told(template):
    return ProcrastinateJob.objects.filter(task_name="notices.tell", args__template=template)


def test_nothing_is_done_for_a_week_and_the_person_may_think_again():
    user = a_user()
    case = a_case(State.ARCHIVED, owner=user)
    by = Actor(user=user)
    claim = claims.ask(case, words="不想留下记录", by=by, at=NOON)
    assert (claim.undo_until, claim.due_at) == (NOON + WEEK, NOON + timedelta(days=15))
    with pytest.raises(WrongState, match="撤回的期限"):
        claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK - timedelta(minutes=1))
    with pytest.raises(NotAllowed):
        claims.undo(claim, by=an_actor("R4"), at=NOON)
    claims.undo(claim, by=by, at=NOON + timedelta(days=1))
    assert claims.carry_out(at=NOON + WEEK) == 0
    claim.refresh_from_db()
    assert (claim.state, claim.words) == ("UNDONE", "")
    claims.ask(case, by=by, at=NOON + WEEK)  # and may ask again


def test_what_is_granted_is_done_and_the_person_is_told():
    user = a_user()
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, by=Actor(user=user), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    assert claims.carry_out(at=NOON + WEEK) == 1
    claim.refresh_from_db()
    assert (claim.state, claim.erased) == ("DONE", 1)
    assert Case.objects.get(pk=case.pk).erased_at is not None
    assert told("claim_decided").count() == 1
    assert claims.carry_out(at=NOON + WEEK) == 0


def test_whoever_asks_for_everything_has_open_requests_finished_first():
    user = a_user()
    over, running = a_case(State.ARCHIVED, owner=user), a_case(State.IN_PROGRESS, owner=user)
    sealed = a_case(State.ARCHIVED, owner=user, seal="CRISIS")
    claim = claims.ask(None, by=Actor(user=user), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    assert claims.carry_out(at=NOON + WEEK) == 1
    claim.refresh_from_db()
    assert (claim.state, claim.erased) == ("GRANTED", 1)
    assert User.objects.get(pk=user.pk).is_active
    with pytest.raises(WrongState, match="已经开始"):
        claims.undo(claim, by=Actor(user=user), at=NOON + WEEK)
    Case.objects.filter(pk=running.pk).update(state=State.ARCHIVED)
    assert claims.carry_out(at=NOON + WEEK * 2) == 1
    claim.refresh_from_db()
    assert (claim.state, claim.erased, claim.kept) == ("DONE", 2, 1)
    assert User.objects.get(pk=user.pk).name == "已注销"
    assert Case.objects.get(pk=sealed.pk).erased_at is None
    assert Case.objects.filter(pk__in=[over.pk, running.pk], erased_at=None).count() == 0


def test_of_a_person_who_is_forgotten_on_request_nothing_is_left_not_even_in_the_claim():
    user = a_user(NAME)
    a_canary(owner=user)
    wish = a_correction(user)
    claim = claims.ask(None, words=WORDS, by=Actor(user=user), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    claims.carry_out(at=now())
    assert Claim.objects.get(pk=wish.pk).state == "UNDONE"  # its object is gone
    assert traces((NAME, WORDS, user.account)) == set()


def test_the_office_refuses_by_a_law_and_in_words_and_by_nothing_else():
    user = a_user()
    claim = claims.ask(a_case(State.ARCHIVED, owner=user), by=Actor(user=user), at=NOON)
    by = an_actor("R4")
    for ground, words in (("", "正在诉讼中"), ("WHIM", "正在诉讼中"), ("PROCEEDING", "不行")):
        with pytest.raises(Invalid):
            claims.refuse(claim, ground=ground, words=words, by=by, at=NOON)
    claims.refuse(claim, ground="PROCEEDING", words="诉讼正在进行，证据须保存。", by=by, at=NOON)
    page = signed_in(user).get(f"/requests/{claim.case.number}/erasure/").content.decode()
    assert "法定程序正在进行" in page and "诉讼正在进行，证据须保存。" in page
    with pytest.raises(WrongState):
        claims.grant(claim, by=by, at=NOON + WEEK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(ground="")


def test_nobody_asks_for_another_and_nobody_decides_on_their_own():
    user, other = a_user(), a_user()
    case = a_case(State.ARCHIVED, owner=user)
    with pytest.raises(NotAllowed):
        claims.ask(case, by=Actor(user=other), at=NOON)
    with pytest.raises(NotAllowed):
        claims.ask(None, by=Actor(), at=NOON)
    boss = holder("R4")
    own = claims.ask(None, by=Actor(user=boss), at=NOON)
    with pytest.raises(NotAllowed, match="由他人"):
        claims.refuse(own, ground="DUTY", words="任职期间须保留", by=_actor(boss), at=NOON)
    for role in ("R3", "R9", "R13", "R13A"):
        with pytest.raises(NotAllowed):
            claims.refuse(own, ground="DUTY", words="任职期间须保留", by=an_actor(role), at=NOON)


def _actor(user):
    from hotline.people.queries import actor_of

    return actor_of(user, on=NOON.date())


def test_of_staff_the_requests_are_forgotten_and_the_account_stays():
    clerk = holder("R3")
    case = a_case(State.ARCHIVED, owner=clerk)
    claim = claims.ask(None, by=_actor(clerk), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    claims.carry_out(at=NOON + WEEK)
    claim.refresh_from_db()
    assert claim.state == "DONE"
    assert Case.objects.get(pk=case.pk).erased_at is not None
    assert User.objects.get(pk=clerk.pk).is_active


def test_files_of_archives_cannot_be_asked_for_online_and_two_wishes_at_once_are_one():
    user = a_user()
    by = Actor(user=user)
    for fields in ({"seal": "CRISIS"}, {"referred_to": "PETITION"}):
        with pytest.raises(Invalid, match="档案"):
            claims.ask(a_case(State.ARCHIVED, owner=user, **fields), by=by, at=NOON)
    case = a_case(State.ARCHIVED, owner=user)
    claims.ask(case, by=by, at=NOON)
    with pytest.raises(WrongState, match="已经申请过"):
        claims.ask(case, by=by, at=NOON)


def test_the_office_is_reminded_once_before_its_time_is_up():
    boss = holder("R4")
    user = a_user()
    claims.ask(a_case(State.ARCHIVED, owner=user), by=Actor(user=user), at=NOON)
    assert claims.remind(at=NOON + timedelta(days=11)) == 0
    assert claims.remind(at=NOON + timedelta(days=12)) == 1
    assert claims.remind(at=NOON + timedelta(days=12, hours=1)) == 0
    job = told("claims_wait").get()
    assert (job.args["people"], job.args["facts"]) == ([boss.pk], {"count": 1})
    assert queries.late(NOON + timedelta(days=15)) == 1


def test_a_claim_about_a_request_in_a_closed_room_is_not_told_to_whoever_may_not_open_it():
    boss, user = an_actor("R4"), a_user()
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, by=Actor(user=user), at=NOON)
    assert queries.waiting_count(boss) == 1
    Case.objects.filter(pk=case.pk).update(seal="OFFICE")
    assert queries.waiting_count(boss) == 0
    claims.remind(at=NOON + timedelta(days=12))
    assert not told("claims_wait").exists()
    with pytest.raises(NotAllowed):
        claims.grant(claim, by=boss, at=NOON + WEEK)
    with pytest.raises(NotAllowed):
        claims.refuse(claim, ground="DUTY", words="依法须保存", by=boss, at=NOON)


@pytest.mark.parametrize(
    ("seal", "keeper", "other"),
    [("OFFICE", "R9", "R8"), ("LEADERS", "R8", "R4"), ("DISCIPLINE", "R11", "R9"), ("CRISIS", "R12", "R4")],
)  # fmt: skip
def test_a_claim_about_a_sealed_request_is_decided_by_whoever_holds_the_key_of_its_room(
    seal, keeper, other
):
    user, keys, others = a_user(), holder(keeper), an_actor(other)
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, by=Actor(user=user), at=NOON)
    assert signed_in(keys).get(f"/desk/claims/{claim.pk}/").status_code == 404
    Case.objects.filter(pk=case.pk).update(seal=seal)
    assert queries.waiting_count(others) == 0
    with pytest.raises(NotAllowed):
        claims.refuse(claim, ground="DUTY", words="依法须保存", by=others, at=NOON)
    claims.remind(at=NOON + timedelta(days=12))
    assert told("claims_wait").get().args["people"] == [keys.pk]
    client = signed_in(keys)
    assert case.number in client.get("/desk/claims/").content.decode()
    page = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    assert case.number in page
    done = client.post(
        f"/desk/claims/{claim.pk}/", {"refuse": "1", "ground": "DUTY", "words": "依法须保存"}
    )
    assert done.status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by) == ("REFUSED", keys)


def test_whose_claim_it_was_is_forgotten_with_the_request():
    user = a_user()
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, words=WORDS, by=Actor(user=user), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    assert claims.carry_out(at=NOON + WEEK) == 1
    claim.refresh_from_db()
    assert (claim.state, claim.user, claim.words) == ("DONE", None, "")
    assert told("claim_decided").get().args["people"] == [user.pk]


@pytest.mark.parametrize(
    ("fields", "stays"),
    [
        ({"state": State.SUBMITTED, "seal": "OFFICE"}, True),
        ({"state": State.CRISIS}, True),
        ({"state": State.CRISIS, "referred_to": "PETITION"}, True),
        ({"state": State.ARCHIVED, "seal": "OFFICE"}, False),
        ({"state": State.REFERRED, "seal": "DISCIPLINE", "referred_to": "DISCIPLINE"}, False),
        ({"state": State.REFERRED, "referred_to": "PETITION"}, False),
    ],
)
def test_an_account_stays_while_a_request_of_theirs_in_a_closed_room_is_under_way(fields, stays):
    user = a_user()
    a_case(owner=user, **fields)
    claim = claims.ask(None, by=Actor(user=user), at=NOON)
    claims.grant(claim, by=an_actor("R4"), at=NOON + WEEK)
    claims.carry_out(at=NOON + WEEK)
    assert User.objects.get(pk=user.pk).is_active is stays
    assert Claim.objects.get(pk=claim.pk).state == ("GRANTED" if stays else "DONE")


def granted(*users):
    """Claims of these people, each on a request that is over; granted, and not yet done."""
    by, found = an_actor("R4"), []
    for user in users:
        claim = claims.ask(a_case(State.ARCHIVED, owner=user), by=Actor(user=user), at=NOON)
        claims.grant(claim, by=by, at=NOON + WEEK)
        found.append(claim)
    return found


def test_who_thinks_again_while_others_are_done_keeps_all_and_stops_nobody(monkeypatch):
    users = [a_user(), a_user(), a_user()]
    first, second, third = granted(*users)
    erase = claims.erasing.erase

    def and_meanwhile(case, **more):
        erase(case, **more)
        if case.pk == first.case_id:  # the job has read all three by now
            claims.undo(second, by=Actor(user=users[1]), at=NOON + WEEK)

    monkeypatch.setattr(claims.erasing, "erase", and_meanwhile)
    assert claims.carry_out(at=NOON + WEEK) == 2
    states = [Claim.objects.get(pk=claim.pk).state for claim in (first, second, third)]
    assert states == ["DONE", "UNDONE", "DONE"]
    assert Case.objects.get(pk=second.case_id).erased_at is None


def test_what_is_erased_meanwhile_is_held_by_no_proceeding():
    (claim,) = granted(a_user())
    seen = Case.objects.get(pk=claim.case_id)
    claims.carry_out(at=NOON + WEEK)
    with pytest.raises(WrongState, match="已匿名化"):
        holding.hold(seen, words="（2026）京01民初1号", by=an_actor("R4"), at=NOON + WEEK)
    assert not Hold.objects.exists()


def test_a_claim_granted_before_its_request_became_a_file_is_decided_again_by_its_room():
    (claim,), keeper, other = granted(a_user()), an_actor("R9"), an_actor("R4")
    Case.objects.filter(pk=claim.case_id).update(seal="OFFICE")
    assert claims.carry_out(at=NOON + WEEK) == 0
    claim.refresh_from_db()
    assert (claim.state, claim.decided_by, claim.decided_at) == ("OPEN", None, None)
    claims.remind(at=claim.due_at)
    assert told("claims_wait").get().args["people"] == [keeper.user_id]
    with pytest.raises(WrongState, match="档案"):
        claims.grant(claim, by=keeper, at=claim.due_at)
    with pytest.raises(NotAllowed):
        claims.refuse(claim, ground="DUTY", words="依法须保存", by=other, at=claim.due_at)
    claims.refuse(claim, ground="DUTY", words="依法须保存", by=keeper, at=claim.due_at)
    assert told("claim_decided").count() == 1


# --- On the pages ------------------------------------------------------------------------


def test_a_person_asks_and_thinks_again_on_the_pages():
    user = a_user()
    a_case(State.IN_PROGRESS, owner=user)
    client = signed_in(user)
    assert 'href="/me/erasure/"' in client.get("/me/").content.decode()
    page = client.get("/me/erasure/").content.decode()
    assert "会留下什么，为什么" in page and "您有 1 件在办理中" in page
    assert client.post("/me/erasure/", {"words": "毕业了"}).status_code == 422  # not sure
    assert client.post("/me/erasure/", {"words": "毕业了", "sure": "on"}).status_code == 302
    assert "最迟答复时间" in client.get("/me/").content.decode()
    assert client.post("/me/erasure/", {"sure": "on"}).status_code == 409
    assert client.post("/me/erasure/undo/").status_code == 302
    assert Claim.objects.get().state == "UNDONE"


def test_to_ask_for_everything_one_proves_again_who_one_is():
    user = a_user()
    client = signed_in(user)
    session = client.session
    session["proved"] = 0
    session.save()
    answer = client.post("/me/erasure/", {"sure": "on"})
    assert answer.status_code == 403 and not Claim.objects.exists()


def test_the_bearer_of_a_code_asks_for_an_anonymous_request_and_nobody_else():
    code = access.new_code()
    case = a_case(State.ARCHIVED, mode=Mode.ANONYMOUS)
    Case.objects.filter(pk=case.pk).update(code_hash=access.hashed(case.number, code))
    url = f"/requests/{case.number}/erasure/"
    assert Client().get(url).status_code == 404
    assert signed_in(a_user()).post(url, {"sure": "on"}).status_code == 404
    bearer = Client()
    bearer.post("/requests/track/", {"number": case.number, "code": code})
    assert bearer.post(url, {"sure": "on"}).status_code == 302
    claim = Claim.objects.get()
    assert (claim.user, claim.case) == (None, case)
    assert bearer.post(f"{url}undo/").status_code == 302
    assert Claim.objects.get().state == "UNDONE"


def test_whoever_decides_reads_no_name_and_looks_on_record():
    user = a_user("卡纳瑞若")
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, words="毕业了", by=Actor(user=user), at=now() - WEEK)
    whole = claims.ask(None, by=Actor(user=user), at=now() - WEEK)
    client = client_of("R4")
    assert '<span class="count">2</span>' in client.get("/desk/", follow=True).content.decode()
    listed = client.get("/desk/claims/").content.decode()
    assert case.number in listed and "卡纳瑞若" not in listed and not Look.objects.exists()
    page = client.get(f"/desk/claims/{claim.pk}/").content.decode()
    assert "毕业了" in page and "卡纳瑞若" not in page
    assert Look.objects.filter(case=case).count() == 1
    assert "卡纳瑞若" not in client.get(f"/desk/claims/{whole.pk}/").content.decode()
    undecided = client.post(f"/desk/claims/{claim.pk}/", {"ground": "", "words": "写了一半的理由"})
    assert (undecided.status_code, "写了一半的理由" in undecided.content.decode()) == (422, True)
    refused = client.post(f"/desk/claims/{claim.pk}/", {"refuse": "1", "ground": "", "words": "x"})
    assert refused.status_code == 422
    assert client.post(f"/desk/claims/{claim.pk}/", {"grant": "1"}).status_code == 302
    assert Claim.objects.get(pk=claim.pk).state == "GRANTED"
    assert "已同意，待执行" in client.get("/desk/claims/?tab=done").content.decode()


@pytest.mark.parametrize("role", ["R2", "R3", "R5", "R9", "R12", "R13", "R13A"])
def test_no_other_role_finds_what_people_ask(role):
    user = a_user()
    claim = claims.ask(a_case(State.ARCHIVED, owner=user), by=Actor(user=user), at=NOON)
    client, keeps_a_room = client_of(role), role in {"R9", "R12"}
    ledger = client.get("/desk/claims/")
    assert ledger.status_code == (200 if keeps_a_room else 404)
    assert claim.case.number not in ledger.content.decode()
    assert client.get(f"/desk/claims/{claim.pk}/").status_code == 404
    for path in ("/desk/claims/", f"/desk/claims/{claim.pk}/"):
        assert client.post(path, {"grant": "1"}).status_code in {404, 405}


def test_a_claim_on_a_request_that_became_a_sealed_file_is_not_told_of():
    user = a_user()
    case = a_case(State.ARCHIVED, owner=user)
    claim = claims.ask(case, by=Actor(user=user), at=NOON)
    Case.objects.filter(pk=case.pk).update(seal="DISCIPLINE")
    client = client_of("R4")
    assert case.number not in client.get("/desk/claims/").content.decode()
    assert client.get(f"/desk/claims/{claim.pk}/").status_code == 404


def test_the_list_asks_as_many_questions_for_three_as_for_one():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("R4")
    counts = []
    for many in (1, 2):
        for _ in range(many):
            user = a_user()
            claims.ask(a_case(State.ARCHIVED, owner=user), by=Actor(user=user), at=NOON)
        client.get("/desk/claims/")
        with CaptureQueriesContext(connection) as asked:
            client.get("/desk/claims/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- As an operator types it --------------------------------------------------------------


def test_the_command_says_what_it_has_done_again():
    from hotline.rights.services import erasing

    case = a_canary()
    restored(lambda: erasing.erase(case, why=erasing.Why.ASKED, at=now()))
    out = StringIO()
    call_command("retention", "reapply", stdout=out)
    assert out.getvalue().startswith("1 erased again; 0 are under way")
    with pytest.raises(CommandError, match="is not there"):
        call_command("retention", "reapply", "--from", "/nowhere/ledger.jsonl")
