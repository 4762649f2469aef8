"""Standing recusals (回避名单): who keeps away from which unit, college or person."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.cases.models import Recusal
from hotline.cases.services import recusing
from hotline.doors.desk.admin.forms.recusals import RecusalForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_if
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.actor import Actor


@require_http_methods(["GET", "POST"])
@only_if(recusing.may_keep)
@fresh_to_write
def recusals(request: HouseRequest) -> HttpResponse:
    """Those in force, and a form for one more. Which single requests somebody stepped aside from is
    no list's to tell."""
    form, status = RecusalForm(request.POST or None), 200
    if request.method == "POST":
        status = outcome(form, lambda: _add(request, form))
        if status == 200:
            messages.success(request, _("已登记回避。"))
            return redirect("desk:admin_recusals")
    rows = Recusal.objects.filter(ended_at=None, case=None).select_related(
        "user", "unit", "person", "by"
    )
    part = page_of(rows, request.GET.get("after", ""))
    context = {
        "form": form, "rows": part.rows, "next": part.next, "here": "recusals",
        "ends": _to_end(request.actor, part.rows),
    }  # fmt: skip
    return page(request, "recusals.html", context, status=status)


def _to_end(actor: Actor, rows: Iterable[Recusal]) -> set[int]:
    """Ids of those that are theirs to end."""
    kept = recusing.keyholders(now())
    return {
        row.pk
        for row in rows
        if row.user_id != actor.user_id
        and recusing.may_keep_for(row.user_id, by=actor, keyholders=kept)
    }


def _add(request: HouseRequest, form: RecusalForm) -> None:
    data = form.cleaned_data
    recusing.keep_away(
        data["user"], unit=data["unit"], person=data["person"], words=data["words"],
        by=request.actor, at=now(),
    )  # fmt: skip


@require_POST
@only_if(recusing.may_keep)
@fresh_to_write
def end(request: HouseRequest, pk: int) -> HttpResponse:
    """End one."""
    row = get_object_or_404(Recusal, pk=pk, case=None, ended_at=None)
    recusing.end(row, by=request.actor, at=now())
    messages.success(request, _("已解除回避。"))
    return redirect("desk:admin_recusals")
