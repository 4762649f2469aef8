"""One handling for several requests (并单), and the answer that each of them gets."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.cases.codes import Outcome, Seal, State
from hotline.cases.models import Case, Event
from hotline.cases.moves import MOVES
from hotline.cases.services import aftercare, recusing
from hotline.cases.services.turn import hold, move
from hotline.people.actor import SYSTEM, Actor

ENDED = {State.REJECTED, State.WITHDRAWN, State.REFERRED, State.CRISIS, State.ARCHIVED}


def merge(
    case: Case,
    *,
    into: Case,
    reason: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """Join a request to another about the same (T26). It keeps its number, and gets its own answer.

    Whom it names keeps away from the other as well. Raises Invalid where the other cannot take it.
    """
    with transaction.atomic():
        # Both rows, in one order for everybody, so that two clerks cannot wait for each other.
        pks = sorted([case.pk, into.pk])
        list(Case.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
        into.refresh_from_db()
        with move(
            case, "merge", by=by, at=at, reason=reason, version=version, into=into.pk
        ) as turn:
            _refuse_impossible(case, into, reason)
            with move(into, "absorb", by=by, at=at, merged=case.pk):
                into.event = into.event or _event_of(into, by, turn.at)
            case.merged_into, case.event = into, into.event
        recusing.carry_names(case, into, at=at)


def begin_event(case: Case, *, by: Actor, at: datetime) -> Event:
    """Make a request the one by which an event is handled, before any other is merged into it.

    Raises WrongState where none could be, NotAllowed.
    """
    with move(case, "note", by=by, at=at, text=_("定为同一事件的主件")) as turn:
        _refuse_as_master(case)
        event = case.event = case.event or _event_of(case, by, turn.at)
        turn.facts["event"] = event.pk
    return event


def set_apart(case: Case, *, by: Actor, at: datetime) -> None:
    """Take a request that was tied to an event, and not merged, out of it again. Raises NotAllowed."""
    with move(case, "note", by=by, at=at, text=_("不属于这一事件，单独办理")):
        if case.merged_into_id is None:
            case.event = None


def _event_of(master: Case, by: Actor, at: datetime) -> Event:
    """The event that a request has led before, or a new one."""
    title = master.shown_title or master.title
    event, _made = Event.objects.get_or_create(
        master=master, defaults={"title": title, "by": by.user, "at": at}
    )
    return event


def unmerge(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Take a request out again: it was about something else."""
    with move(case, "unmerge", by=by, at=at, text=words, version=version) as turn:
        turn.facts["from"] = case.merged_into_id
        case.merged_into = case.event = None


def close_merged(master: Case, *, at: datetime) -> int:
    """Give every request merged into a closed one its own answer, and close it. May run twice."""
    if master.closed_at is None or not master.answer:
        return 0
    children = Case.objects.filter(merged_into=master, state=State.MERGED)
    return sum(_close(child, master, at) for child in children)


@transaction.atomic
def _close(child: Case, master: Case, at: datetime) -> bool:
    if not _still_merged(child, master):
        return False
    with move(child, "close_merged", by=SYSTEM, at=at, master=master.pk) as turn:
        child.answer, child.outcome = master.answer, master.outcome or Outcome.RESOLVED
        child.promise_date = master.promise_date
        aftercare.mark_closed(child, turn)
        aftercare.plan_visit(child, turn)
    return True


def _still_merged(child: Case, master: Case) -> bool:
    """Both locked, the lead first: has a clerk taken it out meanwhile, or merged it into another?"""
    hold(master.pk)
    held = Case.objects.select_for_update().filter(pk=child.pk).values("merged_into", "state")
    return list(held) == [{"merged_into": master.pk, "state": State.MERGED}]


def free_merged(master: Case, *, at: datetime) -> int:
    """Take out what was merged into a request that will not be answered. May run twice."""
    if master.state not in ENDED:
        return 0
    children = Case.objects.filter(merged_into=master, state=State.MERGED)
    return sum(_free(child, master, at) for child in children)


@transaction.atomic
def _free(child: Case, master: Case, at: datetime) -> bool:
    if not _still_merged(child, master):
        return False
    unmerge(child, words=_("原主件不再办理，恢复单独办理"), by=SYSTEM, at=at)
    return True


def _refuse_impossible(case: Case, into: Case, reason: str) -> None:
    if into.pk == case.pk:
        raise Invalid(_("不能并入自身。"), into=_("不能并入自身。"))
    _refuse_as_master(into)
    if case.merged.filter(state=State.MERGED).exists():
        raise Invalid(_("这件诉求下还有并入的诉求，请先解除。"))
    if case.target_unit_id not in {None, into.target_unit_id}:
        words = _("这件诉求反映的是一个单位，对方反映的不是同一单位，不能并入。")
        raise Invalid(words, into=words)
    if into.state == State.ANSWERED and recusing.not_yet_named(case, into):
        words = _("对方的答复已经写好；这件诉求另有涉及人员，请单独办理。")
        raise Invalid(words, into=words)
    if reason == "BD01" and (case.owner_id is None or case.owner_id != into.owner_id):
        raise Invalid(
            _("不是同一人的诉求，请选择“多人反映同一事件”。"),
            reason=_("请更换并单原因。"),
        )


def _refuse_as_master(into: Case) -> None:
    if into.merged_into_id:
        raise Invalid(_("对方本身已并入其他诉求，请并入主件。"), into=_("请并入主件。"))
    if into.state not in MOVES["absorb"].sources or into.seal != Seal.NONE:
        raise WrongState(_("对方当前的状态不能并入。"))
    if into.closed_at is not None:
        raise WrongState(_("对方已经办结；如反映办结未落实，请重开原件，不要并单。"))
