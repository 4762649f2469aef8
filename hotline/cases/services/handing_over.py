"""Somebody leaves, and a colleague takes on what they held: one act, seen first."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid
from hotline.cases import recusal
from hotline.cases.codes import LIVE_ORDERS, OrderState, Part
from hotline.cases.models import WorkOrder
from hotline.cases.moves import MOVES, ORDER_MOVES
from hotline.cases.services.turn import hold, move
from hotline.people import queries as people
from hotline.people import services as accounts
from hotline.people.actor import Actor
from hotline.people.models import Membership, User
from hotline.people.permissions import P
from hotline.people.services import leaving
from hotline.roster.services import leaving as roster
from hotline.roster.services.leaving import Turns


@dataclass
class HandedOver:
    """What ends, and what goes to the colleague: counts of requests, never which."""

    ended: list[Membership] = field(default_factory=list)
    begun: list[Membership] = field(default_factory=list)
    orders: int = 0  # that the colleague now has
    left: int = 0  # that only their unit has now
    approvals: int = 0  # that wait for the head of a unit whose head changes
    turns: Turns = field(default_factory=Turns)


@transaction.atomic
def hand_over(
    user: User, to: User, *, last_day: date, with_roles: bool, by: Actor, at: datetime,
    rehearse: bool = False,
) -> HandedOver:  # fmt: skip
    """End all roles of somebody on a day and pass what they hold to a colleague, at once.

    ``with_roles`` gives the colleague the roles as well. An order that the colleague may not work on
    stays with its unit and nobody in it. ``rehearse`` does it all and takes it all back, so that what
    is shown before is what will be. Raises NotAllowed, Invalid, and WrongState for the last
    administrator.
    """
    accounts.allow(by, P.SECURITY)
    _refuse_nonsense(user, to, last_day, at)
    done = HandedOver()
    done.approvals = _waiting_for(user, last_day)
    heir = to if with_roles else None
    done.ended, done.begun = leaving.pass_roles(user, heir, last_day=last_day, by=by, at=at)
    _pass_orders(user, to, done, by, at)
    after = people.begin_of(last_day + timedelta(days=1))
    done.turns = roster.pass_on(user, to, after=max(after, at), by=by, at=at)
    _tell(to, by=by, at=at)
    if rehearse:
        transaction.set_rollback(True)
    return done


def _tell(to: User, *, by: Actor, at: datetime) -> None:
    """One message, however much it is."""
    if to.pk != by.user_id:
        jobs.defer(
            "notices.tell", people=[to.pk], template="attention", key=f"handover:{at.isoformat()}",
            facts={"time": at.isoformat()},
        )  # fmt: skip


def _refuse_nonsense(user: User, to: User, last_day: date, at: datetime) -> None:
    if to.pk == user.pk or not to.is_active:
        words = _("请选择另一位在用的同事。")
        raise Invalid(words, who=words)
    if not -1 <= (last_day - localdate(at)).days <= 366:
        words = _("最后一天须在昨天到一年之内。")
        raise Invalid(words, last_day=words)


def _waiting_for(user: User, last_day: date) -> int:
    """Answers that wait for the signature of the head of a unit, where this is the head."""
    held = user.memberships.filter(
        people.in_force(last_day), role__permissions__contains=[P.APPROVE]
    )
    waiting = WorkOrder.objects.filter(state=OrderState.HEAD_REVIEW)
    return waiting.filter(unit__in=held.values("unit")).count()


def _pass_orders(user: User, to: User, done: HandedOver, by: Actor, at: datetime) -> None:
    movable = Q(part=Part.JOINT) | Q(case__state__in=MOVES["hand_over"].sources)
    mine = WorkOrder.objects.filter(movable, assignee=user, state__in=LIVE_ORDERS)
    mine = mine.filter(state__in=ORDER_MOVES["hand_over"].sources)
    staff: dict[int, set[int]] = {}
    for order in mine.select_related("case", "unit").order_by("case_id", "id"):
        if order.unit_id not in staff:
            found = people.staff_of(order.unit, permission=P.HANDLE, on=localdate(at))
            staff[order.unit_id] = set(found.values_list("pk", flat=True))
        fit = to.pk in staff[order.unit_id] and order.case.owner_id != to.pk
        fit = fit and to.pk not in recusal.away_from(order.case)
        if _pass_on(order, user, to if fit else None, by, at):
            done.orders += fit
            done.left += not fit


@transaction.atomic
def _pass_on(order: WorkOrder, user: User, to: User | None, by: Actor, at: datetime) -> bool:
    """Give an order to somebody, or back to the unit, unless its head has given it to another meanwhile."""
    hold(order.case_id)
    if not WorkOrder.objects.filter(pk=order.pk, assignee=user).exists():
        return False
    with move(order.case, "hand_over", by=by, at=at, order=order) as turn:
        order.assignee = to
        turn.facts["assignee"] = to.pk if to else None
    return True
