"""三员分立 at the doors: every page of the administration is one administrator's, and the switch is seen."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from hotline.catalog.services import set_term
from hotline.doors.desk.admin.urls import urlpatterns
from hotline.people import duties as law
from hotline.people import queries, services
from hotline.people.models import AccountRule, Membership, Revision, Role
from hotline.people.permissions import P
from hotline.people.services import duties, ruling
from tests.doors.people import client_of, signed_in
from tests.make import holder

pytestmark = pytest.mark.django_db

BOTH = {"admin", "admin_units", "admin_unit", "admin_accounts", "admin_account", "admin_history", "admin_duties"}  # fmt: skip
SECURITY = {
    "admin_appoint", "admin_second", "admin_new_membership", "admin_leaving", "admin_reviews",
    "admin_reviews_sheet", "admin_membership", "admin_end_membership", "admin_recusals",
    "admin_end_recusal", "admin_safety", "admin_unlock", "admin_limits", "admin_roles",
    "admin_new_role", "admin_role",
}  # fmt: skip
AUDIT = {"admin_certificates", "admin_certificate", "admin_certificate_file"}
"""The auditor reads what was destroyed; all the rest is the system administrator's."""
TERMS = {"admin_terms"}  # the security administrator sets those that watch over looking


@pytest.fixture
def three():
    manager = Role.objects.get(code="R4")
    manager.permissions = [p for p in manager.permissions if p not in {P.CATALOG, P.NOTICES}]
    manager.save()
    people = {role: holder(role) for role in ("R13", "R13S", "R13A")}
    for user in people.values():
        user.set_password("a password of their own")
        user.save()
    return people


@pytest.fixture
def parted(three):
    duties.turn_on(by=actor(three["R13"]), at=now())
    return three


def actor(user):
    return queries.actor_of(user, on=now().date())


def test_every_route_belongs_to_somebody():
    names = {route.name for route in urlpatterns}
    assert names >= BOTH | SECURITY | AUDIT | TERMS


@pytest.mark.parametrize("on", [True, False])
def test_who_may_open_which_page(three, on):
    if on:
        duties.turn_on(by=actor(three["R13"]), at=now())
    membership = Membership.objects.get(user=three["R13A"])
    system, security, auditor = (signed_in(three[role]) for role in ("R13", "R13S", "R13A"))
    fill = {"pk": three["R13A"].pk, "code": "houqin", "kind": "units", "slug": "types"}
    codes = {"admin_role": "R5", "admin_category": "H204", "admin_entry": "H204", "admin_row": "ZX"}
    simple = [
        r for r in urlpatterns
        if set(r.pattern.converters) <= {"pk", "code", "slug", "kind"}
        and r.name not in {"admin_gateway", "admin_gateway_test", "admin_new_gateway"}
    ]  # fmt: skip
    seen = 0
    for route in simple:
        name = route.name
        values = {key: fill[key] for key in route.pattern.converters}
        if name == "admin_membership":
            values["pk"] = membership.pk
        if name in codes:
            values["code"] = codes[name]
        path = reverse(f"desk:{name}", kwargs=values)
        was = [client.get(path).status_code for client in (system, security, auditor)]
        if was == [405] * 3:
            continue  # posted only: below
        secure = name in SECURITY or name in BOTH or (on and name in TERMS)
        keeps = not on or name not in SECURITY
        found = [status in {200, 302} for status in was]
        assert found == [keeps, secure, name in AUDIT], (name, was)
        seen += 1
    assert seen > 35


@pytest.mark.parametrize("name", ["admin_second", "admin_appoint", "admin_end_membership", "admin_unlock", "admin_password", "admin_account_state"])  # fmt: skip
def test_what_is_only_posted_is_one_administrators(parted, name):
    key = {"code": "houqin"} if name == "admin_appoint" else {"pk": parted["R13A"].pk}
    path = reverse(f"desk:{name}", kwargs=key)
    other, auditor = signed_in(parted["R13" if name in SECURITY else "R13S"]), signed_in(parted["R13A"])  # fmt: skip
    before = Revision.objects.count()
    assert other.post(path, {"active": "yes"}).status_code == 404
    assert auditor.post(path, {"active": "yes"}).status_code == 404
    assert Revision.objects.count() == before


def test_the_security_administrator_sees_an_account_but_changes_none_of_its_facts(parted):
    client, pk = signed_in(parted["R13S"]), parted["R13A"].pk
    page = client.get(f"/admin/accounts/{pk}/").content.decode()
    assert "新任职" in page
    assert "生成新密码" not in page
    assert client.post(f"/admin/accounts/{pk}/", {"account": "x1", "name": "某人", "kind": "STAFF"}).status_code == 403  # fmt: skip
    page = signed_in(parted["R13"]).get(f"/admin/accounts/{pk}/").content.decode()
    assert "新任职" not in page
    assert "生成新密码" in page


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "三员分立"), ("en", "Separation of duties")])  # fmt: skip
def test_the_page_turns_it_on_and_an_auditor_ends_it(three, language, title):
    system, auditor = signed_in(three["R13"]), signed_in(three["R13A"])
    for client in (system, auditor):
        client.cookies["django_language"] = language
    assert title in system.get("/admin/duties/").content.decode()
    assert system.post("/admin/duties/", {"act": "on"}).status_code == 302
    assert law.is_on()
    assert system.post("/admin/duties/", {"act": "on"}).status_code == 403  # no longer theirs
    assert auditor.post("/audit/duties/", {"agree": "yes"}).status_code == 409
    assert system.post("/admin/duties/", {"act": "ask"}).status_code == 302
    assert three["R13"].name in auditor.get("/audit/changes/").content.decode()
    for client in (system, signed_in(three["R13S"]), client_of("R4")):
        assert client.post("/audit/duties/", {"agree": "yes"}).status_code == 404
    assert auditor.post("/audit/duties/", {"agree": "yes"}).status_code == 302
    assert not law.is_on()


def test_conflicts_are_listed_and_turning_on_asks_who_one_is(three):
    manager = Role.objects.get(code="R4")
    manager.permissions = [*manager.permissions, P.CATALOG]
    manager.save()
    client = signed_in(three["R13"])
    assert "/admin/roles/R4/" in client.get("/admin/duties/").content.decode()
    refused = client.post("/admin/duties/", {"act": "on"})
    assert refused.status_code == 409
    assert "处冲突" in refused.content.decode()
    session = client.session
    session["proved"] = 0
    session.save()
    assert "请验证身份" in client.post("/admin/duties/", {"act": "on"}).content.decode()
    assert not law.is_on()


def test_an_auditor_reads_every_change_of_roles_rules_and_of_what_is_watched(parted):
    security = actor(parted["R13S"])
    ruling.set_rules({"tries_most": 6}, by=security, at=now())
    set_term("looks_search_most", "40", by=security, at=now())
    set_term("crisis_phone", "12345", by=actor(parted["R13"]), at=now())
    services.give_password(parted["R13S"], by=actor(parted["R13"]), at=now())
    page = signed_in(parted["R13A"]).get("/audit/changes/").content.decode()
    for words in ("同一账号在同一地点最多连续输错次数", "40", "重设密码", "启用三员分立"):
        assert words in page, words
    assert "12345" not in page  # the catalogue is not what an auditor is here for
    assert AccountRule.objects.count() == 1


@pytest.mark.parametrize("role", ["R3", "R4", "R5", "R12", "R13", "R13S"])
def test_nobody_else_reads_the_changes(role):
    assert client_of(role).get("/audit/changes/").status_code == 404


def test_the_list_goes_on_page_by_page(parted):
    security = actor(parted["R13S"])
    for value in range(60):
        ruling.set_rules({"password_days": value + 1}, by=security, at=now())
    client = signed_in(parted["R13A"])
    first = client.get("/audit/changes/")
    assert first.context["next"]
    second = client.get("/audit/changes/", {"after": first.context["next"]})
    assert second.context["lines"]
    assert not second.context["next"]
