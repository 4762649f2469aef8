"""The requests of a surge together: chosen, merged into the lead, answered, taken out."""

from collections import Counter
from collections.abc import Callable, Iterable

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hotline.base.numbers import whole
from hotline.base.refusals import Refusal
from hotline.cases import queries as cases
from hotline.cases.codes import Seal
from hotline.cases.models import Case
from hotline.doors.desk import find
from hotline.doors.desk.rows import drawn, lean, office_rows
from hotline.doors.desk.surge.forms import LeadForm
from hotline.doors.desk.surge.frame import (
    anyone_concerned,
    clerks_only,
    page,
    surge_or_404,
    works_on_it,
)
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.pages import page_of
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.surge import queries
from hotline.surge.models import Batch, Item, Surge
from hotline.surge.services import batches, joining, switch

TABS = ("waiting", "merged", "over", "others")
MERGED = Q(merged_into__isnull=False)


@require_safe
@anyone_concerned
def surge(request: HouseRequest, pk: int) -> HttpResponse:
    """What came of it; for clerks its requests as well."""
    found, at = surge_or_404(pk), now()
    lead = _open_to(request.actor, found.lead)
    context: dict[str, object] = {
        "surge": found, "lead": lead, "sum": queries.summary(found, at=at), "now": at,
    }  # fmt: skip
    if works_on_it(request.actor):
        context |= _requests(request, found)
    return page(request, "surge.html", context)


def _open_to(actor: Actor, case: Case | None) -> Case | None:
    """A request that is named on the page, if this person may open it: it may have been sealed since."""
    return cases.visible(actor, case.number) if case is not None and case.number else None


def _requests(request: HouseRequest, found: Surge) -> dict[str, object]:
    actor, at = request.actor, now()
    tab = request.GET.get("tab", "waiting")
    if tab not in TABS:
        raise Http404
    theirs = queries.members(found, actor)
    waiting = Q(state__in=queries.HEARD)
    rows = {
        "waiting": theirs.filter(waiting), "merged": theirs.filter(MERGED, closed_at=None),
        "over": theirs.exclude(waiting).exclude(MERGED, closed_at=None),
        "others": queries.others(found, actor),
    }  # fmt: skip
    part = page_of(lean(rows[tab]), request.GET.get("after", ""), by=("id",))
    listed = office_rows(part.rows, by=actor)
    chosen = found.on and tab in {"waiting", "others"}
    return {
        "tab": tab, "counts": {name: part.count() for name, part in rows.items()}, "rows": listed,
        "lines": drawn(listed, at, bulk=chosen, chosen="all" in request.GET), "next": part.next,
        "bulk": chosen, "answers": list(found.answers.select_related("by", "passed_by")),
        "lead_form": LeadForm(), "triages": actor.may(P.TRIAGE), "answering": actor.may(P.ANSWER),
        "reviews": actor.may(P.REVIEW), "clerk": True,
        "batches": found.batches.select_related("answer", "by")[:5],
    }  # fmt: skip


@require_POST
@clerks_only
def lead(request: HouseRequest, pk: int) -> HttpResponse:
    """Which request is handled for all of them."""
    case = find.by_number(request.actor, request.POST.get("number", "").strip())
    if case is None:
        messages.error(request, _("没有找到这个编号的诉求。"))
        return redirect("desk:surge", pk)
    return _said(
        request, pk,
        lambda: switch.name_lead(surge_or_404(pk), case, by=request.actor, at=now()),
        _("主件已指定。"),
    )  # fmt: skip


@require_POST
@clerks_only
def bring_in(request: HouseRequest, pk: int) -> HttpResponse:
    """The chosen ones are about it as well."""
    found = surge_or_404(pk)
    return _each(
        request, pk, lambda case: joining.bring_in(found, case, by=request.actor, at=now())
    )


@require_POST
@clerks_only
def take_out(request: HouseRequest, pk: int) -> HttpResponse:
    """The chosen ones are about something else."""
    return _each(request, pk, lambda case: joining.take_out(case, by=request.actor, at=now()))


@require_POST
@clerks_only
def begin(request: HouseRequest, pk: int) -> HttpResponse:
    """Merge the chosen ones into the lead, or give them one of the answers: in a minute."""
    found = surge_or_404(pk)
    wanted = request.POST.get("answer", "")
    answer = get_object_or_404(found.answers, pk=whole(wanted) or 0) if wanted else None
    try:
        made = batches.begin(found, _chosen(request), by=request.actor, at=now(), answer=answer)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("desk:surge", pk)
    return redirect("desk:surge_batch", made.pk)


@require_safe
@clerks_only
def batch(request: HouseRequest, pk: int) -> HttpResponse:
    """How far it is; what is left may be called off."""
    found, at = _batch_or_404(pk), now()
    items = found.items.filter(case__seal=Seal.NONE).select_related("case")
    allowed = set(
        cases.office_list(request.actor)
        .filter(pk__in=items.values("case"))
        .values_list("pk", flat=True)
    )
    shown = [item for item in items if item.case_id in allowed]
    results = Counter(item.result for item in shown)
    context = {
        "batch": found, "into": _open_to(request.actor, found.into), "items": shown, "surge": found.surge, "now": at,
        "waiting": results[Item.Result.WAITING], "whole": len(shown),
        "done": results[Item.Result.DONE], "refused": results[Item.Result.REFUSED],
        "stopped": results[Item.Result.STOPPED], "begun": at >= found.begins_at,
        "seconds": max(0, int((found.begins_at - at).total_seconds())),
    }  # fmt: skip
    if request.headers.get("HX-Request"):
        return page(request, "_progress.html", context)
    return page(request, "batch.html", context)


@require_POST
@clerks_only
def stop(request: HouseRequest, pk: int) -> HttpResponse:
    """Call off what has not been done."""
    found = _batch_or_404(pk)
    try:
        count = batches.stop(found, by=request.actor, at=now())
        messages.success(request, _("已撤销 %(count)d 件。") % {"count": count})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:surge_batch", pk)


def _batch_or_404(pk: int) -> Batch:
    return get_object_or_404(Batch.objects.select_related("surge", "answer", "by", "into"), pk=pk)


def _chosen(request: HouseRequest) -> list[int]:
    found = [pk for text in request.POST.getlist("case") if (pk := whole(text))]
    return found[: batches.MOST]


def _each(request: HouseRequest, pk: int, act: Callable[[Case], None]) -> HttpResponse:
    """One's refusal stops no other."""
    done, refused = 0, set[str]()
    rows: Iterable[Case] = cases.office_list(request.actor).filter(pk__in=_chosen(request))
    for case in rows:
        try:
            act(case)
            done += 1
        except Refusal as refusal:
            refused.add(str(refusal))
    if done:
        messages.success(request, _("已处理 %(count)d 件。") % {"count": done})
    for words in sorted(refused):
        messages.error(request, words)
    return redirect(f"{reverse('desk:surge', args=[pk])}?tab={request.POST.get('tab', 'waiting')}")


def _said(request: HouseRequest, pk: int, act: Callable[[], None], done: str) -> HttpResponse:
    try:
        act()
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("desk:surge", pk)
