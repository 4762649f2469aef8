"""Nobody has to do with what touches them: what is about them, theirs, or what they stepped aside from."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotline.base import cipher
from hotline.base.refusals import Invalid, NotAllowed
from hotline.cases import queries, recusal
from hotline.cases.codes import Mode, OrderState, Seal, State
from hotline.cases.models import NamedPerson, Recusal, Requester, Step, Visit, WorkOrder
from hotline.cases.services import (
    crisis,
    dispatching,
    enclosing,
    handling,
    intake,
    recusing,
    sweeping,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.given import Words
from hotline.cases.services.handling import Answer
from hotline.cases.sight import Viewer
from hotline.notices.models import Message
from hotline.notices.services import fan_out
from hotline.notices.stories import story_of
from hotline.oversight.alarms import answering, calling
from hotline.oversight.models import Alarm
from hotline.people.models import Kind, Membership, Role
from hotline.people.queries import actor_of
from tests.cases.at_hand import fresh, seen_by
from tests.make import (
    BEGAN,
    NOON,
    a_case,
    a_requester,
    a_user,
    an_actor,
    category,
    holder,
    type_,
    unit,
    urgency,
)

pytestmark = pytest.mark.django_db
BODY = "这位老师在走廊里辱骂学生，已经不是第一次了。"
OFFICE = ["R2", "R3", "R4", "R8", "R9"]
WHY = "与诉求人是亲属"


def actor(user):
    """As a new page has it: what one keeps away from is read anew."""
    return actor_of(user, on=NOON.date())


def named(case, *users):
    for user in users:
        NamedPerson.objects.create(case=case, user=user, name=user.name, at=NOON)


def hidden_from(user, case):
    """No list, no search by number, no sight, nothing to do."""
    me, case = actor(user), fresh(case)
    order = case.orders.first()
    return (
        queries.visible(me, case.number) is None
        and case not in queries.visible_to(me)
        and case not in queries.office_list(me)
        and seen_by(me, case).viewer is Viewer.NOBODY
        and queries.verbs_open_to(me, case) <= {"alarm", "step_aside"}
        and (order is None or order not in queries.orders_of(me))
        and (order is None or not queries.order_verbs_open_to(me, order, at=NOON))
    )


# --- Whom it names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "of", "state", "seal"),
    [
        ("R2", None, State.SUBMITTED, ""), ("R3", None, State.ACCEPTED, ""),
        ("R4", None, State.ANSWERED, ""), ("R8", None, State.IN_PROGRESS, ""),
        ("R9", None, State.IN_PROGRESS, ""), ("R9", None, State.IN_PROGRESS, "OFFICE"),
        ("R5", "houqin", State.IN_PROGRESS, ""), ("R6", "houqin", State.IN_PROGRESS, ""),
        ("R7", "houqin", State.IN_PROGRESS, ""), ("R12", None, State.CRISIS, "CRISIS"),
        ("R11", None, State.REFERRED, "DISCIPLINE"), ("R8", None, State.ACCEPTED, "LEADERS"),
    ],
)  # fmt: skip
def test_whoever_is_named_never_sees_it_whatever_their_role(role, of, state, seal):
    user, other = holder(role, of=of), holder(role, of=of)
    case = a_case(state, seal=seal)
    assert not hidden_from(user, case)
    named(case, user)
    assert hidden_from(user, case)
    assert not hidden_from(other, case)


def test_the_requester_names_people_by_name_or_number_and_namesakes_keep_away_too():
    one, two = holder("R3", name="钱某某"), holder("R5", of="houqin", name="钱某某")
    third, student = holder("R4", name="孙某某"), a_user("钱某某")
    words = Words(body=BODY, type=type_("TS"), named=f"钱某某、{third.account}；查无此人")
    case = intake.submit(words, by=a_requester(), at=NOON).case
    rows = case.named_people.values_list("name", "user")
    assert set(rows) == {
        ("钱某某", one.pk), ("钱某某", two.pk), (third.account, third.pk), ("查无此人", None),
    }  # fmt: skip
    assert student.pk not in {row[1] for row in rows}
    assert hidden_from(one, case)
    assert hidden_from(third, case)


@pytest.mark.parametrize("by", ["name", "account"])
def test_somebody_named_before_they_had_a_role_keeps_away_once_they_have_one(by):
    user, other = a_user("司徒某"), holder("R3")
    words = Words(body=BODY, type=type_("TS"), named=getattr(user, by))
    case = intake.submit(words, by=a_requester(), at=NOON).case
    with_role(user, "R3")
    assert hidden_from(user, case)
    assert not hidden_from(other, case)
    row = case.named_people.get()
    recusing.name_people(case, names="", removed=[row.pk], by=actor(other), at=NOON)
    assert not hidden_from(user, case)


WRITTEN = ["王晓强老师", "王 晓强", "信息中心王晓强", "王晓强（热线办）"]


@pytest.mark.parametrize("written", WRITTEN)
def test_somebody_named_as_people_write_names_keeps_away(written):
    user, other = holder("R3", name="王晓强"), holder("R3", name="王晓")
    case = intake.submit(
        Words(body=BODY, type=type_("TS"), named=written), by=a_requester(), at=NOON
    ).case
    assert (hidden_from(user, case), hidden_from(other, case)) == (True, False)
    row = case.named_people.get()
    assert (row.name, row.user) == (written, user)


@pytest.mark.parametrize("written", WRITTEN)
def test_somebody_named_as_people_write_names_keeps_away_once_they_have_a_role(written):
    user = a_user("王晓强")
    case = intake.submit(
        Words(body=BODY, type=type_("TS"), named=written), by=a_requester(), at=NOON
    ).case
    with_role(user, "R3")
    assert hidden_from(user, case)
    assert recusal.away_from(case) == {user.pk}
    assert case.named_people.get().name == written


def test_a_name_that_an_earlier_release_kept_by_its_every_letter_is_still_found():
    case, user = a_case(State.SUBMITTED), holder("R3", name="John Smith")
    row = NamedPerson.objects.create(case=case, name="John Smith", at=NOON)
    kept = cipher.encrypt("John Smith", "named", findable=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_namedperson SET name = %s WHERE id = %s", [kept, row.pk])
    assert hidden_from(user, case)
    assert recusal.away_from(case) == {user.pk}


def test_people_are_found_in_one_query_however_many_are_named():
    case, counts = a_case(State.SUBMITTED), []
    for names in (["甲某某"], ["乙某某", "丙某某", "丁某某老师"]):
        with CaptureQueriesContext(connection) as asked:
            recusing.write_names(case, names, by=None, at=NOON)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_draft_keeps_whom_it_names_and_the_request_has_each_once():
    from hotline.cases.services import drafting

    holder("R3", name="钱某某")
    owner = a_requester()
    draft = drafting.keep(Words(body=BODY, type=type_(), named="钱某某"), by=owner, at=NOON)
    assert [row.name for row in draft.named_people.all()] == ["钱某某"]
    words = Words(body=BODY, type=type_(), named="钱某某")
    case = intake.submit(words, by=owner, at=NOON, draft=draft).case
    assert case.named_people.filter(user__isnull=False).count() == 1
    assert case.named_people.count() == 1


def test_a_clerk_corrects_whom_it_names():
    meant, not_meant, clerk = holder("R5", of="houqin", name="赵甲"), holder("R4"), an_actor("R3")
    case = a_case(State.IN_PROGRESS)
    named(case, not_meant)
    row = case.named_people.get()
    with pytest.raises(NotAllowed):
        recusing.name_people(case, names="赵甲", by=actor(not_meant), at=NOON)
    recusing.name_people(case, names="赵甲", removed=[row.pk], by=clerk, at=NOON)
    assert hidden_from(meant, case)
    assert not hidden_from(not_meant, case)
    with pytest.raises(Invalid):
        recusing.name_people(case, names="", by=clerk, at=NOON)


def test_whoever_asks_and_names_themselves_still_reads_their_own():
    owner = holder("R3")
    case = a_case(State.SUBMITTED, owner=owner)
    named(case, owner)
    assert seen_by(actor(owner), case).is_self
    assert queries.visible(actor(owner), case.number) == case


# --- One's own unit, one's own college ----------------------------------------------------


def with_role(user, role, of=None):
    Membership.objects.create(
        user=user, role=Role.objects.get(code=role), unit=unit(of) if of else None, from_date=BEGAN
    )
    return user


def test_what_is_about_one_s_own_unit_is_handled_as_that_unit_and_not_from_the_office():
    case = a_case(State.IN_PROGRESS, target_unit=unit("houqin"), mode=Mode.CONFIDENTIAL)
    both = with_role(holder("R3"), "R5", "houqin")
    me = actor(both)
    assert seen_by(me, case).viewer is Viewer.UNIT_SECRET
    assert case not in queries.office_list(me)
    assert not {"redact", "refer"} & queries.verbs_open_to(me, case)
    assert "contact" in queries.order_verbs_open_to(me, case.orders.get(), at=NOON)
    at_unit = holder("R9")
    type(at_unit).objects.filter(pk=at_unit.pk).update(college=unit("houqin"))
    at_unit.refresh_from_db()
    assert hidden_from(at_unit, case)
    assert not hidden_from(holder("R9"), case)


def test_a_student_who_works_here_opens_nothing_from_their_own_college():
    college, other = unit("tiyu"), unit("xueyuan")
    student = holder("R2")
    type(student).objects.filter(pk=student.pk).update(kind=Kind.UNDERGRADUATE, college=college)
    student.refresh_from_db()
    mine, theirs = a_case(State.SUBMITTED), a_case(State.SUBMITTED)
    Requester.objects.filter(case=mine).update(college=college)
    Requester.objects.filter(case=theirs).update(college=other)
    assert hidden_from(student, mine)
    assert not hidden_from(student, theirs)
    teacher = holder("R2")
    type(teacher).objects.filter(pk=teacher.pk).update(kind=Kind.STAFF, college=college)
    teacher.refresh_from_db()
    assert not hidden_from(teacher, mine)
    Role.objects.filter(code="R2").update(avoids_college=True)
    assert hidden_from(teacher, mine)


@pytest.mark.parametrize("role", ["R3", "R4"])
def test_whoever_does_the_office_s_work_reads_no_complaint_about_it_as_a_receiver(role):
    both = with_role(holder(role), "R9")
    case = a_case(State.SUBMITTED, seal=Seal.OFFICE)
    assert hidden_from(both, case)
    assert not hidden_from(holder("R9"), case)
    assert not hidden_from(with_role(holder("R5", of="houqin"), "R9"), case)
    with pytest.raises(NotAllowed):
        recusing.keep_away(
            holder("R9"), unit=unit("hotline"), words=WHY, by=actor(both), at=NOON
        )  # fmt: skip


# --- Stepping aside -----------------------------------------------------------------------


def test_a_clerk_steps_aside_and_it_is_the_others():
    clerk, other = holder("R3"), holder("R3")
    case = a_case(State.CLOSED)
    Visit.objects.create(
        case=case, round=1, why="SAMPLE", due_at=NOON, claimed_by=clerk, claimed_at=NOON
    )
    with pytest.raises(Invalid):
        recusing.step_aside(case, words="短", by=actor(clerk), at=NOON)
    recusing.step_aside(case, words=WHY, by=actor(clerk), at=NOON)
    assert hidden_from(clerk, case)
    assert not hidden_from(other, case)
    assert Visit.objects.get().claimed_by is None
    assert case.steps.get().text == ""  # the reason is not for the history


def test_a_contact_steps_aside_and_the_order_is_the_unit_s_again():
    contact, other = holder("R5", of="houqin"), holder("R5", of="houqin")
    case = a_case(State.IN_PROGRESS)
    WorkOrder.objects.filter(case=case).update(assignee=contact)
    order = case.orders.get()
    recusing.step_aside(case, words=WHY, by=actor(contact), at=NOON, order=order)
    assert hidden_from(contact, case)
    assert case.orders.get().assignee is None
    tell(case)
    assert Message.objects.filter(user=other, template="passed_on").exists()
    with pytest.raises(Invalid):
        handling.assign(case.orders.get(), assignee=contact, by=actor(other), at=NOON)


@pytest.mark.parametrize("kind", ["unit complained of", "lead unit", "college", "person"])
def test_a_standing_recusal_reaches_what_is_there_and_what_will_come(kind):
    clerk, manager, requester = holder("R3"), an_actor("R4"), a_user()
    far = {"unit": unit("houqin")} if "unit" in kind else {"unit": unit("tiyu")}
    recusing.keep_away(
        clerk,
        **({"person": requester} if kind == "person" else far),
        words=WHY,
        by=manager,
        at=NOON,
    )
    case = a_case(
        State.IN_PROGRESS, lead="houqin" if kind == "lead unit" else "baowei", owner=requester,
        target_unit=unit("houqin") if kind == "unit complained of" else None,
    )  # fmt: skip
    if kind == "college":
        Requester.objects.filter(case=case).update(college=unit("tiyu"))
    assert hidden_from(clerk, case)
    assert not hidden_from(holder("R3"), case)
    row = Recusal.objects.get()
    with pytest.raises(NotAllowed):
        recusing.end(row, by=an_actor("R3"), at=NOON)
    recusing.end(row, by=manager, at=NOON)
    assert not hidden_from(clerk, case)


def test_nobody_ends_their_own_and_none_stands_twice():
    manager, other = holder("R4"), an_actor("R4")
    row = recusing.keep_away(manager, unit=unit("houqin"), words=WHY, by=other, at=NOON)
    with pytest.raises(NotAllowed):
        recusing.end(row, by=actor(manager), at=NOON)
    with pytest.raises(Invalid):
        recusing.keep_away(manager, unit=unit("houqin"), words=WHY, by=other, at=NOON)
    with pytest.raises(Invalid):
        recusing.keep_away(manager, words=WHY, by=other, at=NOON)


@pytest.mark.parametrize("role", ["R8", "R9"])
def test_a_manager_keeps_nobody_away_who_reads_complaints_about_the_office(role):
    user, receiver, manager = holder(role), an_actor("R9"), an_actor("R4")
    what = {"unit": unit("hotline"), "words": WHY, "at": NOON}
    with pytest.raises(NotAllowed):
        recusing.keep_away(user, by=manager, **what)
    row = recusing.keep_away(user, by=receiver, **what)
    with pytest.raises(NotAllowed):
        recusing.end(row, by=manager, at=NOON)
    recusing.end(row, by=an_actor("R13S"), at=NOON)


def test_a_manager_keeps_nobody_away_who_will_be_a_receiver_and_a_receiver_not_themselves():
    receiver, tomorrow = holder("R9"), NOON.date() + timedelta(days=1)
    to_be = a_user()
    Membership.objects.create(user=to_be, role=Role.objects.get(code="R9"), from_date=tomorrow)
    for user, by in ((to_be, an_actor("R4")), (receiver, actor(receiver))):
        with pytest.raises(NotAllowed):
            recusing.keep_away(user, unit=unit("hotline"), words=WHY, by=by, at=NOON)


def test_a_standing_recusal_leaves_no_request_in_a_closed_room_to_nobody():
    receiver, leader, keeper = holder("R9"), holder("R8"), an_actor("R13S")
    case = a_case(State.SUBMITTED, seal=Seal.OFFICE, target_unit=unit("hotline"))
    what = {"unit": unit("hotline"), "words": WHY, "by": keeper, "at": NOON}
    recusing.keep_away(receiver, **what)
    assert fresh(case).seal == Seal.LEADERS
    with pytest.raises(Invalid):
        recusing.keep_away(leader, **what)
    assert Recusal.objects.count() == 1
    holder("R8")
    recusing.keep_away(leader, **what)


def test_a_life_is_no_interest_the_crisis_team_of_the_unit_complained_of_still_comes():
    user = holder("R12")
    type(user).objects.filter(pk=user.pk).update(college=unit("xinli"))
    user.refresh_from_db()
    case = a_case(State.CRISIS, target_unit=unit("xinli"))
    assert not hidden_from(user, case)


@pytest.mark.parametrize("kind", ["asks", "is named"])
def test_a_standing_recusal_from_a_person_keeps_nobody_from_a_life(kind):
    user, person = holder("R12"), a_user()
    recusing.keep_away(user, person=person, words=WHY, by=an_actor("R13S"), at=NOON)
    case = a_case(State.CRISIS, owner=person if kind == "asks" else None)
    if kind == "is named":
        named(case, person)
    assert not hidden_from(user, case)
    assert user.pk not in recusal.away_from(fresh(case))


# --- Told, counted, asked -----------------------------------------------------------------


def tell(case):
    for step in Step.objects.filter(case=case).order_by("seq"):
        fan_out(story_of(step.pk, at=NOON))


def test_whoever_must_keep_away_is_told_nothing_and_loses_what_they_were_told():
    head, contact = holder("R6", of="houqin"), holder("R5", of="houqin")
    case = a_case(State.ACCEPTED)
    clerk = an_actor("R3")
    dispatching.dispatch(
        case, Orders(unit("houqin"), shown_title="甲", shown_body="乙"), by=clerk, at=NOON
    )
    tell(case)
    assert Message.objects.get(case=case, user=contact).text
    recusing.name_people(case, names=contact.account, by=clerk, at=NOON)
    tell(case)
    assert Message.objects.get(case=case, user=contact).text == ""
    order = case.orders.get()
    handling.sign(order, by=actor(head), at=NOON)
    triage.redacted(case, title="甲", body="丙", by=clerk, at=NOON)
    intake.urge(case, words="请快", by=actor(case.owner), at=NOON)
    tell(case)
    assert Message.objects.filter(case=case, user=contact).count() == 1
    assert Message.objects.filter(case=case, user=head, template="urged").exists()


def test_a_named_member_of_the_crisis_team_is_not_called_and_may_not_take_the_alarm():
    user, other = holder("R12"), holder("R12")
    case = a_case(State.SUBMITTED)
    named(case, user)
    crisis.alarm(case, by=an_actor("R3"), at=NOON)
    alarm = Alarm.objects.create(
        case=fresh(case), step=case.steps.get(verb="alarm"), opened_at=NOON, next_at=NOON
    )
    calling.call_next(alarm.pk, at=NOON)
    called = set(alarm.calls.values_list("user", flat=True))
    assert user.pk not in called
    assert other.pk in called
    assert not answering.visible_to(actor(user)).exists()


def test_what_somebody_keeps_away_from_is_asked_once_however_many_requests_a_list_has():
    clerk = holder("R3")
    with_names = [a_case(State.SUBMITTED) for _n in range(3)]
    for case in with_names:
        named(case, clerk)
    counts = []
    queries.verbs_open_to(actor(clerk), a_case(State.SUBMITTED))  # what is compiled once
    for size in (1, 5):
        for _n in range(size):
            a_case(State.SUBMITTED)
        me = actor(clerk)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = list(queries.office_list(me))
            [queries.visible(me, case.number) for case in found[:1]]
        counts.append(len(asked))
        assert not set(with_names) & set(found)
    assert counts[0] == counts[1]


def test_who_has_nothing_to_keep_away_from_asks_as_ever():
    case = a_case(State.SUBMITTED)
    clerk = an_actor("R3")
    assert recusal.bars_of(clerk) == recusal.NONE
    assert "NOT" not in str(queries.visible_to(clerk).query).split("WHERE")[1].replace(
        'NOT ("cases_case"."state" = DRAFT)', ""
    )
    assert queries.visible(clerk, case.number) == case


# --- Nothing is orphaned ------------------------------------------------------------------


def everyone(*roles):
    return [holder(role) for role in roles]


def test_when_the_whole_office_must_keep_away_it_goes_to_the_receivers_and_says_so():
    clerk, manager, receiver = everyone("R3", "R4", "R9")
    owner = a_requester()
    words = Words(body=BODY, type=type_("TS"), named=f"{clerk.account}，{manager.account}")
    case = intake.submit(words, by=owner, at=NOON).case
    assert fresh(case).seal == Seal.OFFICE
    assert case.steps.filter(verb="raise").get().text
    assert "accept" in queries.verbs_open_to(actor(receiver), fresh(case))
    with pytest.raises(Invalid):
        enclosing.open_up(case, words="请交给热线办办理吧，可以的", by=actor(receiver), at=NOON)


def test_when_the_receivers_must_as_well_it_goes_to_the_leaders():
    clerk, receiver, leader = everyone("R4", "R9", "R8")
    words = Words(body=BODY, type=type_("TS"), named=f"{clerk.account}，{receiver.account}")
    case = intake.submit(words, by=a_requester(), at=NOON).case
    assert fresh(case).seal == Seal.LEADERS
    assert hidden_from(receiver, case)
    me = actor(leader)
    triage.accept(
        fresh(case), category=category(), type=type_("TS"), urgency=urgency(), by=me, at=NOON
    )
    dispatching.dispatch(
        fresh(case), Orders(unit("houqin"), shown_title="甲", shown_body="乙"), by=me, at=NOON
    )
    assert case.steps.get(verb="dispatch").side == "RECEIVER"


def test_when_the_last_of_a_unit_steps_aside_the_office_sends_it_anew():
    contact, clerk = holder("R5", of="houqin"), holder("R3")
    case = a_case(State.IN_PROGRESS)
    recusing.step_aside(case, words=WHY, by=actor(contact), at=NOON, order=case.orders.get())
    case = fresh(case)
    assert case.state == State.ACCEPTED
    assert case.orders.get().state == OrderState.CANCELLED
    tell(case)
    assert Message.objects.filter(user=clerk, template="passed_on").exists()
    with pytest.raises(Invalid):
        dispatching.dispatch(
            case,
            Orders(unit("houqin"), shown_title="甲", shown_body="乙"),
            by=actor(clerk),
            at=NOON,
        )


def test_a_complaint_that_names_the_head_is_answered_by_somebody_else_and_audited():
    head, contact = holder("R6", of="houqin"), holder("R5", of="houqin")
    case = a_case(State.IN_PROGRESS, type=type_("TS"))
    order = case.orders.get()
    with pytest.raises(NotAllowed):
        handling.reply(order, Answer("已处理。", "RESOLVED"), by=actor(contact), at=NOON)
    recusing.name_people(case, names=head.account, by=an_actor("R3"), at=NOON)
    order = case.orders.get()
    with pytest.raises(NotAllowed):
        handling.reply(order, Answer("已处理。", "RESOLVED"), by=actor(head), at=NOON)
    handling.reply(order, Answer("已处理。", "RESOLVED"), by=actor(contact), at=NOON)
    assert fresh(case).state == State.ANSWERED


def test_when_the_last_who_may_handle_it_leaves_the_platform_the_nightly_look_passes_it_up():
    clerk, manager = everyone("R3", "R4")
    everyone("R9")
    case = a_case(State.SUBMITTED)
    named(case, clerk)
    Membership.objects.filter(user=manager).update(to_date=NOON.date() - timedelta(days=1))
    sweeping.tidy(at=NOON)
    assert fresh(case).seal == Seal.OFFICE
