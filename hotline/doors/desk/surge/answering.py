"""Answers for many: written by one, passed by another."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hotline.base.refusals import Refusal
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.surge.forms import CannedForm
from hotline.doors.desk.surge.frame import clerks_only, page, surge_or_404
from hotline.doors.ui.middleware import HouseRequest
from hotline.surge.models import Canned
from hotline.surge.services import answers


@require_http_methods(["GET", "POST"])
@clerks_only
def new(request: HouseRequest, pk: int) -> HttpResponse:
    """Write one."""
    surge, form = surge_or_404(pk), CannedForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = outcome(
            form, lambda: answers.write(surge, **form.values(), by=request.actor, at=now())
        )
        if status == 200:
            messages.success(request, _("已保存，须由另一位工作人员审核后才能使用。"))
            return redirect("desk:surge", pk)
    context = {"form": form, "title": _("新的统一答复"), "surge": surge}
    return page(request, "form.html", context, status=status)


@require_POST
@clerks_only
def pass_(request: HouseRequest, pk: int) -> HttpResponse:
    """Let it be used."""
    row = get_object_or_404(Canned, pk=pk)
    done = _("已审核通过，可以使用。")
    return _say(request, row, lambda: answers.pass_(row, by=request.actor, at=now()), done)


@require_POST
@clerks_only
def withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Let it be used no more."""
    row = get_object_or_404(Canned, pk=pk)
    return _say(
        request, row, lambda: answers.withdraw(row, by=request.actor, at=now()), _("已撤下。")
    )


def _say(request: HouseRequest, row: Canned, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:surge", row.surge_id)
