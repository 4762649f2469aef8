"""批示件: written by a leader or registered from paper, followed, reported, closed, read."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.cases import policies
from hotline.cases.codes import State
from hotline.cases.models import Attachment, Case
from hotline.cases.services import dispatching, files, overseeing
from hotline.cases.services.dispatching import Orders
from hotline.cases.services.files import Upload
from hotline.catalog import calendars
from hotline.oversight.models import (
    Came,
    Instruction,
    InstructionCounter,
    InstructionNote,
    InstructionRead,
)
from hotline.oversight.moves import INSTRUCTION_MOVES, own_unit
from hotline.oversight.services.given import move, next_number, words_of
from hotline.people.actor import Actor
from hotline.people.models import Unit, User
from hotline.people.permissions import P
from hotline.people.queries import leaders
from hotline.worktime.clock import day_of


@dataclass(frozen=True)
class Paper:
    """An instruction on paper, as 督查督办 registers it: whose, of which day, and its photo."""

    leader: User | None
    written_on: date | None
    photo: Sequence[Upload] = field(default=())


def instruct(
    case: Case,
    orders: Orders,
    *,
    words: str,
    due: date | None,
    by: Actor,
    at: datetime,
    paper: Paper | None = None,
    version: int | None = None,
) -> Instruction:
    """The instruction that a request has been waiting for (T09): it goes to the units named.

    Raises Invalid without words, for a date that has passed, and for a paper without leader or day.
    """
    with _taken(case, words, paper, by, at) as (text, taken):
        order = dispatching.instruct(
            case, orders, words=text, due=due, by=by, at=at, version=version
        )
        return _keep(case, order.unit, orders.joint, text, due, taken, by=by, at=at)


def direct(
    case: Case,
    *,
    words: str,
    due: date | None,
    by: Actor,
    at: datetime,
    joint: Sequence[Unit] = (),
    paper: Paper | None = None,
    version: int | None = None,
) -> Instruction:
    """An instruction about a request that a unit has, or had, in hand. Raises as ``instruct``."""
    with _taken(case, words, paper, by, at) as (text, taken):
        dispatching.direct(case, joint=joint, words=text, due=due, by=by, at=at, version=version)
        if case.lead_unit is None:  # the law has refused it already
            raise WrongState(_("这件诉求还没有承办单位。"))
        if joint and case.state not in (State.DISPATCHED, State.IN_PROGRESS):
            told = _("这件诉求目前不在办理中，不能增加协办单位。")
            raise Invalid(told, joint=told)
        return _keep(case, case.lead_unit, joint, text, due, taken, by=by, at=at)


@dataclass(frozen=True)
class _Taken:
    """An instruction's sheet that was found in order."""

    leader: User
    came: Came
    written_on: date
    photo: list[Attachment]


@contextmanager
def _taken(
    case: Case, words: str, paper: Paper | None, by: Actor, at: datetime
) -> Iterator[tuple[str, _Taken]]:
    """The words and the sheet, checked; the photo's bytes staged before any lock is taken."""
    text = words_of(words, "words")
    if not policies.instructor(by, case):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    leader, came, day = _sheet(paper, by, at)
    # Beside what the request brought along: its own files leave room for one more.
    with files.staged(paper.photo if paper else ()) as staged, transaction.atomic():
        if any(not row.is_photo for row in staged):
            told = _("请上传批示件的照片。")
            raise Invalid(told, photo=told)
        yield text, _Taken(leader, came, day, staged)


def _sheet(paper: Paper | None, by: Actor, at: datetime) -> tuple[User, Came, date]:
    today = day_of(at)
    if paper is None:
        if by.user is None or by.may(P.SUPERVISE):
            told = _("请选择批示的校领导。")
            raise Invalid(told, leader=told)
        return by.user, Came.ONLINE, today
    if paper.leader is None or paper.leader.pk not in {row.pk for row in leaders(on=today)}:
        told = _("请选择批示的校领导。")
        raise Invalid(told, leader=told)
    if paper.written_on is None or paper.written_on > today:
        told = _("批示日期不能晚于今天。")
        raise Invalid(told, written_on=told)
    return paper.leader, Came.PAPER, paper.written_on


def _keep(
    case: Case, lead: Unit, joint: Iterable[Unit], text: str, due: date | None, taken: _Taken,
    *, by: Actor, at: datetime,
) -> Instruction:  # fmt: skip
    for row in taken.photo:
        row.inner = True
    kept = files.record(taken.photo, case, at=at, signed=by.user)
    found = Instruction.objects.create(
        number=next_number(InstructionCounter, "PS", at), case=case, leader=taken.leader,
        registered_by=by.user or taken.leader, came=taken.came, written_on=taken.written_on, text=text,
        photo=kept[0] if kept else None, lead=lead, given_at=at,
        due_at=calendars.current().of(case.urgency).end_of(due) if due is not None else None,
    )  # fmt: skip
    found.joint.set([unit for unit in joint if unit.pk != lead.pk])
    return found


# --- Followed ------------------------------------------------------------------------------


_move = partial(
    move,
    INSTRUCTION_MOVES,
    gettext_lazy("这件批示刚刚有变化。您填写的内容已保留，请核对后再提交。"),
    gettext_lazy("这件批示当前的状态不能执行此操作。"),
)


def note(
    row: Instruction, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Say how it is going (进展). Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(row, "note", by=by, version=version):
        _say(row, text, by=by, at=at)


def report(
    row: Instruction, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Report the result (报结果): the lead unit, or who oversees it. Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(row, "report", by=by, version=version):
        row.result, row.reported_by, row.reported_at = text, by.user, at
        overseeing.report(row.case, words=text, by=by, at=at, instruction=row.number)


def ask_on(
    row: Instruction, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """The result does not do: it goes on, with what is still missing. Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(row, "ask_on", by=by, version=version):
        _say(row, text, by=by, at=at)


def close(
    row: Instruction, *, words: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """Close it and lay it before the leader (办结呈阅). Raises Invalid without words."""
    text = words_of(words, "words")
    with _move(row, "close", by=by, version=version):
        row.closing, row.closed_by, row.closed_at = text, by.user, at
        overseeing.conclude(row.case, words=text, by=by, at=at, instruction=row.number)


def read(row: Instruction, *, by: Actor, at: datetime) -> None:
    """Mark it as read (圈阅), once, however often somebody presses the button."""
    with _move(row, "read", by=by, version=None):
        InstructionRead.objects.get_or_create(instruction=row, by=by.user, defaults={"at": at})


def _say(row: Instruction, text: str, *, by: Actor, at: datetime) -> None:
    if by.user is None:
        raise NotAllowed(_("您没有执行此操作的权限。"))
    overseen = policies.overseer(by, row.case) or policies.instructor(by, row.case)
    unit = None if overseen else own_unit(by, row)
    InstructionNote.objects.create(instruction=row, unit_id=unit, words=text, by=by.user, at=at)
