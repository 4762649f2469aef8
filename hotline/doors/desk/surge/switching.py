"""The switch, and the list of what was."""

import csv
from collections.abc import Callable
from io import StringIO

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.base.refusals import Refusal
from hotline.base.sheets import neutral
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.surge.forms import SurgeForm
from hotline.doors.desk.surge.frame import anyone_concerned, page, surge_or_404, switchers_only
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.surge import queries
from hotline.surge.models import Surge
from hotline.surge.services import switch

PAST_MOST = 50


@require_safe
@anyone_concerned
def overview(request: HouseRequest) -> HttpResponse:
    """What is on, what is suggested, what was."""
    at = now()
    past = Surge.objects.filter(on=False)[:PAST_MOST]
    context = {
        "current": Surge.objects.filter(on=True).first(), "suggestion": queries.suggestion(at),
        "past": [queries.summary(surge, at=at) for surge in past],
    }  # fmt: skip
    return page(request, "overview.html", context)


@require_http_methods(["GET", "POST"])
@switchers_only
def on(request: HouseRequest) -> HttpResponse:
    """Say what everybody is told, and switch on."""
    form = SurgeForm(request.POST or None)
    return _form(
        request, form, _("开启突发模式"),
        lambda: switch.turn_on(form.plan(), by=request.actor, at=now()), _("突发模式已开启。"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@switchers_only
def change(request: HouseRequest, pk: int) -> HttpResponse:
    """Say something else, or end later or sooner."""
    surge = surge_or_404(pk)
    form = SurgeForm(request.POST) if request.method == "POST" else SurgeForm.of(surge)
    return _form(
        request, form, _("修改突发模式"),
        lambda: switch.change(surge, form.plan(), by=request.actor, at=now()), _("已修改。"),
    )  # fmt: skip


def _form(
    request: HouseRequest, form: SurgeForm, title: str, act: Callable[[], object], done: str
) -> HttpResponse:
    status = outcome(form, act) if request.method == "POST" else 200
    if request.method == "POST" and status == 200:
        messages.success(request, done)
        return redirect("desk:surges")
    return page(request, "form.html", {"form": form, "title": title}, status=status)


@require_POST
@switchers_only
def off(request: HouseRequest, pk: int) -> HttpResponse:
    """Switch off; the summary stays."""
    try:
        switch.turn_off(surge_or_404(pk), by=request.actor, at=now())
        messages.success(request, _("突发模式已结束，一切恢复平时。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:surge", pk)


@require_safe
@anyone_concerned
@at_most(Limit.EXPORT)
def sheet(request: HouseRequest) -> HttpResponse:
    """The figures of all surges as CSV: no request and nobody is in it."""
    at, out = now(), StringIO()
    lines = csv.writer(out)
    heads = (_("标题"), _("开始"), _("结束"), _("期间提交"), _("关于此事"), _("已并单"), _("已答复"), _("等待中"), _("平均（小时）"))  # fmt: skip
    lines.writerow(heads)
    for surge in Surge.objects.all():
        found = queries.summary(surge, at=at)
        lines.writerow([
            neutral(surge.title), full(surge.began_at), full(surge.ended_at), found.came, found.said, found.grouped,
            found.answered, found.waiting, "" if found.mean_hours is None else found.mean_hours,
        ])  # fmt: skip
    made = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    made["Content-Disposition"] = f'attachment; filename="surges-{at:%Y%m%d}.csv"'
    return made
