"""The petition office's file (信访件): registered, accepted or not, closed by a 处理意见书.

Its steps stand in the file and not in the request's history, which the hotline office reads. The
times are those of 信访工作条例: 15 days from receipt to the decision to accept, 60 days from acceptance
to the result, 30 more at most, once. They are days of the calendar and end with the day, so they are
no clocks of the office: nobody there is reminded of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import clean
from hotline.cases import policies, recusal
from hotline.cases.models import Case, PetitionEntry, PetitionFile
from hotline.cases.models.petition import PetitionState as S
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.permissions import P

DECIDE_DAYS, RESULT_DAYS, MORE_DAYS = 15, 60, 30
AHEAD = timedelta(days=5)  # before a time is up its people are told

LAW: Mapping[str, tuple[frozenset[S], S | None]] = {
    "register": (frozenset({S.RECEIVED}), S.REGISTERED),
    "accept": (frozenset({S.REGISTERED}), S.ACCEPTED),
    "refuse": (frozenset({S.REGISTERED}), S.REFUSED),
    "extend": (frozenset({S.ACCEPTED}), None),
    "note": (frozenset({S.RECEIVED, S.REGISTERED, S.ACCEPTED}), None),
    "close": (frozenset({S.ACCEPTED}), S.CLOSED),
}


def receive(case: Case, *, at: datetime) -> PetitionFile:
    """Begin the file of a request that is being referred; the days run from now."""
    return PetitionFile.objects.create(case=case, received_at=at, due_at=_end_of(at, DECIDE_DAYS))


def verbs_open_to(actor: Actor, file: PetitionFile) -> set[str]:
    """What this person may do with a file now."""
    if not policies.petitioner(actor, file.case):
        return set()
    open_ = {verb for verb, (sources, _to) in LAW.items() if file.state in sources}
    return open_ - {"extend"} if file.extended_at else open_


def register(file: PetitionFile, *, number: str, by: Actor, at: datetime) -> None:
    """Enter it under its number in the petition register (登记)."""
    text = clean(number, most=40, field="number")
    if not text:
        raise Invalid(_("请填写信访登记号。"), number=_("请填写信访登记号。"))
    with _moved(file, "register", text, by=by, at=at):
        file.register, file.registered_at = text, at


def accept(file: PetitionFile, *, by: Actor, at: datetime) -> None:
    """Accept it: the result is due 60 days from today."""
    with _moved(file, "accept", "", by=by, at=at):
        file.accepted_at, file.due_at = at, _end_of(at, RESULT_DAYS)


def refuse(file: PetitionFile, *, words: str, by: Actor, at: datetime) -> None:
    """Do not accept it, telling the requester why and where to go."""
    with _moved(file, "refuse", _demanded(words), by=by, at=at):
        _end(file, words, at)


def extend(file: PetitionFile, *, words: str, by: Actor, at: datetime) -> None:
    """Take 30 days more, once, for a written reason. Raises WrongState for a second time."""
    with _moved(file, "extend", _demanded(words), by=by, at=at):
        if file.extended_at is not None or file.due_at is None:
            raise WrongState(_("只能延期一次。"))
        file.extended_at, file.due_at = at, file.due_at + timedelta(days=MORE_DAYS)


def note(file: PetitionFile, *, words: str, by: Actor, at: datetime) -> None:
    """Write down what was done; the petition office alone reads it."""
    with _moved(file, "note", _demanded(words), by=by, at=at):
        pass


def close(file: PetitionFile, *, words: str, by: Actor, at: datetime) -> None:
    """Give the opinion (处理意见书), which the requester reads; the file is over."""
    with _moved(file, "close", _demanded(words), by=by, at=at):
        _end(file, words, at)


def _end(file: PetitionFile, words: str, at: datetime) -> None:
    file.told, file.ended_at, file.due_at = clean(words), at, None


@contextmanager
def _moved(file: PetitionFile, verb: str, text: str, *, by: Actor, at: datetime) -> Iterator[None]:
    """Lock, check, change, save, record. Raises NotAllowed and WrongState."""
    with transaction.atomic():
        file.refresh_from_db(from_queryset=PetitionFile.objects.select_for_update())
        if by.user is None or not policies.petitioner(by, file.case):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        sources, target = LAW[verb]
        if file.state not in sources:
            raise WrongState(_("这件信访件当前的状态不能执行此操作，请刷新页面。"))
        yield
        file.state = target or file.state
        file.save()
        PetitionEntry.objects.create(file=file, verb=verb, text=text, by=by.user, at=at)


def _demanded(words: str) -> str:
    text = clean(words)
    if not text:
        raise Invalid(_("请填写说明。"), words=_("请填写说明。"))
    return text


def _end_of(at: datetime, days: int) -> datetime:
    return people.begin_of(localdate(at) + timedelta(days=days + 1)) - timedelta(seconds=1)


def remind(*, at: datetime) -> int:
    """Tell the petition office of every time that is nearly or wholly up, each once; how many."""
    rows = PetitionFile.objects.filter(ended_at=None, due_at__lte=at + AHEAD)
    files = list(rows.select_related("case__category", "case__requester"))
    on = localdate(at)
    held = people.standing(P.PETITION, on=on) if files else []
    for file in files:
        if file.due_at is None:
            continue
        due = file.due_at
        name = "late" if due < at else "soon"
        away = recusal.kept_away(file.case, held, on=on) | {file.case.owner_id}
        told = [user.pk for user in held if user.pk not in away]
        jobs.defer(
            "notices.tell", people=told, template="petition_due", case_id=file.pk,
            key=f"petition:{file.pk}:{name}:{due:%Y%m%d}",
            facts={"number": file.case.number or "", "time": due.isoformat()},
        )  # fmt: skip
    return len(files)
