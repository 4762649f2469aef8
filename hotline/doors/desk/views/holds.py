"""依法留存: to keep a request as it is while a proceeding lasts, and to end that."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import Refusal
from hotline.cases.models import Case
from hotline.cases.services import looking
from hotline.cases.sight import Sight
from hotline.doors.desk import frame
from hotline.doors.desk.find import case_or_404
from hotline.doors.desk.views.claims import deciders_only
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.people.actor import Actor
from hotline.rights.models import Hold
from hotline.rights.queries import decides
from hotline.rights.services import holding


class HoldForm(HouseForm):
    words = Words(
        label=gettext_lazy("依据"), rows=2, max_length=500,
        help_text=gettext_lazy("如案号、来文编号。不要写诉求人的姓名和号码。"),
    )  # fmt: skip


def _theirs_or_404(actor: Actor, number: str) -> tuple[Case, Sight]:
    case, sight = case_or_404(actor, number)
    if not decides(actor, case):
        raise Http404
    return case, sight


@require_http_methods(["GET", "POST"])
@deciders_only
def hold(request: HouseRequest, number: str) -> HttpResponse:
    """The form, and every time that it was held."""
    case, sight = _theirs_or_404(request.actor, number)
    looking.looked(sight, by=request.actor)
    form, status = HoldForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                holding.hold(case, words=form.cleaned_data["words"], by=request.actor, at=now())
            except Refusal as refusal:
                form.refuse(refusal)
                status = refusal.status
            else:
                messages.success(request, _("已依法留存：解除之前不会匿名化或删除。"))
                return redirect("desk:case", number)
    rows = Hold.objects.filter(case=case).select_related("by", "ended_by").order_by("-id")[:20]
    context = {
        "case": case, "sight": sight, "form": form, "rows": rows, "back": reverse("desk:case", args=[number]),
        "held": any(row.ended_at is None for row in rows), "now": sight.at,
    }  # fmt: skip
    return frame.page(request, "desk/hold.html", context, status=status)


@require_POST
@deciders_only
def end(request: HouseRequest, number: str) -> HttpResponse:
    """The proceeding is over."""
    case, _sight = _theirs_or_404(request.actor, number)
    holding.end(case, by=request.actor, at=now())
    messages.success(request, _("已解除留存。"))
    return redirect("desk:case", number)
