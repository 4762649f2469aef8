"""The catalogue: everything can be changed, nothing is deleted, no code is given twice."""

import pytest

from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Place,
    Reason,
    RequestType,
    SpecialCode,
    UnitRule,
    Urgency,
)
from hotline.people.models import Revision, Unit
from tests.doors.admin.paper import errors, filled, queries_of, send
from tests.doors.people import client_of
from tests.make import unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return client_of("R4")


NEW = {
    "name": "热水器", "lead": "houqin", "type": "QZ", "urgency": "U3", "respond": "4wh",
    "resolve": "3wd", "enabled": "on",
}  # fmt: skip


def a_new_category(client, branch="H2", **data):
    chosen = Branch.objects.get(code=branch).pk
    return send(client, "/admin/catalog/new/", **{**NEW, "branch": chosen, **data})


def test_a_new_category_gets_the_next_code_of_its_branch_and_none_is_given_twice(office):
    assert a_new_category(office)["Location"] == "/admin/catalog/H206/"
    Category.objects.get(code="H206").delete()  # by hand, in the database
    assert a_new_category(office)["Location"] == "/admin/catalog/H207/"
    assert a_new_category(office, code="H206")["Location"] == "/admin/catalog/H208/"
    revision = Revision.objects.get(kind="catalog.category", code="H208")
    assert (revision.data["before"], revision.by.name) == (None, "R4员工")


def test_everything_of_a_category_is_changed_and_its_history_tells(office):
    answer = send(
        office, "/admin/catalog/H204/", name="维修", name_en="Mending", aliases="漏水、 门锁 ，international bus",
        lead="jijian", joint=["houqin", "jijian", "baowei"], type="TS", urgency="U1", respond="30min",
        resolve="24h", sensitive="on", crisis="on", confidential="on", avoid_target="on",
        **{"rules-0-words": "体育馆、操场", "rules-0-lead": "tiyu", "rules-1-words": "", "rules-1-lead": "tiyu"},
    )  # fmt: skip
    assert answer.status_code == 302, errors(answer)
    row = Category.objects.get(code="H204")
    assert row.aliases == ["漏水", "门锁", "international bus"]
    assert (row.lead.code, row.type.code, row.urgency.code) == ("jijian", "TS", "U1")
    assert {u.code for u in row.joint.all()} == {"houqin", "baowei"}  # the lead does not assist
    assert [(r.words, r.lead.code) for r in row.unit_rules.all()] == [(["体育馆", "操场"], "tiyu")]
    assert row.sensitive
    assert row.confidential
    page = office.get("/admin/history/categories/H204/").content.decode()
    for words in ("房屋设施维修", "Mending", "后勤处", "体育馆、操场 → 体育学院", "强制保密"):
        assert words in page, words


def test_code_and_branch_of_a_category_stay(office):
    branch = Branch.objects.get(code="M1").pk
    send(office, "/admin/catalog/H204/", code="M199", branch=branch, name="维修")
    assert Category.objects.get(code="H204").branch.code == "H2"
    assert not Category.objects.filter(code="M199").exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "很" * 10_000}, "name"),
        ({"name": "有\0空"}, "name"),
        ({"respond": "soon"}, "respond"),
        ({"lead": "nowhere"}, "lead"),
        ({"lead": "houqin-weixiu"}, "lead"),
        ({"lead": "\0"}, "lead"),
        ({"joint": ["\0"]}, "joint"),
        ({"type": "\0"}, "type"),
        ({"aliases": "很" * 41}, "aliases"),
        ({"urgency": "U0"}, "urgency"),
        ({"rules-0-words": "操场", "rules-0-lead": ""}, "lead"),
        ({"rules-0-words": "操场", "rules-0-lead": "\0"}, "lead"),
    ],
)
def test_a_wrong_category_is_said_beside_its_field_and_nothing_is_written(office, wrong, field):
    answer = send(office, "/admin/catalog/H204/", **{"aliases": "保留的词", **wrong})
    assert (answer.status_code, list(errors(answer))) == (422, [field])
    if "aliases" not in wrong:
        assert "保留的词" in answer.content.decode()
    assert Category.objects.get(code="H204").name == "房屋设施维修"
    assert not Revision.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "99999999999", "41"])
def test_a_form_whose_count_of_rules_is_tampered_with_is_refused(office, total):
    answer = send(office, "/admin/catalog/H204/", **{"rules-TOTAL_FORMS": total, "name": "新名"})
    assert answer.status_code == 422
    assert Category.objects.get(code="H204").name == "房屋设施维修"


def test_the_second_save_of_a_stale_form_is_refused_also_when_only_a_rule_was_changed(office):
    old = filled(office.get("/admin/catalog/L105/"))
    send(client_of("R13"), "/admin/directory/L105/", **{"rules-0-words": "跑道"})
    answer = office.post("/admin/catalog/L105/", {**old, "name": "教室"})
    assert answer.status_code == 409
    assert "跑道" in answer.content.decode()
    assert UnitRule.objects.filter(words=["跑道"]).exists()
    assert (
        office.post("/admin/catalog/L105/", {**filled(answer), "name": "教室"}).status_code == 302
    )


def without(client, path, name):
    form = filled(client.get(path))
    return client.post(path, {key: value for key, value in form.items() if key != name})


def test_what_is_no_longer_wanted_is_disabled_from_the_leaves_up(office):
    assert without(office, "/admin/tables/aspects/M/", "enabled").status_code == 422
    assert without(office, "/admin/tables/branches/M1/", "enabled").status_code == 422
    for code in Category.objects.filter(branch__code="M1").values_list("code", flat=True):
        assert without(office, f"/admin/catalog/{code}/", "enabled").status_code == 302
    assert without(office, "/admin/tables/branches/M1/", "enabled").status_code == 302
    assert without(office, "/admin/tables/aspects/M/", "enabled").status_code == 302
    assert send(office, "/admin/catalog/M101/", enabled="on").status_code == 422
    assert office.get("/admin/catalog/").content.decode().count("停用") >= 6


@pytest.mark.parametrize("path", ["types/QZ", "reasons/GQ01", "reasons/BS06"])
def test_what_the_house_or_a_category_needs_is_not_disabled(office, path):
    assert without(office, f"/admin/tables/{path}/", "enabled").status_code == 422
    assert not Revision.objects.exists()


def test_a_reason_that_only_people_choose_is_disabled_with_its_kind_unchanged(office):
    form = filled(office.get("/admin/tables/reasons/TD04/"))
    del form["enabled"]
    assert office.post("/admin/tables/reasons/TD04/", {**form, "kind": "MERGE"}).status_code == 302
    row = Reason.objects.get(code="TD04")
    assert (row.enabled, row.kind) == (False, "RETURN")


def a_new_row(client, table, **data):
    return send(client, f"/admin/tables/{table}/new/", **{"enabled": "on", **data})


def test_new_rows_of_every_table_get_their_codes(office):
    aspect = Aspect.objects.get(code="H").pk
    assert a_new_row(office, "aspects", code="Y", name="育", title="育人成长").status_code == 302
    assert a_new_row(office, "branches", aspect=aspect, name="新大类").status_code == 302
    assert a_new_row(office, "types", code="XC", name="宣传", rollup="OTHER", position="9").status_code == 302  # fmt: skip
    assert a_new_row(office, "reasons", kind="RETURN", name="另有原因").status_code == 302
    assert a_new_row(office, "specials", name="另一种", rule="说明").status_code == 302
    assert a_new_row(office, "places", name="东校区").status_code == 302
    campus = Place.objects.get()
    more = a_new_row(office, "places", campus=campus.pk, name="1号楼", again="1")
    assert more["Location"] == f"/admin/tables/places/new/?campus={campus.pk}"
    assert filled(office.get(more["Location"]))["campus"] == [str(campus.pk)]
    for model, code in (
        (Aspect, "Y"), (Branch, "H3"), (RequestType, "XC"), (Reason, "TD07"), (SpecialCode, "X904"),
        (Place, "campus-1"), (Place, "campus-1-1"),
    ):  # fmt: skip
        row = model.objects.get(code=code)
        assert Revision.objects.filter(kind=row._meta.label_lower, code=code).count() == 1, code


@pytest.mark.parametrize("code", ["X", "HH", "h", "1", ""])
def test_an_aspect_s_code_is_a_free_capital_letter(office, code):
    assert a_new_row(office, "aspects", code=code, name="育", title="育人").status_code == 422


@pytest.mark.parametrize(
    ("table", "code", "change"),
    [
        ("types", "ZX", {"name": "问询"}), ("urgencies", "U1", {"respond": "1h"}),
        ("reasons", "TD01", {"needs": "依据"}), ("specials", "X901", {"rule": "新说明"}),
        ("aspects", "H", {"title": "居住"}), ("branches", "H2", {"name": "后勤"}),
    ],
)  # fmt: skip
def test_a_row_of_every_table_is_changed_recorded_and_guarded_against_stale_forms(office, table, code, change):  # fmt: skip
    path = f"/admin/tables/{table}/{code}/"
    old = filled(office.get(path))
    assert send(office, path, **change).status_code == 302
    [revision] = Revision.objects.all()
    [(name, value)] = change.items()
    assert (revision.data["after"][name], revision.code) == (value, code)
    assert revision.data["before"][name] != value
    assert office.post(path, {**old, "name": "太迟了"}).status_code == 409
    assert send(office, path, name="很" * 10_000).status_code == 422
    assert Revision.objects.count() == 1


def test_an_urgency_s_limits_are_changed_but_no_tier_is_added_or_disabled(office):
    send(office, "/admin/tables/urgencies/U3/", resolve="6wd")
    assert Urgency.objects.get(code="U3").resolve == "6wd"
    assert send(office, "/admin/tables/urgencies/U3/", resolve="1 week").status_code == 422
    assert office.get("/admin/tables/urgencies/new/").status_code == 404


# --- The dispatch directory --------------------------------------------------------------


def test_a_line_of_the_directory_is_changed_in_its_place(office):
    path, live = "/admin/directory/H204/", {"HX-Request": "true"}
    form = filled(office.get(path, headers=live), path)
    answer = office.post(path, {**form, "lead": "jijian", "joint": ["baowei"]}, headers=live)
    assert answer.status_code == 200
    assert "<form" not in answer.content.decode()
    row = Category.objects.get(code="H204")
    assert (row.lead.code, [u.code for u in row.joint.all()]) == ("jijian", ["baowei"])
    assert row.aliases  # what the short form does not ask for stays
    wrong = office.post(path, {**form, "lead": "nowhere"}, headers=live)
    assert (wrong.status_code, "<html" in wrong.content.decode()) == (422, False)


def test_without_scripts_the_same_line_has_a_page(office):
    answer = send(office, "/admin/directory/H204/", lead="jijian")
    assert answer["Location"] == "/admin/directory/"
    assert Category.objects.get(code="H204").lead.code == "jijian"


def test_a_text_is_tried_on_the_directory(office):
    page = office.get("/admin/directory/?text=体育馆的灯坏了")
    first = page.context["choices"][0]
    assert (first.category.code, first.duty.lead.code, first.duty.word) == (
        "L105",
        "tiyu",
        "体育馆",
    )
    page = office.get("/admin/directory/?text=灯坏了&category=H202")
    [choice] = page.context["choices"]
    assert (choice.category.code, choice.duty.lead.code) == ("H202", "houqin")
    assert office.get("/admin/directory/?text=无从判断").context["choices"] == []
    assert office.get("/admin/directory/?text=" + "长" * 900).status_code == 200


@pytest.mark.parametrize(
    "path", ["catalog/", "directory/", "directory/sheet/", "tables/reasons/", "tables/places/", ""]
)
def test_the_questions_to_the_database_do_not_grow_with_rows(office, path):
    campus = Place.objects.create(code="c", name="校区")
    Place.objects.create(code="c-1", name="一号楼", campus=campus)
    one = queries_of(office, f"/admin/{path}")
    for n in range(3):
        Place.objects.create(code=f"c-{n + 2}", name="楼", campus=campus)
        Reason.objects.create(code=f"TD5{n}", name="原因", kind="RETURN")
        row = Category.objects.create(
            code=f"H28{n}", name="新", branch=Branch.objects.get(code="H2"), lead=unit(),
            type=RequestType.objects.get(code="QZ"), urgency=Urgency.objects.get(code="U3"),
            respond="1h", resolve="1h",
        )  # fmt: skip
        row.joint.set(Unit.objects.all()[:3])
        UnitRule.objects.create(category=row, words=["词"], lead=unit("tiyu"))
    assert queries_of(office, f"/admin/{path}") == one


def test_a_category_s_page_asks_no_more_for_more_rules_and_changes(office):
    path = "/admin/catalog/H204/"
    send(office, path, **{"rules-0-words": "词", "rules-0-lead": "tiyu", "name": "一"})
    one = queries_of(office, path)
    for n in range(3):
        send(office, path, **{f"rules-{n + 1}-words": f"词{n}", f"rules-{n + 1}-lead": "tiyu", "name": f"名{n}"})  # fmt: skip
    assert UnitRule.objects.filter(category__code="H204").count() == 4
    assert queries_of(office, path) == one
