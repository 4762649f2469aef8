"""What was told of a request, on its page: the messages, and among the steps those that arrived on
no way; and who has asked to see who it is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.words import listed
from hotline.cases import recusal
from hotline.cases.looks import FIELDS
from hotline.cases.models import Case, Unmasking, UnmaskingEvent
from hotline.cases.sight import Sight
from hotline.cases.timeline import SeenStep
from hotline.cases.unmasking import WAITS
from hotline.doors.ui.moments import full
from hotline.notices import queries, wording
from hotline.notices.models import Message
from hotline.people.actor import Actor


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


@dataclass(frozen=True)
class AskedLine:
    """One asking to see who somebody is, with what became of it."""

    row: Unmasking
    number: str
    fields: str
    became: str
    by: str  # who decided
    words: str  # why not


def number_of(case: Case | None, reader: Actor) -> str:
    """A request as those know it who watch or decide over looking: a sealed one, and one from which
    they keep away, has no number."""
    if case is None:
        return ""
    kept_away = case.seal or recusal.keeps_away(reader, case)
    return _("密封件") if kept_away else case.number or ""


def asked_lines(rows: Iterable[Unmasking], reader: Actor, at: datetime) -> list[AskedLine]:
    return [_asked_line(row, reader, at) for row in rows]


def _asked_line(row: Unmasking, reader: Actor, at: datetime) -> AskedLine:
    events = {event.verb: event for event in row.events.all()}
    decided = events.get("GRANT") or events.get("REFUSE")
    return AskedLine(
        row=row, number=number_of(row.case, reader),
        fields=listed(FIELDS[name] for name in row.fields), became=_became(row, events, at),
        by=str(decided.by or _("按规则")) if decided else "", words=decided.words if decided else "",
    )  # fmt: skip


def _became(row: Unmasking, events: Mapping[str, UnmaskingEvent], at: datetime) -> str:
    granted = events.get("GRANT")
    if granted and granted.until:
        over = events["END"].at if "END" in events else granted.until
        words = _("可查看至 %(time)s") if over > at else _("查看已于 %(time)s 结束")
        return words % {"time": full(over)}
    if "REFUSE" in events:
        return _("未同意")
    return _("待决定") if at < row.at + WAITS else _("无人决定，已过期")
