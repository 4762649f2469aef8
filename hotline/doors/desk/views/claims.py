"""What people ask of the office about their own data, and the office's decision."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hotline.base.refusals import Invalid, Refusal
from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.cases.sight import sight_of
from hotline.doors.desk import frame
from hotline.doors.desk.guards import signed_in
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.actor import Actor
from hotline.rights import obstacles
from hotline.rights.models import Claim, ClaimKind, ClaimState, Fact, Ground
from hotline.rights.queries import DECIDERS, holding, open_to, wanted
from hotline.rights.queries import said as said_of
from hotline.rights.services import claims as services

deciders_only = signed_in(lambda actor: actor.may_any(*DECIDERS))
"""For whoever decides what people ask about their own data: the office, and each closed room."""
SIZE = 30


class RefuseForm(HouseForm):
    """By which of the law's grounds, where there must be one, and what the person reads."""

    ground = forms.ChoiceField(
        label=gettext_lazy("法律依据"), choices=[("", "—"), *Ground.choices], required=False
    )
    words = Words(
        label=gettext_lazy("写给申请人的理由"), rows=3, max_length=1000, required=False,
        help_text=gettext_lazy("申请人会看到依据和这段话。"),
    )  # fmt: skip

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if claim.kind == ClaimKind.CORRECT:
            del self.fields["ground"]
            self.fields["words"].help_text = _("申请人会看到这段话。")


def _theirs(actor: Actor) -> QuerySet[Claim]:
    return open_to(actor).select_related("case", "user__college", "decided_by")


@require_safe
@deciders_only
def ledger(request: HouseRequest) -> HttpResponse:
    """What waits, by when; and what was decided."""
    done = request.GET.get("tab") == "done"
    rows = _theirs(request.actor)
    open_ = rows.filter(state=ClaimState.OPEN)
    part = page_of(
        rows.exclude(state=ClaimState.OPEN) if done else open_, request.GET.get("after", ""),
        by=("-id",) if done else ("due_at", "id"), size=SIZE,
    )  # fmt: skip
    context = {"rows": part.rows, "next": part.next, "done": done, "here": "claims", "now": now()}
    return frame.page(request, "desk/claims.html", context)


@require_http_methods(["GET", "POST"])
@deciders_only
@fresh_to_write
def claim(request: HouseRequest, pk: int) -> HttpResponse:
    """One of them: what it would touch, and the decision."""
    found = _theirs(request.actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    typed = None if "grant" in request.POST else request.POST or None  # also without its button
    form, status, refused = RefuseForm(typed, claim=found), 200, ""
    if request.method == "POST":
        try:
            status = _decide(request, found, form)
        except Invalid as refusal:  # the account cannot be so
            refused = " ".join(map(str, refusal.fields.values())) or str(refusal)
            status = refusal.status
        if status == 200:
            messages.success(request, _("已决定，并告知申请人。"))
            return redirect("desk:claims")
    context = _context(request, found, form) | {"refused": refused}
    return frame.page(request, "desk/claim.html", context, status=status)


def _context(request: HouseRequest, found: Claim, form: RefuseForm) -> dict[str, Any]:
    at = now()
    if found.case is not None:
        looking.looked(sight_of(request.actor, found.case, at=at), by=request.actor)
    return {
        "claim": found, "form": form, "here": "claims", "now": at,
        "waits": obstacles.of(found.case) if found.case is not None and not found.case.erased_at else [],
        "held": _held(request.actor, found),
        "own": found.user_id is not None and found.user_id == request.actor.user_id,
        "may_grant": at >= found.undo_until,
    } | _corrected(request, found, at)  # fmt: skip


def _held(actor: Actor, found: Claim) -> dict[str, int] | None:
    """How much a wish to be forgotten altogether is about, as far as this person may know."""
    if found.user is None or found.kind != ClaimKind.PERSON:
        return None
    return holding(found.user, seen_by=actor)


def _corrected(request: HouseRequest, found: Claim, at: datetime) -> dict[str, Any]:
    """Of a correction whose it is, what stands there and what should: with a look on record.

    Nothing of it once it is decided, nor of one's own.
    """
    user = found.user
    if not found.fact or user is None or user.pk == request.actor.user_id:
        return {}
    if found.state != ClaimState.OPEN:
        return {}
    looking.opened(
        Table.CORRECTION, found.pk, fields="name:full origin:full", by=request.actor, at=at
    )
    said = said_of(user)[Fact(found.fact)]
    return {"person": user, "said": said, "wanted": wanted(found)}


def _decide(request: HouseRequest, found: Claim, form: RefuseForm) -> int:
    try:
        if "grant" in request.POST:
            services.grant(found, by=request.actor, at=now())
        elif form.is_valid() and "refuse" in request.POST:
            services.refuse(found, by=request.actor, at=now(), **form.cleaned_data)
        else:
            return 422
    except Refusal as refusal:
        if not form.is_bound:
            raise
        form.refuse(refusal)
        return refusal.status
    return 200
