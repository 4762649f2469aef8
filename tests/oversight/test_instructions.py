"""批示件: given or registered, followed by its units, reported, closed, and read."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from hotline.base.refusals import Invalid, NotAllowed, Stale, WrongState
from hotline.cases.codes import Mode, OrderState, State
from hotline.cases.models import Attachment, Clock
from hotline.cases.services import dispatching, handling, judging
from hotline.cases.services.dispatching import Orders
from hotline.cases.sight import sight_of
from hotline.oversight import moves, queries
from hotline.oversight.models import Instruction, Supervision
from hotline.oversight.services import instructions, sweeping
from hotline.oversight.services.instructions import Paper
from hotline.people import queries as people_queries
from hotline.people.queries import actor_of
from tests.make import NOON, USUAL, a_case, a_requester, a_user, an_actor, holder, unit

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TODAY = NOON.date()


def awaiting(**fields):
    return a_case(State.AWAIT_INSTRUCTION, next_due_at=NOON, **fields)


def instructed(case=None, *, joint=(), due=TODAY + 2 * DAY, **more):
    orders = Orders(
        unit(), joint=[unit(code) for code in joint], shown_title="漏水", shown_body="漏水"
    )
    return instructions.instruct(
        case or awaiting(), orders, words="请后勤牵头，三日内办结。", due=due, by=an_actor("R8"), at=NOON,
        **more,
    )  # fmt: skip


def dispatched():
    case = a_case(State.ACCEPTED, next_due_at=NOON)
    return case, dispatching.dispatch(case, Orders(unit()), by=an_actor("R3"), at=NOON)


def directed(case, *, due=None, joint=(), **more):
    return instructions.direct(
        case, words="请抓紧办理。", due=due, joint=joint, by=more.pop("by", None) or an_actor("R8"),
        at=NOON, **more,
    )  # fmt: skip


def photo(name="批示.jpg"):
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


# --- Given ---------------------------------------------------------------------------------


def test_an_instruction_sends_the_request_to_the_units_it_names_by_its_date():
    row = instructed(joint=["baowei"])
    order = row.case.orders.get(part="LEAD")
    assert (row.number, row.state, row.came) == ("PS2606-001", "OPEN", "ONLINE")
    assert (str(row.lead), [str(u) for u in row.joint.all()]) == (
        str(unit()),
        [str(unit("baowei"))],
    )
    assert row.due_at == order.due_at == USUAL.end_of(TODAY + 2 * DAY)
    assert (row.case.state, row.case.designated) == (State.DISPATCHED, True)


def test_numbers_of_a_month_have_no_gap_even_where_one_was_refused():
    first = instructed()
    with pytest.raises(Invalid):
        instructed(due=TODAY - DAY)
    assert [first.number, instructed().number] == ["PS2606-001", "PS2606-002"]


def test_a_paper_is_registered_by_supervision_with_its_leader_its_day_and_its_photo():
    leader = holder("R8")
    sheet = Paper(leader, TODAY - DAY, [photo()])
    row = instructions.direct(
        dispatched()[0], words="请办。", due=None, by=an_actor("R9"), at=NOON, paper=sheet
    )
    assert (row.came, row.leader, row.written_on) == ("PAPER", leader, TODAY - DAY)
    assert row.photo.inner and row.photo.state == "PENDING"
    judging.judge(row.photo, at=NOON)
    assert Attachment.objects.get().state == "READY"


@pytest.mark.parametrize(
    ("paper", "field"),
    [
        (None, "leader"),
        (lambda: Paper(None, TODAY), "leader"),
        (lambda: Paper(holder("R9"), TODAY), "leader"),
        (lambda: Paper(a_user(), TODAY), "leader"),
        (lambda: Paper(holder("R8"), None), "written_on"),
        (lambda: Paper(holder("R8"), TODAY + DAY), "written_on"),
        (
            lambda: Paper(
                holder("R8"), TODAY, [SimpleUploadedFile("a.txt", "批示".encode(), "text/plain")]
            ),
            "photo",
        ),
    ],
)
def test_a_paper_without_what_belongs_on_it_is_refused_and_nothing_is_kept(paper, field):
    case, _order = dispatched()
    with pytest.raises(Invalid) as refusal:
        directed(case, by=an_actor("R9"), paper=paper() if paper else None)
    assert field in refusal.value.fields
    assert not Instruction.objects.exists() and not Attachment.objects.exists()
    assert not case.steps.filter(verb="direct").exists()


def test_a_date_brings_the_unit_s_time_forward_and_its_clock_and_the_requester_s_promise_stays():
    case, order = dispatched()
    promised, usual = case.promised_at, order.due_at
    directed(case, due=TODAY + DAY)
    order.refresh_from_db()
    case.refresh_from_db()
    assert order.due_at == case.due_at == USUAL.end_of(TODAY + DAY) < usual
    assert order.respond_due_at <= order.due_at
    clock = Clock.objects.get(case=case, kind="UNIT", stopped_at=None)
    assert (clock.due_at, clock.limit) == (order.due_at, "")
    assert Clock.objects.get(case=case, kind="REQUESTER").due_at == promised


def test_a_later_date_puts_nothing_off():
    case, order = dispatched()
    row = directed(case, due=TODAY + 60 * DAY)
    usual = order.due_at
    order.refresh_from_db()
    assert order.due_at == usual
    assert row.due_at == USUAL.end_of(TODAY + 60 * DAY)


def test_an_instruction_brings_in_other_units_and_binds_the_one_that_has_it():
    case, _order = dispatched()
    directed(case, joint=[unit("baowei")])
    assert {o.unit.code for o in case.orders.all()} == {"houqin", "baowei"}
    assert case.designated


@pytest.mark.parametrize("state", [State.CLOSED, State.ARCHIVED, State.DISSATISFIED])
def test_what_has_been_answered_takes_an_instruction_and_stays_where_it_is(state):
    case = a_case(state)
    row = directed(case, due=TODAY + DAY)
    case.refresh_from_db()
    assert (case.state, row.lead) == (state, unit())
    with pytest.raises(Invalid):
        directed(case, joint=[unit("baowei")])


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED, State.NEED_INFO, State.MERGED])
def test_what_no_unit_has_takes_none(state):
    with pytest.raises(WrongState):
        directed(a_case(state, next_due_at=NOON))


@pytest.mark.parametrize(
    "role", [r for r in [f"R{n}" for n in range(2, 15)] if r not in {"R8", "R9"}]
)
def test_nobody_but_leaders_and_their_registrar_gives_one(role):
    case, _order = dispatched()
    of = "houqin" if role in {"R5", "R6", "R7"} else None
    with pytest.raises(NotAllowed):
        directed(case, by=an_actor(role, of=of))
    with pytest.raises(NotAllowed):
        directed(case, by=a_requester())


def test_a_leader_does_not_decide_on_a_request_of_their_own():
    leader = holder("R8")
    case = a_case(State.IN_PROGRESS, owner=leader, next_due_at=NOON)
    with pytest.raises(NotAllowed):
        directed(case, by=actor_of(leader, on=TODAY))


# --- Followed ------------------------------------------------------------------------------


def test_the_way_of_an_instruction_from_progress_to_its_close():
    row, contact, boss = instructed(), an_actor("R5", of="houqin"), an_actor("R9")
    instructions.note(row, words="已到现场", by=contact, at=NOON)
    instructions.report(row, words="水管已更换", by=contact, at=NOON)
    assert row.state == "REPORTED"
    instructions.ask_on(row, words="请附照片说明", by=boss, at=NOON)
    assert row.state == "OPEN"
    instructions.report(row, words="水管已更换，附说明", by=contact, at=NOON)
    instructions.close(row, words="呈阅", by=boss, at=NOON)
    row.refresh_from_db()
    assert (row.state, row.result, row.closing) == ("CLOSED", "水管已更换，附说明", "呈阅")
    lines = [(n.words, n.unit and n.unit.code) for n in row.notes.all()]
    assert lines == [("已到现场", "houqin"), ("请附照片说明", None)]
    verbs = list(row.case.steps.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["instruct", "report", "report", "conclude"]
    with pytest.raises(WrongState):
        instructions.note(row, words="补充", by=contact, at=NOON)


def test_who_oversees_closes_what_is_open_at_once():
    row = instructed()
    instructions.close(row, words="情况已了解", by=an_actor("R4"), at=NOON)
    assert row.state == "CLOSED"


@pytest.mark.parametrize(
    ("role", "of", "may"),
    [
        ("R5", "houqin", {"note", "report"}), ("R6", "houqin", {"note", "report"}),
        ("R5", "baowei", {"note"}), ("R5", "jijian", set()), ("R8", None, {"note", "read"}),
        ("R9", None, {"note", "report", "close"}), ("R4", None, {"note", "report", "close"}),
        ("R2", None, set()), ("R3", None, set()), ("R10", None, set()), ("R12", None, set()),
        ("R13", None, set()),
    ],
)  # fmt: skip
def test_who_may_do_what_with_an_open_instruction(role, of, may):
    row, actor = instructed(joint=["baowei"]), an_actor(role, of=of)
    assert moves.open_to(actor, moves.INSTRUCTION_MOVES, row) == may
    acts = {
        "note": instructions.note, "report": instructions.report, "close": instructions.close,
    }  # fmt: skip
    for verb, act in acts.items():
        if verb not in may:
            with pytest.raises(NotAllowed):
                act(row, words="试一试", by=actor, at=NOON)
    if "read" not in may:
        with pytest.raises(NotAllowed):
            instructions.read(row, by=actor, at=NOON)


def test_a_leader_s_mark_stands_once():
    row, leader = instructed(), an_actor("R8")
    instructions.read(row, by=leader, at=NOON)
    instructions.read(row, by=leader, at=NOON + DAY)
    assert [(r.by, r.at) for r in row.reads.all()] == [(leader.user, NOON)]


def test_a_stale_form_and_an_empty_one_change_nothing():
    row, contact = instructed(), an_actor("R5", of="houqin")
    with pytest.raises(Stale):
        instructions.report(row, words="已办", by=contact, at=NOON, version=row.version + 1)
    with pytest.raises(Invalid):
        instructions.report(row, words="  ", by=contact, at=NOON)
    assert Instruction.objects.get().state == "OPEN"


# --- Late ----------------------------------------------------------------------------------


def sweep_at(case, at):
    sweeping.sweep(at=at - 2 * MINUTE)
    sweeping.sweep(at=at)
    steps = case.steps.filter(facts__has_key="rung").order_by("seq")
    return [(s.verb, s.facts["rung"], s.reason) for s in steps]


def test_an_instruction_late_by_a_minute_goes_before_a_leader_at_once():
    row = instructed()
    order = row.case.orders.get()
    raised = sweep_at(row.case, order.due_at + MINUTE)
    assert raised[-1] == ("escalate", "A6", "DB05")
    step = row.case.steps.filter(verb="escalate").get()
    assert step.facts["to"] == ["HEAD", "OFFICE", "SUPERVISOR", "LEADER"]
    assert Supervision.objects.get().level == 3


def test_a_late_order_without_one_or_with_one_that_is_reported_is_supervised_as_ever():
    case, order = dispatched()
    assert sweep_at(case, order.due_at + MINUTE)[-1][:2] == ("supervise", "A4")
    row = instructed()
    instructions.report(row, words="已办", by=an_actor("R5", of="houqin"), at=NOON)
    order = row.case.orders.get()
    assert sweep_at(row.case, order.due_at + MINUTE)[-1][:2] == ("supervise", "A4")


def test_one_that_a_date_brought_forward_is_late_by_that_date():
    case, order = dispatched()
    directed(case, due=TODAY + DAY)
    order.refresh_from_db()
    assert sweep_at(case, order.due_at + MINUTE)[-1][:2] == ("escalate", "A6")
    assert order.state == OrderState.SENT


def test_no_extension_and_no_rest_silences_a_leader_s_date():
    for give_time in (extended, suspended):
        case, order = dispatched()
        row = directed(case, due=TODAY + DAY)
        order.refresh_from_db()
        give_time(order)
        assert sweep_at(case, row.due_at)[-1:] != [("escalate", "A6", "DB05")], "not before"
        assert sweep_at(case, row.due_at + MINUTE)[-1] == ("escalate", "A6", "DB05")
        assert sweeping.sweep(at=row.due_at + 2 * MINUTE) == 0, "once"


def extended(order):
    contact = an_actor("R5", of="houqin")
    handling.sign(order, by=contact, at=NOON)
    handling.ask_extension(
        order, reason="YQ02", words="等配件", interim="正在等配件", until=TODAY + 5 * DAY, by=contact,
        at=NOON,
    )  # fmt: skip
    handling.decide_extension(order, grant=True, words="同意", by=an_actor("R4"), at=NOON)


def suspended(order):
    handling.sign(order, by=an_actor("R5", of="houqin"), at=NOON)
    handling.suspend(
        order, reason="GQ03", words="封闭", until=TODAY + 9 * DAY, by=an_actor("R4"), at=NOON
    )


def test_what_has_been_answered_is_late_by_its_own_date_all_the_same():
    case = a_case(State.ANSWERED, next_due_at=NOON)
    row = directed(case, due=TODAY + DAY)
    assert sweep_at(case, row.due_at + MINUTE)[-1][:2] == ("escalate", "A6")
    assert Supervision.objects.get().unit == row.lead


# --- Read ----------------------------------------------------------------------------------


def paper_of(mode):
    case = a_case(State.IN_PROGRESS, mode=mode, next_due_at=NOON)
    sheet = Paper(holder("R8"), TODAY, [photo()])
    row = directed(case, by=an_actor("R9"), paper=sheet)
    judging.judge(row.photo, at=NOON)
    return row


@pytest.mark.parametrize(
    ("role", "of", "named", "secret"),
    [
        ("R3", None, True, True), ("R4", None, True, True), ("R8", None, True, True),
        ("R9", None, True, True), ("R5", "houqin", True, False), ("R5", "baowei", False, False),
        ("R2", None, False, False), ("R10", None, False, False), ("R12", None, False, False),
    ],
)  # fmt: skip
def test_who_opens_the_photo_of_a_paper(role, of, named, secret):
    for mode, may in ((Mode.NAMED, named), (Mode.CONFIDENTIAL, secret)):
        row = paper_of(mode)
        sight = sight_of(an_actor(role, of=of), row.case, at=NOON)
        assert (row.photo_id in {f.pk for f in sight.attachments}) == may, (role, mode)
        assert row.photo_id not in {f.pk for f in sight.own_files}


def test_the_requester_sees_nothing_of_a_paper():
    row = paper_of(Mode.NAMED)
    sight = sight_of(actor_of(row.case.owner, on=TODAY), row.case, at=NOON)
    assert sight.is_self and not sight.attachments


def test_what_becomes_a_crisis_is_gone_from_every_list():
    from hotline.cases.services import crisis

    row = instructed()
    crisis.alarm(row.case, by=an_actor("R3"), at=NOON)
    assert not queries.instructions_for(an_actor("R8")).exists()
    assert not queries.unit_instructions(an_actor("R5", of="houqin")).exists()
    row.refresh_from_db()
    assert moves.open_to(an_actor("R5", of="houqin"), moves.INSTRUCTION_MOVES, row) == set()


def test_units_read_theirs_and_no_others():
    row = instructed(joint=["baowei"])
    for code, rows in (("houqin", [row]), ("baowei", [row]), ("jijian", [])):
        assert list(queries.unit_instructions(an_actor("R5", of=code))) == rows
    assert not queries.instructions_for(an_actor("R5", of="houqin")).exists()
    assert list(people_queries.leaders(on=date(2026, 6, 3))) == [row.leader]
