"""封存: the daily seals of the history, each to be taken along, and the key that proves them."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from hotline.audit import copies, keys
from hotline.audit.models import Seal
from hotline.cases.models import Table
from hotline.cases.services import looking
from hotline.doors.desk.audit.frame import auditors_only, page
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of


@require_safe
@auditors_only
def seals(request: HouseRequest) -> HttpResponse:
    """The latest first, with what each counts."""
    part = page_of(Seal.objects.all(), request.GET.get("after", ""))
    looking.audited(Table.SEALS, by=request.actor, at=now())
    context = {
        "lines": [_line(row) for row in part.rows], "next": part.next, "here": "seals",
        "key": keys.public(),
    }  # fmt: skip
    return page(request, "seals.html", context)


def _line(row: Seal) -> dict[str, Any]:
    tables = json.loads(row.body)["tables"]
    count = {name: said["count"] for name, said in tables.items()}
    others = sum(n for name, n in count.items() if name not in {"cases_step", "cases_look"})
    return {
        "row": row, "steps": count["cases_step"], "looks": count["cases_look"], "others": others,
    }  # fmt: skip


@require_safe
@auditors_only
def download(request: HouseRequest, number: int) -> HttpResponse:
    """One seal as the file that is kept elsewhere."""
    row = get_object_or_404(Seal, number=number)
    looking.audited(Table.SEAL, by=request.actor, at=now(), chosen={"seal": number})
    response = HttpResponse(copies.written(row), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="seal-{number:06d}.json"'
    return response
