"""Roles: bags of permissions that can be changed, added, disabled, never deleted."""

import pytest
from django.utils.timezone import localdate

from hotline.people import queries
from hotline.people.models import Revision, Role
from hotline.people.permissions import P
from tests.doors.admin.paper import filled, queries_of, send
from tests.doors.people import client_of
from tests.make import holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return client_of("R13")


def test_a_role_s_permissions_are_changed_and_hold_at_once(admin):
    clerk = holder("R2")
    held = filled(admin.get("/admin/roles/R2/"))["permissions"]
    answer = send(admin, "/admin/roles/R2/", permissions=[*held, "case.triage"], name="坐席")
    assert answer.status_code == 302
    assert queries.actor_of(clerk, on=localdate()).may(P.TRIAGE)
    revision = Revision.objects.get(kind="people.role", code="R2")
    assert "case.triage" not in revision.data["before"]["permissions"]
    page = admin.get("/admin/history/roles/R2/").content.decode()
    assert all(words in page for words in ("话务员", "坐席", "受理、分类、要求补充、并单"))


def test_a_new_role_gets_the_next_code_and_one_that_was_used_is_not_given_again(admin):
    for code in ("R15", "R16"):
        answer = send(admin, "/admin/roles/new/", name="学生助理", permissions=["case.register"])
        assert answer["Location"] == f"/admin/roles/{code}/"
    Role.objects.filter(code="R16").delete()  # by hand, in the database
    send(admin, "/admin/roles/new/", name="又一个")
    assert Role.objects.filter(code="R17").exists()


def test_a_role_is_disabled_and_then_permits_nothing(admin):
    clerk = holder("R3")
    form = {k: v for k, v in filled(admin.get("/admin/roles/R3/")).items() if k != "enabled"}
    assert admin.post("/admin/roles/R3/", form).status_code == 302
    assert not queries.actor_of(clerk, on=localdate()).may(P.TRIAGE)
    assert admin.delete("/admin/roles/R3/").status_code == 405


def test_a_role_held_without_a_unit_does_not_become_a_unit_s(admin):
    holder("R3")
    answer = send(admin, "/admin/roles/R3/", of_unit="on")
    assert answer.status_code == 422
    assert "1 人" in answer.content.decode()


def test_a_permission_that_is_none_is_refused(admin):
    answer = send(admin, "/admin/roles/R3/", permissions=["case.everything"])
    assert answer.status_code == 422


def test_the_second_save_of_a_stale_form_is_refused(admin):
    old = filled(admin.get("/admin/roles/R9/"))
    send(client_of("R13"), "/admin/roles/R9/", name="督办")
    assert admin.post("/admin/roles/R9/", {**old, "name": "督查"}).status_code == 409
    assert Role.objects.get(code="R9").name == "督办"


def test_who_holds_a_role_is_listed_at_constant_cost(admin):
    holder("R3", name="甲")
    paths = ["/admin/roles/", "/admin/roles/R3/"]
    one = [queries_of(admin, path) for path in paths]
    for name in ("乙", "丙"):
        holder("R3", name=name)
    assert [queries_of(admin, path) for path in paths] == one
    holders = admin.get("/admin/roles/R3/").context["holders"]
    assert {m.user.name for m in holders} == {"甲", "乙", "丙"}
    counted = {
        role.code: role.holders for role, _words in admin.get("/admin/roles/").context["lines"]
    }
    assert (counted["R3"], counted["R13"], counted["R2"]) == (3, 1, 0)
