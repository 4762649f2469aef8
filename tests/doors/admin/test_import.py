"""Accounts from a file: checked first, then made all at once."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from hotline.people.models import Kind, Revision, User
from tests.doors.people import client_of
from tests.make import a_user, unit

pytestmark = pytest.mark.django_db

HEAD = "学号/工号,姓名,手机号,身份,单位,年级\n"
GOOD = HEAD + "S1,王一,13711110001,本科生,体育学院,2026级\nS2,𬭎二,,教师,教务部,\n"


@pytest.fixture
def admin():
    return client_of("R13")


def upload(client, text, encoding="utf-8"):
    content = text if isinstance(text, bytes) else text.encode(encoding)
    file = SimpleUploadedFile("list.csv", content, "text/csv")
    return client.post("/admin/accounts/import/", {"file": file})


def confirm(client, page, **data):
    sealed = re.search(r'name="sealed" value="([^"]+)"', page.content.decode())[1]
    return client.post("/admin/accounts/import/confirmation/", {"sealed": sealed, **data})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_is_checked_without_writing_and_then_imported(admin, encoding):
    before = User.objects.count()
    page = upload(admin, GOOD, encoding)
    assert (page.status_code, len(page.context["checked"].new)) == (200, 2)
    assert User.objects.count() == before
    assert confirm(admin, page)["Location"] == "/admin/accounts/"
    one, two = User.objects.get(account="S1"), User.objects.get(account="S2")
    assert (one.name, one.phone, one.kind, one.grade) == ("王一", "13711110001", "UNDERGRADUATE", "2026级")  # fmt: skip
    assert (two.name, two.phone, two.college.code) == ("𬭎二", None, "jiaowu")
    assert not one.has_usable_password()
    assert Revision.objects.filter(kind="people.user", code__in=[one.pk, two.pk]).count() == 2


def test_initial_passwords_are_made_when_asked_for_and_shown_once(admin):
    page = confirm(admin, upload(admin, GOOD), passwords="on")
    assert page.status_code == 200
    for user, password in page.context["issued"]:
        user.refresh_from_db()
        assert user.check_password(password)
        assert user.must_change_password


def test_known_accounts_are_updated_and_keep_what_the_list_leaves_empty(admin):
    a_user("旧名", account="S1", phone="13711119999", kind=Kind.MASTER, college=unit())
    a_user("𬭎二", account="S2", phone=None, kind=Kind.TEACHER, college=unit("jiaowu"))
    page = upload(admin, HEAD + "S1,王一,,,,2026级\nS2,𬭎二,,教师,教务部,\n")
    checked = page.context["checked"]
    assert (len(checked.new), len(checked.changed), checked.same) == (0, 1, 1)
    confirm(admin, page)
    user = User.objects.get(account="S1")
    assert (user.name, user.phone, user.kind, user.college, user.grade) == ("王一", "13711119999", "MASTER", unit(), "2026级")  # fmt: skip
    assert user.check_password("a fine password")
    revision = Revision.objects.get(kind="people.user", code=user.pk)
    assert (revision.side("before")["name"], revision.side("after")["name"]) == ("旧名", "王一")
    assert "旧名" not in str(revision.data)
    again = upload(admin, HEAD + "S1,王一,,,,2026级\n").context["checked"]
    assert (len(again.changed), again.same) == (0, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",王一,,本科生,,", "account"), ("S 1,王一,,本科生,,", "account"),
        ("S3,,,本科生,,", "name"), ("S3,王一,phone,本科生,,", "phone"),
        ("S3,王一,13700000000,本科生,,", "phone"), ("S3,王一,,学生会,,", "kind"),
        ("S3,王一,,,,", "kind"), ("S3,王一,,本科生,没有的学院,", "unit"),
        ("S9,王一,,本科生,,\nS9,王二,,本科生,,", "account"),
        ("S3,王一,13711112222,本科生,,\nS4,王二,13711112222,本科生,,", "phone"),
        ("13700000000,王一,,本科生,,", "account"), ("S3,王一,13600000000,本科生,,", "phone"),
        ("S3," + "很" * 10_000 + ",,本科生,,", "name"), ("S" * 41 + ",王一,,本科生,,", "account"),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_line_and_column_and_nothing_is_imported(admin, row, column):
    a_user(phone="13700000000", account="13600000000")
    before = User.objects.count()
    page = upload(admin, f"{HEAD}S0,好人,,教师,,\n{row}\n")
    problems = page.context["checked"].problems
    assert {problem.column for problem in problems} == {column}
    assert problems[0].line == 3
    refused = confirm(admin, page)
    assert refused.status_code == 422
    assert User.objects.count() == before
    skipped = confirm(admin, page, skip_bad="on")
    assert (skipped.status_code, User.objects.count()) == (302, before + 1)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0\0\0", b"\xff\xfe\x80", "姓名,身份\n王一,教师\n", "学号/工号,姓名\n",
        "学号,工号,姓名\n1,2,王\n", b"PK\x03\x04 not a csv", "学号/工号\n" + "1\n" * 5001,
        "学号/工号\n" + "x" * 2_100_000, '学号/工号,姓名\n"' + "长" * 140_000,
    ],
)  # fmt: skip
def test_what_is_no_such_list_is_refused_in_words(admin, content):
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_what_is_confirmed_is_what_was_checked_by_the_same_person(admin):
    page = upload(admin, GOOD)
    assert confirm(client_of("R13"), page).status_code == 302
    for sealed in ("", "nonsense", "a:b:c", "\0"):
        answer = admin.post("/admin/accounts/import/confirmation/", {"sealed": sealed})
        assert answer["Location"] == "/admin/accounts/import/"
    assert not User.objects.filter(account="S1").exists()


def test_more_than_a_hundred_passwords_are_not_made_at_once(admin):
    rows = "".join(f"B{n},新生,,本科生,,\n" for n in range(101))
    answer = confirm(admin, upload(admin, HEAD + rows), passwords="on")
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["passwords"])
    assert not User.objects.filter(account="B0").exists()


def test_a_long_list_costs_a_few_dozen_questions(admin, django_assert_max_num_queries):
    rows = "".join(f"C{n},新生,,本科生,体育学院,2026级\n" for n in range(3000))
    page = upload(admin, HEAD + rows)
    with django_assert_max_num_queries(40):
        assert confirm(admin, page).status_code == 302
    assert User.objects.filter(grade="2026级", kind="UNDERGRADUATE").count() == 3000
