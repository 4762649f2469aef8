"""The privacy notice for everybody to read, and what a requester agrees to."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.cases import consents, policies, queries
from hotline.cases.models import Case, Consent, ConsentKind
from hotline.cases.services import consenting
from hotline.catalog import privacy
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.onward import safe
from hotline.people.models import User


@require_safe
def notice(request: HouseRequest, version: str = "") -> HttpResponse:
    """The notice in force, or one that was: all of them can be read for good."""
    at = now()
    found = privacy.begun(version, at) if version else privacy.in_force(at)
    if found is None:
        raise Http404
    current = privacy.in_force(at)
    context = {
        "notice": found, "current": current, "section": "privacy",
        "waiting": [row for row in privacy.published() if row.from_at and row.from_at > at],
        "others": [
            row for row in privacy.published() if row.from_at and row.from_at <= at and row != found
        ],
    }  # fmt: skip
    return render(request, "portal/privacy.html", context)


@require_POST
@login_required
def acknowledge(request: HouseRequest) -> HttpResponse:
    """A person has read the notice in force."""
    user = cast("User", request.user)
    consenting.read(user, version=request.POST.get("version", ""), at=now())
    messages.success(request, _("谢谢，已记下您读过这一版隐私告知。"))
    return redirect(safe(request, request.POST.get("next")))


@dataclass(frozen=True)
class Choice:
    """One optional part as it stands for a request: ``row`` None where nobody was asked."""

    kind: ConsentKind
    row: Consent | None

    @property
    def given(self) -> bool:
        return self.row is not None and self.row.given


def agreed(case: Case) -> list[Choice]:
    """Everything that a requester may agree to, in its order."""
    now_ = consents.standing(case)
    return [Choice(kind, now_.get(kind)) for kind in consents.kinds_for(case.mode)]


@require_POST
def consent(request: HouseRequest, number: str) -> HttpResponse:
    """Agree to one optional part of one request, or no longer: the same click either way."""
    case = own_or_404(request, number)
    given = request.POST.get("given") == "1"
    consenting.choose(case, request.POST.get("kind", ""), given=given, by=request.actor, at=now())
    messages.success(request, _("已同意。") if given else _("已撤回同意。"))
    return redirect("portal:request", number)


@require_POST
def read_for(request: HouseRequest, number: str) -> HttpResponse:
    """The bearer of an anonymous request's code has read the notice in force."""
    case = own_or_404(request, number)
    if case.owner_id is not None:
        raise Http404
    version = request.POST.get("version", "")
    consenting.read_for(case, version=version, by=request.actor, at=now())
    messages.success(request, _("谢谢，已记下您读过这一版隐私告知。"))
    return redirect("portal:request", number)


def own_or_404(request: HouseRequest, number: str) -> Case:
    """A request that is this reader's own, by account or by its code."""
    case = queries.visible(request.actor, number)
    if case is None or not policies.is_requester(request.actor, case):
        raise Http404
    return case
