"""What a unit has promised for a day that has come: done, or not."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from hotline.base.refusals import Refusal
from hotline.cases import queries
from hotline.cases.services import promising
from hotline.doors.desk.guards import unit_only
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest

MOST = 100  # a unit with more has been asked about them before


class KeptForm(HouseForm):
    number = forms.CharField(max_length=20)
    words = Words(rows=3)
    version = forms.IntegerField(required=False)


@require_http_methods(["GET", "POST"])
@unit_only
def promises(request: HouseRequest) -> HttpResponse:
    """The list, each with a form; whatever is not answered in time is opened again."""
    form, status = KeptForm(request.POST or None), 200
    if request.method == "POST":
        status = _keep(request, form)
        if status == 200:
            messages.success(request, _("已反馈，诉求人会收到通知。"))
            return redirect("desk:promises")
    rows = queries.promises_of(request.actor).only(
        "number", "shown_title", "promise_date", "promise_due_at", "version"
    )
    context = {
        "rows": list(rows[:MOST]), "form": form, "section": "unit", "now": now(),
        "chosen": request.POST.get("number", ""),
    }  # fmt: skip
    return render(request, "desk/promises.html", context, status=status)


def _keep(request: HouseRequest, form: KeptForm) -> int:
    if not form.is_valid():
        return 422
    data = form.cleaned_data
    case = get_object_or_404(queries.promises_of(request.actor), number=data["number"])
    try:
        promising.keep_promise(
            case, words=data["words"], by=request.actor, at=now(), version=data["version"]
        )
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status
    return 200
