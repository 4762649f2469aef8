"""Accounts, their passwords, their roles, and the last administrator."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import localdate

from hotline.people import queries
from hotline.people.models import Membership, Revision, Role, User
from hotline.people.permissions import P
from tests.doors.admin.paper import errors, filled, queries_of, send
from tests.doors.people import client_of, signed_in
from tests.make import BEGAN, a_user, holder, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return client_of("R13")


NEW = {"account": "T2001", "name": "林一", "phone": "13700000001", "kind": "STAFF"}


def sign_in(user, password):
    client = Client()
    return client, client.post("/sign-in/", {"username": user.account, "password": password})


def test_a_new_account_s_password_is_shown_once_and_must_be_changed(admin):
    answer = send(admin, "/admin/accounts/new/", **NEW, college=unit().pk)
    user = User.objects.get(account="T2001")
    [(_person, password)] = answer.context["issued"]
    assert answer.status_code == 200
    assert password in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert user.check_password(password)
    assert user.must_change_password
    assert user.college == unit()
    assert password not in admin.get(f"/admin/accounts/{user.pk}/").content.decode()
    revision = Revision.objects.get(kind="people.user", code=user.pk)
    assert "password" not in revision.data["after"]
    assert revision.by.name == "R13员工"


def test_whoever_was_given_a_password_goes_nowhere_before_changing_it(admin):
    answer = send(admin, "/admin/accounts/new/", **NEW)
    user = User.objects.get(account="T2001")
    [(_person, password)] = answer.context["issued"]
    client, answer = sign_in(user, password)
    assert client.get("/requests/")["Location"] == "/account/"
    assert client.get("/start/")["Location"] == "/account/"
    assert client.get("/requests/", headers={"HX-Request": "true"})["HX-Redirect"] == "/account/"
    page = client.get("/account/")
    assert page.status_code == 200
    assert "由管理员设置" in page.content.decode()
    assert client.post("/language/", {"language": "en", "next": "/account/"}).status_code == 302

    same = {"old": password, "password": password, "again": password}
    assert client.post("/account/", same).status_code == 422
    own = {"old": password, "password": "a quiet river 9", "again": "a quiet river 9"}
    assert client.post("/account/", own)["Location"] == "/start/"
    assert client.get("/requests/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password("a quiet river 9")) == (False, True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"account": ""}, "account"),
        ({"name": ""}, "name"),
        ({"phone": "not a number"}, "phone"),
        ({"phone": "13900000000"}, "phone"),
        ({"account": "TAKEN"}, "account"),
        ({"kind": "KING"}, "kind"),
        ({"name": "很" * 10_000}, "name"),
        ({"name": "有\0空"}, "name"),
        ({"college": "\0"}, "college"),
        ({"account": "A" * 41}, "account"),
    ],
)
def test_a_wrong_account_is_said_beside_its_field_and_nothing_is_written(admin, wrong, field):
    a_user(account="TAKEN", phone="13900000000")
    before = User.objects.count(), Revision.objects.count()
    answer = send(admin, "/admin/accounts/new/", **{**NEW, **wrong})
    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert (User.objects.count(), Revision.objects.count()) == before


def test_an_account_is_changed_and_its_history_tells_what_it_was(admin):
    user = a_user("旧名字", kind="MASTER")
    answer = send(admin, f"/admin/accounts/{user.pk}/", name="新名字", grade="2025级", phone="")
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.grade, user.phone) == ("新名字", "2025级", None)
    assert user.check_password("a fine password")
    page = admin.get(f"/admin/history/accounts/{user.pk}/").content.decode()
    assert all(words in page for words in ("旧名字", "新名字", "2025级", "R13员工"))


def test_a_save_that_changes_nothing_leaves_no_record(admin):
    user = a_user()
    assert send(admin, f"/admin/accounts/{user.pk}/").status_code == 302
    assert not Revision.objects.filter(kind="people.user", code=user.pk).exists()


def test_the_second_save_of_a_stale_form_is_refused(admin):
    user = a_user("原名")
    path = f"/admin/accounts/{user.pk}/"
    old = filled(admin.get(path))
    send(client_of("R13"), path, name="别人改的")
    answer = admin.post(path, {**old, "name": "我改的"})
    user.refresh_from_db()
    assert (answer.status_code, user.name) == (409, "别人改的")
    assert "我改的" in answer.content.decode()


def test_a_disabled_account_is_out_at_once_and_may_come_back(admin):
    user = a_user()
    theirs = signed_in(user)
    assert admin.post(f"/admin/accounts/{user.pk}/state/").status_code == 302
    assert theirs.get("/requests/").status_code == 302
    _client, answer = sign_in(user, "a fine password")
    assert answer.status_code == 422
    admin.post(f"/admin/accounts/{user.pk}/state/", {"active": "yes"})
    _client, answer = sign_in(user, "a fine password")
    assert answer.status_code == 302
    assert Revision.objects.filter(kind="people.user", code=user.pk).count() == 2


def test_a_new_password_ends_the_old_one_and_every_open_session(admin):
    user = a_user()
    theirs = signed_in(user)
    answer = admin.post(f"/admin/accounts/{user.pk}/password/")
    [(_person, password)] = answer.context["issued"]
    user.refresh_from_db()
    assert (user.check_password(password), user.must_change_password) == (True, True)
    assert theirs.get("/requests/").status_code == 302
    assert "重设密码" in admin.get(f"/admin/history/accounts/{user.pk}/").content.decode()
    assert password not in str(list(Revision.objects.values_list("data", flat=True)))


def test_made_up_passwords_differ_and_pass_our_own_rules(admin):
    from django.contrib.auth.password_validation import validate_password

    from hotline.people.services import new_password

    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        validate_password(password)


# --- The list ----------------------------------------------------------------------------


def names(response):
    return {person.name for person in response.context["people"]}


def test_the_list_is_searched_and_filtered(admin):
    a_user("孔甲", account="S777001", phone="13777777777", kind="DOCTOR")
    a_user("孔乙", kind="TEACHER", college=unit("jiaowu"), is_active=False)
    holder("R5", of="houqin-weixiu", name="孔丙")
    holder("R5", of="jiaowu", name="孔丁")
    for query, expected in {
        "q=孔": {"孔丙", "孔丁"}, "q=孔甲": {"孔甲"}, "q=S777001": {"孔甲"}, "q=S7770": set(),
        "q=13777777777": {"孔甲"}, "q=孔甲&kind=DOCTOR": {"孔甲"}, "q=孔甲&kind=TEACHER": set(),
        "q=孔乙&active=no": {"孔乙"}, "q=孔乙&active=yes": set(), "q=孔&active=yes": {"孔丙", "孔丁"},
        "q=孔&role=R5": {"孔丙", "孔丁"}, "q=孔&unit=jiaowu": {"孔丁"}, "q=孔&unit=houqin": {"孔丙"},
        "unit=jiaowu&active=no": {"孔乙"}, "q=孔&kind=NONSENSE": {"孔丙", "孔丁"}, "q=没有的": set(),
    }.items():  # fmt: skip
        assert names(admin.get(f"/admin/accounts/?{query}")) == expected, query


def test_the_list_goes_on_page_by_page_and_asks_no_more_for_more_people(admin):
    path = "/admin/accounts/?kind=DOCTOR"
    held = holder("R5", of="houqin", name="页中人")
    User.objects.filter(pk=held.pk).update(kind="DOCTOR")
    one = queries_of(admin, path)
    for n in range(1, 56):
        a_user(f"页{n}", kind="DOCTOR")
    assert queries_of(admin, path) == one
    first = admin.get(path)
    second = admin.get(f"{path}&after={first.context['next']}")
    assert (len(names(first)), len(names(second))) == (50, 6)
    assert not names(first) & names(second)


def test_a_search_reads_the_names_of_those_with_a_role_in_one_question(admin):
    path = "/admin/accounts/?q=页"
    holder("R5", of="houqin", name="页甲")
    one = queries_of(admin, path)
    for n in range(5):
        holder("R5", of="houqin", name=f"页{n}")
    assert queries_of(admin, path) == one
    assert len(names(admin.get(path))) == 6


@pytest.mark.parametrize("query", ["q=" + "长" * 900, "after=nonsense", "role=R%27", "unit=' OR 1"])
def test_nonsense_in_the_address_is_passed_over(admin, query):
    assert admin.get(f"/admin/accounts/?{query}").status_code == 200


def test_a_nul_in_the_address_is_refused(admin):
    assert admin.get("/admin/accounts/?q=%00").status_code == 400


# --- Roles of a person -------------------------------------------------------------------


def membership(admin, user, **data):
    path = f"/admin/accounts/{user.pk}/memberships/"
    changes = {"role": Role.objects.get(code=data.pop("role", "R3")).pk, **data}
    return send(admin, path, **changes)


def test_a_role_is_given_with_a_unit_a_scope_and_days(admin):
    user, today = a_user(), localdate()
    answer = membership(
        admin, user, role="R5", unit=unit().pk, categories="h2，H101", from_date=today,
        to_date=today + timedelta(days=30),
    )  # fmt: skip
    assert answer.status_code == 302
    held = user.memberships.get()
    assert (held.unit, held.categories) == (unit(), ["H101", "H2"])
    actor = queries.actor_of(user, on=today)
    assert actor.may(P.HANDLE, unit=unit().pk, category="H204")
    assert not actor.may(P.HANDLE, unit=unit().pk, category="M101")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"role": "R5"}, "unit"),
        ({"categories": "ZZ9"}, "categories"),
        ({"from_date": "2026-06-03", "to_date": "2026-06-01"}, "to_date"),
        ({"from_date": "someday"}, "from_date"),
        ({"categories": "很" * 10_000}, "categories"),
    ],
)
def test_a_role_that_cannot_be_so_is_refused_beside_its_field(admin, data, field):
    user = a_user()
    answer = membership(admin, user, **data)
    assert (answer.status_code, list(errors(answer))) == (422, [field])
    assert not user.memberships.exists()


def test_days_and_scope_of_a_role_are_changed_with_a_record(admin):
    held = Membership.objects.get(user=holder("R3"))
    last = localdate() + timedelta(days=5)
    path = f"/admin/memberships/{held.pk}/"
    assert send(admin, path, to_date=last, categories="H").status_code == 302
    held.refresh_from_db()
    assert (held.to_date, held.categories) == (last, ["H"])
    page = admin.get(f"/admin/history/memberships/{held.pk}/").content.decode()
    assert "限定分类" in page


def test_a_second_head_does_not_come_by_changing_days(admin):
    first = Membership.objects.get(user=holder("R6", of="houqin"))
    second = Membership.objects.create(
        user=a_user(), role=Role.objects.get(code="R6"), unit=unit(), from_date=BEGAN,
        to_date=BEGAN,
    )  # fmt: skip
    Membership.objects.filter(pk=first.pk).update(from_date=BEGAN + timedelta(days=1))
    answer = send(admin, f"/admin/memberships/{second.pk}/", to_date="")
    assert (answer.status_code, list(errors(answer))) == (422, ["from_date"])


def test_an_account_s_page_asks_no_more_for_more_roles(admin):
    user = holder("R5", of="houqin")
    path = f"/admin/accounts/{user.pk}/"
    one = queries_of(admin, path)
    for code in ("R2", "R3", "R8"):
        Membership.objects.create(user=user, role=Role.objects.get(code=code), from_date=BEGAN)
    assert queries_of(admin, path) == one


# --- The last administrator --------------------------------------------------------------


@pytest.fixture
def only():
    """The only administrator, and their role."""
    user = holder("R13")
    return signed_in(user), Membership.objects.get(user=user)


def test_the_last_administrator_is_neither_disabled_nor_dismissed(only):
    client, held = only
    for path in (f"/admin/accounts/{held.user_id}/state/", f"/admin/memberships/{held.pk}/end/"):
        answer = client.post(path)
        assert answer.status_code == 409
        assert "最后一位系统管理员" in answer.content.decode()
    ending = send(client, f"/admin/memberships/{held.pk}/", to_date=localdate())
    assert ending.status_code == 409
    held.refresh_from_db()
    assert (held.to_date, held.user.is_active) == (None, True)
    assert not Revision.objects.exists()


def test_the_administrators_role_does_not_lose_what_lets_them_administer(only):
    client, _held = only
    form = filled(client.get("/admin/roles/R13/"))
    harmful = (
        {**form, "permissions": ["admin.catalog"]},
        {k: v for k, v in form.items() if k != "enabled"},
        {**form, "of_unit": "on"},
    )
    for data in harmful:
        assert client.post("/admin/roles/R13/", data).status_code in {409, 422}
    assert client.get("/admin/accounts/").status_code == 200


def test_with_a_second_administrator_the_first_may_go(only):
    client, held = only
    membership(client, a_user(), role="R13")
    assert client.post(f"/admin/memberships/{held.pk}/end/").status_code == 302
    assert client.get("/admin/accounts/").status_code == 404


def test_one_whose_term_will_end_does_not_count_as_the_second(only):
    client, held = only
    membership(client, a_user(), role="R13", to_date=localdate() + timedelta(days=9))
    assert client.post(f"/admin/memberships/{held.pk}/end/").status_code == 409


def test_nor_does_one_whose_account_is_disabled(only):
    client, held = only
    other = holder("R13")
    client.post(f"/admin/accounts/{other.pk}/state/")
    assert client.post(f"/admin/accounts/{held.user_id}/state/").status_code == 409
