"""What every page of the desks has beside its content: boards with counts, saved filters."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now

from hotline.cases import queries
from hotline.doors.desk import queues
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.people.actor import Actor
from hotline.people.permissions import P


def office_only(view: Any) -> Any:
    """For whoever works in the office; for everyone else the page does not exist."""

    @login_required
    def guarded(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not nav_of(request.actor).desk:
            raise Http404
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    guarded.__name__ = view.__name__
    guarded.__doc__ = view.__doc__
    return guarded


def page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the office with its side menu."""
    at: datetime = context.setdefault("now", now())
    return render(
        request,
        template,
        {"section": "desk", "side": side(request.actor, at)} | context,
        status=status,
    )


def side(actor: Actor, at: datetime) -> dict[str, Any]:
    """The side menu: boards with their counts, call-backs, closed rooms, kept filters."""
    counts = queues.counts(actor, at)
    boards = [(queue, counts.get(queue.code)) for queue in queues.open_to(actor)]
    kept = list(actor.user.saved_filters.all()) if actor.user else []
    return {
        "boards": boards,
        "filters": kept,
        "visits": queries.pending_visits(actor).count() if actor.may(P.VISIT) else None,
        "crisis": actor.may(P.CRISIS),
        "petition": actor.may(P.PETITION),
        "discipline": actor.may(P.DISCIPLINE),
        "register": actor.may(P.REGISTER),
    }
