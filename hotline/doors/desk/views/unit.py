"""The unit's desk: its inbox, and one work order with everything the unit may do."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.numbers import whole
from hotline.cases import numbers, queries
from hotline.cases.codes import AT_WORK, LIVE_ORDERS, OrderState, Part
from hotline.cases.models import WorkOrder
from hotline.cases.prepared import Prepared
from hotline.cases.promises import awaited_of, clocks_for
from hotline.cases.seals import WALKING
from hotline.cases.services import looking, workbench
from hotline.cases.sight import Sight, unit_sight
from hotline.cases.timeline import steps_for
from hotline.catalog import shelf
from hotline.doors.desk import actions
from hotline.doors.desk.find import order_or_404
from hotline.doors.desk.guards import unit_only
from hotline.doors.desk.inbox import lean, lines
from hotline.doors.desk.views import unmasking
from hotline.doors.ui.actions import Subject, keep_draft, perform
from hotline.doors.ui.looks import door_of
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import opened, seeks
from hotline.oversight.models import InstructionState, SlipState
from hotline.oversight.queries import unit_instructions, unit_slips
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.permissions import P

O = OrderState
TABS: dict[str, tuple[str | Promise, frozenset[OrderState]]] = {
    "sign": (_("待签收"), frozenset({O.SENT})),
    "work": (_("办理中"), AT_WORK - {O.HEAD_REVIEW}),
    "head": (_("待审签"), frozenset({O.HEAD_REVIEW})),
    "waiting": (_("待热线办审批"), frozenset({O.RETURN_REVIEW, O.ANSWERED})),
    "done": (_("已完成"), frozenset({O.DONE})),
}
COUNTED = ("sign", "work", "head", "waiting")

OF_UNIT = (*actions.unit.ACTIONS, actions.recusing.StepAsideAsUnit)
UNIT_ACTIONS = {action.slug: action for action in OF_UNIT}


@require_http_methods(["GET", "HEAD", "POST"])
@unit_only
@seeks
def inbox(request: HouseRequest, tab: str = "") -> HttpResponse:
    """What the unit has to do, by the time that is left."""
    at = now()
    rows, counts = _orders(request.actor), _counts(request.actor)
    tab = tab or next((code for code in COUNTED if counts[code]), "work")
    if tab not in TABS:
        raise Http404
    text = opened(request.GET.get("q", "")).strip()
    if text:
        rows = rows.filter(_found(text))
    by = ("-id",) if tab == "done" else ("due_at", "id")
    rows = lean(rows.filter(state__in=TABS[tab][1]))
    part = page_of(rows, request.GET.get("after", ""), by=by)
    context = {
        "tabs": [(code, label, counts.get(code)) for code, (label, _s) in TABS.items()],
        "tab": tab, "lines": lines(part.rows, at), "next": part.next,
        "q": text, "section": "unit", "now": at,
        "units": _unit_names(request.actor),
        "slips": OPEN_SLIPS.count(request.actor),
        "instructions": OPEN_INSTRUCTIONS.count(request.actor),
        "promises": PROMISES.count(request.actor),
    }  # fmt: skip
    return render(request, "desk/inbox.html", context)


def _unit_names(actor: Actor) -> list[str]:
    """The units this person works for; a section where it is not the whole unit."""
    known, held = shelf.current().units, actor.units(P.HANDLE)
    return [str(unit) for pk, unit in known.items() if pk in held and unit.parent_id not in held]


def _orders(actor: Actor) -> QuerySet[WorkOrder]:
    return queries.orders_of(actor).filter(case__seal__in=WALKING)


def _summed(actor: Actor) -> QuerySet[WorkOrder, Any]:
    found = _orders(actor).filter(state__in=LIVE_ORDERS).order_by().values_list("state")
    return found.annotate(Count("pk"))


SUMS = Prepared(_summed)
OPEN_SLIPS = Prepared(
    lambda actor: unit_slips(actor).filter(state=SlipState.OPEN).order_by().values("pk")
)
OPEN_INSTRUCTIONS = Prepared(
    lambda actor: (
        unit_instructions(actor).filter(state=InstructionState.OPEN).order_by().values("pk")
    )
)
PROMISES = Prepared(lambda actor: queries.promises_of(actor).order_by().values("pk"))


def _counts(actor: Actor) -> dict[str, int]:
    sums = dict(SUMS.rows(actor))
    return {code: sum(sums.get(state, 0) for state in TABS[code][1]) for code in COUNTED}


def _found(text: str) -> Q:
    """By number, or in the words that units read: never in the original, never by person."""
    number = numbers.read(text)
    return Q(case__number=number) if number else Q(case__shown_title__icontains=text)


@require_safe
@unit_only
def order(request: HouseRequest, pk: int) -> HttpResponse:
    """One work order: the matter as the unit may read it, the history, what to do now."""
    found = order_or_404(request.actor, pk)
    sight = _sight(found, request.actor)
    looking.looked(sight, by=request.actor, door=door_of(request))
    verbs = queries.order_verbs_open_to(request.actor, found, at=sight.at)
    context = {
        "order": found, "case": found.case, "sight": sight, "steps": steps_for(sight),
        "actions": actions.open_to(OF_UNIT, verbs), "now": sight.at,
        "contacts": found.contacts.select_related("by"), "replies": found.replies.select_related("by"),
        "instructions": unit_instructions(request.actor).filter(case=found.case),
        "slips": unit_slips(request.actor).filter(case=found.case, unit=found.unit_id).order_by("-id"),
        "unmask": unmasking.state_of(sight),
        "parts": _parts(found), "awaited": awaited_of(found), "section": "unit",
        "remarks": [(row, sight.words_of(row)) for row in sight.remarks],
        "ratings": [
            {"score": sight.score_of(r), "words": sight.rating_words(r)}
            for r in found.case.ratings.all() if sight.score_of(r)
        ],
    }  # fmt: skip
    return render(request, "desk/order.html", context)


def _sight(order: WorkOrder, by: Actor) -> Sight:
    """As the unit sees it, even where this person has another standing at the office."""
    return unit_sight(order, at=now(), by=by)


def _parts(order: WorkOrder) -> list[dict[str, Any]]:
    """The joint units and what they have given to the lead; the lead alone reads it."""
    if not order.is_lead:
        return []
    rows = order.case.orders.filter(part=Part.JOINT, round=order.round).exclude(state=O.CANCELLED)
    rows = rows.select_related("unit").prefetch_related("replies")
    given = {O.ANSWERED, O.DONE}
    return [
        {
            "order": row,
            "reply": next(reversed(row.replies.all()), None) if row.state in given else None,
        }
        for row in rows
    ]


@require_http_methods(["GET", "POST"])
@unit_only
def act(request: HouseRequest, pk: int, slug: str) -> HttpResponse:
    """The form of one of the unit's actions, or its doing."""
    action = UNIT_ACTIONS.get(slug)
    if action is None:
        raise Http404
    found = order_or_404(request.actor, pk)
    subject = Subject(found.case, _sight(found, request.actor), request.actor, found)
    looking.looked(subject.sight, by=request.actor)
    back = reverse("desk:order_after", args=[found.pk])
    return perform(request, action, subject, back=back, page="desk/unit_action.html", draw=_page)


def _page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Under 单位工作台 in the main menu."""
    return render(request, template, {"section": "unit"} | context, status=status)


@require_safe
@unit_only
def clocks(request: HouseRequest, pk: int) -> HttpResponse:
    """Why the unit's times are what they are."""
    found = order_or_404(request.actor, pk)
    sight = _sight(found, request.actor)
    looking.looked(sight, by=request.actor)
    context = {
        "case": found.case, "sight": sight, "clocks": clocks_for(sight), "section": "unit",
        "now": sight.at, "back": reverse("desk:order", args=[pk]),
    }  # fmt: skip
    return render(request, "desk/clocks.html", context)


@require_safe
@unit_only
def after(request: HouseRequest, pk: int) -> HttpResponse:
    """Where an action leads: to the order as long as it is the unit's."""
    if queries.orders_of(request.actor).filter(pk=pk).exists():
        return redirect("desk:order", pk)
    return redirect("desk:inbox")


@require_POST
@unit_only
def draft(request: HouseRequest, pk: int, slug: str) -> HttpResponse:
    """Keep what is being typed."""
    if slug not in UNIT_ACTIONS:
        raise Http404
    name = UNIT_ACTIONS[slug].draft_name()
    return keep_draft(request, order_or_404(request.actor, pk).case, name)


@require_safe
@unit_only
def presence(request: HouseRequest, pk: int) -> HttpResponse:
    """Who else of the house has it open: names of colleagues of the unit, else the office."""
    found = order_or_404(request.actor, pk)
    user = request.actor.user
    others = list(workbench.arrive(found.case, by=user, at=now())) if user else []
    colleagues = people.colleagues(request.actor.units(P.HANDLE))
    seen = whole(request.GET.get("version", ""))
    context = {
        "others": [row for row in others if row.user_id in colleagues],
        "moved": seen not in (None, found.case.version),
    }
    return render(request, "desk/_presence.html", context)
