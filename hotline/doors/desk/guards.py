"""Who may open a page of the desks. For everyone else it does not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse

from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.nav import nav_of
from hotline.oversight.queries import LEDGER
from hotline.people.actor import Actor
from hotline.people.permissions import P

View = Callable[..., HttpResponse]
Guard = Callable[[View], View]


def only_if(holds: Callable[[Actor], bool]) -> Guard:
    """For those of whom it holds; nobody is asked to sign in."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HouseRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not holds(request.actor):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return guard


def only_for(*permissions: P) -> Guard:
    """For those who hold one of these; nobody is asked to sign in."""
    return only_if(lambda actor: actor.may_any(*permissions))


def signed_in(holds: Callable[[Actor], bool]) -> Guard:
    """For those of whom it holds; whoever has not signed in is asked to."""

    def guard(view: View) -> View:
        guarded: View = login_required(only_if(holds)(view))
        return guarded

    return guard


office_only = signed_in(lambda actor: nav_of(actor).desk)
"""For whoever works in the office."""
unit_only = signed_in(lambda actor: actor.may(P.HANDLE))
"""For those who handle orders of a unit."""
overseers_only = signed_in(lambda actor: actor.may_any(*LEDGER))
"""For who oversees units: the ledgers of slips and instructions."""
figures_only = signed_in(lambda actor: actor.may_any(P.FIGURES, P.UNIT_FIGURES))
"""For those who may read figures: all of them, or their own unit's."""
