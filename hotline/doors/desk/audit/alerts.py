"""异常查看: what was unusual, and what an auditor says that it was."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from hotline.audit import queries
from hotline.audit.models import Alert
from hotline.audit.services import watching
from hotline.base.refusals import Refusal
from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.desk.told import number_of
from hotline.doors.ui.forms import HouseForm, Words
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import day
from hotline.doors.ui.pages import page_of
from hotline.doors.ui.sought import sealed as sealed_words
from hotline.people.actor import Actor
from hotline.worktime.clock import day_of

TABS = {"open": gettext_lazy("待说明"), "all": gettext_lazy("全部")}


class ExplainForm(HouseForm):
    words = Words(label=gettext_lazy("核实情况"), rows=2, max_length=1000)


@require_safe
@auditors_only
def alerts(request: HouseRequest) -> HttpResponse:
    """Those that nobody has explained yet, or all of them."""
    looking.audited(Table.ALERTS, by=request.actor, at=now())
    return _page(request, ExplainForm(), 0)


def _page(request: HouseRequest, form: ExplainForm, chosen: int, status: int = 200) -> HttpResponse:
    tab = "all" if request.GET.get("tab") == "all" else "open"
    part = page_of(queries.alerts(unexplained=tab == "open"), request.GET.get("after", ""))
    context = {
        "lines": [_line(row, request.actor) for row in part.rows], "next": part.next, "tab": tab, "form": form,
        "tabs": TABS.items(), "chosen": chosen, "here": "alerts", "reader": request.actor.user_id,
    }  # fmt: skip
    return page(request, "alerts.html", context, status=status)


def _line(row: Alert, reader: Actor) -> dict[str, Any]:
    days = {"since": day(day_of(row.since)), "until": day(day_of(row.until))}
    sought = sealed_words(row.by.account)
    return {
        "row": row,
        "number": number_of(row.case, reader),
        "notes": row.notes.all(),
        "sought": sought,
    } | days


@require_POST
@auditors_only
def explain(request: HouseRequest, pk: int) -> HttpResponse:
    """Say what it was; more can be said later, nothing can be taken back."""
    row = get_object_or_404(Alert, pk=pk)
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _page(request, form, pk, 422)
    try:
        watching.explain(row, words=form.cleaned_data["words"], by=request.actor, at=now())
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(request, form, pk, refusal.status)
    messages.success(request, _("已记录。"))
    return redirect("desk:audit_alerts")
