"""What was told of a request, on its page: the messages, and among the steps those that arrived on
no way."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hotline.cases.sight import Sight
from hotline.cases.timeline import SeenStep
from hotline.notices import queries, wording
from hotline.notices.models import Message


@dataclass(frozen=True)
class Told:
    """One message as the office sees it: never its words, never a requester's name."""

    row: Message
    what: str
    to: str


def told_of(sight: Sight) -> list[Told]:
    """Messages of a request, the latest first, for those who read the office's notes."""
    if not sight.reads_notes:
        return []
    return [tell(row) for row in queries.of_case(sight.case)]


def tell(row: Message) -> Told:
    spec = wording.specs().get(row.template)
    to = _("诉求人") if row.to_requester else str(row.user or "")
    return Told(row, spec.label if spec else row.template, to)


def with_failures(steps: list[SeenStep], told: list[Told]) -> list[SeenStep]:
    """The history with a line wherever somebody could be reached on no way."""
    failed = {row.pk for row in queries.undelivered([item.row for item in told])}
    lines = [_line(item) for item in told if item.row.pk in failed]
    return sorted([*steps, *lines], key=_moment) if lines else steps


def _moment(step: SeenStep) -> datetime:
    return step.at


def _line(item: Told) -> SeenStep:
    row = item.row
    reason = " ".join(part for part in (str(row.get_why_display()), row.error) if part)
    return SeenStep(
        at=row.tried_at or row.created_at, verb="undelivered",
        label=_("通知未送达：%(what)s") % {"what": item.what},
        who=f"{item.to} · {row.get_channel_display()}", to="", text="", reason=reason,
    )  # fmt: skip
