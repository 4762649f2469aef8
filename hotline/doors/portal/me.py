"""我的个人信息: what we hold of somebody, and what they may ask for."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.cases import consents
from hotline.cases.models import Case
from hotline.doors.portal.privacy import own_or_404
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.models import User
from hotline.people.services.erasing import has_worked
from hotline.rights import obstacles, queries
from hotline.rights.models import Claim
from hotline.rights.services import claims


class ErasureForm(HouseForm):
    """Asking to be forgotten: why, if they like, and that they have read what it means."""

    words = Words(
        label=gettext_lazy("想说明的情况"), rows=2, max_length=1000, required=False,
        help_text=gettext_lazy("可以不填。处理完毕后这段话也一并删除。"),
    )  # fmt: skip
    sure = forms.BooleanField(label=gettext_lazy("我已了解删除后不能恢复"))


@require_safe
@login_required
def me(request: HouseRequest) -> HttpResponse:
    """What we hold, and every right with its button."""
    user = cast("User", request.user)
    context = {
        "person": user, "facts": [(fact, fact.lower(), said) for fact, said in queries.said(user).items()],
        "corrections": queries.corrections(user), "held": queries.holding(user), "claim": queries.of_person(user), "section": "me",
        "agreed": [kind for kind, given in consents.latest_of(user).items() if given], "now": now(),
    }  # fmt: skip
    return render(request, "portal/me.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@fresh_to_write
def erasure(request: HouseRequest) -> HttpResponse:
    """Ask that everything be forgotten, and the account closed."""
    user = cast("User", request.user)
    context = {
        "held": queries.holding(user), "claim": queries.of_person(user), "works": has_worked(user),
        "back": reverse("portal:me"), "undo": reverse("portal:erasure_undo"),
    }  # fmt: skip
    return _asked(request, None, context)


@require_http_methods(["GET", "POST"])
def case_erasure(request: HouseRequest, number: str) -> HttpResponse:
    """Ask that one request be forgotten: by account, or with number and code."""
    case = own_or_404(request, number)
    context = {
        "case": case, "claim": queries.on(case), "filed": obstacles.is_in_files(case),
        "waits": obstacles.of(case), "back": reverse("portal:request", args=[number]),
        "undo": reverse("portal:case_erasure_undo", args=[number]),
    }  # fmt: skip
    return _asked(request, case, context)


def _asked(request: HouseRequest, case: Case | None, context: dict[str, Any]) -> HttpResponse:
    form, status = ErasureForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                claims.ask(case, words=form.cleaned_data["words"], by=request.actor, at=now())
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("申请已收到。七天内可以撤回，十五天内给您答复。"))
                return redirect(request.path)
    whole = context | {"form": form, "section": "me", "now": now(), "asked": case}
    return render(request, "portal/erasure.html", whole, status=status)


@require_POST
@login_required
def undo(request: HouseRequest) -> HttpResponse:
    """Think again about everything."""
    return _undone(request, queries.of_person(cast("User", request.user)), reverse("portal:me"))


@require_POST
def case_undo(request: HouseRequest, number: str) -> HttpResponse:
    """Think again about one request."""
    case = own_or_404(request, number)
    return _undone(request, queries.on(case), reverse("portal:request", args=[number]))


def _undone(request: HouseRequest, claim: Claim | None, back: str) -> HttpResponse:
    if claim is None:
        raise Http404
    claims.undo(claim, by=request.actor, at=now())
    messages.success(request, _("已撤回申请，什么都没有删除。"))
    return redirect(back)
