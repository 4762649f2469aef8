"""One request at the office's desk, and everything that can be done with it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.numbers import whole
from hotline.cases import consents, folder, policies, queries
from hotline.cases.codes import ACTIVE
from hotline.cases.models import Case, NamedPerson, Remark, WorkOrder
from hotline.cases.models.record import PASSED_ON
from hotline.cases.promises import clocks_for
from hotline.cases.services import looking, workbench
from hotline.cases.sight import Sight
from hotline.cases.timeline import steps_for
from hotline.doors.desk import actions, frame, told
from hotline.doors.desk.find import case_or_404, subject_or_404
from hotline.doors.desk.guards import office_only
from hotline.doors.desk.views import unmasking
from hotline.doors.ui.actions import Action, Subject, keep_draft, perform
from hotline.doors.ui.looks import door_of
from hotline.doors.ui.middleware import HouseRequest
from hotline.oversight.queries import instructions_on, oversees, slips_on
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.rights import queries as rights


@require_safe
@office_only
def case(request: HouseRequest, number: str) -> HttpResponse:
    """The whole of a request, as this person may see it; one's own is seen as everyone sees theirs,
    and what somebody has to do with as a unit alone is seen at its order, which is made for units."""
    found, sight = case_or_404(request.actor, number)
    if sight.is_self:
        return redirect("portal:request", number)
    if sight.unit_order is not None:
        return redirect("desk:order", sight.unit_order.pk)
    looking.looked(sight, by=request.actor, door=door_of(request))
    verbs = queries.verbs_open_to(request.actor, found)
    messages = told.told_of(sight)
    context = {
        "case": found, "sight": sight, "now": sight.at, "told": messages,
        "steps": told.with_failures(steps_for(sight), messages),
        "actions": actions.open_to(actions.ON_CASES, verbs),
        "orders": _orders(request.actor, found, sight),
        "ratings": _ratings(sight), "agreed": consents.standing(found), "holds": rights.decides(request.actor, found),
        "held": rights.is_held(found),
        "instructions": instructions_on(sight), "slips": slips_on(sight),
        "oversees": oversees(request.actor, found),
        "visit": folder.pending_visit(found), "proposal": folder.pending_proposal(found),
        "unmask": unmasking.state_of(sight), "named": _named(found, sight),
        "petition": policies.petitioner(request.actor, found),
        "lead": queries.lead_number(found, request.actor),
        "replies": _replies(found, sight), "remarks": _remarks(request.actor, sight),
        "crisis_file": getattr(found, "crisis_file", None) if sight.opens_crisis_file else None,
        **_neighbours(request.actor, found, sight),
    }  # fmt: skip
    return frame.page(request, "desk/case.html", context)


@require_safe
@office_only
def clocks(request: HouseRequest, number: str) -> HttpResponse:
    """Why every time that was promised is what it is."""
    found, sight = case_or_404(request.actor, number)
    if sight.is_self:
        return redirect("portal:clocks", number)
    looking.looked(sight, by=request.actor)
    back = reverse("desk:case", args=[number])
    context = {
        "case": found,
        "sight": sight,
        "clocks": clocks_for(sight),
        "now": sight.at,
        "back": back,
    }
    return frame.page(request, "desk/clocks.html", context)


def _orders(actor: Actor, case: Case, sight: Sight) -> list[dict[str, Any]]:
    """Work orders with what the office may decide about each."""
    rows = folder.orders(case)
    folder.join_people(rows, "assignee")
    listed = []
    for order in rows:
        open_ = queries.order_verbs_open_to(actor, order, at=sight.at)
        verbs = open_ & {action.verb for action in actions.orders.ACTIONS}
        listed.append({"order": order, "actions": actions.open_to(actions.orders.ACTIONS, verbs)})
    return listed


def _replies(case: Case, sight: Sight) -> list[Any]:
    """Every answer that was given, with the house's internal note for those who read notes.

    Nothing where there is but one, and the page shows it already.
    """
    rows = folder.replies(case) if sight.reads_notes else []
    if len(rows) == 1 and rows[0].text == case.answer and not rows[0].internal:
        return []
    return rows


def _remarks(actor: Actor, sight: Sight) -> list[tuple[Remark, str, bool]]:
    """What was said, and whether a clerk has yet to pass it on to the units in a redacted form."""
    triages = actor.may(P.TRIAGE, category=sight.case.category_code)
    hidden = sight.case.hides_requester and triages and not sight.is_self
    return [
        (row, sight.words_of(row), hidden and row.kind in PASSED_ON and not row.shown)
        for row in sight.remarks
    ]


def _named(case: Case, sight: Sight) -> list[NamedPerson]:
    """Whom it names, for those who read what the office writes for itself."""
    return folder.named(case) if sight.reads_notes else []


def _ratings(sight: Sight) -> list[dict[str, Any]]:
    return [
        {"rating": row, "score": sight.score_of(row), "words": sight.rating_words(row)}
        for row in folder.ratings(sight.case)
        if sight.score_of(row)
    ]


def _neighbours(actor: Actor, case: Case, sight: Sight) -> dict[str, Any]:
    """The same person's other requests and others of the same event: for those who triage its class."""
    if not actor.may(P.TRIAGE, category=case.category_code):
        return {}
    under_way = case.category_id is not None and case.state in ACTIVE
    return {
        "same_person": list(queries.same_person(case, actor, at=sight.at)[: queries.NEIGHBOURS]),
        "same_event": queries.same_event(case, actor, at=sight.at) if under_way else [],
        "merged": list(queries.merged_into(case, actor)[:50]) if case.event_id else [],
    }


@require_http_methods(["GET", "POST"])
@office_only
def act(request: HouseRequest, number: str, slug: str) -> HttpResponse:
    """The form of one action, or its doing."""
    action = actions.CASE_ACTIONS.get(slug)
    if action is None:
        raise Http404
    subject = subject_or_404(request.actor, number)
    return _perform(request, action, subject)


@require_http_methods(["GET", "POST"])
@office_only
def act_on_order(request: HouseRequest, number: str, pk: int, slug: str) -> HttpResponse:
    """The same for a decision about one of its work orders."""
    action = {a.slug: a for a in actions.orders.ACTIONS}.get(slug)
    case, sight = case_or_404(request.actor, number)
    order = WorkOrder.objects.select_related("unit").filter(pk=pk, case=case).first()
    if action is None or order is None or sight.is_unit:
        raise Http404
    order.case = case
    subject = Subject(case, sight, request.actor, order)
    return _perform(request, action, subject)


@require_http_methods(["GET", "POST"])
@office_only
def release(request: HouseRequest, number: str, pk: int) -> HttpResponse:
    """Pass one of the requester's supplements on to the units, in a redacted form."""
    subject = subject_or_404(request.actor, number)
    said = [row for row in subject.sight.remarks if row.pk == pk and row.kind in PASSED_ON]
    if not said:
        raise Http404

    class ReleaseThis(actions.triage.Release):
        released: Remark = said[0]

    return _perform(request, ReleaseThis, subject)


def _perform(request: HouseRequest, action: type[Action], subject: Subject) -> HttpResponse:
    """In the frame of the desk, where the form is a page of its own."""
    looking.looked(subject.sight, by=request.actor)
    return perform(
        request, action, subject, back=_back(subject), page="desk/action.html", draw=frame.page
    )


def _back(subject: Subject) -> str:
    """To the request, or to the list when this person may no longer see it (a sealed one)."""
    return reverse("desk:case_after", args=[subject.case.number])


@require_safe
@office_only
def after(request: HouseRequest, number: str) -> HttpResponse:
    """Where an action leads: to the request as long as it is there for this person."""
    if queries.visible_to(request.actor).filter(number=number).exists():
        return redirect("desk:case", number)
    return redirect("desk:board")


@require_POST
@office_only
def draft(request: HouseRequest, number: str, slug: str, pk: int | None = None) -> HttpResponse:
    """Keep what is being typed."""
    case = subject_or_404(request.actor, number).case
    if slug not in actions.CASE_ACTIONS and slug not in actions.ORDER_ACTIONS:
        raise Http404
    return keep_draft(request, case, slug)


@require_safe
@office_only
def presence(request: HouseRequest, number: str) -> HttpResponse:
    """Who else has this request open; asked again every few seconds."""
    case = subject_or_404(request.actor, number).case
    user = request.actor.user
    others = workbench.arrive(case, by=user, at=now()) if user else []
    seen = whole(request.GET.get("version", ""))
    context = {"others": others, "moved": seen not in (None, case.version)}
    return render(request, "desk/_presence.html", context)
