"""Factories: dull, valid, the same every time. Say only what the test is about."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hotline.cases.codes import LIVE_ORDERS, Mode, OrderState, Part, State
from hotline.cases.models import Case, Contact, Requester, WorkOrder
from hotline.cases.numbers import written
from hotline.catalog.models import Category, RequestType, Urgency
from hotline.people.actor import Actor
from hotline.people.models import Kind, Membership, Role, Unit, User
from hotline.people.queries import actor_of
from hotline.worktime import plan
from hotline.worktime.calendar import Calendar
from hotline.worktime.clock import ZONE

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=ZONE)  # a Wednesday
USUAL = Calendar(plan.usual())
BEGAN = NOON.date() - timedelta(days=365)
_serial = count(1)


def a_user(name: str = "张三", **fields: Any) -> User:
    number = next(_serial)
    fields.setdefault("account", f"2023{number:06d}")
    fields.setdefault("phone", f"139{number:08d}")
    user = User(name=name, **fields)
    user.set_password("a fine password")
    user.save()
    return user


def unit(code: str = "houqin") -> Unit:
    return Unit.objects.get(code=code)


def holder(role: str, *, of: str | None = None, name: str = "", **scope: Any) -> User:
    """Somebody who holds a role, in a unit if it is a unit's."""
    user = a_user(name or f"{role}员工", kind=Kind.STAFF)
    Membership.objects.create(
        user=user,
        role=Role.objects.get(code=role),
        unit=unit(of) if of else None,
        from_date=BEGAN,
        **scope,
    )
    return user


def an_actor(role: str, *, of: str | None = None, **scope: Any) -> Actor:
    return actor_of(holder(role, of=of, **scope), on=NOON.date())


def a_requester(**fields: Any) -> Actor:
    return actor_of(a_user(**fields), on=NOON.date())


def category(code: str = "H204") -> Category:
    return Category.objects.select_related("urgency").get(code=code)


def type_(code: str = "QZ") -> RequestType:
    return RequestType.objects.get(code=code)


def urgency(code: str = "U3") -> Urgency:
    return Urgency.objects.get(code=code)


LEAD_STATE = {
    State.DISPATCHED: OrderState.SENT,
    State.RETURN_REVIEW: OrderState.RETURN_REVIEW,
    State.IN_PROGRESS: OrderState.HANDLING,
    State.ANSWERED: OrderState.ANSWERED,
    State.CLOSED: OrderState.DONE,
    State.DISSATISFIED: OrderState.DONE,
    State.ARCHIVED: OrderState.DONE,
}


def a_case(
    state: State = State.SUBMITTED,
    *,
    owner: User | None = None,
    lead: str = "houqin",
    at: datetime = NOON,
    order_state: OrderState | None = None,
    **fields: Any,
) -> Case:
    """A request that stands in ``state``, with whatever a request in that state has."""
    number = next(_serial)
    owner = owner or a_user()
    mode = fields.pop("mode", Mode.NAMED)
    defaults: dict[str, Any] = {
        "state": state,
        "mode": mode,
        "owner": None if mode == Mode.ANONYMOUS else owner,
        "type": type_(),
        "category": category(),
        "urgency": urgency(),
        "title": "宿舍水龙头漏水",
        "body": "三号楼二层的水龙头一直漏水，报修两次没有人来。",
        "created_at": at,
        "stage_at": at,
    }
    if state != State.DRAFT:
        defaults |= {"number": written("2606", 5000 + number), "submitted_at": at}
    if state not in {State.DRAFT, State.SUBMITTED, State.NEED_INFO, State.REJECTED}:
        defaults["accepted_at"] = at
    if state in LEAD_STATE:
        defaults |= {
            "lead_unit": unit(lead), "due_at": at + timedelta(days=7), "dispatched_at": at,
            "shown_title": "宿舍水龙头漏水", "shown_body": "水龙头一直漏水，报修两次没有人来。",
        }  # fmt: skip
    if state in {State.CLOSED, State.DISSATISFIED, State.ARCHIVED}:
        defaults |= {"first_closed_at": at, "closed_at": at, "answer": "已更换龙头。"}
    if state == State.ANSWERED:
        defaults["answer"] = "已更换龙头。"
    if state == State.MERGED:
        defaults["merged_into"] = a_case(State.ACCEPTED)
    if state == State.CRISIS:
        defaults["seal"] = "CRISIS"
    case = Case.objects.create(**{**defaults, **fields})
    person = {} if mode == Mode.ANONYMOUS else {
        "name": owner.name, "account": owner.account, "phone": owner.phone, "kind": owner.kind,
    }  # fmt: skip
    Requester.objects.create(case=case, **person)
    if state in LEAD_STATE:
        an_order(case, unit=lead, state=order_state or LEAD_STATE[state], at=at)
    return case


def an_order(
    case: Case,
    *,
    unit: str = "houqin",
    part: Part = Part.LEAD,
    state: OrderState = OrderState.HANDLING,
    at: datetime = NOON,
    **fields: Any,
) -> WorkOrder:
    """A work order of the present round; signed and with a contact where its state implies it."""
    signed = state != OrderState.SENT
    defaults: dict[str, Any] = {
        "case": case, "unit": Unit.objects.get(code=unit), "part": part, "round": case.round,
        "state": state, "sent_at": at, "respond_due_at": at + timedelta(days=1),
        "due_at": at + timedelta(days=7), "signed_at": at if signed else None,
    }  # fmt: skip
    if state == OrderState.SUSPENDED:
        defaults |= {"suspended_at": at, "suspended_until": at + timedelta(days=3)}
    order = WorkOrder.objects.create(**{**defaults, **fields})
    if state in LIVE_ORDERS and signed:
        Contact.objects.create(order=order, means="PLATFORM", reached="YES", at=at)
    return order
