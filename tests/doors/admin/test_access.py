"""Who may administer: the pages exist for two permissions, and for nobody else."""

import pytest
from django.test import Client

from hotline.cases.codes import State
from hotline.people.models import Membership, Revision, Unit, User
from tests.doors.people import client_of, signed_in
from tests.make import a_case, a_user, holder

pytestmark = pytest.mark.django_db

PEOPLE = [
    "units/", "units/new/", "units/sheet/", "units/houqin/", "units/houqin/sections/",
    "units/houqin-weixiu/", "accounts/", "accounts/?q=张&kind=STAFF&role=R5&unit=houqin&active=yes",
    "accounts/new/", "accounts/import/", "accounts/{user}/", "accounts/{user}/memberships/",
    "memberships/{membership}/", "roles/", "roles/new/", "roles/R13/", "history/units/houqin/",
    "history/accounts/{user}/", "history/memberships/{membership}/", "history/roles/R5/", "upkeep/",
    "limits/",
]  # fmt: skip
CATALOG = [
    "catalog/", "catalog/new/", "catalog/new/?branch=H2", "catalog/H204/", "directory/",
    "directory/?text=体育馆漏水", "directory/?text=漏水&category=H204", "directory/sheet/",
    "directory/L105/", "terms/", "tables/types/", "tables/types/new/", "tables/types/ZX/",
    "tables/urgencies/", "tables/urgencies/U1/", "tables/reasons/", "tables/reasons/new/",
    "tables/reasons/TD01/", "tables/specials/", "tables/specials/X901/", "tables/places/",
    "tables/places/new/", "tables/aspects/new/", "tables/aspects/H/", "tables/branches/new/",
    "tables/branches/H2/", "history/categories/H204/", "history/types/ZX/",
]  # fmt: skip
WRITING = [
    "units/houqin/appointments/", "accounts/import/confirmation/", "accounts/{user}/password/",
    "accounts/{user}/state/", "memberships/{membership}/end/",
]  # fmt: skip
MAY = {"people": {"R13"}, "catalog": {"R4", "R13"}}
ALL = [f"R{n}" for n in range(2, 15)]


@pytest.fixture
def paths():
    """Every address, filled in."""
    membership = Membership.objects.get(user=holder("R5", of="houqin"))
    fill = {"user": membership.user_id, "membership": membership.pk}

    def of(part):
        return [f"/admin/{path.format(**fill)}" for path in part]

    return {"people": of(PEOPLE), "catalog": of(CATALOG), "writing": of(WRITING)}


@pytest.mark.parametrize("role", ALL)
def test_each_page_is_there_for_its_role_and_for_no_other(role, paths):
    client = client_of(role)
    for part, may in MAY.items():
        for path in paths[part]:
            assert client.get(path).status_code == (200 if role in may else 404), (role, path)
    assert client.get("/admin/").status_code == (200 if role in MAY["catalog"] else 404)


def test_a_student_and_whoever_has_not_signed_in_find_nothing(paths):
    everything = ["/admin/", *paths["people"], *paths["catalog"]]
    for client in (Client(), signed_in(a_user())):
        for path in everything:
            assert client.get(path).status_code == 404, path
            assert client.post(path).status_code in {404, 405}, path
        for path in paths["writing"]:
            assert client.post(path).status_code == 404, path


@pytest.mark.parametrize("role", [role for role in ALL if role != "R13"])
def test_nobody_else_changes_anything_by_posting(role, paths):
    client = client_of(role)
    before = User.objects.count(), Unit.objects.count(), Revision.objects.count()
    for path in [*paths["people"], *paths["writing"]]:
        assert client.post(path, {"active": "yes", "who": "a"}).status_code in {404, 405}, path
    assert (User.objects.count(), Unit.objects.count(), Revision.objects.count()) == before


def test_who_administers_the_catalogue_sees_no_menu_and_no_figures_of_people():
    page = client_of("R4").get("/admin/").content.decode()
    assert "派单目录" in page
    assert "/admin/accounts/" not in page
    assert "/admin/units/" not in page


def test_an_administrator_sees_nothing_of_what_people_ask():
    case = a_case(State.ACCEPTED, title="只有热线办知道的标题")
    admin = client_of("R13")
    for path in ("/admin/", "/admin/directory/?text=只有热线办知道的标题x", "/admin/accounts/"):
        assert case.number not in admin.get(path).content.decode()
    assert admin.get(f"/desk/cases/{case.number}/").status_code == 404
    assert admin.get("/desk/cases/").status_code == 404


def test_what_does_not_exist_is_not_found():
    admin = client_of("R13")
    for path in (
        "units/nowhere/", "units/nowhere/sections/", "units/houqin-weixiu/sections/",
        "accounts/999999999/", f"accounts/{10**30}/", "memberships/999999999/", "roles/R99/",
        "catalog/H999/", "directory/H999/", "tables/nothing/", "tables/types/XX/",
        "tables/urgencies/new/", "history/nothing/x/", "history/accounts/abc/",
        f"history/accounts/{10**30}/", "history/units/nowhere/",
    ):  # fmt: skip
        assert admin.get(f"/admin/{path}").status_code == 404, path
