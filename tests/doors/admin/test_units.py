"""Units: made, changed, disabled, staffed."""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from hotline.people import queries
from hotline.people.models import Membership, Revision, Unit
from hotline.people.permissions import P
from tests.doors.admin.paper import errors, filled, queries_of, send
from tests.doors.people import client_of
from tests.make import a_user, holder, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return client_of("R13")


def test_a_new_unit_is_listed_as_lacking_its_head_and_contact(admin):
    answer = send(
        admin, "/admin/units/new/",
        code="dangan", name="档案馆", short="档案馆", kind="SERVICE", name_en="Archives",
    )  # fmt: skip
    assert (answer.status_code, answer["Location"]) == (302, "/admin/units/dangan/")
    lines = {line.unit.code: line for line in admin.get("/admin/units/").context["lines"]}
    assert (lines["dangan"].lacks_head, lines["dangan"].lacks_contact) == (True, True)
    revision = Revision.objects.get(kind="people.unit", code="dangan")
    assert (revision.data["before"], revision.data["after"]["name"]) == (None, "档案馆")
    assert revision.by.name == "R13员工"


def test_a_section_stands_below_its_unit(admin):
    answer = send(
        admin, "/admin/units/houqin/sections/", code="houqin-cai", name="采购科", short="采购科"
    )
    assert answer.status_code == 302
    section = unit("houqin-cai")
    assert (section.parent.code, section.kind) == ("houqin", "SECTION")


def test_a_code_is_given_once_and_stays(admin):
    taken = send(
        admin, "/admin/units/new/", code="houqin", name="另一个", short="另", kind="SERVICE"
    )
    assert (taken.status_code, list(errors(taken))) == (422, ["code"])
    send(admin, "/admin/units/houqin/", code="other", short="后勤")
    assert unit("houqin").short == "后勤"
    assert not Unit.objects.filter(code="other").exists()


@pytest.mark.parametrize("code", ["new", "sheet", "Hou", "后勤", "9a", "a b", "很" * 10_000, "a\0"])
def test_a_code_is_a_plain_word_that_no_address_of_ours_uses(admin, code):
    answer = send(admin, "/admin/units/new/", code=code, name="新", short="新", kind="SERVICE")
    assert (answer.status_code, list(errors(answer))) == (422, ["code"])


def test_a_unit_that_leads_categories_in_use_is_not_disabled(admin):
    form = filled(admin.get("/admin/units/houqin/"))
    del form["enabled"]
    answer = admin.post("/admin/units/houqin/", form)
    assert answer.status_code == 422
    assert "F101" in str(errors(answer)["enabled"])
    assert unit("houqin").enabled
    assert not Revision.objects.filter(kind="people.unit", code="houqin").exists()


def test_a_unit_that_nothing_stands_on_is_disabled_and_enabled_again(admin):
    form = filled(admin.get("/admin/units/gonghui/"))
    assert admin.post("/admin/units/gonghui/", {k: v for k, v in form.items() if k != "enabled"}).status_code == 302  # fmt: skip
    assert not unit("gonghui").enabled
    assert send(admin, "/admin/units/gonghui/", enabled="on").status_code == 302
    assert unit("gonghui").enabled


def test_the_second_save_of_a_stale_form_is_refused_with_nothing_typed_lost(admin):
    old = filled(admin.get("/admin/units/houqin/"))
    send(client_of("R13"), "/admin/units/houqin/", short="后勤保障")
    answer = admin.post("/admin/units/houqin/", {**old, "short": "后勤服务"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert unit("houqin").short == "后勤保障"
    assert all(words in page for words in ("后勤服务", "后勤保障", "刚刚被其他人修改过"))
    again = admin.post("/admin/units/houqin/", {**filled(answer), "short": "后勤服务"})
    assert (again.status_code, unit("houqin").short) == (302, "后勤服务")


def test_a_form_without_its_version_has_seen_nothing(admin):
    send(admin, "/admin/units/houqin/", short="后勤保障")
    form = filled(admin.get("/admin/units/houqin/"))
    del form["seen"]
    assert admin.post("/admin/units/houqin/", {**form, "short": "盲"}).status_code == 409


def appoint(admin, code="houqin", **data):
    return admin.post(f"/admin/units/{code}/appointments/", {"role": "R5", **data})


@pytest.mark.parametrize("by", ["account", "phone", "name"])
def test_a_contact_is_appointed_by_account_phone_or_name(admin, by):
    person = a_user("欧阳慕容", account="T0042", phone="13712345678")
    who = {"account": "T0042", "phone": "13712345678", "name": "欧阳慕容"}[by]
    assert appoint(admin, who=who).status_code == 302
    held = Membership.objects.get(user=person)
    assert (held.role.code, held.unit.code, held.from_date) == ("R5", "houqin", localdate())
    assert Revision.objects.filter(kind="people.membership", code=held.pk).count() == 1


def test_who_holds_a_role_already_is_found_by_a_part_of_the_name(admin):
    person = holder("R5", of="jiaowu", name="欧阳慕容")
    assert appoint(admin, who="阳慕").status_code == 302
    assert Membership.objects.filter(user=person, unit__code="houqin").exists()


def test_one_of_several_namesakes_has_to_be_chosen(admin):
    first, second = a_user("赵同名"), a_user("赵同名")
    answer = appoint(admin, who="赵同名")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert first.account in page
    assert second.account in page
    assert not Membership.objects.filter(user__in=[first, second]).exists()
    assert appoint(admin, who="赵同名", person=second.pk).status_code == 302
    assert Membership.objects.get(unit__code="houqin").user == second
    assert appoint(admin, who="没有此人", person=first.pk).status_code == 422


def test_a_new_head_ends_the_old_one_s_term(admin):
    old = Membership.objects.get(user=holder("R6", of="houqin"))
    new = a_user("新责任人")
    assert appoint(admin, who=new.account, role="R6").status_code == 302
    old.refresh_from_db()
    assert old.to_date == localdate() - timedelta(days=1)
    assert queries.head_of(unit(), on=localdate()) == new
    assert list(queries.holders(P.APPROVE, unit=unit(), on=localdate())) == [new]


def test_nobody_is_appointed_twice_to_the_same_and_a_section_has_no_head(admin):
    person = holder("R5", of="houqin")
    assert appoint(admin, who=person.account).status_code == 422
    assert appoint(admin, "houqin-weixiu", who=person.account, role="R6").status_code == 422
    assert Membership.objects.filter(user=person).count() == 1


def test_a_role_ends_at_once_from_the_unit_s_page(admin):
    held = Membership.objects.get(user=holder("R5", of="houqin"))
    answer = admin.post(f"/admin/memberships/{held.pk}/end/", {"back": "unit"})
    assert answer["Location"] == "/admin/units/houqin/"
    assert not queries.actor_of(held.user, on=localdate()).may(P.HANDLE)
    held.refresh_from_db()
    assert held.to_date == localdate() - timedelta(days=1)


def test_the_questions_to_the_database_do_not_grow_with_people(admin):
    paths = ["/admin/units/", "/admin/units/houqin/", "/admin/", "/admin/units/sheet/"]
    holder("R5", of="houqin")
    counts = [queries_of(admin, path) for path in paths]
    for _ in range(3):
        holder("R5", of="houqin")
        holder("R6", of="jijian")
    Unit.objects.create(code="houqin-x", name="新科", short="新科", kind="SECTION", parent=unit())
    assert [queries_of(admin, path) for path in paths] == counts
