"""Who is told what and when: quiet hours, one a level and day, the day's limit, wishes, secrets."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hotline.base import jobs
from hotline.base.refusals import Invalid
from hotline.cases.codes import Mode, Referral, State
from hotline.cases.models import Clock
from hotline.cases.services import (
    crisis,
    dispatching,
    handling,
    intake,
    merging,
    overseeing,
    promising,
    recusing,
    triage,
)
from hotline.cases.services.dispatching import Orders
from hotline.notices import rest, services, tasks, wording
from hotline.notices.codes import Channel
from hotline.notices.models import Address, Message
from hotline.notices.services import digests, own, setup, sweeping
from hotline.notices.stories import story_of
from hotline.oversight.alarms import calling
from hotline.oversight.services import slips
from hotline.people.actor import SYSTEM
from hotline.people.models import User
from hotline.people.queries import actor_of
from tests.make import (
    NOON,
    a_case,
    a_requester,
    a_user,
    an_actor,
    an_order,
    category,
    holder,
    type_,
    unit,
    urgency,
)
from tests.notices.scene import Scripted, at_hour, drain, later, tell, told

pytestmark = pytest.mark.django_db


def dispatched(**fields):
    """A request that was just sent to a unit with a contact and a head."""
    case = a_case(State.ACCEPTED, **fields)
    contact, head = (
        holder("R5", of="houqin", name="联系人甲"),
        holder("R6", of="houqin", name="责任人乙"),
    )
    dispatching.dispatch(case, Orders(unit("houqin"), shown_title="漏水", shown_body="漏水了"), by=an_actor("R3"), at=NOON)  # fmt: skip
    return case, contact, head


# --- A step becomes messages ----------------------------------------------------------------


def test_every_step_queues_its_telling_in_the_same_transaction():
    case, *_ = dispatched()
    step = case.steps.get()
    queued = ProcrastinateJob.objects.filter(task_name="notices.fan_out")
    assert [job.args for job in queued] == [{"step_id": step.pk}]


def test_nothing_is_queued_for_history_written_down_later():
    with jobs.quiet():
        dispatched()
        services.tell([a_user()], "trial", {"time": NOON}, key="k", at=NOON)
    assert not ProcrastinateJob.objects.exists()


def test_a_dispatch_tells_the_contact_of_the_unit_and_the_requester_and_nobody_else():
    case, contact, _head = dispatched()
    assert {(m.user, m.template) for m in told(case)} == {
        (contact, "order_new"), (case.owner, "on_its_way"),
    }  # fmt: skip


def test_fanning_out_twice_tells_once():
    case, *_ = dispatched()
    assert len(told(case)) == len(told(case)) == 2


def test_whoever_made_the_step_is_not_told_of_it():
    case, contact, _head = dispatched()
    handling.sign(case.orders.get(), by=actor_of(contact, on=NOON.date()), at=NOON)
    case.refresh_from_db()
    intake.urge(
        case,
        words="请快一点，已经很久了。",
        by=actor_of(case.owner, on=NOON.date()),
        at=later(days=2),
    )
    urged = [m for m in told(case) if m.template == "urged"]
    assert {m.user for m in urged} == {contact}


def test_an_order_given_to_somebody_is_that_persons_to_hear_of():
    case, _contact, _head = dispatched()
    assignee = holder("R5", of="houqin", name="承办人丙")
    case.orders.update(assignee=assignee)
    overseeing.raise_to(case, 0, by=SYSTEM, at=NOON)
    assert [m.user for m in told(case) if m.template == "reminder"] == [assignee]


def test_a_merged_request_gets_a_notice_of_its_own_when_its_master_is_answered():
    clerk = an_actor("R3")
    master, child = (a_case(State.ACCEPTED, type=type_("ZX")) for _ in "ab")
    merging.merge(child, into=master, reason="BD02", by=clerk, at=NOON)
    triage.answer(master, words="已有公告，请见链接内容。", basis="公告", by=clerk, at=NOON)
    merging.close_merged(master, at=NOON)
    assert [(m.template, m.user) for m in told(child)][-1] == ("closed", child.owner)


# --- Supervision ----------------------------------------------------------------------------


def test_one_message_a_level_order_person_and_day():
    case, contact, head = dispatched()
    for hours in (1, 2, 3):
        overseeing.raise_to(case, 1, by=SYSTEM, at=later(hours=hours))
    overseeing.raise_to(case, 1, by=SYSTEM, at=later(days=1))
    chased = [(m.user, m.key[-8:]) for m in told(case) if m.template == "chased"]
    assert sorted(chased, key=str) == sorted(
        [(who, day) for who in (contact, head) for day in ("20260603", "20260604")], key=str
    )


def test_a_slip_that_is_returned_is_told_though_the_unit_was_chased_that_day():
    case, contact, _head = dispatched()
    overseeing.raise_to(case, 1, by=SYSTEM, at=later(hours=1))
    slip = slips.open_by_hand(case, requirement="请说明", reason="DB04", by=an_actor("R9"), at=later(hours=2))  # fmt: skip
    for hours in (3, 5):
        slips.feed_back(slip, words="因", by=actor_of(contact, on=NOON.date()), at=later(hours=hours))  # fmt: skip
        slips.ask_again(slip, words="不够", by=an_actor("R9"), at=later(hours=hours + 1))
    chased = [m for m in told(case) if m.template == "chased" and m.user == contact]
    assert len({m.step_id for m in chased}) == len(chased) == 3


def test_an_instruction_tells_contact_head_and_supervision_and_not_the_requester():
    case, contact, head = dispatched()
    supervisor = holder("R9")
    dispatching.direct(case, words="请抓紧办理", due=None, by=an_actor("R8"), at=later(hours=1))
    messages = [m for m in told(case) if m.template == "directed"]
    assert {m.user for m in messages} == {contact, head, supervisor}
    assert not any("请抓紧办理" in m.text for m in messages)


def test_a_reminder_says_when_its_clock_is_due():
    case, contact, _head = dispatched()
    clock = Clock.objects.get(case=case, kind="SIGN")
    overseeing.raise_to(case, 0, by=SYSTEM, at=NOON, clock=clock)
    (message,) = [m for m in told(case) if m.template == "reminder"]
    here = timezone.localtime(clock.due_at)
    assert f"{here.month}月{here.day}日 {here:%H:%M}" in message.text
    assert message.user == contact


def test_the_third_level_reaches_leader_supervision_and_head_but_no_clerk():
    case, _contact, head = dispatched()
    leader, inspector, clerk = holder("R8"), holder("R9"), holder("R3")
    overseeing.raise_to(case, 3, by=SYSTEM, at=NOON, reason="DB01")
    assert {m.user for m in told(case) if m.template == "escalated"} == {leader, inspector, head}
    assert clerk not in {m.user for m in told(case)}


# --- Rest -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "minute", "quiet"),
    [(21, 59, False), (22, 0, True), (23, 59, True), (0, 0, True), (6, 59, True), (7, 0, False)],
)
def test_it_is_quiet_from_ten_to_seven(hour, minute, quiet):
    at = at_hour(hour, minute)
    assert rest.is_quiet(at) is quiet
    assert rest.awake(at) == (at if not quiet else at_hour(7, day=3 if hour < 7 else 4))


def test_at_night_a_message_waits_for_the_morning_and_an_urgent_one_does_not():
    calm, hurry = tell(key="a", at=at_hour(23)), tell(key="b", at=at_hour(23), urgent=True)
    assert (calm.state, calm.not_before) == ("HELD", at_hour(7, day=4))
    assert (hurry.state, hurry.not_before) == ("READY", None)


def test_steps_of_an_urgent_request_go_out_at_night():
    case, contact, _head = dispatched(urgency=urgency("U1"))
    (message,) = [m for m in told(case, at=at_hour(2)) if m.user == contact]
    assert (message.state, message.urgent) == ("READY", True)


def test_what_became_ready_late_in_the_evening_is_put_back_for_the_morning():
    message = tell(at=at_hour(21, 59))
    assert drain(Scripted(), at=at_hour(22, 1)) == 0
    message.refresh_from_db()
    assert (message.state, message.not_before, message.tries) == ("HELD", at_hour(7, day=4), 0)


def test_in_the_morning_two_go_out_as_they_are_and_three_become_one():
    pair, crowd = a_user(), a_user()
    for number in range(2):
        tell(pair, key=f"p{number}", at=at_hour(23))
    for number in range(3):
        tell(crowd, key=f"c{number}", at=at_hour(23))
    sweeping.sweep(at=at_hour(6, 59, day=4))
    assert not Message.objects.filter(state="READY").exists()
    sweeping.sweep(at=at_hour(7, day=4))
    carrier = Scripted()
    assert drain(carrier, at=at_hour(7, 1, day=4)) == 3
    assert "夜间有3条消息" in carrier.parcels[-1].text
    assert (
        Message.objects.filter(
            user=crowd, state="SKIPPED", why="DIGEST", digest__isnull=False
        ).count()
        == 3
    )
    assert Message.objects.filter(user=crowd, first=True).count() == 3, "the inbox has each of them"


def test_the_eleventh_sms_of_a_day_stays_on_the_page_and_the_urgent_one_goes_out():
    user = a_user()
    for number in range(11):
        tell(user, key=f"k{number}")
    tell(user, key="hurry", urgent=True)
    assert drain(Scripted()) == 11
    assert Message.objects.filter(why="CAP").count() == 1
    tell(user, key="tomorrow", at=later(days=1))
    assert drain(Scripted(), at=later(days=1)) == 1


# --- Wishes ---------------------------------------------------------------------------------


def wish(user, *off, language="zh-hans", digests=True):
    own.wish(
        user,
        off=off,
        language=language,
        digests=digests,
        addresses={},
        by=actor_of(user, on=NOON.date()),
    )


def address(user, **addresses):
    by = actor_of(user, on=NOON.date())
    own.wish(user, off=(), language="en", digests=True, addresses=addresses, by=by)


def test_a_channel_that_is_switched_off_is_passed_over():
    user = a_user()
    wish(user, "SMS")
    message = tell(user, ladder=(Channel.SMS, Channel.MAIL, Channel.CALL))
    assert (message.channel, message.why) == ("MAIL", "OFF")


def test_whoever_wants_no_message_is_not_rung_up_but_reads_it_on_the_page():
    user = a_user()
    wish(user, "SMS", "WECHAT")
    message = tell(user, ladder=(Channel.WECHAT, Channel.SMS, Channel.CALL))
    assert (message.state, message.why, message.first) == ("SKIPPED", "OFF", True)


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("WECOM", "@all"), ("WECOM", "@ALL"), ("WECOM", "a|b"), ("WECOM", "张三"), ("WECOM", "a b"),
        ("MAIL", "a@b.com,c@d.com"), ("MAIL", "<a@b.com>"), ("MAIL", "a@b..com"),
        ("MAIL", "某人@b.com"), ("MAIL", "a@b.com\r\nBcc: c@d.com"), ("MAIL", "a" * 60 + "@" + "b." * 40 + "com"),
    ],
)  # fmt: skip
def test_an_address_that_every_carrier_would_refuse_is_refused_when_it_is_typed(channel, value):
    with pytest.raises(Invalid) as refused:
        address(holder("R5", of="houqin"), **{channel: value})
    assert set(refused.value.fields) == {channel.lower()}
    assert not Address.objects.exists()


def test_an_address_that_can_be_one_is_kept():
    address(holder("R5", of="houqin"), MAIL="li.si@mail.example.edu.cn", WECOM="li.si-2@school")
    assert Address.objects.count() == 2


def test_a_templates_title_and_the_carriers_code_for_it_stay_on_one_line():
    words = wording.wording("received", "MAIL", "zh-hans")
    setup.save_template(
        words, title="受理\r\nBcc: x@y.z", text="{number}", carrier_code="T1\nX: y",
        by=an_actor("R4"), at=NOON,
    )  # fmt: skip
    words = wording.wording("received", "MAIL", "zh-hans")
    assert (words.title, words.carrier_code) == ("受理 Bcc: x@y.z", "T1 X: y")


def test_staff_cannot_switch_off_what_their_work_needs():
    with pytest.raises(Invalid):
        wish(holder("R5", of="houqin"), "SMS")


def test_words_come_in_the_readers_language():
    user = a_user()
    wish(user, language="en")
    assert tell(user).text == "Your shift begins at 3 Jun 12:00."


# --- Secrets --------------------------------------------------------------------------------

NAME, PHONE, WORDS = "卡纳瑞若", "13955550123", "只有我宿舍的金丝雀知道"


def lived(**fields):
    """A secret request with a canary in every field, dispatched, answered and closed."""
    owner = a_user(NAME, phone=PHONE)
    case = a_case(State.ACCEPTED, owner=owner, mode=Mode.CONFIDENTIAL, body=f"我叫{NAME}，{WORDS}", title="宿舍漏水", **fields)  # fmt: skip
    holder("R5", of="houqin")
    holder("R6", of="houqin")
    holder("R4")
    dispatching.dispatch(case, Orders(unit("houqin"), shown_title="一处漏水", shown_body="脱敏"), by=an_actor("R3"), at=NOON)  # fmt: skip
    order = case.orders.get()
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    for level in range(4):
        overseeing.raise_to(case, level, by=SYSTEM, at=NOON, reason="DB01" if level > 1 else "")
    return case


def test_no_message_carries_a_name_a_number_or_the_text_of_a_request():
    case = lived()
    rows = told(case)
    assert len(rows) > 8
    written = " ".join(f"{m.title}{m.text}{m.params}{m.key}{m.error}{m.gateway}" for m in rows)
    assert not [canary for canary in (NAME, PHONE, WORDS) if canary in written]
    queued = " ".join(str(job.args) for job in ProcrastinateJob.objects.all())
    assert not [canary for canary in (NAME, PHONE, WORDS, "漏水", case.number) if canary in queued]


def test_the_unit_of_a_secret_request_reads_the_title_of_the_copy():
    case = lived()
    units = [m for m in told(case) if m.order_id]
    assert units
    assert all("一处漏水" in m.text and "宿舍漏水" not in m.text for m in units)
    (requester,) = [m for m in told(case) if m.to_requester]
    assert "宿舍漏水" in requester.text


def test_an_anonymous_requester_is_told_nothing():
    case, contact, _head = dispatched(mode=Mode.ANONYMOUS)
    assert {m.user for m in told(case)} == {contact}


def test_a_requester_without_an_account_is_reached_by_the_number_they_gave():
    case = a_case(State.SUBMITTED)
    type(case).objects.filter(pk=case.pk).update(owner=None)
    triage.accept(
        case,
        by=an_actor("R3"),
        at=NOON,
        type=case.type,
        category=case.category,
        urgency=case.urgency,
    )
    (message,) = told(case)
    assert (message.user, message.who, message.to_requester) == (None, f"c{case.pk}", True)
    carrier = Scripted()
    Message.objects.update(channel="SMS")
    drain(carrier)
    assert carrier.parcels[0].to == case.requester.phone


def test_from_a_crisis_on_the_requester_hears_nothing_and_the_team_hears_at_once():
    team = holder("R12")
    case, contact, _head = dispatched()
    told(case, at=at_hour(23))
    crisis.alarm(case, by=an_actor("R3"), at=at_hour(23, 30))
    calling.raise_alarm(case, at=at_hour(23, 30))
    (job,) = ProcrastinateJob.objects.filter(
        task_name="notices.tell", args__template="crisis_alarm"
    )
    tasks.tell(**job.args)
    rows = told(case, at=at_hour(23, 30))
    alarms = [m for m in rows if m.template == "crisis_alarm"]
    assert {(m.user, m.channel, m.state) for m in alarms} == {
        (team, channel, "READY") for channel in ("WECOM", "SMS", "CALL")
    }
    assert [m.first for m in alarms].count(True) == 1
    assert not [m for m in rows if m.to_requester and m.state != "SKIPPED"]
    (off,) = [m for m in rows if m.template == "order_called_off"]
    assert off.user == contact
    assert "漏水" not in " ".join(f"{m.text}{m.params}" for m in rows if not m.to_requester)
    crisis.stand_down(case, title="换一间宿舍", remaining="希望换一间宿舍居住。", by=actor_of(team, on=NOON.date()), at=later(days=1))  # fmt: skip
    type(case).objects.filter(pk=case.pk).update(type=type_("ZX"))
    case.refresh_from_db()
    triage.answer(
        case, words="已联系，可以更换宿舍。", basis="规定", by=an_actor("R3"), at=later(days=1)
    )
    assert not [m for m in told(case, at=later(days=1)) if m.to_requester and m.state != "SKIPPED"]


def test_a_message_that_was_ready_is_not_sent_once_its_request_is_sealed():
    case, *_ = dispatched()
    told(case)
    story = story_of(case.steps.get().pk, at=NOON)
    type(case).objects.filter(pk=case.pk).update(seal="CRISIS")
    for channel in ("WECHAT", "WECOM"):
        assert drain(Scripted(), channel=channel) == 0
    assert {m.why for m in Message.objects.all()} == {"SEALED"}
    assert story is not None


def test_signs_of_a_crisis_reach_the_team_and_the_person_is_told_nothing_yet():
    team, clerk = holder("R12"), holder("R3")
    case = a_case(State.DRAFT, flagged=True)
    case.steps.create(
        seq=1, verb="submit", before="DRAFT", after="SUBMITTED", side="REQUESTER", at=NOON
    )
    type(case).objects.filter(pk=case.pk).update(
        state="SUBMITTED", number="RX2606-9999-1", submitted_at=NOON
    )
    rows = told(case, at=at_hour(3))
    assert {(m.user, m.template, m.state) for m in rows} == {
        (team, "crisis_sign", "READY"), (clerk, "urgent_new", "READY"),
    }  # fmt: skip
    assert "漏水" not in " ".join(m.text for m in rows)


def test_what_was_held_of_a_request_that_goes_to_discipline_is_taken_back_and_says_nothing():
    case, contact, _head = dispatched(title="院长受贿", at=at_hour(21))
    told(case, at=at_hour(22, 30))
    triage.refer(case, to=Referral.DISCIPLINE, reason="BS02", words="转纪委", by=an_actor("R4"), at=at_hour(22, 40))  # fmt: skip
    inspector = holder("R11")
    rows = told(case, at=at_hour(22, 41))
    staff = [m for m in rows if not m.to_requester]
    assert {(m.user, m.template, m.state) for m in staff} == {
        (contact, "order_new", "SKIPPED"), (contact, "order_called_off", "HELD"),
        (inspector, "referral", "HELD"),
    }  # fmt: skip
    assert [m.state for m in rows if m.template == "referred"] == ["HELD"]
    assert "受贿" not in " ".join(f"{m.text}{m.params}" for m in staff)


def shut_by(verb, case):
    """The request is closed to the office by this step."""
    by = an_actor("R4")
    told_of = {
        "category": category(),
        "type": type_("TS"),
        "urgency": urgency("U3"),
        "target_unit": unit("hotline"),
    }
    if verb in {"accept", "reclassify"}:
        getattr(triage, verb)(case, **told_of, by=by, at=later(hours=1))
        return
    if verb == "take_back":
        dispatching.seek_instruction(case, words="请领导批示", by=by, at=NOON)
    holder("R9")
    for user in User.objects.filter(memberships__role__code__in=["R3", "R4"]):
        case.named_people.create(user=user, name=user.name, at=NOON)
    recusing.relieve(case, at=later(hours=1))


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.SUBMITTED, "accept"), (State.ACCEPTED, "reclassify"), (State.ACCEPTED, "raise"),
        (State.ACCEPTED, "take_back"),
    ],
)  # fmt: skip
def test_what_was_told_loses_its_words_whichever_step_closes_the_request(state, verb):
    case, clerk = a_case(state, title="话务员挂断电话", type=type_("TS")), holder("R3")
    tell(clerk)
    Message.objects.update(case=case, text="话务员挂断电话")
    services.tell([clerk], "unmask_asked", {"number": case.number}, key="u", at=NOON, case=case)
    shut_by(verb, case)
    case.refresh_from_db()
    assert (case.steps.latest("seq").verb, case.seal) == (verb, "OFFICE")
    rows = [m for m in told(case, at=later(hours=1)) if m.user == clerk]
    assert {(m.text, str(m.params)) for m in rows} == {("", "{}")}


@pytest.mark.parametrize(
    ("template", "goes"),
    [("order_new", 0), ("order_called_off", 1), ("referral", 1), ("referred", 1)],
)
def test_of_what_went_to_discipline_only_that_it_went_there_is_still_sent(template, goes):
    case = a_case(State.ACCEPTED)
    message = tell()
    Message.objects.filter(pk=message.pk).update(case=case, template=template)
    type(case).objects.filter(pk=case.pk).update(seal="DISCIPLINE")
    assert drain(Scripted()) == goes


def test_what_was_held_for_a_unit_loses_its_title_when_the_requester_asks_to_be_hidden():
    owner = a_user(NAME)
    case, contact, _head = dispatched(owner=owner, title=f"{NAME}宿舍漏水")
    seen, held = told(case)[0], told(case)[1]
    Message.objects.filter(user=contact).update(text=f"新工单“{NAME}漏水”", params={"title": NAME})
    assert {seen.user, held.user} == {contact, owner}
    intake.hide(case, by=actor_of(owner, on=NOON.date()), at=later(hours=1))
    rows = told(case)
    staff = [m for m in rows if not m.to_requester]
    assert [m.template for m in staff] == ["order_new", "hidden"]
    assert NAME not in " ".join(f"{m.text}{m.params}" for m in staff)
    assert case.number in staff[1].text
    (mine,) = [m for m in rows if m.to_requester]
    assert NAME in mine.text, "their own words stay theirs"


def test_no_title_that_goes_to_a_carrier_names_anybody_whoever_may_read_it_on_a_page():
    owner = a_user(NAME, phone=PHONE)
    case = a_case(State.SUBMITTED, owner=owner, title=f"{NAME}{PHONE}被王老师骚扰", urgency=urgency("U1"))  # fmt: skip
    holder("R3")
    case.steps.create(seq=1, verb="submit", before="DRAFT", after="SUBMITTED", side="REQUESTER", at=NOON)  # fmt: skip
    (row,) = [m for m in told(case) if not m.to_requester]
    assert row.template == "urgent_new"
    assert "被███老师骚扰" in row.text
    assert not [canary for canary in (NAME, PHONE) if canary in f"{row.text}{row.params}"]


# --- Told by others -------------------------------------------------------------------------


def test_a_stranger_room_asks_by_name():
    user = a_user()
    tasks.tell(people=[user.pk], template="drill_alarm", key="drill1", facts={"time": NOON.isoformat()}, urgent=True, every_channel=True)  # fmt: skip
    tasks.tell(people=[user.pk], template="drill_alarm", key="drill1", facts={"time": NOON.isoformat()}, urgent=True, every_channel=True)  # fmt: skip
    assert list(Message.objects.values_list("channel", "first").order_by("id")) == [
        ("WECOM", True), ("SMS", False), ("CALL", False),
    ]  # fmt: skip
    assert Message.objects.first().text == "【演练】危机告警演练，6月3日 12:00，请登录确认收到。"


def test_heads_read_their_units_counts_on_working_days_only():
    head, other = holder("R6", of="houqin"), holder("R6", of="baowei")
    a_case(State.IN_PROGRESS)
    late = a_case(State.IN_PROGRESS)
    late.orders.update(due_at=later(hours=-1), sent_at=later(days=-2))
    a_case(State.IN_PROGRESS).orders.update(due_at=later(hours=2))
    assert digests.to_heads(at=NOON) == 1
    assert digests.to_heads(at=NOON) == 0
    assert digests.to_heads(at=at_hour(8, day=6)) == 0, "a Saturday"
    (message,) = Message.objects.all()
    assert (message.user, message.text) == (head, "贵单位在办3件，超期1件，今日到期1件。")
    assert message.user != other


def test_whoever_wants_no_digest_gets_none():
    head = holder("R6", of="houqin")
    wish(head, digests=False)
    a_case(State.IN_PROGRESS)
    assert digests.to_heads(at=NOON) == 0


def test_leaders_read_the_week_in_four_numbers():
    leader = holder("R8")
    a_case(State.IN_PROGRESS, at=later(days=-2))
    a_case(State.CLOSED, at=later(days=-3))
    a_case(State.CLOSED, at=later(days=-30))
    digests.to_leaders(at=NOON)
    message = Message.objects.get(user=leader)
    assert message.text == "本周受理2件，办结1件；在办1件，超期0件。"


def test_messages_past_their_age_are_forgotten_but_not_those_about_a_request_that_is_held():
    message = tell()
    drain(Scripted())
    assert sweeping.forget(before=later(days=-1), most=10) == 0
    case = a_case(State.ACCEPTED)
    Message.objects.filter(pk=message.pk).update(case=case)
    assert sweeping.forget(before=later(days=1), most=10, keep=[case.pk]) == 0
    assert sweeping.forget(before=later(days=1), most=10) == 1
    assert not Message.objects.filter(pk=message.pk).exists()


def test_a_joint_unit_is_told_of_its_part():
    case, *_ = dispatched()
    joint = holder("R5", of="baowei")
    order = an_order(case, unit="baowei", part="JOINT", state="SENT", at=case.steps.get().at)  # fmt: skip
    (message,) = [m for m in told(case) if m.template == "order_joint"]
    assert (message.user, message.order) == (joint, order)


def test_who_works_for_the_lead_unit_and_for_a_joint_one_is_told_of_both_orders():
    user = holder("R5", of="houqin")
    role = user.memberships.get().role
    user.memberships.create(role=role, unit=unit("baowei"), from_date=NOON.date())
    case = a_case(State.ACCEPTED)
    orders = Orders(unit("houqin"), joint=[unit("baowei")], shown_title="漏水", shown_body="漏水了")
    dispatching.dispatch(case, orders, by=an_actor("R3"), at=NOON)
    rows = [m for m in told(case) if m.user == user]
    assert [(m.template, m.order.unit.code) for m in rows] == [
        ("order_new", "houqin"), ("order_joint", "baowei"),
    ]  # fmt: skip
    assert len(told(case)) == 3, "and the requester"


def test_a_head_who_is_also_a_contact_is_told_of_an_order_once():
    case, _contact, head = dispatched()
    head.memberships.create(role=holder("R5", of="houqin").memberships.get().role, unit=unit("houqin"), from_date=NOON.date())  # fmt: skip
    dispatching.direct(case, words="请抓紧办理", due=None, by=an_actor("R8"), at=later(hours=1))
    assert [m.user for m in told(case) if m.template == "directed"].count(head) == 1


def test_a_requester_is_somebody_to_everyone_but_themselves():
    case, *_ = dispatched(owner=a_requester(name=NAME).user)
    (message,) = [m for m in told(case) if m.to_requester]
    assert message.user.name == NAME
    assert NAME not in message.text


def test_whoever_promised_something_for_a_day_is_asked_on_that_day_though_their_order_has_ended():
    case = a_case(State.ARCHIVED, outcome="PLANNED", promise_date=NOON.date())
    contact, head = holder("R5", of="houqin"), holder("R6", of="houqin")
    promising.ask_back(case, by=SYSTEM, at=NOON)
    assert {message.user for message in told(case)} == {contact, head}
