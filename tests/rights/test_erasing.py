"""Forgetting: nothing of the person is left anywhere, and nothing else is missed."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.timezone import now
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.audit import keys
from hotline.audit.models import Erasure
from hotline.audit.services import sealing
from hotline.audit.verifying import Report, verify
from hotline.base.refusals import WrongState
from hotline.cases.codes import Mode, State
from hotline.cases.models import (
    Attachment,
    Case,
    CrisisFile,
    Look,
    NamedPerson,
    PetitionFile,
    Remark,
    Requester,
    Step,
)
from hotline.cases.services import intake, judging
from hotline.cases.services.files import store
from hotline.cases.services.given import Words
from hotline.cases.services.history import bring
from hotline.insight.figures import GROUPS, table, total
from hotline.notices import tasks
from hotline.notices.models import Message
from hotline.notices.services import fan_out
from hotline.notices.stories import story_of
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import Revision, User
from hotline.people.queries import actor_of
from hotline.rights import ledger, obstacles
from hotline.rights.models import Claim, Hold
from hotline.rights.services import again, claims, erasing
from hotline.rights.services.erasing import Why
from tests.doors.people import client_of, signed_in
from tests.insight.oracle import Oracle, lives
from tests.insight.scenes import Cast, play
from tests.insight.test_figures import NAMES, PERIODS, brought_along, day
from tests.make import NOON, a_case, a_user, an_actor, holder, type_
from tests.rights.at_hand import (
    ACCOUNT,
    CANARIES,
    KEPT,
    NAME,
    PHONE,
    WORDS,
    a_canary,
    a_correction,
    a_filed_canary,
    a_known_person,
    columns_for_words,
    leads_to_owner,
    traces,
)

pytestmark = pytest.mark.django_db


def test_of_a_request_that_is_made_anonymous_nothing_personal_is_left_anywhere():
    case = a_canary()
    a_canary_is_found = traces((WORDS,))
    assert len(a_canary_is_found) > 30  # or this test looks at nothing
    keys_of_files = list(case.attachments.values_list("key", flat=True))
    erasing.erase(case, why=Why.ASKED, at=now())
    assert traces((WORDS,)) == set()
    assert {name.split(".")[1] for name in traces((NAME, PHONE, ACCOUNT))} == {
        "User"
    }  # still theirs
    assert not Requester.objects.exclude(name="", account="", phone="").exists()
    assert not Step.objects.exclude(text="").exists()
    assert set(Look.objects.values_list("sought", flat=True)) == {""}
    row = Case.objects.get(pk=case.pk)
    assert (row.owner, row.code_hash, row.erased_at is not None) == (None, "", True)
    assert not Step.objects.filter(by=case.owner_id or 0).exists()
    assert [store().has(key) for key in keys_of_files] == [True, True]  # until it is committed


@pytest.mark.django_db(transaction=True)
def test_its_files_go_from_the_store_and_the_ledger_knows_of_it_once_that_is_committed():
    case = a_canary()
    names = list(case.attachments.values_list("key", flat=True))
    erasing.erase(case, why=Why.ASKED, at=now())
    assert [store().has(name) for name in names] == [False, False]
    text = settings.ERASURES.read_text()
    assert not [canary for canary in CANARIES if canary in text]
    assert [line.subject["id"] for line in ledger.lines()] == [case.pk]
    assert (ledger.complete(), ledger.forgotten(), ledger.is_ahead()) == (0, [], False)


def test_what_is_counted_stays_category_unit_moments_states_and_scores():
    case = a_canary()
    kept = ("state", "category", "type", "urgency", "lead_unit", "number", "submitted_at", "closed_at",
            "first_closed_at", "accepted_at", "channel", "mode", "version")  # fmt: skip
    before = Case.objects.values(*kept).get(pk=case.pk)
    steps = list(
        Step.objects.order_by("id").values("seq", "verb", "at", "facts", "before", "after", "side")
    )
    messages = list(Message.objects.values("channel", "state", "template", "case").order_by("id"))
    erasing.erase(case, why=Why.AGE, at=now())
    assert Case.objects.values(*kept).get(pk=case.pk) == before
    assert (
        list(
            Step.objects.order_by("id").values(
                "seq", "verb", "at", "facts", "before", "after", "side"
            )
        )
        == steps
    )
    assert (
        list(Message.objects.values("channel", "state", "template", "case").order_by("id"))
        == messages
    )
    assert list(case.ratings.values_list("result", "words", "by")) == [("DISSATISFIED", "—", None)]


def figures():
    return {
        (name, by): [(row.key, row.counts, row.asked, row.mean, row.median, row.p90, row.first, row.worked)
                     for row in table(period, by=by)]
        for name, period in PERIODS.items() for by in GROUPS
    }  # fmt: skip


def _make_a_file_of(case, number):
    """One of each kind in turn, with somebody named in it."""
    seal = ("OFFICE", "LEADERS", "DISCIPLINE", "CRISIS", "")[number]
    Case.objects.filter(pk=case.pk).update(seal=seal, referred_to="" if seal else "PETITION")
    if not seal:
        PetitionFile.objects.create(case=case, received_at=NOON, register=WORDS)
    NamedPerson.objects.create(case=case, name=NAME, at=NOON)


def test_every_figure_of_every_period_is_the_same_before_and_after():
    bring(brought_along(), by=SYSTEM, at=day("2026-07-01"))
    play(Cast())
    before = figures()
    *over, a, b, c, d, e = obstacles.over().order_by("seal", "-id").reverse()
    for case in over:
        erasing.erase(case, why=Why.AGE, at=now(), files_too=True)
    assert len(over) > 40
    assert figures() == before
    period = PERIODS["everything"]
    replayed = Oracle(lives(), period, "all").rows
    counts = next(iter(table(period, by="all"))).counts
    assert counts == {name: replayed[next(iter(replayed))][name] for name in NAMES}
    assert total(period).counts == counts
    for number, case in enumerate((a, b, c, d, e)):  # which the oracle does not know of
        _make_a_file_of(case, number)
    before = figures()
    for case in (a, b, c, d, e):
        erasing.erase(case, why=Why.AGE, at=now(), files_too=True)
    assert figures() == before
    assert not obstacles.over().exists()
    sealing.seal(until=now(), at=now())
    assert [str(x) for x in verify(Report(), trusted=[keys.public()])] == []


def test_afterwards_the_history_verifies():
    case = a_canary()
    tomorrow = now()
    sealing.seal(until=tomorrow, at=tomorrow)
    erasing.erase(case, why=Why.ASKED, at=now())
    report = Report()
    assert [str(x) for x in verify(report, trusted=[keys.public()])] == []
    assert report.erased >= 6
    assert "lawfully lost words" in _said("verify_history")


def _said(command, *arguments):
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


OPEN = [State.SUBMITTED, State.NEED_INFO, State.IN_PROGRESS, State.CLOSED, State.DISSATISFIED]


@pytest.mark.parametrize("state", OPEN)
def test_what_is_under_way_finishes_first(state):
    case = a_case(state)
    with pytest.raises(WrongState, match="仍在办理"):
        erasing.erase(case, why=Why.ASKED, at=NOON)
    assert not obstacles.over().exists()


def test_what_a_proceeding_or_an_archive_keeps_is_kept_and_it_is_said_why():
    held, sealed = a_case(State.ARCHIVED), a_case(State.ARCHIVED, seal="CRISIS")
    petition = a_case(State.ARCHIVED, referred_to="PETITION")
    planned = a_case(State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date())
    Hold.objects.create(case=held, words="诉讼", at=NOON)
    for case, words in (
        (held, "依法留存"),
        (sealed, "档案"),
        (petition, "档案"),
        (planned, "承诺"),
    ):
        with pytest.raises(WrongState, match=words):
            erasing.erase(case, why=Why.ASKED, at=NOON)
    listed = set(obstacles.over().values_list("pk", flat=True))
    assert listed == {sealed.pk, petition.pk}  # those are for the rule of archives
    erasing.erase(sealed, why=Why.AGE, at=NOON, files_too=True)


def test_nothing_moves_afterwards_and_everybody_reads_that_it_is_anonymous():
    case = a_canary()
    reopener = an_actor("R4")
    erasing.erase(case, why=Why.ASKED, at=now())
    case.refresh_from_db()
    with pytest.raises(WrongState, match="匿名化"):
        intake.urge(case, words="快", by=reopener, at=now())
    with pytest.raises(WrongState):
        erasing.erase(case, why=Why.ASKED, at=now())
    page = client_of("R4").get(f"/desk/cases/{case.number}/").content.decode()
    assert "匿名化：姓名、号码" in page and WORDS not in page
    assert client_of("R4").get("/desk/cases/").status_code == 200


def test_a_request_that_is_forgotten_is_no_longer_its_requesters():
    case = a_canary()
    client = signed_in(case.owner)
    assert client.get(f"/requests/{case.number}/").status_code == 200
    erasing.erase(case, why=Why.ASKED, at=now())
    assert client.get(f"/requests/{case.number}/").status_code == 404
    assert case.number not in client.get("/requests/").content.decode()


def test_no_column_that_can_hold_words_is_forgotten():
    """Each either bears a canary here, which is gone afterwards, or is on a list that says why not."""
    user = a_known_person()
    case = a_filed_canary(owner=user)
    columns, planted = columns_for_words(), traces()
    assert columns - planted - KEPT.keys() == set()
    assert KEPT.keys() - columns == planted & KEPT.keys() == set()
    erasing.erase(case, why=Why.AGE, at=now(), files_too=True)
    assert leads_to_owner(case.pk, user.pk) == set()
    erasing.close(user, why=Why.AGE, at=now())
    assert traces() == set()


def test_no_row_in_any_table_leads_from_a_forgotten_request_to_the_account_that_asked():
    """The account bears a number that nothing else has, so it is found in keys, facts and jobs too."""
    owner = a_user(NAME, pk=NUMBER)
    case = a_life_of_a_request(actor_of(owner, on=now().date()))
    assert {f"notices.Message.{x}" for x in ("key", "who", "user_id")} < traces((str(NUMBER),))
    claim = claims.ask(case, by=Actor(user=owner), at=now() - timedelta(days=8))
    claims.grant(claim, by=an_actor("R4"), at=now())
    assert claims.carry_out(at=now()) == 1
    run_tells()
    decided = Message.objects.get(
        template="claim_decided"
    )  # of no request, and still theirs to read
    assert (decided.user, decided.case) == (owner, None)
    assert f"claim{claim.pk}:" not in decided.key
    decided.delete()
    assert traces((str(NUMBER),)) == {"people.User.id"}
    assert Message.objects.filter(case=case, user=None).count() == 2  # what was sent still counts


NUMBER = 777_000_777


def a_life_of_a_request(by):
    """Sent with a file that is infected, about somebody whom it names; told of, and filed away."""
    words = Words(body="食堂经理王某态度恶劣，请处理一下。", type=type_("ZX"), named="王某某")
    case = intake.submit(words, by=by, at=now()).case
    file = Attachment.objects.create(
        case=case, key="k" * 43, name="a.pdf", mime="application/pdf", extension="pdf", size=9,
        state="PENDING", by=by.user, at=now(),
    )  # fmt: skip
    judging._quarantine(file, "Eicar", at=now())
    intake.urge(case, words="请尽快处理", by=by, at=now())
    for step in case.steps.order_by("seq"):
        fan_out(story_of(step.pk, at=now()))
    run_tells()
    Case.objects.filter(pk=case.pk).update(state=State.ARCHIVED)
    case.refresh_from_db()
    return case


def run_tells():
    """As the worker does: what is done leaves no job behind."""
    for job in ProcrastinateJob.objects.filter(task_name="notices.tell"):
        tasks.tell(**job.args)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_whom_an_anonymous_request_named_still_keeps_away_from_it():
    case = a_canary()
    named = case.named_people.get().user
    erasing.erase(case, why=Why.ASKED, at=now())
    assert (case.named_people.get().user, case.named_people.get().name) == (named, "")


@pytest.mark.parametrize("file", ["crisis", "petition"])
def test_a_file_apart_is_an_obstacle_whatever_the_request_says_of_itself(file):
    case = a_case(State.ARCHIVED)
    if file == "crisis":  # one that was stood down
        CrisisFile.objects.create(case=case, title=WORDS, body=WORDS, sealed_at=NOON)
    else:
        PetitionFile.objects.create(case=case, received_at=NOON)
    with pytest.raises(WrongState, match="档案"):
        erasing.erase(case, why=Why.ASKED, at=NOON)
    assert list(erasing.finished(case.owner)) == []


# --- A whole person ----------------------------------------------------------------------


def test_of_a_person_nothing_is_left_and_the_account_opens_no_more():
    user = a_user(NAME, phone=PHONE, account=ACCOUNT)
    case = a_canary(owner=user)
    draft = a_case(State.DRAFT, owner=user, body=WORDS)
    Requester.objects.filter(case=draft).delete()
    people_revision(user)
    a_correction(user)
    signed_in(user).get("/requests/")
    client = signed_in(user)
    erasing.erase(case, why=Why.ASKED, at=now())
    erasing.close(user, why=Why.ASKED, at=now())
    assert traces() == set()
    assert not Case.objects.filter(pk=draft.pk).exists()
    closed = User.objects.get(pk=user.pk)
    assert (closed.is_active, closed.phone, closed.has_usable_password()) == (False, None, False)
    assert client.get("/requests/").status_code == 302  # the session that was open is no more
    assert not Message.objects.filter(user=user).exists()


def people_revision(user):
    Revision.objects.create(
        kind="people.user", code=str(user.pk), data={"before": {}, "after": {}}, at=NOON,
        personal={"before": {"name": NAME, "phone": PHONE}, "after": {"name": NAME}},
    )  # fmt: skip


def test_an_account_goes_last_and_that_of_staff_stays_for_the_record():
    user = a_user()
    a_case(State.IN_PROGRESS, owner=user)
    with pytest.raises(WrongState, match="没有匿名化"):
        erasing.close(user, why=Why.ASKED, at=NOON)
    clerk = holder("R3")
    with pytest.raises(WrongState, match="工作角色"):
        erasing.close(clerk, why=Why.ASKED, at=NOON)
    assert User.objects.get(pk=clerk.pk).name == clerk.name


# --- After a restore ---------------------------------------------------------------------


def restored(act):
    """Do something whose traces in the database are lost by a restore, and not those in the ledger."""
    with transaction.atomic():
        ledger.write([act()])
        transaction.set_rollback(True)


def test_a_restore_brings_nobody_back_unnoticed():
    case, other = a_canary(), a_case(State.ARCHIVED)
    restored(lambda: erasing.erase(case, why=Why.ASKED, at=now()))
    assert WORDS in Case.objects.get(pk=case.pk).body
    assert ledger.is_ahead()
    told = again.reapply(at=now())
    assert (told.erased, told.waiting, told.absent) == (1, 0, 0)
    assert Case.objects.get(pk=case.pk).erased_at is not None
    assert Case.objects.get(pk=other.pk).erased_at is None
    assert not ledger.is_ahead()
    assert again.reapply(at=now()).erased == 0


def test_what_was_under_way_when_the_backup_was_taken_is_forgotten_when_it_is_over():
    case = a_canary()
    restored(lambda: erasing.erase(case, why=Why.ASKED, at=now()))
    Case.objects.filter(pk=case.pk).update(state=State.IN_PROGRESS)
    told = again.reapply(at=now())
    assert (told.erased, told.waiting) == (0, 1)
    claim = Claim.objects.exclude(state="REFUSED").get()
    assert (claim.case, claim.state) == (case, "GRANTED")
    again.reapply(at=now())
    assert Claim.objects.exclude(state="REFUSED").count() == 1


def test_a_request_that_only_has_the_number_of_a_forgotten_one_is_left_alone():
    case = a_canary()
    restored(lambda: erasing.erase(case, why=Why.ASKED, at=now()))
    Case.objects.filter(pk=case.pk).update(created_at=NOON)  # one that was made after the restore
    told = again.reapply(at=now())
    assert (told.erased, told.absent) == (0, 1)


def test_a_ledger_that_somebody_has_written_themselves_erases_nothing():
    case = a_canary()
    restored(lambda: erasing.erase(case, why=Why.ASKED, at=now()))
    lines = [json.loads(line) for line in settings.ERASURES.read_text().splitlines()]
    lines[0]["body"] = lines[0]["body"].replace(case.number, "RX2606-9999-9")
    settings.ERASURES.write_text("\n".join(map(json.dumps, lines)) + "\nnonsense\n")
    assert ledger.forgotten() == []
    assert again.reapply(at=now()).erased == 0
    assert Erasure.objects.count() == 0


def test_an_anonymous_request_loses_its_words_as_well():
    case = a_case(State.ARCHIVED, mode=Mode.ANONYMOUS, body=WORDS, code_hash="x")
    Remark.objects.create(case=case, kind="SUPPLEMENT", text=WORDS, at=NOON)
    erasing.erase(case, why=Why.AGE, at=now())
    assert traces() == set()
    assert Case.objects.get(pk=case.pk).code_hash == ""
