"""列入计划: what a unit has promised for a day is asked back on it, and reopened when it was not kept."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean
from hotline.cases.codes import Outcome
from hotline.cases.models import Case, Remark
from hotline.cases.models.record import RemarkKind
from hotline.cases.services.dispatching import reopen
from hotline.cases.services.turn import move
from hotline.people.actor import Actor


def ask_back(case: Case, *, by: Actor, at: datetime) -> None:
    """The promised day has come: ask the unit whether it is done (2.7)."""
    with move(case, "ask_back", by=by, at=at) as turn:
        case.promise_due_at = turn.calendar.after(turn.at, *turn.terms.promise_limit)
        turn.facts["due"] = case.promise_due_at.isoformat()


def keep_promise(
    case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """The unit says that it is done, and how; the requester reads it. Raises Invalid without words."""
    with move(case, "keep_promise", by=by, at=at, text=words, version=version) as turn:
        if case.outcome != Outcome.PLANNED:
            raise Invalid(_("这件诉求没有待兑现的承诺。"))
        Remark.objects.create(
            case=case, kind=RemarkKind.INTERIM, text=clean(words), shown=clean(words), by=by.user,
            at=turn.at,
        )  # fmt: skip
        case.outcome, case.promise_date, case.promise_due_at = Outcome.RESOLVED, None, None


def break_promise(case: Case, *, by: Actor, at: datetime) -> None:
    """Nobody said that it is done: the request is open again (DB06)."""
    reopen(case, words=_("承诺到期，单位未反馈是否兑现。"), by=by, at=at)
