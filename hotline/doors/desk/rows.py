"""Lines of a list, each as its reader may see it: formatted in one pass."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from hotline.cases.models import Case
from hotline.doors.ui import moments


@dataclass(frozen=True)
class Row:
    """One request on one line."""

    pk: int
    number: str
    title: str
    state: str
    state_label: str
    category: str
    unit: str
    urgency: str
    mode: str
    mode_label: str
    type: str
    channel: str
    flagged: bool
    submitted: str
    due: datetime | None
    due_words: str
    due_tone: str
    url: str


LIST_FIELDS = (
    "id", "number", "title", "shown_title", "state", "mode", "channel", "flagged", "submitted_at",
    "next_due_at", "category__code", "category__name", "category__name_en", "lead_unit__name_en",
    "lead_unit__short", "urgency__code", "type__code", "type__name", "type__name_en",
)  # fmt: skip


def office_rows(cases: Iterable[Case], now: datetime) -> list[Row]:
    """For those who read the originals. No line shows who asks."""
    return [
        _row(case, case.title, now, url=reverse("desk:case", args=[case.number])) for case in cases
    ]


def unit_rows(cases: Iterable[Case], now: datetime) -> list[Row]:
    """For a unit: the copies that units read, each leading to the unit's own order."""
    return [_row(case, case.shown_title, now, url=_order_url(case)) for case in cases]


def _order_url(case: Case) -> str:
    order: int | None = getattr(case, "order", None)
    return reverse("desk:order", args=[order]) if order else ""


def _row(case: Case, title: str, now: datetime, *, url: str) -> Row:
    due = case.next_due_at
    return Row(
        pk=case.pk,
        number=case.number or "",
        title=title,
        state=case.state.lower(),
        state_label=str(case.get_state_display()),
        category=f"{case.category.code} {case.category}" if case.category else "",
        unit=str(case.lead_unit) if case.lead_unit else "",
        urgency=case.urgency.code if case.urgency else "",
        mode=case.mode,
        mode_label=str(case.get_mode_display()),
        type=str(case.type) if case.type else "",
        channel=str(case.get_channel_display()),
        flagged=case.flagged,
        submitted=moments.brief(case.submitted_at, now),
        due=due,
        due_words=moments.left(due, now),
        due_tone=moments.tone(due, now),
        url=url,
    )
