"""Who may. Pure functions of an actor and a request, or of an actor and a work order.

They answer from what they are given, know units from the shelf, and ask the database nothing.
Nobody decides on a request of their own, and a sealed request exists only for those it is sealed
for.
"""

from hotline.cases import recusal, seals
from hotline.cases.codes import ACTIVE, Mode, OrderState, Referral, Seal, State
from hotline.cases.models import Case, WorkOrder
from hotline.catalog import shelf
from hotline.people.actor import Actor
from hotline.people.permissions import P

OFFICE = (
    P.REGISTER, P.READ_OPEN, P.READ_ALL, P.TRIAGE, P.DECIDE, P.REVIEW, P.VISIT, P.INSTRUCT, P.SUPERVISE,
)  # fmt: skip


def is_requester(actor: Actor, case: Case) -> bool:
    """Is it their own: by account, or proven by number and code?"""
    owns = actor.user_id is not None and case.owner_id == actor.user_id
    return owns or case.pk in actor.bearer_of


def is_system(actor: Actor, case: Case) -> bool:
    return actor.is_system


def may_with(actor: Actor, case: Case, permission: P) -> bool:
    """Does the office side permit this on that request? One's own is out, and what is sealed is
    for those of its room: seals.py says what they do in the office's place."""
    if actor.is_system:
        return True
    wanted = seals.stand_in(case.seal, permission)
    if wanted is None or is_requester(actor, case) or recusal.keeps_from_desk(actor, case):
        return False
    return actor.may(wanted, category=case.category_code)


def registrar(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.REGISTER)


def submitter(actor: Actor, case: Case) -> bool:
    """The requester, whoever registers on their behalf, or a stranger with a request to make."""
    if case.registered_by_id is not None:
        return (case.registered_by_id == actor.user_id and actor.may(P.REGISTER)) or actor.is_system
    return case.owner_id is None or is_requester(actor, case) or actor.is_system


def supplier(actor: Actor, case: Case) -> bool:
    """The requester, or the office for someone who rang to tell."""
    return is_requester(actor, case) or registrar(actor, case)


def triager(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.TRIAGE)


def answerer(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.ANSWER)


def decliner(actor: Actor, case: Case) -> bool:
    """A complaint needs the second person who may confirm its refusal."""
    return may_with(actor, case, P.CONFIRM if case.is_complaint else P.DECLINE)


def proposer(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.DECLINE)


def dispatcher(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.DISPATCH)


def decider(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.DECIDE)


def merger(actor: Actor, case: Case) -> bool:
    """Joins requests to one: never one from a closed room with those that everybody reads."""
    return case.seal == Seal.NONE and triager(actor, case)


def seeker(actor: Actor, case: Case) -> bool:
    """Lays a request before the leaders, who have no part in a closed room."""
    return case.seal == Seal.NONE and decider(actor, case)


def encloser(actor: Actor, case: Case) -> bool:
    """Closes a request to the hotline office because it is about it: whoever of the office finds
    that it is, and the receivers. What is merged goes with what it was merged into."""
    if actor.is_system:
        return True
    if case.seal != Seal.NONE or case.state == State.MERGED or is_requester(actor, case):
        return False
    if recusal.keeps_from_desk(actor, case):
        return False
    return triager(actor, case) or actor.may(P.OFFICE)


def receiver(actor: Actor, case: Case) -> bool:
    """Receives complaints about the hotline office (党政办)."""
    if case.seal not in seals.APART or is_requester(actor, case):
        return False
    return actor.is_system or may_with(actor, case, P.DECIDE)


def opener(actor: Actor, case: Case) -> bool:
    """Opens one to the hotline office again: whoever asked for the room, or a receiver for them.

    What is merged or over is opened with what it was merged into alone.
    """
    if case.state not in ACTIVE:
        return actor.is_system
    return receiver(actor, case) or closed_in(actor, case)


def closed_in(actor: Actor, case: Case) -> bool:
    """The requester, while theirs is closed to the hotline office."""
    return case.seal in seals.APART and is_requester(actor, case)


def overseer(actor: Actor, case: Case) -> bool:
    """Watches over others' deadlines: the office that decides, and 督查督办."""
    if case.seal != Seal.NONE:
        return (
            actor.is_system
        )  # no ledger may name it: its receivers see for themselves how it stands
    return may_with(actor, case, P.DECIDE) or may_with(actor, case, P.SUPERVISE)


def promiser(actor: Actor, case: Case) -> bool:
    """The unit that promised something says whether it is done."""
    if is_requester(actor, case) or case.seal not in seals.WALKING:
        return actor.is_system
    if recusal.keeps_away(actor, case):
        return False
    return actor.is_system or actor.may(P.HANDLE, unit=case.lead_unit_id)


def explainer(actor: Actor, case: Case) -> bool:
    """Somebody who works for a unit. That it is the one called to account, its slip's law says."""
    if recusal.keeps_away(actor, case):
        return False
    if is_requester(actor, case) or case.seal != Seal.NONE:
        return actor.is_system
    return actor.is_system or bool(actor.units(P.HANDLE))


def reporter(actor: Actor, case: Case) -> bool:
    """Reports on what a leader has instructed: a unit, or whoever oversees it in its place."""
    return explainer(actor, case) or overseer(actor, case)


def confirmer(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.CONFIRM)


def reviewer(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.REVIEW)


def instructor(actor: Actor, case: Case) -> bool:
    return may_with(actor, case, P.INSTRUCT)


def visitor(actor: Actor, case: Case) -> bool:
    """May call back. That it is not someone who handled it, the visit itself checks."""
    return may_with(actor, case, P.VISIT)


def noter(actor: Actor, case: Case) -> bool:
    """Anyone of the office who reads the request may leave a note."""
    return any(may_with(actor, case, p) for p in (P.TRIAGE, P.ANSWER, P.VISIT, P.SUPERVISE))


def alarmist(actor: Actor, case: Case) -> bool:
    """Whoever can read the request may call it a crisis: nobody waits for permission."""
    return actor.is_system or (actor.is_staff and case.seal != Seal.CRISIS)


def stepper(actor: Actor, case: Case) -> bool:
    """Whoever has to do with a request at their desk may step aside from it."""
    if case.seal == Seal.DISCIPLINE:
        return actor.may(P.DISCIPLINE) and not recusal.keeps_away(actor, case)
    if case.seal == Seal.CRISIS:
        return crisis_team(actor, case)
    return any(may_with(actor, case, permission) for permission in OFFICE)


def namer(actor: Actor, case: Case) -> bool:
    """Writes down whom a request names: those who read the original and decide who gets it."""
    if case.seal == Seal.CRISIS:
        return crisis_team(actor, case)
    return triager(actor, case)


def crisis_team(actor: Actor, case: Case) -> bool:
    return actor.may(P.CRISIS) and not recusal.keeps_away(actor, case)


def secrecy_raiser(actor: Actor, case: Case) -> bool:
    """More secret: the requester, and the office. Less secret: nobody."""
    return case.mode == Mode.NAMED and (is_requester(actor, case) or triager(actor, case))


def petitioner(actor: Actor, case: Case) -> bool:
    """The petition office, of what was referred to it: its file is nobody else's to read."""
    if case.referred_to != Referral.PETITION or case.seal not in seals.WALKING:
        return False
    if is_requester(actor, case) or recusal.keeps_from_desk(actor, case):
        return False
    return actor.may(P.PETITION)


def discipline(actor: Actor, case: Case) -> bool:
    """The discipline office, of what was referred to it."""
    if case.seal != Seal.DISCIPLINE or is_requester(actor, case):
        return False
    return actor.may(P.DISCIPLINE) and not recusal.keeps_from_desk(actor, case)


def through_order(actor: Actor, case: Case) -> bool:
    """The work order's own law decides."""
    return True


def unmasking_takes_two(case: Case) -> bool:
    """Sensitive classes; and what has no class yet, which may turn out to be one."""
    return case.category is None or case.category.sensitive


def unmask_decider(actor: Actor, case: Case, asker: int) -> bool:
    """Whoever may agree to somebody's seeing it in full: never the one who asks."""
    return actor.user_id != asker and may_with(actor, case, P.UNMASK)


# --- Work orders -------------------------------------------------------------------------


def handler(actor: Actor, order: WorkOrder) -> bool:
    """A contact or head of its unit, somebody of the section, or the person it was given to."""
    case = order.case
    if case.seal not in seals.WALKING or is_requester(actor, case) or actor.user_id is None:
        return False
    if recusal.keeps_away(actor, case):
        return False
    if order.assignee_id == actor.user_id and works_in(actor, order.unit_id):
        return True
    return any(
        actor.may(P.HANDLE, unit=unit, category=case.category_code)
        for unit in (order.unit_id, order.section_id)
        if unit is not None
    )


def works_in(actor: Actor, unit: int) -> bool:
    """Do they handle requests for this unit or for one of its sections, today?"""
    units = shelf.current().units
    own = (units[pk] for pk in actor.units(P.HANDLE) if pk in units)
    return any(unit in (each.pk, each.parent_id) for each in own)


def unit_handler(actor: Actor, order: WorkOrder) -> bool:
    """For the unit as a whole: signing, returning, asking for time is not a section's to do."""
    return handler(actor, order) and actor.may(
        P.HANDLE, unit=order.unit_id, category=order.case.category_code
    )


def administrator(actor: Actor, order: WorkOrder) -> bool:
    """Whoever ends somebody's roles passes on what was given to them, and reads none of it."""
    return actor.is_system or actor.may(P.SECURITY)


def head(actor: Actor, order: WorkOrder) -> bool:
    return handler(actor, order) and actor.may(P.APPROVE, unit=order.unit_id)


def replier(actor: Actor, order: WorkOrder) -> bool:
    """The unit's handler; for a complaint's lead answer, and for any draft before the head, the head.

    Where the head must step aside, whoever else of the unit: the audit is the second pair of eyes.
    """
    if order.head_aside:
        return handler(actor, order)
    needs_head = order.state == OrderState.HEAD_REVIEW or (
        order.is_lead and order.case.is_complaint
    )
    return head(actor, order) if needs_head else handler(actor, order)


def order_decider(actor: Actor, order: WorkOrder) -> bool:
    return decider(actor, order.case)


def lead_decider(actor: Actor, order: WorkOrder) -> bool:
    return order.is_lead and decider(actor, order.case)


def joint_decider(actor: Actor, order: WorkOrder) -> bool:
    return not order.is_lead and decider(actor, order.case)


def lead_handler(actor: Actor, order: WorkOrder) -> bool:
    """The lead unit: more time and the whole matter are its alone to ask about."""
    return order.is_lead and unit_handler(actor, order)


def lead_speaker(actor: Actor, order: WorkOrder) -> bool:
    """Only the lead speaks to the requester; who assists answers to the lead."""
    return order.is_lead and handler(actor, order)


def joiner(actor: Actor, order: WorkOrder) -> bool:
    """The lead may bring in others itself (首接负责); so may the office."""
    return order.is_lead and (unit_handler(actor, order) or dispatcher(actor, order.case))


def follows_case(actor: Actor, order: WorkOrder) -> bool:
    """The order moves because its request does; the request's law has decided."""
    return True
