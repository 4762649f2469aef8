"""What was sealed stays as it was, or is named: a row changed, removed, inserted; a seal rewritten."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from hotline.audit import canon, copies, keys, reading
from hotline.audit.canon import Leaf
from hotline.audit.models import Alert, AlertNote, Erasure, Leaves, Seal
from hotline.audit.services import sealing
from hotline.audit.verifying import Kept, Report, verify
from hotline.base.refusals import WrongState
from hotline.cases.codes import State
from hotline.cases.models import (
    Consent,
    Look,
    PetitionEntry,
    PetitionFile,
    Step,
    Unmasking,
    UnmaskingEvent,
)
from hotline.cases.services import looking, triage
from hotline.cases.sight import sight_of
from hotline.worktime.clock import ZONE
from tests.make import NOON, a_case, an_actor

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
TOMORROW, AFTER = TODAY + DAY, TODAY + 2 * DAY


@pytest.fixture
def sealed():
    """Two sealed days: on the first five steps and three looks, on the second one step."""
    steps(5)
    case, clerk = a_case(State.ACCEPTED), an_actor("R3")
    for hour in range(3):
        at = NOON + timedelta(hours=3 + hour)
        looking.looked(sight_of(clerk, case, at=at), by=clerk)
    sealing.seal(until=TOMORROW, at=TOMORROW)
    steps(1)
    sealing.seal(until=AFTER, at=AFTER)


def steps(count):
    clerk = an_actor("R3")
    for _ in range(count):
        triage.note(a_case(State.ACCEPTED), words="一条内部备注", by=clerk, at=NOON)


def findings(**how):
    how.setdefault("trusted", [keys.public()])
    return [str(found) for found in verify(Report(), **how)]


def by_superuser(sql, *values, tables=("cases_step", "cases_look")):
    """What somebody does who holds the database itself: no trigger stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


DAY_1, DAY_2 = f"{TODAY:%Y-%m-%d}", f"{TOMORROW:%Y-%m-%d}"


def test_untouched_history_is_as_it_was_sealed(sealed):
    report = Report()
    assert list(verify(report, trusted=[keys.public()])) == []
    assert (report.seals, report.rows, report.unsealed) == (2, 9, 0)
    steps(2)
    report = Report()
    assert list(verify(report, trusted=[keys.public()])) == []
    assert report.unsealed == 2


def test_a_changed_step_is_named_with_its_field(sealed):
    row = Step.objects.order_by("id")[2]
    by_superuser("UPDATE cases_step SET text = '另一句话' WHERE id = %s", row.pk)
    assert findings() == [f"cases_step {row.pk} (text) was changed, seal 1 of {DAY_1}"]


def test_a_removed_step_is_named(sealed):
    row = Step.objects.order_by("id")[1]
    by_superuser("DELETE FROM cases_step WHERE id = %s", row.pk)
    assert findings() == [f"cases_step {row.pk} was removed, seal 1 of {DAY_1}"]


def test_an_inserted_step_is_named(sealed):
    row = Step.objects.order_by("id")[3]
    by_superuser(
        "INSERT INTO cases_step (case_id, seq, verb, before, after, order_after, side, at, reason, text, "
        "facts, recorded_at) SELECT case_id, 99, verb, before, after, order_after, side, at, reason, text, "
        "facts, recorded_at FROM cases_step WHERE id = %s",
        row.pk,
    )
    new = Step.objects.get(seq=99)
    assert findings() == [f"cases_step {new.pk} was inserted, seal 1 of {DAY_1}"]


def test_a_row_that_says_it_was_recorded_in_a_year_to_come_is_named(sealed):
    """No seal would ever take it in, so whoever put it there could change it for ever."""
    row = Step.objects.order_by("id")[3]
    by_superuser(
        "INSERT INTO cases_step (case_id, seq, verb, before, after, order_after, side, at, reason, text, "
        "facts, recorded_at) SELECT case_id, 99, verb, before, after, order_after, side, at, reason, "
        "text, facts, '2999-01-01' FROM cases_step WHERE id = %s",
        row.pk,
    )
    new = Step.objects.get(seq=99)
    assert findings() == [f"cases_step {new.pk} is recorded later than now: no seal will cover it"]


def test_a_horizon_pushed_into_a_year_to_come_hides_nothing(sealed):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_horizon SET until = '2999-01-01'")
    steps(1)
    row = Step.objects.order_by("id").last()
    sealing.seal(until=AFTER + DAY, at=AFTER + DAY)
    assert findings() == [f"cases_step {row.pk} is recorded later than now: no seal will cover it"]


def test_a_look_changed_removed_and_inserted_is_named(sealed):
    one, two, three = Look.objects.order_by("id")
    by_superuser(
        "UPDATE cases_look SET at = at - interval '1 day', door = 'FILE' WHERE id = %s", one.pk
    )
    by_superuser("DELETE FROM cases_look WHERE id = %s", two.pk)
    by_superuser(
        "INSERT INTO cases_look (id, by_id, at, door, case_id, viewer, fields, sought, facts, recorded_at) "
        "SELECT id + 1000, by_id, at, door, case_id, viewer, fields, sought, facts, recorded_at "
        "FROM cases_look WHERE id = %s",
        three.pk,
    )
    assert findings() == [
        f"cases_look {one.pk} (at, door) was changed, seal 1 of {DAY_1}",
        f"cases_look {two.pk} was removed, seal 1 of {DAY_1}",
        f"cases_look {three.pk + 1000} was inserted, seal 1 of {DAY_1}",
    ]


def test_an_entry_of_a_petition_file_is_only_added_and_a_change_of_it_is_named():
    case = a_case(State.REFERRED, referred_to="PETITION")
    file = PetitionFile.objects.create(case=case, received_at=NOON)
    row = file.entries.create(verb="note", text="已电话核实", by=an_actor("R10").user, at=NOON)
    for attempt in (lambda: file.entries.update(text="未核实"), file.entries.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    sealing.seal(until=AFTER, at=AFTER)
    assert findings() == []
    sql = "UPDATE cases_petitionentry SET text = '未核实' WHERE id = %s"
    by_superuser(sql, row.pk, tables=("cases_petitionentry",))
    assert findings() == [f"cases_petitionentry {row.pk} (text) was changed, seal 1 of {DAY_2}"]


def test_a_row_moved_to_another_day_is_missed_there_and_found_here(sealed):
    row = Step.objects.order_by("id").first()
    by_superuser("UPDATE cases_step SET recorded_at = %s WHERE id = %s", TOMORROW, row.pk)
    assert findings() == [
        f"cases_step {row.pk} was removed, seal 1 of {DAY_1}",
        f"cases_step {row.pk} was inserted, seal 2 of {DAY_2}",
    ]


# --- The seals themselves ----------------------------------------------------------------

SEALS = ("audit_seal", "audit_leaves")


def test_an_altered_seal_is_named(sealed):
    body = Seal.objects.get(number=1).body.replace('"count":5', '"count":4')
    by_superuser("UPDATE audit_seal SET body = %s WHERE number = 1", body, tables=SEALS)
    found = findings()
    assert "seal 1: is not signed by a known key" in found
    assert "seal 1: does not match its digest" in found
    assert "seal 2: does not follow from the seal before" in found


def test_a_seal_that_is_no_json_is_named(sealed):
    by_superuser("UPDATE audit_seal SET body = 'nonsense' WHERE number = 1", tables=SEALS)
    assert "seal 1: cannot be read" in findings()


def test_a_removed_seal_is_named(sealed):
    by_superuser("DELETE FROM audit_leaves WHERE seal_id IN (SELECT id FROM audit_seal WHERE number = 1)", tables=SEALS)  # fmt: skip
    by_superuser("DELETE FROM audit_seal WHERE number = 1", tables=SEALS)
    assert "seal 1: is missing" in findings()


def test_altered_leaves_are_named(sealed):
    by_superuser("UPDATE audit_leaves SET data = '\\x00' WHERE table = 'cases_step'".replace("table =", '"table" ='), tables=SEALS)  # fmt: skip
    assert (
        f"cases_step  its leaves were altered: rows cannot be named, seal 1 of {DAY_1}"
        in findings()
    )


def rewritten_consistently(number, key):
    """The day's steps, leaves and seal made to fit each other again, but signed with another key."""
    seal = Seal.objects.get(number=number)
    body = json.loads(seal.body)
    since = datetime.fromisoformat(body["since"]) if body["since"] else None
    rows = list(reading.rows("cases_step", canon.TABLES["cases_step"], since, seal.until))
    root = canon.Root("cases_step")
    for row in rows:
        root.add(row.whole)
    data = canon.packed(row.leaf for row in rows)
    body["tables"]["cases_step"] |= {
        "root": root.hex(), "count": len(rows), "leaves": sha256(data).hexdigest(),
    }  # fmt: skip
    body["key"] = key.public_key().public_bytes_raw().hex()
    text = canon.written(body)
    by_superuser(
        'UPDATE audit_leaves SET data = %s WHERE seal_id = %s AND "table" = %s',
        data, seal.pk, "cases_step", tables=SEALS,
    )  # fmt: skip
    by_superuser(
        "UPDATE audit_seal SET body = %s, digest = %s, signature = %s WHERE number = %s",
        text, canon.digest(text), key.sign(text.encode()).hex(), number, tables=SEALS,
    )  # fmt: skip


def test_a_day_rewritten_whole_without_the_key_is_named_and_with_copies_its_rows_are(
    sealed, tmp_path
):
    copies.export(tmp_path)
    row = Step.objects.order_by("id")[2]
    by_superuser("UPDATE cases_step SET text = '另一句话' WHERE id = %s", row.pk)
    rewritten_consistently(1, Ed25519PrivateKey.generate())
    found = findings()
    assert "seal 1: is not signed by a known key" in found
    assert "seal 2: does not follow from the seal before" in found
    found = findings(kept=copies.Copies(tmp_path))
    assert "seal 1: differs from the copy kept elsewhere" in found
    assert f"cases_step {row.pk} (text) was changed, seal 1 of {DAY_1}" in found
    assert not [words for words in found if words.startswith("seal 2")]


def test_the_last_seals_taken_away_are_missed_by_their_copies(sealed, tmp_path):
    copies.export(tmp_path)
    by_superuser("DELETE FROM audit_leaves WHERE seal_id IN (SELECT id FROM audit_seal WHERE number = 2)", tables=SEALS)  # fmt: skip
    by_superuser("DELETE FROM audit_seal WHERE number = 2", tables=SEALS)
    assert findings() == []
    assert findings(kept=copies.Copies(tmp_path)) == ["seal 2: is missing"]


def test_a_forged_copy_is_not_believed(sealed, tmp_path):
    copies.export(tmp_path)
    path = tmp_path / "seal-000001.json"
    path.write_text(path.read_text().replace("count", "cound", 1))
    found = findings(kept=copies.Copies(tmp_path))
    assert "seal 1: its copy kept elsewhere is not signed by a known key" in found


@pytest.mark.parametrize("sql", ["UPDATE audit_seal SET body = ''", "DELETE FROM audit_leaves"])
def test_the_database_refuses_to_change_or_remove_a_seal(sql, sealed):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# --- When ----------------------------------------------------------------------------------


def test_every_day_that_is_over_has_its_seal_and_the_first_takes_all_that_was_before():
    steps(2)
    assert sealing.seal_due(at=TODAY + timedelta(hours=1))[0].until == TODAY
    assert sealing.seal_due(at=TODAY + timedelta(hours=2)) == []
    made = sealing.seal_due(at=TODAY + 3 * DAY + timedelta(minutes=1))
    assert [seal.until for seal in made] == [TODAY + n * DAY for n in (1, 2, 3)]
    assert [json.loads(seal.body)["tables"]["cases_step"]["count"] for seal in made] == [2, 0, 0]
    assert findings() == []


def test_a_seal_made_in_the_middle_of_a_day_is_followed_by_one_at_its_end():
    at = TODAY + timedelta(hours=26)
    sealing.seal(until=at, at=at)
    assert [seal.until for seal in sealing.seal_due(at=at + DAY)] == [AFTER]


def test_what_is_sealed_or_still_to_come_is_not_sealed(sealed):
    for until, at in ((AFTER, AFTER + DAY), (AFTER + DAY, AFTER)):
        with pytest.raises(WrongState):
            sealing.seal(until=until, at=at)


def test_history_brought_along_is_sealed_on_the_day_it_was_written_down(sealed):
    """Its moments lie years before: a seal goes by the clock of the database, which no one sets."""
    case = a_case(State.ACCEPTED)
    old = datetime(2019, 1, 1, tzinfo=UTC)
    step = Step.objects.create(
        case=case, seq=1, verb="submit", before="DRAFT", after="SUBMITTED", side="SYSTEM", at=old
    )
    step.refresh_from_db()
    assert step.recorded_at >= AFTER, "both sealed days are closed, whatever the clock says"
    assert findings() == []


def test_nobody_says_when_a_row_was_recorded():
    row = Step.objects.create(
        case=a_case(State.ACCEPTED), seq=1, verb="submit", before="DRAFT", after="SUBMITTED",
        side="SYSTEM", at=NOON, recorded_at=NOON,
    )  # fmt: skip
    row.refresh_from_db()
    assert row.recorded_at > TODAY


# --- The arithmetic ------------------------------------------------------------------------


def test_every_column_of_every_chained_table_is_in_its_seal():
    for model in (
        Step,
        Look,
        Unmasking,
        UnmaskingEvent,
        Consent,
        Alert,
        AlertNote,
        Erasure,
        PetitionEntry,
    ):
        columns = {field.column for field in model._meta.concrete_fields}
        if model is Erasure:
            columns -= {"body", "touched"}  # the digest is of the one, the other is an index of it
        assert set(canon.TABLES[model._meta.db_table]) == columns, model
    assert len(canon.TABLES) == 9


@given(
    st.lists(st.tuples(st.integers(1, 2**40), st.binary(min_size=8, max_size=8), st.binary(min_size=3, max_size=3)),
             unique_by=lambda leaf: leaf[0])
)  # fmt: skip
def test_leaves_come_back_as_they_were_packed(drawn):
    leaves = [Leaf(*leaf) for leaf in sorted(drawn)]
    half = len(leaves) // 2
    last = leaves[half - 1].id if half else 0
    parts = [canon.packed(leaves[:half]), canon.packed(leaves[half:], last)]
    assert list(canon.unpacked(parts, 3)) == leaves


@given(st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=2, max_size=4),
       st.lists(st.one_of(st.none(), st.text(max_size=5)), min_size=2, max_size=4))  # fmt: skip
def test_no_two_rows_have_the_same_bytes(one, other):
    first, second = (canon.hashed("t", [1, *cells]).whole for cells in (one, other))
    assert (first == second) == (one == other)


def test_the_encoding_is_what_the_document_says():
    """Computed by hand from docs/history.md: whoever checks a seal without us gets the same."""
    row = canon.hashed("cases_step", [7, "7", None, "结束"])
    text = b"hotline 1 cases_step\n" + b"1:7,-,6:\xe7\xbb\x93\xe6\x9d\x9f,"
    assert row.whole == sha256(text).digest()
    assert row.leaf[:2] == (7, row.whole[:8])
    root = canon.Root("cases_step")
    root.add(row.whole)
    begun = sha256(b"hotline 1 root cases_step\n").digest()
    assert root.hex() == sha256(begun + row.whole).hexdigest()
    assert canon.written({"b": "级", "a": None}) == '{"a":null,"b":"\\u7ea7"}'


# --- Commands ------------------------------------------------------------------------------


def run(name, *arguments):
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_the_commands_seal_export_and_verify(tmp_path):
    steps(2)
    words = run("seal_history", "--now", "--export", str(tmp_path))
    assert "2 seals copied" in words
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "history.pub", "seal-000001.json", "seal-000001.leaves.json", "seal-000002.json",
        "seal-000002.leaves.json",
    ]  # fmt: skip
    assert (
        run("seal_history", "--public-key").strip()
        == (tmp_path / "history.pub").read_text().strip()
    )
    assert "2 seals and 2 rows" in run("verify_history", "--seals", str(tmp_path))
    assert "2 seals and 0 rows" in run("verify_history", "--since", "2199-01-01")


def test_the_command_names_what_is_wrong_and_fails_with_one(sealed):
    row = Step.objects.order_by("id").first()
    by_superuser("DELETE FROM cases_step WHERE id = %s", row.pk)
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("verify_history", stdout=out)
    assert error.value.returncode == 1
    assert f"cases_step {row.pk} was removed" in out.getvalue()


@pytest.mark.parametrize(
    "arguments", [(), ("--since", "someday"), ("--seals", "/nowhere"), ("--key", "/nowhere")]
)
def test_the_command_fails_with_two_when_nothing_can_be_told(arguments):
    with pytest.raises(CommandError) as error:
        call_command("verify_history", *arguments, stdout=StringIO())
    assert error.value.returncode == 2


def test_another_key_is_believed_only_where_it_is_given(sealed, tmp_path):
    (tmp_path / "other.pub").write_text("00" * 32)
    with pytest.raises(CommandError):
        call_command("verify_history", "--key", str(tmp_path / "other.pub"), stdout=StringIO())
    (tmp_path / "ours.pub").write_text(keys.public())
    run("verify_history", "--key", str(tmp_path / "ours.pub"))


def test_no_seal_and_no_copy_bears_a_word_of_anybody(sealed, tmp_path):
    copies.export(tmp_path)
    everything = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "内部备注" not in everything
    assert not [row for row in Leaves.objects.all() if "备注".encode() in bytes(row.data)]
    assert isinstance(copies.Copies(tmp_path).get(1), Kept)
