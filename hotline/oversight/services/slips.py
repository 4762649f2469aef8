"""督办单: opened by a rung or by hand, answered by the unit, discharged by who oversees."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.refusals import Invalid
from hotline.cases.models import Case
from hotline.cases.services import overseeing
from hotline.catalog import calendars
from hotline.oversight.models import Level, Rung, SlipCounter, SlipState, Supervision
from hotline.oversight.moves import SLIP_MOVES
from hotline.oversight.services.given import move, next_number, words_of
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import Unit
from hotline.worktime.clock import Unit as TimeUnit

EXPLAIN_DAYS = 1  # working days (docs/domain.md, 2.6)


def open_by_hand(
    case: Case,
    *,
    requirement: str,
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Supervision:
    """Open a slip for the lead unit (or raise the one that is open): 督办 by decision.

    Raises Invalid without a unit or a requirement, NotAllowed and WrongState by the law.
    """
    words = words_of(requirement, "requirement")
    if case.lead_unit is None:
        raise Invalid(_("这件诉求还没有承办单位，先派单再督办。"))
    with transaction.atomic():
        overseeing.raise_to(
            case, Level.SUPERVISE, by=by, at=at, reason=reason, words=words,
            unit=case.lead_unit.code, to=["CONTACT", "HEAD"], version=version,
        )  # fmt: skip
        return _open(case, case.lead_unit, Level.SUPERVISE, reason, words, by=by, at=at)


def open_by_rung(case: Case, unit: Unit, rung: Rung, reason: str, *, at: datetime) -> Supervision:
    """Open the slip that a rung asks for, or raise the one that is open to its level."""
    words = _("%(rung)s：请说明原因和办结计划。") % {"rung": rung.name}
    return _open(case, unit, Level(rung.level), reason, words, by=SYSTEM, at=at)


def _open(
    case: Case, unit: Unit, level: Level, reason: str, words: str, *, by: Actor, at: datetime
) -> Supervision:
    slip = (
        Supervision.objects.select_for_update()
        .filter(case=case, unit=unit)
        .exclude(state=SlipState.DISCHARGED)
        .first()
    )
    if slip is not None:
        if level > slip.level:
            slip.level, slip.state = level, SlipState.OPEN
            slip.due_at, slip.version = _explain_by(at), slip.version + 1
            slip.save(update_fields=["level", "state", "due_at", "version"])
        return slip
    return Supervision.objects.create(
        number=next_number(SlipCounter, "DB", at), case=case, unit=unit, level=level, reason=reason, requirement=words,
        opened_by=by.user, opened_at=at, due_at=_explain_by(at),
    )  # fmt: skip


def _explain_by(at: datetime) -> datetime:
    return calendars.office().after(at, EXPLAIN_DAYS, TimeUnit.WORKING_DAY)


_move = partial(
    move,
    SLIP_MOVES,
    gettext_lazy("这张督办单刚刚有变化。您填写的内容已保留，请核对后再提交。"),
    gettext_lazy("这张督办单当前的状态不能执行此操作。"),
)


def feed_back(
    slip: Supervision, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """The unit explains itself (承办反馈). Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(slip, "feed_back", by=by, version=version):
        slip.feedback, slip.fed_back_by, slip.fed_back_at = text, by.user, at
        overseeing.explain(slip.case, words=text, by=by, at=at, unit=slip.unit, slip=slip.number)


def ask_again(
    slip: Supervision, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """The feedback does not do: the unit explains again, within another working day."""
    text = words_of(words, "words")
    with _move(slip, "ask_again", by=by, version=version):
        slip.requirement = f"{slip.requirement}\n\n{text}"
        slip.due_at = _explain_by(at)
        overseeing.raise_to(
            slip.case, Level.CHASE, by=by, at=at, words=text, slip=slip.number, unit=slip.unit.code,
            to=["CONTACT", "HEAD"],
        )  # fmt: skip


def opine(
    slip: Supervision, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """A leader's opinion on it (分管领导意见)."""
    text = words_of(words, "words")
    with _move(slip, "opine", by=by, version=version):
        slip.opinion, slip.opinion_by, slip.opinion_at = text, by.user, at


def discharge(
    slip: Supervision, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Take it off the list (销号), with the ground for it. Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(slip, "discharge", by=by, version=version):
        slip.discharge, slip.discharged_by, slip.discharged_at = text, by.user, at
        overseeing.discharge(slip.case, words=text, by=by, at=at, slip=slip.number)
