"""A lawful hole in the record is told apart from tampering: signed, only ever a loss, and no more."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction

from hotline.audit import canon, keys
from hotline.audit.models import Erasure, Leaves
from hotline.audit.services import erasing, sealing
from hotline.audit.verifying import Report, verify
from hotline.cases.codes import State
from hotline.cases.models import Look, Step
from hotline.cases.services import looking
from tests.audit.test_history import AFTER, TOMORROW, by_superuser
from tests.make import NOON, a_case, a_user, an_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    """A request with words of staff in two steps, and a search by a number, all of it sealed."""
    case, clerk = a_case(State.ARCHIVED), an_actor("R3")
    for seq, words in enumerate(("已与张三电话联系", "张三不满意"), 1):
        Step.objects.create(
            case=case, seq=seq, verb="suspend", before="CLOSED", after="CLOSED", side="OFFICE", at=NOON,
            text=words, by=case.owner,
        )  # fmt: skip
    looking.searched("13900001111", [case.pk], by=clerk, at=NOON)
    sealing.seal(until=TOMORROW, at=TOMORROW)
    return case


def erase(case, at=TOMORROW):
    steps = dict.fromkeys(
        Step.objects.filter(case=case).values_list("pk", flat=True), ("text", "by_id")
    )
    looks = dict.fromkeys(Look.objects.values_list("pk", flat=True), ("sought",))
    return erasing.blank({"cases_step": steps, "cases_look": looks}, case=case, why="ASKED", at=at)


def findings(report=None, **how):
    how.setdefault("trusted", [keys.public()])
    return [str(found) for found in verify(report or Report(), **how)]


def test_words_go_and_the_history_still_verifies(case):
    erase(case)
    assert set(Step.objects.values_list("text", "by")) == {("", None)}
    assert Look.objects.get().sought == ""
    report = Report()
    assert findings(report) == []
    assert report.erased == 3
    sealing.seal(until=AFTER, at=AFTER)  # the statement itself is sealed
    assert findings() == []


def test_what_was_erased_before_it_was_sealed_is_sealed_as_it_stands():
    case = a_case(State.ARCHIVED)
    Step.objects.create(case=case, seq=1, verb="suspend", before="CLOSED", after="CLOSED", side="OFFICE", at=NOON, text="张三")  # fmt: skip
    erase(case)
    sealing.seal(until=TOMORROW, at=TOMORROW)
    report = Report()
    assert (findings(report), report.erased) == ([], 0)


def test_the_same_row_may_lose_something_twice(case):
    step = Step.objects.first()
    for column in ("text", "by_id"):
        erasing.blank({"cases_step": {step.pk: (column,)}}, case=case, why="ASKED", at=TOMORROW)
    report = Report()
    assert (findings(report), report.erased) == ([], 1)


def test_a_row_that_is_changed_after_it_was_erased_is_named(case):
    erase(case)
    step = Step.objects.first()
    by_superuser("UPDATE cases_step SET verb = 'close' WHERE id = %s", step.pk)
    found = findings()
    assert len(found) == 1 and f"cases_step {step.pk}" in found[0] and "verb" in found[0]


def test_other_words_in_the_place_of_those_that_were_erased_are_named(case):
    erase(case)
    step = Step.objects.first()
    by_superuser("UPDATE cases_step SET text = '另一种说法' WHERE id = %s", step.pk)
    found = findings()
    assert len(found) == 1 and f"cases_step {step.pk}" in found[0]


def test_whoever_blanks_a_row_without_our_key_is_found(case):
    step = Step.objects.first()
    before = canon_hash(step)
    by_superuser("UPDATE cases_step SET text = '' WHERE id = %s", step.pk)
    forged = canon.written({
        "version": 1, "kind": "CASE", "made_at": "2026-06-03T12:00:00+08:00", "key": "", "why": "ASKED",
        "subject": {}, "rows": {"cases_step": [[step.pk, ["text"], before, canon_hash(step)]]},
    })  # fmt: skip
    stranger = Ed25519PrivateKey.generate()
    Erasure.objects.create(
        kind="CASE", case=case, at=NOON, body=forged, digest=canon.digest(forged),
        signature=stranger.sign(forged.encode()).hex(), touched=[f"cases_step:{step.pk}"],
    )  # fmt: skip
    found = findings()
    assert len(found) == 1 and f"cases_step {step.pk} (text) was changed" in found[0]


def canon_hash(step):
    from hotline.audit import reading

    return reading.hash_of("cases_step", step.pk, canon.TABLES["cases_step"])


def test_even_with_the_key_an_erasure_puts_no_words_in_and_touches_no_other_column(case):
    """Somebody who holds database and key writes a statement that a row said something else."""
    step = Step.objects.first()
    before = canon_hash(step)
    by_superuser("UPDATE cases_step SET text = '改写过的话' WHERE id = %s", step.pk)
    body = canon.written({
        "version": 1, "kind": "CASE", "made_at": "2026-06-03T12:00:00+08:00", "key": keys.public(),
        "why": "ASKED", "subject": {}, "rows": {"cases_step": [[step.pk, ["text"], before, canon_hash(step)]]},
    })  # fmt: skip
    Erasure.objects.create(
        kind="CASE", case=case, at=NOON, body=body, digest=canon.digest(body),
        signature=keys.sign(body), touched=[f"cases_step:{step.pk}"],
    )  # fmt: skip
    assert len(findings()) == 1
    with pytest.raises(KeyError):
        erasing.blank({"cases_step": {step.pk: ("verb",)}}, case=case, why="ASKED", at=NOON)


def test_without_leaves_the_root_still_tells_an_erasure_from_a_change(case):
    erase(case)
    by_superuser("DELETE FROM audit_leaves", tables=("audit_leaves",))
    assert all("leaves were altered" in line for line in findings())
    by_superuser("UPDATE cases_step SET verb = 'close' WHERE id = %s", Step.objects.first().pk)
    assert [line for line in findings() if "other rows" in line]
    assert not Leaves.objects.exists()


def test_the_application_can_only_blank_and_only_by_saying_so_first(case):
    step = Step.objects.first()
    for sql, said in (
        ("UPDATE cases_step SET text = '' WHERE id = %s", ""),
        ("UPDATE cases_step SET text = '别的话' WHERE id = %s", "cases_step"),
        ("UPDATE cases_step SET text = '', verb = 'close' WHERE id = %s", "cases_step"),
        ("UPDATE cases_step SET by_id = NULL, text = 'x' WHERE id = %s", "cases_step"),
        ("DELETE FROM cases_step WHERE id = %s", "cases_step"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('hotline.erasing', %s, true)", [said])
            cursor.execute("SELECT set_config('hotline.expiring', %s, true)", [said])
            cursor.execute(sql, [step.pk])
    assert findings() == []


def test_a_log_that_is_old_enough_is_cut_up_to_the_end_of_a_seal_and_signed_for(case):
    kept = Look.objects.get()
    clerk = an_actor("R3")
    for _ in range(3):
        looking.searched("13900002222", [], by=clerk, at=NOON)
        clerk = an_actor("R3")
    sealing.seal(until=AFTER, at=AFTER)
    looking.searched("13900003333", [], by=clerk, at=NOON)  # not sealed yet
    gone = erasing.expire("cases_look", before=AFTER, keep=[kept.pk], why="AGE", at=AFTER, most=2)
    gone += erasing.expire(
        "cases_look", before=AFTER, keep=[kept.pk], why="AGE", at=AFTER, most=100
    )
    report = Report()
    assert (gone, findings(report)) == (3, [])
    assert Look.objects.filter(pk=kept.pk).exists()
    by_superuser("UPDATE cases_look SET door = 'PRINT' WHERE id = %s", kept.pk)
    assert len(findings()) == 1  # what is left is still compared, row by row


def test_a_log_that_somebody_cut_without_signing_is_missed(case):
    by_superuser("DELETE FROM cases_look", tables=("cases_look",))
    assert ["was removed" in line for line in findings()] == [True]
    with pytest.raises(KeyError):
        erasing.expire("cases_step", before=AFTER, keep=[], why="AGE", at=AFTER, most=10)


def test_statements_themselves_are_never_changed(case):
    done = erase(case)
    with pytest.raises(DatabaseError), transaction.atomic():
        Erasure.objects.filter(pk=done.pk).update(body="{}")
    user = a_user()
    closed = erasing.blank({}, user=user, why="ASKED", at=NOON)
    assert (closed.kind, closed.user, closed.touched) == ("PERSON", user, [])


def test_a_look_that_a_proceeding_keeps_is_missed_when_somebody_removes_it(case):
    kept = Look.objects.get()
    looking.searched("13900002222", [], by=an_actor("R3"), at=NOON)
    sealing.seal(until=AFTER, at=AFTER)
    assert (
        erasing.expire("cases_look", before=AFTER, keep=[kept.pk], why="AGE", at=AFTER, most=100)
        == 1
    )
    assert findings() == []
    by_superuser("DELETE FROM cases_look WHERE id = %s", kept.pk, tables=("cases_look",))
    assert [found.split(",")[0] for found in findings()] == [f"cases_look {kept.pk} was removed"]


def test_words_that_were_erased_and_are_put_back_are_told(case):
    step = Step.objects.order_by("id").first()
    text, by = step.text, step.by_id
    erase(case)
    sealing.seal(until=AFTER, at=AFTER)
    assert findings() == []
    by_superuser("UPDATE cases_step SET text = %s, by_id = %s WHERE id = %s", text, by, step.pk)
    assert findings() == [
        f"cases_step {step.pk} (by_id, text) stands there again after it was erased"
    ]
