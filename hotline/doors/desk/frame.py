"""What every page of the desks has beside its content: boards with counts, saved filters."""

from datetime import datetime
from html import escape
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext as _

from hotline.base.compiled import Compiled
from hotline.cases import queries, recusal, unmaskings
from hotline.cases.codes import ACTIVE, Seal
from hotline.cases.models import Case, SavedFilter
from hotline.cases.prepared import Prepared
from hotline.doors.desk import queues
from hotline.doors.desk.queues import Queue
from hotline.doors.desk.rows import Address
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.templatetags.ui import icon
from hotline.notices.queries import outages
from hotline.notices.services.desk import KEEPERS, RINGERS
from hotline.oversight.queries import LEDGER, alarms_waiting
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.rights.queries import rooms_of, waiting_count
from hotline.roster.queries import swaps_waiting, who_is_on
from hotline.surge.policies import may_switch
from hotline.surge.queries import suggestion


def page(
    request: HouseRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the office with its side menu. A template that serves others as well extends
    ``base``: without this frame it stands alone."""
    at: datetime = context.setdefault("now", now())
    menu = side(request.actor, at, here=context.get("queue"))
    own = {"section": "desk", "side": menu, "base": "desk/frame.html"}
    return render(request, template, own | context, status=status)


FILTERS = Compiled(lambda by: SavedFilter.objects.filter(by=by), by=int)


def side(actor: Actor, at: datetime, *, here: Queue | None = None) -> dict[str, Any]:
    """The side menu: boards with their counts, call-backs, closed rooms, alarms, kept filters."""
    return {
        "boards": _boards(actor, at, here),
        "filters": FILTERS.instances(by=actor.user_id) if actor.user_id else [],
        "visits": queries.pending_visit_count(actor) if actor.may(P.VISIT) else None,
        "crisis": actor.may(P.CRISIS),
        "alarms": actor.may_any(P.CRISIS, P.ROSTER),
        "alarms_waiting": alarms_waiting(actor) if actor.may_any(P.CRISIS, P.ROSTER) else 0,
        "unmasks": unmaskings.waiting_count(actor, at=at) if actor.may(P.UNMASK) else None,
        "claims": _claims(actor),
        "petition": actor.may(P.PETITION),
        "office": _waiting_in(Seal.OFFICE, actor) if actor.may(P.OFFICE) else None,
        "leaders": _waiting_in(Seal.LEADERS, actor) if actor.may(P.INSTRUCT) else None,
        "discipline": actor.may(P.DISCIPLINE),
        "recusals": actor.may_any(P.DECIDE, P.OFFICE),
        "supervisions": actor.may_any(*LEDGER),
        "register": actor.may(P.REGISTER),
        "ledger": actor.may_any(*KEEPERS),
        "calls": actor.may_any(*RINGERS),
        "on_duty": _on_duty(at),
        "swaps": swaps_waiting(actor.user, planner=actor.may(P.ROSTER)),
        "outages": outages(),
        "surges": may_switch(actor) or actor.may_any(P.TRIAGE, P.ANSWER),
        "suggestion": suggestion(at) if may_switch(actor) else None,
    }


def _claims(actor: Actor) -> int | None:
    """How many claims wait for somebody; None where they decide none. A room shows them when there are."""
    if actor.may(P.RIGHTS):
        return waiting_count(actor)
    return (rooms_of(actor) and waiting_count(actor)) or None


def _waiting_in(seal: Seal, actor: Actor) -> int:
    """How many in a closed room wait for somebody, as far as this person may know."""
    return IN_ROOM.count(actor, seal=str(seal))


IN_ROOM = Prepared(
    lambda actor, seal: Case.objects.filter(
        recusal.open_at_desk(actor), seal=seal, state__in=ACTIVE
    ).values("pk"),
    seal=str,
)


def _on_duty(at: datetime) -> str:
    """The main person at the first post that is held by turns: whom to ask now."""
    for held in who_is_on(at):
        if held.post.by_turns:
            return held.shifts[0].user.name if held.shifts else ""
    return ""


# Drawn here, as the lines of a list are: see rows.py.
BOARD = '<a href="{url}"{current}>{icon}{label}{count}</a>'
COUNT = '<span class="count">{}</span>'
LATE = (
    '<span class="count">{count} <span class="count-late" title="{words}"><span aria-hidden="true">'
    '{late}</span><span class="visually-hidden">{words}</span></span></span>'
)


def _boards(actor: Actor, at: datetime, here: Queue | None) -> SafeString:
    """The boards that are this person's, each with how many wait there and how many are late."""
    counts = queues.counts(actor, at)
    where = Address("desk:queue", "board")
    links = [
        BOARD.format(
            url=where.of(queue.code),
            current=' aria-current="page"' if queue is here else "",
            icon=icon(queue.icon),
            label=escape(str(queue.label)),
            count=_count(counts.get(queue.code)),
        )
        for queue in queues.open_to(actor)
    ]
    return SafeString("".join(links))


def _count(found: dict[str, int] | None) -> str:
    if not found or not found["all"]:
        return ""
    if not found["late"]:
        return COUNT.format(found["all"])
    words = _("其中 %(n)s 件超时") % {"n": found["late"]}
    late = _("超 %(span)s") % {"span": found["late"]}
    return LATE.format(count=found["all"], late=late, words=words)
