"""三员分立: whether the three administrators are parted, what is in the way, and the switch."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.base.refusals import Refusal
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.people import duties as law
from hotline.people import queries
from hotline.people.models import Separation
from hotline.people.permissions import P
from hotline.people.services import duties as services


@require_http_methods(["GET", "POST"])
@only_for(P.PEOPLE, P.SECURITY)
@fresh_to_write
def duties(request: HouseRequest) -> HttpResponse:
    """How it stands; sent, the three are parted, or an auditor is asked to end that."""
    status, refused = 200, ""
    if request.method == "POST":
        try:
            words = _act(request)
        except Refusal as refusal:
            status, refused = refusal.status, str(refusal)
        else:
            messages.success(request, words)
            return redirect("desk:admin_duties")
    at, switch = now(), law.state()
    context = {
        "switch": switch, "asked": switch.is_asked(at), "refused": refused, "here": "duties",
        "conflicts": [] if switch.on else law.conflicts(localdate(at)), "thirds": _thirds(),
        "changes": history.lines(queries.changes_of(Separation(pk=1))[: history.LATEST]),
    }  # fmt: skip
    return page(request, "duties.html", context, status=status)


def _act(request: HouseRequest) -> str:
    if request.POST.get("act") == "ask":
        services.ask_off(by=request.actor, at=now())
        return _("已申请停用，须由审计员在 7 天内同意。")
    services.turn_on(by=request.actor, at=now())
    return _("三员分立已启用。")


def _thirds() -> list[tuple[str, list[str], list[str]]]:
    """Each of the three, what it holds, and who can do what it is there for."""
    labels, today = dict(P.choices), localdate()
    return [
        (
            str(third.label),
            [str(labels[p]) for p in P.values if p in law.HOLDS[third]],
            sorted({
                f"{held.user} · {held.role}"
                for held in queries.administrators(today, law.NEEDED[third]).select_related(
                    "user", "role"
                )
            }),
        )
        for third in law.Third
    ]  # fmt: skip
