"""Seeing in full who somebody is: with a reason, where it must be by two, for a time, on record."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import policies, unmaskings
from hotline.cases.codes import Mode, Seal, State
from hotline.cases.models import Look, NamedPerson, Unmasking, UnmaskingEvent
from hotline.cases.services import looking, triage, unmasking
from hotline.cases.sight import FIELDS, TABLE, UNMASKABLE, Level, Viewer, sight_of, unit_sight
from hotline.people.models import Role, User
from hotline.people.permissions import P
from hotline.people.queries import actor_of
from tests.make import NOON, a_case, a_user, an_actor, category, holder, type_, urgency

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=3)
HALF = timedelta(minutes=30)
WHY = "需要当面核对补办材料的领取人"


def a_named_case(code="H204", **more):
    known = User.objects.filter(account="202301020304").first()
    owner = known or a_user("欧阳若兰", phone="13812345678", account="202301020304")
    return a_case(State.IN_PROGRESS, owner=owner, category=category(code), **more)


def ask(actor, case, *, fields=("name",), words=WHY, at=LATER):
    return unmasking.ask(
        sight_of(actor, case, at=at), fields=fields, purpose="CONTACT", words=words, by=actor, at=at
    )


def seen(actor, case, at=LATER):
    sight = sight_of(actor, case, at=at)
    return sight.name, sight.phone


MASKED = ("欧***", "138****5678")


def test_who_asks_sees_exactly_what_was_asked_for_exactly_as_long_and_nobody_else_does():
    case, clerk, other = a_named_case(), an_actor("R3"), an_actor("R3")
    assert seen(clerk, case) == MASKED
    ask(clerk, case)
    assert seen(clerk, case) == ("欧阳若兰", MASKED[1])
    assert sight_of(clerk, case, at=LATER).account == "202301020304"
    assert seen(other, case) == MASKED
    assert seen(clerk, case, LATER + HALF - timedelta(seconds=1))[0] == "欧阳若兰"
    assert seen(clerk, case, LATER + HALF) == MASKED
    assert seen(clerk, a_named_case_again(case)) == MASKED


def a_named_case_again(case):
    """Another request of the same person."""
    return a_case(State.ACCEPTED, owner=case.owner)


def test_every_standing_may_ask_for_what_the_document_marks_and_no_more():
    assert {
        Viewer.OFFICE: {"name", "phone"}, Viewer.OVER_OFFICE: {"name", "phone"}, Viewer.UNIT: {"name"}, Viewer.LEADER: {"name"},
    } == UNMASKABLE  # fmt: skip
    for viewer, fields in UNMASKABLE.items():
        assert all(TABLE[viewer][field] is not Level.FULL for field in fields)
    assert all(fields <= set(FIELDS) for fields in UNMASKABLE.values())


@pytest.mark.parametrize("who", ["R2", "R9", "R10", "R13", "R13A", "R14"])
def test_no_other_standing_may_ask(who):
    case = a_named_case()
    with pytest.raises(NotAllowed):
        ask(an_actor(who), case)
    with pytest.raises(NotAllowed):
        ask(an_actor("R8"), case, fields=("phone",))
    with pytest.raises(NotAllowed):
        ask(an_actor("R3"), case, fields=("crisis",))


def test_the_unit_of_a_named_request_may_and_that_of_a_secret_one_may_not():
    contact = an_actor("R5", of="houqin")
    for mode, allowed in ((Mode.NAMED, True), (Mode.CONFIDENTIAL, False), (Mode.ANONYMOUS, False)):
        case = a_named_case(mode=mode)
        sight = unit_sight(case.orders.get(), at=LATER, by=contact)
        if not allowed:
            assert sight.unmaskable == frozenset()
            continue
        row = unmasking.ask(
            sight, fields=["name"], purpose="VERIFY", words=WHY, by=contact, at=LATER
        )
        assert row.order == case.orders.get()
        assert unit_sight(case.orders.get(), at=LATER, by=contact).name == "欧阳若兰"
        assert unit_sight(case.orders.get(), at=LATER).name == "欧***", "messages know nobody"


def test_of_an_anonymous_requester_there_is_nothing_to_ask_for():
    with pytest.raises(NotAllowed):
        ask(an_actor("R4"), a_case(State.ACCEPTED, mode=Mode.ANONYMOUS))


def test_a_grant_is_worth_nothing_once_the_request_is_more_secret():
    case, contact = a_named_case(), an_actor("R5", of="houqin")
    order = case.orders.get()
    sight = unit_sight(order, at=LATER, by=contact)
    unmasking.ask(sight, fields=["name"], purpose="VERIFY", words=WHY, by=contact, at=LATER)
    case.mode = order.case.mode = Mode.CONFIDENTIAL
    assert "欧阳" not in unit_sight(order, at=LATER, by=contact).name


@pytest.mark.parametrize(
    "words", ["", "太短了", "想知道欧阳若兰是不是同一个人", "打13812345678核对一下情况", "查学号202301020304的情况"]
)  # fmt: skip
def test_a_reason_is_long_enough_and_names_nobody(words):
    with pytest.raises(Invalid):
        ask(an_actor("R3"), a_named_case(), words=words)
    assert not Unmasking.objects.exists()


@pytest.mark.parametrize("code", ["L104", None])
def test_of_a_sensitive_class_or_of_none_yet_a_second_person_decides(code):
    case = a_named_case("L104")
    case.category = category(code) if code else None
    case.save()
    boss, second = an_actor("R4"), an_actor("R4")
    row = ask(boss, case)
    assert seen(boss, case) == MASKED
    assert list(unmaskings.waiting_for(second, at=LATER)) == [row]
    assert list(unmaskings.waiting_for(boss, at=LATER)) == []
    with pytest.raises(NotAllowed):
        unmasking.grant(row, by=boss, at=LATER)
    with pytest.raises(NotAllowed):
        unmasking.grant(row, by=an_actor("R3"), at=LATER)
    later = LATER + timedelta(hours=1)
    unmasking.grant(row, by=second, at=later)
    assert seen(boss, case, later + HALF - timedelta(seconds=1))[0] == "欧阳若兰"
    assert seen(boss, case, later + HALF) == MASKED
    assert seen(second, case, later) == MASKED, "who agrees does not see"
    with pytest.raises(WrongState):
        unmasking.refuse(row, words=WHY, by=second, at=later)


def told_to_decide():
    jobs = ProcrastinateJob.objects.filter(task_name="notices.tell", args__template="unmask_asked")
    return {pk for job in jobs for pk in job.args["people"]}


def test_that_a_decision_waits_is_told_to_whoever_may_take_it_and_to_nobody_else():
    case, clerk, boss = a_named_case("L104"), an_actor("R3"), an_actor("R4")
    holder("R4", categories=["H204"])
    named = holder("R4")
    NamedPerson.objects.create(case=case, user=named, name=named.name, at=NOON)
    row = ask(clerk, case)
    assert told_to_decide() == {boss.user_id}
    assert not policies.unmask_decider(an_actor_of(named), case, row.by_id)


def test_of_a_complaint_about_the_office_only_its_receivers_are_told_that_a_decision_waits():
    case = a_named_case("L104", seal=Seal.OFFICE)
    asker, other, _boss, _leader = (an_actor(role) for role in ("R9", "R9", "R4", "R8"))
    Role.objects.filter(code="R9").update(permissions=[P.OFFICE])  # as a school may set it
    ask(an_actor_of(asker.user), case)
    assert told_to_decide() == {other.user_id}


def an_actor_of(user):
    return actor_of(user, on=NOON.date())


def test_another_class_does_not_open_alone_what_is_kept_for_two():
    """A clerk who may classify could else give a harmless class, look, and give the right one again."""
    clerk, case = an_actor("R3"), a_case(State.ACCEPTED, category=category("L104"))
    given = {"type": type_(), "urgency": urgency(), "by": clerk, "at": NOON}
    triage.reclassify(case, category=category("H204"), **given)
    ask(clerk, case)
    assert Unmasking.objects.get().two
    assert seen(clerk, case)[0] == "张*"
    harmless = a_case(State.ACCEPTED)
    triage.reclassify(harmless, category=category("H201"), **given)
    ask(clerk, harmless)
    assert seen(clerk, harmless)[0] == "张三"


def test_a_refusal_has_words_and_shows_nothing():
    case, clerk, second = a_named_case("L104"), an_actor("R3"), an_actor("R9")
    row = ask(clerk, case)
    with pytest.raises(Invalid):
        unmasking.refuse(row, words="不行", by=second, at=LATER)
    unmasking.refuse(row, words="可以请热线办转告，不必知道是谁", by=second, at=LATER)
    assert seen(clerk, case) == MASKED
    ask(clerk, case, at=LATER + timedelta(minutes=1))


def test_nobody_decides_on_a_request_of_their_own_and_after_a_day_nobody_does():
    case, clerk = a_named_case("L104"), an_actor("R3")
    row = ask(clerk, case)
    own = an_actor("R4")
    case.owner = own.user
    case.save()
    assert list(unmaskings.waiting_for(own, at=LATER)) == []
    with pytest.raises(NotAllowed):
        unmasking.grant(row, by=own, at=LATER)
    with pytest.raises(WrongState):
        unmasking.grant(row, by=an_actor("R4"), at=LATER + timedelta(hours=24))
    ask(clerk, case, at=LATER + timedelta(hours=24))


def test_it_can_be_ended_early_and_asked_again():
    case, clerk = a_named_case(), an_actor("R3")
    row = ask(clerk, case)
    with pytest.raises(WrongState):
        ask(clerk, case)
    with pytest.raises(NotAllowed):
        unmasking.end(row, by=an_actor("R3"), at=LATER)
    unmasking.end(row, by=clerk, at=LATER)
    assert seen(clerk, case) == MASKED
    with pytest.raises(WrongState):
        unmasking.end(row, by=clerk, at=LATER)
    ask(clerk, case)


def test_a_look_under_it_says_so():
    case, clerk = a_named_case(), an_actor("R3")
    row = ask(clerk, case)
    looking.looked(sight_of(clerk, case, at=LATER), by=clerk)
    look = Look.objects.get()
    assert look.facts == {"unmasking": row.pk}
    assert "name:full phone:masked" in look.fields


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE cases_unmasking SET at = at", "DELETE FROM cases_unmasking",
        "UPDATE cases_unmaskingevent SET at = at", "DELETE FROM cases_unmaskingevent",
    ],
)  # fmt: skip
def test_the_database_refuses_to_change_or_remove_any_of_it(sql):
    ask(an_actor("R3"), a_named_case())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_no_grant_outlasts_a_day_whatever_the_terms_say():
    from hotline.catalog import shelf
    from hotline.catalog.models import Term

    Term.objects.create(code="unmask_minutes", value="9999")
    shelf.forget()
    ask(an_actor("R3"), a_named_case())
    assert UnmaskingEvent.objects.get().until == LATER + timedelta(hours=24)
