"""What is recorded on a request when somebody watches over its deadlines. Room oversight decides
when; here it becomes a step, from which the messages come."""

from datetime import datetime
from typing import Any

from hotline.cases.models import Case, Clock
from hotline.cases.services.turn import move
from hotline.people.actor import Actor
from hotline.people.models import Unit

LEVELS = ("remind", "chase", "supervise", "escalate")  # 提醒, 催办 (黄), 督办 (橙), 领导督办 (红)


def raise_to(
    case: Case,
    level: int,
    *,
    by: Actor,
    at: datetime,
    clock: Clock | None = None,
    reason: str = "",
    words: str = "",
    version: int | None = None,
    **facts: Any,
) -> None:
    """Record that a request has reached a level of supervision (0 to 3), and for which clock.

    ``reason`` is a code of kind SUPERVISE, mandatory from level 2 on. Raises WrongState and
    NotAllowed by the law.
    """
    about: dict[str, Any] = {"level": level, **facts}
    if clock is not None:
        about |= {"clock": clock.kind, "clock_id": clock.pk, "stage": clock.stage}
        if clock.order_id is not None:
            about["order_id"] = clock.order_id
    with move(
        case, LEVELS[level], by=by, at=at, reason=reason, text=words, version=version, **about
    ):
        pass


def explain(case: Case, *, words: str, by: Actor, at: datetime, unit: Unit, **facts: Any) -> None:
    """Record that a unit has explained itself (承办反馈). Raises NotAllowed to anybody else."""
    with move(case, "explain", by=by, at=at, text=words, unit=unit.code, **facts):
        pass


def discharge(case: Case, *, words: str, by: Actor, at: datetime, **facts: Any) -> None:
    """Take a request off the list of what is supervised (销号). Raises Invalid without words."""
    with move(case, "discharge", by=by, at=at, text=words, **facts):
        pass


def report(case: Case, *, words: str, by: Actor, at: datetime, **facts: Any) -> None:
    """Record what has come of a leader's instruction. Raises NotAllowed to whom it is not for."""
    with move(case, "report", by=by, at=at, text=words, **facts):
        pass


def conclude(case: Case, *, words: str, by: Actor, at: datetime, **facts: Any) -> None:
    """Record that a leader's instruction is closed. Raises Invalid without words."""
    with move(case, "conclude", by=by, at=at, text=words, **facts):
        pass
