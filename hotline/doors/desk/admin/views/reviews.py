"""The yearly look at who holds what, on a page, on paper and as a spreadsheet."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hotline.base.numbers import whole
from hotline.base.refusals import Refusal
from hotline.base.sheets import workbook
from hotline.base.words import listed
from hotline.doors.desk.admin.forms.leaving import ReviewFilter
from hotline.doors.desk.admin.frame import page
from hotline.doors.desk.admin.views.sheets import file
from hotline.doors.desk.guards import only_for
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.limits.codes import Limit
from hotline.people import reviewing, services
from hotline.people.permissions import P

Row = tuple[object, ...]


@require_http_methods(["GET", "POST"])
@only_for(P.SECURITY)
def reviews(request: HouseRequest) -> HttpResponse:
    """Every role as held; sent, the ticked ones have been looked at."""
    form, at = ReviewFilter(request.GET or None), now()
    if request.method == "POST":
        return _mark(request)
    rows = reviewing.lines(at=at, only=form.only())
    context = {"form": form, "lines": rows, "here": "reviews", "query": _query(form)}
    return page(request, "reviews.html", context)


def _mark(request: HouseRequest) -> HttpResponse:
    picked = [pk for text in request.POST.getlist("row") if (pk := whole(text)) is not None]
    try:
        count = services.review(picked, by=request.actor, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已复核 %(count)d 项任职。") % {"count": count})
    form = ReviewFilter(request.GET or None)
    return redirect(reverse("desk:admin_reviews") + _query(form))


def _query(form: ReviewFilter) -> str:
    return "".join(f"?mark={mark}" for mark in form.only())


@require_safe
@only_for(P.SECURITY)
@fresh
@at_most(Limit.EXPORT)
def sheet(request: HouseRequest) -> HttpResponse:
    """The report as XLSX."""
    columns = [
        (_("姓名"), 12), (_("学号/工号"), 14), (_("角色"), 18), (_("单位"), 16), (_("限定分类"), 14),
        (_("起"), 12), (_("止（含）"), 12), (_("最近登录"), 18), (_("最近复核"), 18), (_("提示"), 30),
    ]  # fmt: skip
    rows = _rows(ReviewFilter(request.GET or None).only())
    return file(_("权限复核表"), workbook(_("权限复核表"), columns, rows))


def _rows(only: list[str]) -> Iterator[Row]:
    for line in reviewing.lines(at=now(), only=only):
        held = line.membership
        last = held.to_date.isoformat() if held.to_date else _("长期")
        yield (
            held.user.name, held.user.account, str(held.role), str(held.unit or ""),
            listed(held.categories), held.from_date.isoformat(), last, full(held.user.last_login),
            full(line.reviewed_at), listed(line.labels),
        )  # fmt: skip
