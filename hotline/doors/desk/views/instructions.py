"""批示件: what waits for a leader, what has been instructed and how it goes; and a unit's own."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hotline.cases import queries as cases
from hotline.cases.codes import State
from hotline.cases.models import Table, WorkOrder
from hotline.cases.services import looking
from hotline.cases.sight import Sight, sight_of, unit_sight
from hotline.doors.desk import frame
from hotline.doors.desk.guards import overseers_only, unit_only
from hotline.doors.desk.rows import drawn, lean, office_rows
from hotline.doors.desk.views.sheets import sheet
from hotline.doors.desk.views.supervisions import (
    ROWS_MOST,
    SlipForm,
    carry_out,
    look_at_paper,
    shown_to_office,
    shown_to_unit,
    without_names,
)
from hotline.doors.ui.confirm import fresh
from hotline.doors.ui.looks import noting
from hotline.doors.ui.middleware import HouseRequest
from hotline.doors.ui.moments import full
from hotline.doors.ui.pace import at_most
from hotline.doors.ui.pages import page_of
from hotline.limits.codes import Limit
from hotline.oversight import moves, queries
from hotline.oversight.models import Instruction, InstructionNote, InstructionState
from hotline.oversight.services import instructions
from hotline.people.actor import Actor

TABS = {
    "waiting": gettext_lazy("待批示"), "open": gettext_lazy("已批示跟踪"), "done": gettext_lazy("已办结"),
}  # fmt: skip
ACTS = {
    "progress": ("note", instructions.note, gettext_lazy("记进展"), gettext_lazy("办到哪一步了")),
    "result": ("report", instructions.report, gettext_lazy("报结果"), gettext_lazy("办理结果")),
    "return": ("ask_on", instructions.ask_on, gettext_lazy("退回继续办理"), gettext_lazy("还要办什么")),
    "close": ("close", instructions.close, gettext_lazy("办结呈阅"), gettext_lazy("办结意见")),
}  # fmt: skip


def _of_tab(actor: Actor, tab: str) -> QuerySet[Instruction]:
    rows = queries.instructions_for(actor)
    done = {"state": InstructionState.CLOSED}
    return rows.filter(**done) if tab == "done" else rows.exclude(**done)


@require_safe
@overseers_only
def ledger(request: HouseRequest) -> HttpResponse:
    """Three tabs: requests that wait for an instruction, instructions under way, and closed ones."""
    at, tab = now(), request.GET.get("tab", "waiting")
    if tab not in TABS:
        raise Http404
    waiting = cases.office_list(request.actor).filter(state=State.AWAIT_INSTRUCTION)
    cursor = request.GET.get("after", "")
    if tab == "waiting":
        part = page_of(lean(waiting), cursor, by=("next_due_at", "id"))
        shown = {"lines": drawn(office_rows(part.rows, by=request.actor), at)}
    else:
        part = page_of(_of_tab(request.actor, tab), cursor)
        shown = {"rows": part.rows}  # type: ignore[dict-item]
    late = queries.instructions_for(request.actor).filter(queries.late_instructions(at))
    counts = {"waiting": waiting.count(), "open": _of_tab(request.actor, "open").count()}
    context = {
        "tabs": [(code, label, counts.get(code)) for code, label in TABS.items()], "tab": tab,
        "next": part.next, "late": late.count(), "here": "instructions", "now": at, **shown,
    }  # fmt: skip
    return frame.page(request, "desk/instructions.html", context)


@require_safe
@overseers_only
@fresh
@at_most(Limit.EXPORT)
def ledger_sheet(request: HouseRequest) -> HttpResponse:
    """All instructions as a spreadsheet: numbers, units and dates; no title, nobody who asked."""
    columns = [
        (_("批示件编号"), 14), (_("诉求编号"), 16), (_("批示领导"), 12), (_("批示日期"), 12), (_("来源"), 10),
        (_("批示内容"), 40), (_("主办单位"), 14), (_("协办单位"), 20), (_("要求办结"), 16), (_("状态"), 10),
        (_("办理结果"), 40), (_("办结"), 16),
    ]  # fmt: skip
    at, ids = now(), list[int]()
    rows = queries.instructions_for(request.actor).select_related("case__requester")
    found = rows.order_by("-id")[:ROWS_MOST]
    cells = (_cells(row, at) for row in noting(found.iterator(chunk_size=500), ids, "case_id"))
    made = sheet(_("批示件"), columns, cells, at, name="instructions", by=request.actor)
    looking.exported(ids, "", what=Table.INSTRUCTIONS, chosen={}, by=request.actor, at=at)
    return made


def _cells(row: Instruction, at: datetime) -> tuple[object, ...]:
    without_names(row, at)
    return (
        row.number, row.case.number, row.leader.name, f"{row.written_on:%Y-%m-%d}", row.get_came_display(),
        row.text, str(row.lead), _joint(row), full(row.due_at), row.get_state_display(), row.result,
        full(row.closed_at),
    )  # fmt: skip


def _joint(row: Instruction) -> str:
    return _("、").join(str(unit) for unit in row.joint.all())


@require_http_methods(["GET", "POST"])
@overseers_only
def instruction(request: HouseRequest, number: str) -> HttpResponse:
    """One instruction, what can be done with it, and the sheet to print."""
    found = get_object_or_404(queries.instructions_for(request.actor), number=number)
    return _page(request, found, "desk:instruction", unit=False)


@require_safe
@unit_only
def unit_instructions(request: HouseRequest) -> HttpResponse:
    """Those that name one's own units."""
    part = page_of(queries.unit_instructions(request.actor), request.GET.get("after", ""))
    context = {"rows": part.rows, "next": part.next, "section": "unit", "now": now()}
    return render(request, "desk/unit_instructions.html", context)


@require_http_methods(["GET", "POST"])
@unit_only
def unit_instruction(request: HouseRequest, number: str) -> HttpResponse:
    """An instruction as its units read it, say how it goes, and report."""
    found = get_object_or_404(queries.unit_instructions(request.actor), number=number)
    return _page(request, found, "desk:unit_instruction", unit=True)


def _page(request: HouseRequest, found: Instruction, address: str, *, unit: bool) -> HttpResponse:
    at, actor = now(), request.actor
    open_ = moves.open_to(actor, moves.INSTRUCTION_MOVES, found)
    offered = [
        (slug, *act)
        for slug, act in ACTS.items()
        if act[0] in open_ and not (unit and act[0] in {"ask_on", "close"})
    ]
    chosen, form, status = "", SlipForm(initial={"version": found.version}), 200
    if request.method == "POST":
        chosen, form = request.POST.get("act", ""), SlipForm(request.POST)
        if chosen == "read" and "read" in open_ and not unit:
            instructions.read(found, by=actor, at=at)
        elif chosen in {slug for slug, *_act in offered}:
            status = carry_out(request, found, ACTS[chosen][1], form, at)
        else:
            raise Http404
        if status == 200:
            messages.success(request, _("已记录。"))
            return redirect(reverse(address, args=[found.number]))
    sight, order = sight_of(actor, found.case, at=at), _order(found, actor) if unit else None
    look_at_paper(request, found.case, order, at, "photos")
    context = {
        "row": found, "acts": offered, "chosen": chosen, "form": form, "now": at, "unit": unit,
        "title": shown_to_unit(found, order, at) if unit else shown_to_office(found, sight),
        "lines": _notes(found, order, sight), "reads": found.reads.select_related("by"),
        "may_read": "read" in open_ and not unit and not _has_read(found, actor),
        "photo": _photo(found, sight), "order": order, "marked": True,
    }  # fmt: skip
    template = "desk/unit_instruction.html" if unit else "desk/instruction.html"
    if unit:
        return render(request, template, {"section": "unit"} | context, status=status)
    return frame.page(request, template, {"here": "instructions"} | context, status=status)


def _notes(found: Instruction, order: WorkOrder | None, sight: Sight) -> list[InstructionNote]:
    """How it went: to the office and the lead all of it, to a unit that assists its own lines."""
    rows = list(found.notes.select_related("unit"))
    if order is None:
        for row in rows:
            row.words = sight.discreet(row.words, by=row.by_id)
        return rows
    sight, lead = unit_sight(order, at=sight.at), order.unit_id == found.lead_id
    rows = [
        row for row in rows if (lead or row.unit_id == order.unit_id) and not sight.is_later(row.at)
    ]
    for row in rows:
        row.words = row.words if row.unit_id else sight.discreet(row.words)
    return rows


def _has_read(found: Instruction, actor: Actor) -> bool:
    return found.reads.filter(by=actor.user_id).exists()


def _photo(found: Instruction, sight: Sight) -> list[Any]:
    """The photo of the paper, for those whose sight of the request has it."""
    return [row for row in sight.attachments if row.pk == found.photo_id]


def _order(found: Instruction, actor: Actor) -> Any:
    return cases.orders_of(actor).filter(case=found.case_id).order_by("-id").first()
