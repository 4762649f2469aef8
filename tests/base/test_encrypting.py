"""The way from the last release: what stood there in plain becomes encrypted, and back."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from hotline.base import cipher
from hotline.base.datakeys import Keys
from hotline.cases.models import Attachment, Draft, NamedPerson, SavedFilter
from hotline.cases.models.case import Requester
from hotline.notices.models import Address, Gateway
from hotline.people.actor import SYSTEM
from hotline.people.models import Revision, SignIn, User
from hotline.people.services import accounts
from tests.make import NOON, a_case, a_user

pytestmark = pytest.mark.django_db

BEFORE = [("cases", "0009_papers_of_the_office"), ("people", "0001_initial"), ("notices", "0002_who_sets_up_messages")]  # fmt: skip
PHONE, NAME = "13955550123", "卡纳瑞若"


def migrate(targets):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(targets)


def latest():
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


def rows(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_an_upgrade_encrypts_what_there_is_and_can_be_taken_back():
    user = a_user(NAME, phone=PHONE, account="S1")
    nobody = a_user("无号", phone=None)
    case = a_case(owner=user)
    user.grade = "2026级"
    user.name = NAME + "二"
    accounts.save_user(user, by=SYSTEM, at=NOON)
    Draft.objects.create(by=user, form="x", data={"phone": PHONE}, at=NOON)
    SavedFilter.objects.create(by=user, name="我的", query=f"q={PHONE}")
    Attachment.objects.create(
        case=case, key="k" * 43, name=f"{NAME}.pdf", mime="application/pdf", extension="pdf", size=1,
        state="READY", at=NOON,
    )  # fmt: skip
    Address.objects.create(user=user, channel="EMAIL", value="a@b.cn")
    Gateway.objects.create(code="g", name="g", kind="http-sms", channel="SMS", secrets={"key": "k"})

    migrate(BEFORE)
    assert rows("SELECT name, phone, account FROM people_user ORDER BY id DESC LIMIT 2") == [
        ("无号", None, nobody.account), (NAME + "二", PHONE, "S1"),
    ]  # fmt: skip
    assert rows("SELECT name, phone FROM cases_requester") == [(NAME, PHONE)]
    assert rows("SELECT data->>'phone' FROM cases_draft") == [(PHONE,)]
    assert rows("SELECT name FROM cases_attachment") == [(f"{NAME}.pdf",)]
    assert rows("SELECT value FROM notices_address") == [("a@b.cn",)]
    assert rows("SELECT secrets->>'key' FROM notices_gateway") == [("k",)]
    assert rows("SELECT data->'after'->>'name' FROM people_revision WHERE kind = 'people.user'") == [(NAME + "二",)]  # fmt: skip

    migrate(latest())
    assert User.objects.get(phone=PHONE).name == NAME + "二"
    assert User.objects.get(pk=nobody.pk).phone is None
    assert Requester.objects.get(phone=PHONE).case == case
    assert Draft.objects.get().data == {"phone": PHONE}
    assert SavedFilter.objects.get().query == f"q={PHONE}"
    assert Attachment.objects.get().name == f"{NAME}.pdf"
    assert Address.objects.get().value == "a@b.cn"
    assert Gateway.objects.get().secrets == {"key": "k"}
    told = Revision.objects.get(kind="people.user")
    assert told.side("after")["name"] == NAME + "二"
    assert told.side("before")["name"] == NAME
    assert NAME not in str(told.data)


def test_the_networks_of_sign_ins_are_encrypted_by_their_upgrade():
    user = a_user(NAME)
    SignIn.objects.create(
        user=user, session_key="s", place="192.0.2.7", began_at=NOON, seen_at=NOON
    )
    migrate([("people", "0007_second_factors")])
    assert rows("SELECT place FROM people_signin") == [("192.0.2.7",)]
    migrate(latest())
    assert SignIn.objects.get().place == "192.0.2.7"
    assert b"192.0.2.7" not in bytes(rows("SELECT place FROM people_signin")[0][0])


@pytest.fixture
def other_keys(settings):
    settings.DATA_KEYS, cipher._read.last = Keys.fresh().text(), None
    yield
    cipher._read.last = None


def test_a_start_with_the_keys_of_another_installation_is_refused(request):
    a_user(NAME)
    request.getfixturevalue("other_keys")
    with pytest.raises(CommandError, match=r"data\.key"):
        call_command("migrate", verbosity=0, stdout=StringIO())


def test_whom_requests_name_is_found_by_the_name_after_an_upgrade_and_it_can_be_taken_back():
    row = NamedPerson.objects.create(case=a_case(), name=NAME, at=NOON)
    migrate([("cases", "0023_petition_entries_are_recorded")])
    [(kept,)] = rows("SELECT name FROM cases_namedperson")
    assert cipher.decrypt(bytes(kept), "named", findable=False) == NAME
    migrate(latest())
    assert NamedPerson.objects.get(name=NAME) == row
