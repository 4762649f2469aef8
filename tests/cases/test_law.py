"""The law, all of it: every state, every verb, every role."""

from contextlib import nullcontext

import pytest

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import queries
from hotline.cases.codes import OrderState, Part, State
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.services.turn import move
from hotline.people.actor import SYSTEM, Actor
from tests.make import NOON, a_case, a_requester, an_actor, an_order, unit

pytestmark = pytest.mark.django_db

CASE_VERBS = sorted(set(MOVES) - set(ORDER_MOVES))
REASONS = {
    "RETURN": "TD01", "EXTEND": "YQ01", "SUSPEND": "GQ01", "REWORK": "CB05", "MERGE": "BD02",
    "DECLINE": "BS05", "WITHDRAW": "CH01", "SUPERVISE": "DB01",
}  # fmt: skip
OF_ROOM = {"name_people", "step_aside"}  # in a crisis these are its team's
IN_THE_ROOM = {"ask_open", "open_up", "refuse_open"}  # of a complaint about the office
OF_REQUESTER = {
    "rate",
    "contest",
    "urge",
    "refuse_open",
}  # not even the system does these for anybody

# Who may, written down from the table of roles and not from the code: office roles first,
# "own" the requester. Everything that is not here is refused.
WHO = {
    "submit": {"own"},
    "ask": {"R3", "R4"},
    "supply": {"own", "R2", "R3", "R4", "R14"},
    "propose_decline": {"R3", "R4"},
    "decline": {"R3", "R4"},
    "keep": {"R4"},
    "expire": set(),
    "accept": {"R3", "R4"},
    "reclassify": {"R3", "R4"},
    "answer": {"R2", "R3", "R4"},
    "dispatch": {"R3", "R4"},
    "redact": {"R3", "R4"},
    "seek_instruction": {"R4"},
    "instruct": {"R8", "R9"},
    "direct": {"R8", "R9"},
    "report": {"R4", "R5", "R6", "R7", "R9"},
    "conclude": {"R4", "R9"},
    "rework": {"R4"},
    "propose_end": {"R4"},
    "end": {"R4"},
    "refuse_end": {"R4"},
    "lapse": set(),
    "archive": set(),
    "rate": {"own"},
    "contest": {"own"},
    "claim_visit": {"R2", "R4"},
    "visit": {"R2", "R4"},
    "visit_rate": {"R2", "R4"},
    "visit_contest": {"R2", "R4"},
    "reopen": {"R4"},
    "withdraw": {"own", "R2", "R3", "R4", "R14"},
    "enclose": {"R3", "R4", "R9"},
    "recall": {"R3", "R4", "R9"},
    "ask_open": set(),  # of what stands in that room: test_enclosed.py
    "open_up": set(),
    "refuse_open": set(),
    "name_people": {"R3", "R4"},
    "step_aside": {"R2", "R3", "R4", "R8", "R9", "R14"},
    "raise": set(),
    "take_back": set(),
    "acknowledge": set(),  # of what the discipline office has: test_petitions.py
    "hand_back": {"R12"},
    "merge": {"R3", "R4"},
    "absorb": {"R3", "R4"},
    "unmerge": {"R3", "R4"},
    "close_merged": set(),
    "refer": {"R4"},
    "alarm": {"R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14"},
    "crisis_note": {"R12"},
    "stand_down": {"R12"},
    "seal": {"R12"},
    "supplement": {"own", "R2", "R3", "R4", "R14"},
    "urge": {"own"},
    "hide": {"own", "R3", "R4"},
    "note": {"R2", "R3", "R4", "R9"},
    "ask_back": set(),
    "keep_promise": {"R5", "R6", "R7"},
    "recount": set(),
    "quarantine": set(),
    "free_file": set(),
    "explain": {"R5", "R6", "R7"},
    "remind": set(),
    "chase": {"R4", "R9"},
    "supervise": {"R4", "R9"},
    "escalate": {"R4", "R9"},
    "discharge": {"R4", "R9"},
}
OF_UNIT = {"R5", "R6", "R7"}
ROLES = ["stranger", "own", *(f"R{n}" for n in range(2, 15))]


def in_its_room(verb, state):
    """The seal that a verb is about; a crisis has its own."""
    seal = "OFFICE" if verb in IN_THE_ROOM else "DISCIPLINE" if verb == "acknowledge" else ""
    return {"seal": seal} if seal and state != State.CRISIS else {}


def demanded(verb):
    """What the law asks for beside the verb, so that only state and person decide."""
    law = MOVES[verb]
    return {"reason": REASONS[law.reason] if law.reason else "", "text": "说明"}


def prepare(case, verb):
    """What the database asks of the state that a verb leads to."""
    match MOVES[verb].target:
        case State.SUBMITTED:
            case.number, case.submitted_at = case.number or "RX2606-9999-0", NOON
        case State.MERGED:
            case.merged_into = a_case(State.ACCEPTED)
        case State.CRISIS:
            case.seal = "CRISIS"
        case State.DISPATCHED:
            case.lead_unit, case.due_at = unit(), NOON
            if not case.orders.filter(part="LEAD").exists():
                an_order(case, state=OrderState.SENT)


def an_actor_like(role, case):
    match role:
        case "own":
            return Actor(user=case.owner)
        case "stranger":
            return a_requester()
        case _:
            return an_actor(role, of="houqin" if role in OF_UNIT else None)


def test_the_table_of_who_may_names_every_verb_of_a_request():
    assert set(WHO) == set(CASE_VERBS)


@pytest.mark.parametrize("verb", CASE_VERBS)
@pytest.mark.parametrize("state", State)
def test_a_request_moves_only_from_where_the_law_says(state, verb):
    case = a_case(state, **in_its_room(verb, state))
    lawful = state in MOVES[verb].sources
    actor = Actor(user=case.owner) if verb in OF_REQUESTER else SYSTEM
    if verb == "acknowledge":
        actor = an_actor("R11")
    if verb == "step_aside":
        actor = an_actor("R3")  # the system has no interests
    if verb in {"crisis_note", "stand_down", "hand_back", "seal"} or (
        state == "CRISIS" and verb in OF_ROOM
    ):
        actor = an_actor("R12")

    outcome = nullcontext() if lawful else pytest.raises(WrongState)
    with outcome, move(case, verb, by=actor, at=NOON, **demanded(verb)):
        prepare(case, verb)

    case.refresh_from_db()
    assert case.state == ((MOVES[verb].target or state) if lawful else state)
    assert case.steps.count() == int(lawful)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_exactly_what_the_table_says_in_every_state(role):
    for state in State:
        case = a_case(state)
        actor = an_actor_like(role, case)
        for verb in CASE_VERBS:
            allowed = MOVES[verb].may(actor, case)
            expected = role in WHO[verb]
            if verb in OF_ROOM and state == State.CRISIS:
                expected = role == "R12"
            sealed = state == State.CRISIS and role not in {"own", "R12"}
            assert allowed == (expected and not (sealed and verb != "alarm") and verb_fits(verb, state)), (
                role, state, verb
            )  # fmt: skip


def verb_fits(verb, state):
    """An alarm is not raised twice, and what is merged is closed with the other; the rest of the table
    does not depend on the state."""
    if state == State.MERGED and verb in {"enclose", "recall"}:
        return False
    return not (verb == "alarm" and state == State.CRISIS)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_is_refused_in_every_state_the_verb_is_lawful_in(role):
    for verb in CASE_VERBS:
        if role in WHO[verb]:
            continue
        state = min(MOVES[verb].sources)
        case = a_case(state)
        with pytest.raises(NotAllowed), move(
            case, verb, by=an_actor_like(role, case), at=NOON, **demanded(verb)
        ):  # fmt: skip
            pytest.fail("the move began")
        case.refresh_from_db()
        assert (case.state, case.steps.count()) == (state, 0)


# --- Work orders -------------------------------------------------------------------------

ORDER_VERBS = sorted(v for v in ORDER_MOVES if v not in {"cancel", "close", "return_answer"})
UNIT_VERBS = {"sign", "assign", "contact", "interim", "unit_note", "send_back", "ask_extension", "submit_reply", "reply", "unit_step_aside"}  # fmt: skip
HEAD_VERBS = {"return_reply"}
ADMIN_VERBS = {"hand_over"}
OFFICE_VERBS = {"uphold", "reassign", "release", "grant_extension", "refuse_extension", "suspend", "resume"}  # fmt: skip


LEAD_ONLY = {"add_joint", "interim", "reassign", "suspend", "ask_extension"}
JOINT_ONLY = {"release"}


def who_may_on_order(verb, state):
    if verb in JOINT_ONLY:
        return set()  # the orders of this table are a lead's
    if verb in UNIT_VERBS:
        before_head = verb == "reply" and state == OrderState.HEAD_REVIEW
        return {"R6"} if before_head else {"R5", "R6", "R7"}
    if verb in HEAD_VERBS:
        return {"R6"}
    if verb in ADMIN_VERBS:
        return {"R13"}
    if verb == "add_joint":
        return {"R5", "R6", "R7", "R3", "R4"}
    return {"R4"}


def test_every_order_verb_has_its_row_here():
    assert set(ORDER_VERBS) == UNIT_VERBS | HEAD_VERBS | OFFICE_VERBS | ADMIN_VERBS | {"add_joint"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("of", ["houqin", "baowei"])
def test_an_order_is_worked_on_only_by_its_own_unit_and_decided_on_by_the_office(role, of):
    for state in OrderState:
        case = a_case(State.IN_PROGRESS, order_state=state)
        order = case.orders.get()
        actor = an_actor(role, of=of) if role in OF_UNIT else an_actor_like(role, case)
        for verb in ORDER_VERBS:
            expected = role in who_may_on_order(verb, state) and (
                role not in OF_UNIT or of == "houqin"
            )
            assert ORDER_MOVES[verb].may(actor, order) == expected, (role, of, state, verb)


CASE_OF_ORDER = {
    OrderState.SENT: State.DISPATCHED,
    OrderState.RETURN_REVIEW: State.RETURN_REVIEW,
    OrderState.ANSWERED: State.ANSWERED,
    OrderState.DONE: State.CLOSED,
}


@pytest.mark.parametrize("verb", ORDER_VERBS)
@pytest.mark.parametrize("state", OrderState)
@pytest.mark.parametrize("part", Part)
def test_an_order_moves_only_as_its_law_says_and_a_joint_one_alone(part, state, verb):
    case = a_case(CASE_OF_ORDER.get(state, State.IN_PROGRESS), order_state=state)
    order = case.orders.get()
    if part == Part.JOINT:
        order = an_order(case, unit="baowei", part=part, state=state)
    lawful = state in ORDER_MOVES[verb].sources
    if part == Part.LEAD:
        lawful = lawful and case.state in MOVES[verb].sources
    before = case.state
    actor = everyone(order)
    allowed = verb not in (LEAD_ONLY if part == Part.JOINT else JOINT_ONLY)

    if lawful:
        outcome = nullcontext() if allowed else pytest.raises(NotAllowed)
    else:
        outcome = pytest.raises(WrongState)
    lawful = lawful and allowed
    with outcome, move(case, verb, by=actor, at=NOON, order=order, **demanded(verb)):
        if ORDER_MOVES[verb].target == OrderState.SUSPENDED:
            order.suspended_until = NOON
        if verb == "reassign":
            order.state = OrderState.RETURNED
            order.save()
            an_order(case, unit="baowei", state=OrderState.SENT)

    order.refresh_from_db()
    case.refresh_from_db()
    assert order.state == ((ORDER_MOVES[verb].target or state) if lawful else state)
    moved = lawful and part == Part.LEAD and MOVES[verb].target
    assert case.state == (MOVES[verb].target if moved else before)


def everyone(order):
    """Somebody with every standing towards an order, so that only the state decides."""
    from hotline.people.queries import actor_of
    from tests.make import BEGAN, Membership, Role, a_user

    user = a_user()
    for role in ("R4", "R6", "R13"):
        Membership.objects.create(
            user=user,
            role=Role.objects.get(code=role),
            unit=order.unit if role == "R6" else None,
            from_date=BEGAN,
        )
    return actor_of(user, on=NOON.date())


def test_there_is_a_way_out_of_every_state():
    for state in set(State) - {State.ARCHIVED}:
        assert any(
            law.target not in (None, state) for law in MOVES.values() if state in law.sources
        ), state
    for state in {OrderState.DONE, OrderState.RETURNED, OrderState.CANCELLED} ^ set(OrderState):
        assert any(
            law.target not in (None, state) for law in ORDER_MOVES.values() if state in law.sources
        ), state


def test_a_mandatory_reason_must_be_one_of_its_kind():
    case = a_case(State.SUBMITTED)
    with pytest.raises(Invalid), move(
        case, "decline", by=an_actor("R3"), at=NOON, reason="TD01", text="说明"
    ):  # fmt: skip
        pytest.fail("a reason for returns was taken for a refusal")


def test_the_buttons_of_a_page_are_the_law():
    case = a_case(State.SUBMITTED)
    assert queries.verbs_open_to(an_actor("R3"), case) == {
        "ask", "decline", "accept", "redact", "withdraw", "alarm", "supplement",
        "hide", "note", "enclose", "name_people", "step_aside",
    }  # fmt: skip
    assert queries.verbs_open_to(a_requester(), case) == set()
