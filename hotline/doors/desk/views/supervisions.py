"""督办台账: the slips of all units, one slip with its print, the bulletin; and a unit's own."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hotline.base.refusals import Refusal
from hotline.cases.models import Case, Table, WorkOrder
from hotline.cases.services import looking
from hotline.cases.sight import Sight, Viewer, sight_of, unit_sight
from hotline.catalog import shelf
from hotline.catalog.models import ReasonKind
from hotline.doors.desk import frame
from hotline.doors.desk.guards import overseers_only, unit_only
from hotline.doors.desk.views.sheets import sheet
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.fields import ReasonField, UnitField
from hotline.doors.ui.forms import Day, HouseForm, Words
from hotline.doors.ui.looks import chosen, door_of, noting
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.doors.ui.pages import page_of
from hotline.limits.codes import Limit
from hotline.oversight import moves, queries
from hotline.oversight.models import Instruction, Level, SlipState, Supervision
from hotline.oversight.services import slips
from hotline.worktime.clock import ZONE, day_of

ROWS_MOST = 20_000
STATES = (
    ("", gettext_lazy("未销号")), ("late", gettext_lazy("反馈超时")), *SlipState.choices,
    ("all", gettext_lazy("全部")),
)  # fmt: skip
ACTS = {
    "feedback": ("feed_back", slips.feed_back, gettext_lazy("反馈"), gettext_lazy("说明原因、已采取的措施和办结时间")),
    "return": ("ask_again", slips.ask_again, gettext_lazy("要求重新反馈"), gettext_lazy("还需要说明什么")),
    "opinion": ("opine", slips.opine, gettext_lazy("分管领导意见"), gettext_lazy("意见")),
    "discharge": ("discharge", slips.discharge, gettext_lazy("销号"), gettext_lazy("销号依据")),
}  # fmt: skip


class LedgerFilter(HouseForm):
    state = forms.ChoiceField(label=gettext_lazy("状态"), choices=STATES, required=False)
    unit = UnitField(
        label=gettext_lazy("承办单位"), required=False, empty_label=gettext_lazy("全部")
    )
    reason = ReasonField(
        ReasonKind.SUPERVISE,
        label=gettext_lazy("来源"),
        required=False,
        empty_label=gettext_lazy("全部"),
    )
    level = forms.ChoiceField(
        label=gettext_lazy("级别"), required=False,
        choices=(("", gettext_lazy("全部")), (2, Level.SUPERVISE.label), (3, Level.ESCALATE.label)),
    )  # fmt: skip
    since = Day(label=gettext_lazy("立项自"), required=False)
    until = Day(label=gettext_lazy("立项至"), required=False)

    def condition(self, at: datetime) -> Q:
        """What was chosen; what makes no sense is left out and said beside its field."""
        self.is_valid()
        data = getattr(self, "cleaned_data", {})
        state = data.get("state", "")
        where = Q()
        if state == "late":
            where &= queries.late(at)
        elif state in SlipState:
            where &= Q(state=state)
        elif state != "all":
            where &= ~Q(state=SlipState.DISCHARGED)
        for name, field in (("unit", "unit"), ("reason", "reason"), ("level", "level")):
            if value := data.get(name):
                where &= Q(**{field: value.code if name == "reason" else value})
        if since := data.get("since"):
            where &= Q(opened_at__gte=datetime.combine(since, time(), ZONE))
        if until := data.get("until"):
            where &= Q(opened_at__lt=datetime.combine(until + timedelta(days=1), time(), ZONE))
        return where


class SlipForm(HouseForm):
    words = Words(rows=3)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_safe
@overseers_only
def ledger(request: HouseRequest) -> HttpResponse:
    """All slips, the newest first."""
    at = now()
    form = LedgerFilter(request.GET)
    part = page_of(
        _named(queries.slips_for(request.actor).filter(form.condition(at))),
        request.GET.get("after", ""),
    )
    context = {
        "form": form, "slips": part.rows, "next": part.next, "here": "supervisions", "now": at,
        "late": queries.slips_for(request.actor).filter(queries.late(at)).count(),
    }  # fmt: skip
    return frame.page(request, "desk/supervisions.html", context)


def _named(rows: QuerySet[Supervision]) -> QuerySet[Supervision]:
    return rows.defer("case__body", "case__answer", "feedback", "opinion")


@require_safe
@overseers_only
@fresh
@at_most(Limit.EXPORT)
def ledger_sheet(request: HouseRequest) -> HttpResponse:
    """The filtered ledger as a spreadsheet; of the request only what units read, nobody's name."""
    at, form, ids = now(), LedgerFilter(request.GET), list[int]()
    rows = queries.slips_for(request.actor).filter(form.condition(at))
    columns = [
        (_("督办单号"), 14), (_("级别"), 12), (_("来源"), 20), (_("诉求编号"), 16), (_("标题"), 40),
        (_("承办单位"), 14), (_("立项"), 16), (_("督办要求"), 40), (_("反馈时限"), 16), (_("状态"), 10),
        (_("反馈"), 40), (_("分管领导意见"), 40), (_("销号"), 16),
    ]  # fmt: skip
    found = rows.select_related("case__requester").order_by("-id")[:ROWS_MOST]
    cells = (_cells(slip, at) for slip in noting(found.iterator(chunk_size=500), ids, "case_id"))
    made = sheet(_("督办台账"), columns, cells, at, name="supervisions", by=request.actor)
    looking.exported(
        ids, "body:masked", what=Table.SUPERVISIONS, chosen=chosen(form), by=request.actor, at=at
    )
    return made


def _cells(slip: Supervision, at: datetime) -> tuple[object, ...]:
    title = without_names(slip, at)  # first: the texts below are drawn by it
    return (
        slip.number, str(Level(slip.level).label), shelf.current().reason(slip.reason), slip.case.number,
        title, str(slip.unit), full(slip.opened_at), slip.requirement, full(slip.due_at),
        slip.get_state_display(), slip.feedback, slip.opinion, full(slip.discharged_at),
    )  # fmt: skip


def without_names(paper: Supervision | Instruction, at: datetime) -> str:
    """The request's title as the units of a secret request read it, and the paper's texts likewise,
    whoever wrote them and whoever takes the spreadsheet along: drawn, not saved."""
    return shown_to_office(paper, Sight(paper.case, Viewer.UNIT_SECRET, at))


@require_safe
@overseers_only
def bulletin(request: HouseRequest) -> HttpResponse:
    """督办通报 of a period: the red slips, facts only, for printing."""
    today = day_of(now())
    form = LedgerFilter(request.GET)
    form.is_valid()
    data = getattr(form, "cleaned_data", {})
    since: date = data.get("since") or today.replace(day=1)
    until: date = data.get("until") or today
    rows = queries.slips_for(request.actor).filter(
        level=Level.ESCALATE,
        opened_at__gte=datetime.combine(since, time(), ZONE),
        opened_at__lt=datetime.combine(until + timedelta(days=1), time(), ZONE),
    )
    listed = [
        (slip, shelf.current().reason(slip.reason)) for slip in rows.order_by("unit_id", "id")[:500]
    ]
    context = {"rows": listed, "since": since, "until": until, "here": "supervisions"}
    return frame.page(request, "desk/bulletin.html", context)


@require_http_methods(["GET", "POST"])
@overseers_only
def slip(request: HouseRequest, number: str) -> HttpResponse:
    """One slip, what can be done with it, and a page to print."""
    found = get_object_or_404(queries.slips_for(request.actor), number=number)
    back = reverse("desk:supervision", args=[number])
    return _slip_page(request, found, back, "desk/supervision.html", unit=False)


@require_safe
@unit_only
def unit_slips(request: HouseRequest) -> HttpResponse:
    """The slips of one's own units, those to be answered first."""
    part = page_of(queries.unit_slips(request.actor), request.GET.get("after", ""))
    context = {"rows": part.rows, "next": part.next, "section": "unit", "now": now()}
    return render(request, "desk/unit_supervisions.html", context)


@require_http_methods(["GET", "POST"])
@unit_only
def unit_slip(request: HouseRequest, number: str) -> HttpResponse:
    """A slip as the unit reads and answers it."""
    found = get_object_or_404(queries.unit_slips(request.actor), number=number)
    back = reverse("desk:unit_supervision", args=[number])
    return _slip_page(request, found, back, "desk/unit_supervision.html", unit=True)


def _slip_page(
    request: HouseRequest, found: Supervision, back: str, template: str, *, unit: bool
) -> HttpResponse:
    at = now()
    open_ = moves.open_to(request.actor, moves.SLIP_MOVES, found)
    offered = [
        (slug, *act)
        for slug, act in ACTS.items()
        if act[0] in open_ and (slug == "feedback") == unit
    ]
    chosen, form, status = "", SlipForm(initial={"version": found.version}), 200
    if request.method == "POST":
        chosen, form = request.POST.get("act", ""), SlipForm(request.POST)
        if chosen not in dict.fromkeys(slug for slug, *_act in offered):
            raise Http404
        status = carry_out(request, found, ACTS[chosen][1], form, at)
        if status == 200:
            messages.success(request, _("已记录。"))
            return redirect(back)
    order = found.case.orders.filter(unit=found.unit).order_by("-id").first() if unit else None
    look_at_paper(request, found.case, order, at)
    context = {
        "slip": found, "level": Level(found.level).label, "source": shelf.current().reason(found.reason),
        "acts": offered, "chosen": chosen, "form": form, "now": at,
        "title": shown_to_unit(found, order, at) if unit else shown_to_office(found, sight_of(request.actor, found.case, at=at)),
        "order": order, "marked": True,
    }  # fmt: skip
    if unit:
        return render(request, template, {"section": "unit"} | context, status=status)
    return frame.page(request, template, {"here": "supervisions"} | context, status=status)


def look_at_paper(
    request: HouseRequest, case: Case, order: WorkOrder | None, at: datetime, *more: str
) -> None:
    """Record that somebody reads a slip or an instruction: of the request it bears the title, and ``more``."""
    sight = unit_sight(order, at=at) if order else sight_of(request.actor, case, at=at)
    looking.looked(sight, by=request.actor, door=door_of(request), only={"body", *more})


def shown_to_unit(paper: Supervision | Instruction, order: WorkOrder | None, at: datetime) -> str:
    """The request's title as the unit reads it through its order. What the office and leaders wrote on
    the paper is blacked out where it names whom the unit must not know: it is drawn, not saved."""
    if order is None:
        return paper.case.unit_title
    sight = unit_sight(order, at=at)
    for field in paper.by_office:
        setattr(paper, field, sight.discreet(getattr(paper, field)))
    return sight.title


def shown_to_office(paper: Supervision | Instruction, sight: Sight) -> str:
    """The request's title as this reader reads it, and the paper's texts likewise: drawn, not saved."""
    for field, by in paper.typed.items():
        setattr(paper, field, sight.discreet(getattr(paper, field), by=getattr(paper, by)))
    return sight.title


def carry_out(request: HouseRequest, found: Any, service: Any, form: SlipForm, at: datetime) -> int:
    """Say what was typed about a slip or an instruction; what is refused stands in the form."""
    if not form.is_valid():
        return 422
    try:
        service(
            found, words=form.cleaned_data["words"], by=request.actor, at=at,
            version=form.cleaned_data["version"],
        )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
        found.refresh_from_db()
        return refusal.status
    return 200
