"""Data at its age: what is due and nothing else, a bounded piece at a time, and a paper that proves it."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils.timezone import now

from hotline.audit import keys
from hotline.audit.services import sealing
from hotline.audit.verifying import Report, verify
from hotline.base.refusals import Invalid, NotAllowed, Stale, WrongState
from hotline.cases.codes import Referral, Seal, State
from hotline.cases.models import Attachment, Case, CrisisFile, Draft, Look
from hotline.cases.services import looking
from hotline.notices.models import Message
from hotline.people import queries
from hotline.people.actor import SYSTEM
from hotline.people.models import Revision, SignIn
from hotline.rights import rules
from hotline.rights.classes import KEEPERS
from hotline.rights.models import Certificate, RetentionRule
from hotline.rights.services import holding, retention
from tests.audit.test_history import TOMORROW
from tests.doors.people import client_of
from tests.make import NOON, a_case, a_user, an_actor
from tests.rights.at_hand import NAME, WORDS, a_canary

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = timedelta(days=365)


def filed(at, **fields):
    """A request that was filed away at a moment."""
    return a_case(State.ARCHIVED, at=at, **fields)


def due(at):
    return {line.rule.code: line.due.count for line in retention.plan(at=at) if line.due.count}


def test_the_shipped_rules_are_those_of_the_model_office():
    told = {rule.code: (rule.act, rule.days) for rule in rules.current()}
    assert told["REQUEST"] == ("ANONYMISE", 5 * 365)
    assert told["DRAFT"] == ("DELETE", 30) and told["RECORDING"] == ("DELETE", 365)
    assert {told[code] for code in ("LOOK", "SIGN_IN", "MESSAGE")} == {("DELETE", 365)}
    assert {told[code] for code in ("CRISIS", "PETITION", "DISCIPLINE")} == {("KEEP", None)}


def test_a_request_is_made_anonymous_at_its_age_and_not_a_day_before():
    case = filed(NOON)
    assert retention.run(by=SYSTEM, at=NOON + 1825 * DAY).counts == {}
    assert due(NOON + 1825 * DAY + DAY) == {"REQUEST": 1}
    assert Case.objects.get(pk=case.pk).erased_at is None  # a plan changes nothing
    assert retention.run(by=SYSTEM, at=NOON + 1826 * DAY).counts == {"REQUEST": 1}
    assert Case.objects.get(pk=case.pk).erased_at is not None
    assert retention.run(by=SYSTEM, at=NOON + 1826 * DAY).certificate is None


def test_files_of_archives_and_what_a_proceeding_keeps_are_left_and_so_is_what_is_open():
    for fields in ({"seal": "CRISIS"}, {"seal": "DISCIPLINE"}, {"referred_to": "PETITION"}):
        filed(NOON, **fields)
    a_case(State.CLOSED, at=NOON)
    held = filed(NOON)
    by = an_actor("R4")
    holding.hold(held, words="（2031）民初 12 号", by=by, at=NOON)
    late = NOON + 2000 * DAY
    assert due(late) == {}
    holding.end(held, by=by, at=late)
    assert due(late) == {"REQUEST": 1}


def test_an_office_may_say_when_files_of_archives_go_but_not_before_five_years():
    crisis = filed(NOON, seal="CRISIS")
    values = {"CRISIS": ("ANONYMISE", 1000)}
    with pytest.raises(Invalid) as refused:
        retention.set_rules(values, by=an_actor("R13"), at=NOON)
    assert set(refused.value.fields) == {"CRISIS"}
    retention.set_rules({"CRISIS": ("ANONYMISE", 3650)}, by=an_actor("R13"), at=NOON)
    assert retention.run(by=SYSTEM, at=NOON + 3651 * DAY).counts == {"CRISIS": 1}
    assert Case.objects.get(pk=crisis.pk).erased_at is not None


def test_logs_are_never_kept_shorter_than_the_law_asks():
    for code in ("LOOK", "SIGN_IN", "MESSAGE"):
        with pytest.raises(Invalid):
            retention.set_rules({code: ("DELETE", 182)}, by=an_actor("R13"), at=NOON)
    with pytest.raises(Invalid):
        retention.set_rules({"REQUEST": ("DELETE", 1825)}, by=an_actor("R13"), at=NOON)
    with pytest.raises(NotAllowed):
        retention.set_rules({"LOOK": ("DELETE", 200)}, by=an_actor("R3"), at=NOON)


def test_a_change_of_the_rules_is_recorded_and_the_shipped_rule_can_come_back():
    by, first = an_actor("R13"), queries.latest_change_in(RetentionRule)
    assert retention.set_rules({"LOOK": ("DELETE", 200)}, by=by, at=NOON, seen=first) == 1
    with pytest.raises(Stale):
        retention.set_rules({"LOOK": ("DELETE", 300)}, by=by, at=NOON, seen=first)
    retention.set_rules({"LOOK": ("DELETE", 365)}, by=by, at=NOON)
    assert rules.of("LOOK") == rules.SHIPPED["LOOK"]
    assert Revision.objects.filter(kind="rights.retentionrule", code="LOOK").count() == 2


def test_drafts_messages_sign_ins_and_recordings_go_at_their_ages():
    draft = a_case(State.DRAFT, at=NOON)
    form = Draft.objects.create(by=a_user(), form="registration", data={"name": NAME}, at=NOON)
    case = filed(NOON)
    voice = Attachment.objects.create(case=case, key="v" * 43, name="a.mp3", mime="audio/mpeg", extension="mp3", size=1, state="READY", at=NOON)  # fmt: skip
    paper = Attachment.objects.create(case=case, key="p" * 43, name="a.pdf", mime="application/pdf", extension="pdf", size=1, state="READY", at=NOON)  # fmt: skip
    for key, state in (("old", "DELIVERED"), ("waiting", "READY")):
        Message.objects.create(
            key=key, user=a_user(), who="u1", purpose="trial", template="trial", channel="SMS", state=state,
            created_at=NOON,
        )  # fmt: skip
    SignIn.objects.create(user=a_user(), session_key="s", began_at=NOON, seen_at=NOON)
    draft.requester.delete()
    assert retention.run(by=SYSTEM, at=NOON + 31 * DAY).counts == {"DRAFT": 2}
    assert not Case.objects.filter(pk=draft.pk).exists()
    assert not Draft.objects.filter(pk=form.pk).exists()
    assert retention.run(by=SYSTEM, at=NOON + YEAR + DAY).counts == {
        "RECORDING": 1, "SIGN_IN": 1, "MESSAGE": 1,
    }  # fmt: skip
    assert list(Attachment.objects.all()) == [paper] and voice.pk
    assert Message.objects.get().key == "waiting"


def test_looks_go_when_they_are_sealed_and_old_but_those_at_a_request_that_is_held():
    held, other = filed(NOON), filed(NOON)
    clerk = an_actor("R3")
    for case in (held, other):
        looking.searched("13900001111", [case.pk], by=clerk, at=NOON)
    holding.hold(held, words="（2031）民初 12 号", by=an_actor("R4"), at=NOON)
    later = TOMORROW + YEAR + DAY
    assert retention.run(by=SYSTEM, at=later).counts == {}  # not sealed yet
    sealing.seal(until=TOMORROW, at=TOMORROW)
    assert due(later)["LOOK"] == 1
    assert retention.run(by=SYSTEM, at=later).counts == {"LOOK": 1}
    assert Look.objects.get().cases == [held.pk]
    assert [str(x) for x in verify(Report(), trusted=[keys.public()])] == []


def test_every_request_is_of_exactly_one_class_and_no_file_of_an_archive_is_ordinary():
    kinds = [(seal, to, file) for seal in Seal.values for to in ("", *Referral.values) for file in (False, True)]  # fmt: skip
    for seal, to, crisis in kinds:
        case = filed(NOON, seal=seal, referred_to=to)
        if crisis:
            CrisisFile.objects.create(case=case, title="t", body="b", sealed_at=NOON)
    late = NOON + 10_000 * DAY
    classes = ("REQUEST", "CRISIS", "PETITION", "DISCIPLINE", "OFFICE")
    counts = {code: KEEPERS[code].due(late).count for code in classes}
    assert sum(counts.values()) == len(kinds)
    assert counts["REQUEST"] == 1 + len(set(Referral) - {Referral.PETITION, Referral.DISCIPLINE})
    assert due(late) == {"REQUEST": counts["REQUEST"]}  # as shipped all others are kept


def test_a_run_takes_a_bounded_piece_and_says_that_there_is_more(monkeypatch):
    monkeypatch.setitem(retention.MOST, "REQUEST", 2)
    for _ in range(3):
        filed(NOON)
    late = NOON + 2000 * DAY
    ran = retention.run(by=SYSTEM, at=late)
    assert (ran.counts, ran.more) == ({"REQUEST": 2}, True)
    ran = retention.run(by=SYSTEM, at=late)
    assert (ran.counts, ran.more) == ({"REQUEST": 1}, False)
    assert list(Certificate.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_certificate_is_signed_tells_of_nobody_and_is_never_changed():
    case = a_canary()
    Case.objects.filter(pk=case.pk).update(stage_at=now() - 2000 * DAY)
    row = retention.run(by=SYSTEM, at=now()).certificate
    said = retention.is_genuine(retention.written(row), trusted=[keys.public()])
    assert [(line["class"], line["count"]) for line in said["lines"]] == [("REQUEST", 1)]
    assert not [x for x in (NAME, WORDS, case.number) if x in row.body]
    told = json.loads(retention.written(row))
    told["body"] = told["body"].replace('"count":1', '"count":0')
    assert retention.is_genuine(json.dumps(told), trusted=[keys.public()]) is None
    assert retention.is_genuine("nonsense", trusted=[keys.public()]) is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.update(at=NOON)


def test_a_hold_says_why_and_there_is_one_at_a_time():
    case, by = filed(NOON), an_actor("R4")
    with pytest.raises(Invalid):
        holding.hold(case, words="诉", by=by, at=NOON)
    for role in ("R3", "R13"):
        with pytest.raises(NotAllowed):
            holding.hold(case, words="（2031）民初 12 号", by=an_actor(role), at=NOON)
    holding.hold(case, words="（2031）民初 12 号", by=by, at=NOON)
    with pytest.raises(WrongState):
        holding.hold(case, words="（2031）民初 12 号", by=by, at=NOON)
    holding.end(case, by=by, at=NOON)
    with pytest.raises(WrongState):
        holding.end(case, by=by, at=NOON)


# --- On the pages, and as an operator types it -------------------------------------------


def said(*arguments):
    out = StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_plans_runs_and_checks_its_paper(tmp_path):
    case = filed(now() - 2000 * DAY)
    plan = said("plan")
    assert case.number in plan and "1 due" in plan
    assert "Certificate 000001." in said("run")
    assert "REQUEST     anonymise        1" in said("certificate")
    file = tmp_path / "certificate.json"
    file.write_text(retention.written(Certificate.objects.get()))
    assert "is genuine" in said("certificate", "--check", str(file))
    file.write_text(file.read_text().replace("REQUEST", "CRISIS "))
    with pytest.raises(CommandError, match="not signed"):
        said("certificate", "--check", str(file))
    with pytest.raises(CommandError, match="no such"):
        said("certificate", "7")


def test_an_administrator_sets_rules_tries_them_out_and_reads_the_paper():
    case = filed(now() - 400 * DAY)
    client = client_of("R13")
    form = client.get("/admin/retention/").context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    answer = client.post("/admin/retention/", values | {"REQUEST": "100"})
    assert answer.status_code == 422 and "须为 365 到" in answer.content.decode()
    assert client.post("/admin/retention/", values | {"REQUEST": "366"}).status_code == 302
    page = client.get("/admin/retention/?plan=1").content.decode()
    assert "只是试算" in page and case.number not in page  # who keeps the system opens no request
    assert case.number in client_of("R4").get("/admin/retention/?plan=1").content.decode()
    assert client.post("/admin/retention/run/").status_code == 302
    retention.run(by=SYSTEM, at=now())
    listed = client.get("/admin/retention/certificates/").content.decode()
    assert "000001" in listed
    paper = client.get("/admin/retention/certificates/1/").content.decode()
    assert "签名有效" in paper and case.number not in paper
    file = client.get("/admin/retention/certificates/1/file/")
    assert retention.is_genuine(file.content.decode(), trusted=[keys.public()])
    assert client_of("R13A").get("/admin/retention/certificates/1/file/").status_code == 200


@pytest.mark.parametrize("role", ["R3", "R5", "R12"])
def test_no_other_role_finds_the_rules(role):
    client = client_of(role)
    for path in ("", "certificates/", "certificates/1/"):
        assert client.get(f"/admin/retention/{path}").status_code == 404
    assert client.post("/admin/retention/run/").status_code == 404


def test_a_request_is_held_on_its_page_by_whoever_decides():
    case = filed(NOON)
    client, url = client_of("R4"), f"/desk/cases/{case.number}/hold/"
    assert url in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert client.post(url, {"words": "诉"}).status_code == 422
    assert client.post(url, {"words": "（2031）民初 12 号"}).status_code == 302
    assert "依法留存中" in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert "（2031）民初 12 号" in client.get(url).content.decode()
    assert client_of("R3").get(url).status_code == 404
    assert client.post(f"{url}end/").status_code == 302
    assert "依法留存中" not in client.get(f"/desk/cases/{case.number}/").content.decode()
