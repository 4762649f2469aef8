"""What is encrypted: unreadable in the database, found by its exact value, opened under any key."""

import os
from io import StringIO

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from hotline.base import cipher, recrypting
from hotline.base.compiled import Compiled
from hotline.base.datakeys import BadKeys, Keys
from hotline.cases.models import Draft, Requester, Step
from hotline.notices.models import Gateway
from hotline.people.models import User
from tests.make import NOON, a_case, a_user

NAME, PHONE, ACCOUNT = "卡纳瑞若", "13955550123", "S2023000777"
WORDS = st.text(min_size=1, max_size=60)


@pytest.fixture
def key_file(settings, tmp_path):
    """A key file of this test's own, in place of the one the tests share."""
    settings.DATA_KEYS, settings.DATA_KEY_FILE = "", tmp_path / "data.key"
    settings.DATA_KEY_FILE.write_text(Keys.fresh().text())
    yield settings.DATA_KEY_FILE
    cipher._read.last = None


@given(WORDS, st.booleans())
def test_what_is_encrypted_opens_again_and_never_looks_the_same(text, findable):
    one, two = (cipher.encrypt(text, "name", findable=findable) for _ in range(2))
    assert one != two
    assert cipher.decrypt(one, "name", findable=findable) == text
    assert text.encode() not in one or len(text.encode()) < 4


@given(WORDS, st.integers(min_value=0))
def test_a_value_with_one_bit_changed_does_not_open(text, where):
    value = bytearray(cipher.encrypt(text, "name", findable=False))
    value[where % len(value)] ^= 1
    with pytest.raises(cipher.Unreadable):
        cipher.decrypt(bytes(value), "name", findable=False)


def test_a_value_of_one_kind_does_not_open_as_another_and_is_not_found_as_one():
    value = cipher.encrypt(PHONE, "phone", findable=False)
    with pytest.raises(cipher.Unreadable):
        cipher.decrypt(value, "account", findable=False)
    assert cipher.fingerprint(PHONE, "phone") != cipher.fingerprint(PHONE, "account")


@pytest.mark.django_db
def test_the_database_has_neither_name_nor_number():
    a_case(owner=a_user(NAME, phone=PHONE, account=ACCOUNT))
    with connection.cursor() as cursor:
        for table in ("people_user", "cases_requester"):
            cursor.execute(f"SELECT encode(name, 'escape'), t::text FROM {table} t")  # noqa: S608
            told = str(cursor.fetchall())
            for secret in (NAME, PHONE, ACCOUNT, PHONE.encode().hex(), NAME.encode().hex()):
                assert secret not in told


@pytest.mark.django_db
def test_an_exact_value_is_found_and_nothing_else_can_be_asked():
    user, other = a_user(NAME, phone=PHONE, account=ACCOUNT), a_user("李四", phone=None)
    assert User.objects.get(phone=PHONE) == user
    assert User.objects.get(account=ACCOUNT) == user
    assert set(User.objects.filter(name__in=[NAME, "李四"])) == {user, other}
    assert User.objects.filter(phone=None).get() == other
    assert not User.objects.filter(phone=PHONE[:-1]).exists()
    for asked in ("name__contains", "name__icontains", "account__startswith", "phone__gt"):
        with pytest.raises(FieldError):
            User.objects.filter(**{asked: "1"})
    with pytest.raises(FieldError):
        list(Requester.objects.filter(name=NAME))  # of no use to anybody: it is not findable


@pytest.mark.django_db
def test_two_columns_of_one_kind_can_be_compared():
    user = a_user(NAME, phone=PHONE)
    case = a_case(owner=user)
    Requester.objects.filter(case=case).update(phone=PHONE)
    assert Requester.objects.filter(phone=user.phone).get().case == case


@pytest.mark.django_db
def test_a_number_is_taken_once():
    a_user(account=ACCOUNT, phone=PHONE)
    twin = User(account=ACCOUNT, phone=PHONE, name="乙")
    with pytest.raises(ValidationError) as refused:
        twin.validate_constraints()
    assert set(refused.value.message_dict) == {"account", "phone"}
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([twin])


@pytest.mark.django_db
def test_a_compiled_query_opens_what_it_reads():
    user = a_user(NAME, phone=PHONE)
    case = a_case(owner=user)
    Step.objects.create(case=case, seq=99, verb="x", before="DRAFT", after="DRAFT", side="OFFICE", by=user, at=NOON)  # fmt: skip
    names = Compiled(
        lambda case: Step.objects.filter(case=case, seq=99).values_list("verb", "by__name"),
        case=int,
    )
    assert names.rows(case=case.pk) == [("x", NAME)]
    whole = Compiled(lambda pk: User.objects.filter(pk=pk), pk=int)
    assert whole.instances(pk=user.pk)[0].phone == PHONE


@pytest.mark.django_db
def test_json_comes_back_as_it_was():
    draft = Draft.objects.create(by=a_user(), form="x", data={"phone": PHONE, "n": [1, None]}, at=NOON)  # fmt: skip
    draft.refresh_from_db()
    assert draft.data == {"phone": PHONE, "n": [1, None]}
    assert Gateway.objects.create(code="g", name="g", kind="http-sms", channel="SMS").secrets == {}


@pytest.mark.django_db
def test_a_new_key_is_used_at_once_and_the_old_values_stay_readable(key_file):
    user = a_user(NAME, phone=PHONE)
    call_command("keys", "rotate", stdout=(told := StringIO()))
    assert "Key 2 is in use" in told.getvalue()
    assert set(recrypting.values_under()) == {2}
    assert User.objects.get(phone=PHONE).name == NAME
    assert oct(key_file.stat().st_mode)[-3:] == "600"
    with pytest.raises(CommandError, match="in use"):
        call_command("keys", "drop", 2)
    call_command("keys", "drop", 1, stdout=StringIO())
    assert User.objects.get(pk=user.pk).phone == PHONE
    assert list(Keys.read(key_file.read_text()).of) == [2]


@pytest.mark.django_db
def test_a_key_that_something_needs_is_not_dropped(key_file):
    a_user(NAME)
    key_file.write_text(Keys.read(key_file.read_text()).added().text())
    with pytest.raises(CommandError, match="recrypt"):
        call_command("keys", "drop", 1)
    call_command("keys", "recrypt", stdout=StringIO())
    call_command("keys", "drop", 1, stdout=StringIO())


@pytest.mark.django_db
def test_another_process_that_began_a_new_key_is_understood(key_file):
    cipher.encrypt("x", "name", findable=False)  # this process has read the file
    keys = Keys.read(key_file.read_text()).added()
    written = cipher.Cipher(keys).encrypt(NAME, "name")
    key_file.write_text(keys.text())
    os.utime(key_file, ns=(1, 1))
    assert cipher.decrypt(written, "name", findable=False) == NAME


@pytest.mark.django_db
def test_the_wrong_keys_are_told_of_and_nothing_is_changed(key_file):
    a_user(NAME)
    assert recrypting.opens()
    key_file.write_text(Keys.fresh().added().text())
    os.utime(key_file, ns=(2, 2))
    cipher.current_key()
    assert not recrypting.opens()
    with pytest.raises(CommandError, match="belongs to this database"):
        call_command("keys", "check", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(cipher.Unreadable):
        recrypting.recrypt()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "lookup"),
        ("lookup", "line 1"),
        ("lookup short\n1 short", "line 1"),
        (Keys.fresh().text() + "1 " + "A" * 43 + "=", "comes twice"),
        (Keys.fresh().text().replace("1      ", "zero   "), "number"),
    ],
)
def test_a_file_that_is_no_key_file_says_what_is_wrong(text, words):
    with pytest.raises(BadKeys, match=words):
        Keys.read(text)


def test_the_last_key_is_the_last():
    keys = Keys.fresh()
    full = Keys(keys.lookup, {255: keys.lookup})
    with pytest.raises(BadKeys, match="255"):
        full.added()
    assert Keys.read(keys.added().text()).of.keys() == {1, 2}
    assert Keys.read(keys.text().replace("\n", ";")) == keys
