"""How long what is kept: the rules, what they would do now, and the papers of what they did."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hotline.audit import keys
from hotline.base import jobs
from hotline.cases.models import Case
from hotline.cases.queries import visible_to
from hotline.doors.desk.admin import history
from hotline.doors.desk.admin.forms.retention import RulesForm
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.saving import outcome
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh_to_write
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.rights.models import Act, Certificate, DataClass, RetentionRule
from hotline.rights.services import retention
from hotline.rights.services.retention import Planned

SIZE = 20
LABELS = {code.value: code.label for code in DataClass}


@require_http_methods(["GET", "POST"])
@only_for(P.PRIVACY)
@fresh_to_write
def rules(request: HouseRequest) -> HttpResponse:
    """The rules, saved together or not at all; with ``plan``, what they would do at this moment."""
    form, status = RulesForm(request.POST or None), 200
    if request.method == "POST":
        status = outcome(form, lambda: _save(request, form))
        if status == 200:
            messages.success(request, _("保存期限已保存，今晚起按新规则处理。"))
            return redirect("desk:admin_retention")
    context: dict[str, Any] = {
        "form": form, "here": "retention", "changes": history.latest_of(RetentionRule, LABELS),
    }  # fmt: skip
    if "plan" in request.GET:
        context["plan"] = _planned(request.actor)
    return page(request, "retention.html", context, status=status)


def _planned(actor: Actor) -> list[tuple[Any, Any, Planned, list[str]]]:
    """What is due now, with some numbers of it: none of a request that this person may not open."""
    lines = retention.plan(at=now())
    numbers = {number for line in lines for number in line.due.sample}
    known = visible_to(actor).filter(number__in=numbers) if numbers else Case.objects.none()
    shown = set(known.values_list("number", flat=True))
    return [
        (LABELS[line.rule.code], Act(line.rule.act).label, line,
         [number for number in line.due.sample if number in shown])
        for line in lines
    ]  # fmt: skip


def _save(request: HouseRequest, form: RulesForm) -> None:
    retention.set_rules(form.values(), by=request.actor, at=now(), seen=form.seen_change)


@require_POST
@only_for(P.PRIVACY)
@fresh_to_write
def run(request: HouseRequest) -> HttpResponse:
    """Do tonight's work now: queued, because it may take a while."""
    jobs.wake("rights.retain", lock="rights.retain", timestamp=int(now().timestamp()))
    messages.success(request, _("已排入后台执行，完成后在“清除证明”中可见。"))
    return redirect("desk:admin_certificates")


@require_safe
@only_for(P.PRIVACY, P.LOOKS)
def certificates(request: HouseRequest) -> HttpResponse:
    """Every run that has removed something, the latest first."""
    part = page_of(
        Certificate.objects.select_related("by"), request.GET.get("after", ""), size=SIZE
    )
    context = {
        "rows": [_told(row) for row in part.rows], "next": part.next, "here": "certificates",
    }  # fmt: skip
    return page(request, "certificates.html", context)


@require_safe
@only_for(P.PRIVACY, P.LOOKS)
def certificate(request: HouseRequest, number: int) -> HttpResponse:
    """One of them, to be read and printed."""
    row = get_object_or_404(Certificate.objects.select_related("by"), number=number)
    context = _told(row) | {"here": "certificates", "key": keys.public()}
    return page(request, "certificate.html", context)


@require_safe
@only_for(P.PRIVACY, P.LOOKS)
def certificate_file(request: HouseRequest, number: int) -> HttpResponse:
    """One of them as the signed file that can be checked elsewhere."""
    row = get_object_or_404(Certificate, number=number)
    response = HttpResponse(retention.written(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="certificate-{number:06d}.json"'
    return response


def _told(row: Certificate) -> dict[str, Any]:
    said = json.loads(row.body)
    lines = [
        {**line, "label": LABELS.get(line["class"], line["class"]), "words": Act(line["act"]).label}
        for line in said["lines"]
    ]
    signed = keys.is_signed(row.body, row.signature, said["key"])
    return {"row": row, "lines": lines, "total": sum(x["count"] for x in lines), "genuine": signed}
