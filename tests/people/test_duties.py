"""三员分立: who may hold what together, who turns it on, and who ends it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.catalog.services import set_term
from hotline.limits.services.ruling import set_limits
from hotline.people import duties as law
from hotline.people import queries, reviewing, services
from hotline.people.actor import SYSTEM
from hotline.people.models import Membership, Revision, Role, Separation
from hotline.people.permissions import P
from hotline.people.services import duties, factors
from tests.make import NOON, a_user, an_actor, holder

pytestmark = pytest.mark.django_db
DAY = NOON.date()


@pytest.fixture
def three():
    """One of each, and no role that joins what they may not."""
    manager = Role.objects.get(code="R4")
    manager.permissions = [p for p in manager.permissions if p not in {P.CATALOG, P.NOTICES}]
    manager.save()
    people = {role: holder(role) for role in ("R13", "R13S", "R13A")}
    for user in people.values():
        user.set_password("a password of their own")
        user.save()
    return people


def actor(user):
    return queries.actor_of(user, on=DAY)


@pytest.fixture
def parted(three):
    duties.turn_on(by=actor(three["R13"]), at=NOON)
    return three


def test_nothing_changes_while_it_is_off():
    system = an_actor("R13")
    assert system.may(P.SECURITY)
    user = a_user()
    for role in ("R13", "R13A", "R3"):
        services.appoint(user, Role.objects.get(code=role), by=system, at=NOON)
    services.set_rules({"tries_most": 6}, by=system, at=NOON)


def test_with_it_on_each_holds_only_their_own(parted):
    system, security, auditor = (actor(parted[role]) for role in ("R13", "R13S", "R13A"))
    assert not system.may(P.SECURITY)
    assert not security.may_any(P.PEOPLE, P.LOOKS)
    assert not auditor.may_any(P.PEOPLE, P.SECURITY)
    clerk, person = Role.objects.get(code="R3"), a_user("李四")
    only_security = [
        lambda by: services.appoint(person, clerk, by=by, at=NOON),
        lambda by: services.save_role(clerk, by=by, at=NOON),
        lambda by: services.set_rules({"tries_most": 6}, by=by, at=NOON),
        lambda by: services.unlock(person, by=by, at=NOON),
        lambda by: factors.reset(person, by=by, at=NOON),
        lambda by: set_limits({}, by=by, at=NOON),
        lambda by: set_term("looks_search_most", "9", by=by, at=NOON),
    ]
    for act in only_security:
        for by in (system, auditor):
            with pytest.raises(NotAllowed):
                act(by)
        act(security)
    only_system = [
        lambda by: services.give_password(person, by=by, at=NOON),
        lambda by: services.set_active(person, False, by=by, at=NOON),
        lambda by: set_term("crisis_phone", "12345", by=by, at=NOON),
    ]
    for act in only_system:
        for by in (security, auditor):
            with pytest.raises(NotAllowed):
                act(by)
        act(system)


@pytest.mark.parametrize(
    ("has", "gets", "names"),
    [("R13", "R13S", "系统管理员、安全管理员"), ("R13A", "R13", "系统管理员、审计员"), ("R13S", "R3", "安全管理员不能查看")],
)  # fmt: skip
def test_one_account_cannot_hold_two_of_the_three_nor_read_requests(parted, has, gets, names):
    with pytest.raises(Invalid, match=names):
        services.appoint(
            parted[has], Role.objects.get(code=gets), by=actor(parted["R13S"]), at=NOON
        )


def test_a_role_cannot_be_made_to_join_them(parted):
    by = actor(parted["R13S"])
    audit = Role.objects.get(code="R13A")
    audit.permissions = [P.LOOKS, P.READ_ALL]
    with pytest.raises(Invalid, match="审计员不能查看"):
        services.save_role(audit, by=by, at=NOON)
    clerk = Role.objects.get(code="R14")
    clerk.permissions = []
    services.save_role(clerk, by=by, at=NOON)
    services.appoint(parted["R13A"], clerk, by=by, at=NOON)
    clerk.permissions = [P.CATALOG]  # lawful by itself, but not for whoever holds it
    with pytest.raises(Invalid, match="系统管理员、审计员"):
        services.save_role(clerk, by=by, at=NOON)


def test_a_role_that_was_over_does_not_come_back_beside_another(parted):
    by, user = actor(parted["R13S"]), a_user("王五")
    services.appoint(user, Role.objects.get(code="R3"), by=by, at=NOON)
    held = Membership.objects.get(user=user)
    services.dismiss(held, by=by, at=NOON, last_day=DAY - timedelta(days=1))
    services.appoint(user, Role.objects.get(code="R13A"), by=by, at=NOON)
    held.refresh_from_db()
    held.to_date = None
    with pytest.raises(Invalid, match="审计员不能查看"):
        services.change_membership(held, by=by, at=NOON)


def test_it_is_not_turned_on_while_anything_is_in_the_way(three):
    by = actor(three["R13"])
    services.appoint(three["R13A"], Role.objects.get(code="R2"), by=by, at=NOON)
    three["R13S"].set_unusable_password()
    three["R13S"].save()
    words = " ".join(conflict.words for conflict in law.conflicts(DAY))
    assert "审计员不能查看或办理诉求" in words
    assert "没有能够登录的安全管理员" in words
    with pytest.raises(WrongState, match="有 2 处冲突"):
        duties.turn_on(by=by, at=NOON)
    assert not law.is_on()


def test_the_shipped_manager_keeps_the_catalogue_and_is_named_as_a_conflict():
    assert any(c.role and c.role.code == "R4" for c in law.conflicts(DAY))


def test_nobody_else_turns_it_on(three):
    for role in ("R4", "R13A", "R3"):
        with pytest.raises(NotAllowed):
            duties.turn_on(by=an_actor(role), at=NOON)


def test_none_of_the_three_can_be_left_without_anybody(parted):
    for role in ("R13S", "R13A"):
        held = parted[role].memberships.get()
        with pytest.raises(WrongState, match="这是最后一位"):
            services.dismiss(held, by=actor(parted["R13S"]), at=NOON, last_day=DAY)
        with pytest.raises(WrongState, match="这是最后一位"):
            services.set_active(parted[role], False, by=actor(parted["R13"]), at=NOON)


def test_one_asks_and_an_auditor_agrees(parted):
    with pytest.raises(WrongState):
        duties.answer(True, by=actor(parted["R13A"]), at=NOON)
    with pytest.raises(NotAllowed):
        duties.ask_off(by=an_actor("R3"), at=NOON)
    duties.ask_off(by=actor(parted["R13"]), at=NOON)
    for role in ("R13", "R13S"):
        with pytest.raises(NotAllowed):
            duties.answer(True, by=actor(parted[role]), at=NOON)
    duties.answer(True, by=actor(parted["R13A"]), at=NOON + timedelta(days=6))
    assert not law.is_on()
    kinds = Revision.objects.filter(kind="people.separation").order_by("id")
    assert [r.data["what"] for r in kinds] == ["DUTIES_ON", "DUTIES_ASK", "DUTIES_OFF"]
    assert [r.by_id for r in kinds] == [parted[r].pk for r in ("R13", "R13", "R13A")]


def test_after_seven_days_it_must_be_asked_again_and_an_auditor_may_say_no(parted):
    by, auditor = actor(parted["R13S"]), actor(parted["R13A"])
    duties.ask_off(by=by, at=NOON)
    with pytest.raises(WrongState):
        duties.ask_off(by=by, at=NOON + timedelta(days=1))
    late = NOON + timedelta(days=7)
    with pytest.raises(WrongState):
        duties.answer(True, by=auditor, at=late)
    duties.ask_off(by=by, at=late)
    duties.answer(False, by=auditor, at=late)
    assert law.is_on()
    assert not Separation.objects.get().is_asked(late)


def test_the_review_marks_who_is_two_of_them():
    user = holder("R13")
    services.appoint(user, Role.objects.get(code="R13A"), by=SYSTEM, at=NOON)
    lines = reviewing.lines(at=NOON, only=[reviewing.Mark.CONFLICT])
    assert {line.membership.user_id for line in lines} == {user.pk}
    assert len(lines) == 2


def test_the_command_turns_on_asks_and_says_what_is_in_the_way(three, capsys):
    call_command("duties", "check")
    assert "not parted" in capsys.readouterr().out
    call_command("duties", "on")
    assert "are parted." in capsys.readouterr().out
    call_command("duties", "off")
    assert "when an auditor agrees" in capsys.readouterr().out
    assert law.is_on()
    with pytest.raises(CommandError):
        call_command("duties", "on")
