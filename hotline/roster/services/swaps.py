"""Swaps: one asks, the other accepts, the planner approves; each step is kept.

ASKED ──accept──► ACCEPTED ──approve──► APPROVED
  │ refuse            │ refuse
  └──────► REFUSED ◄──┘          withdraw, by whoever asked: WITHDRAWN
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.roster.models import Shift, Source, Swap, SwapState, SwapStep
from hotline.roster.queries import OPEN_SWAPS
from hotline.roster.services.shifts import fresh, gone, held, may_sit, write

S = SwapState
MOVES = {  # verb: (from, to)
    "accept": ({S.ASKED}, S.ACCEPTED),
    "refuse": ({S.ASKED, S.ACCEPTED}, S.REFUSED),
    "withdraw": ({S.ASKED, S.ACCEPTED}, S.WITHDRAWN),
    "approve": ({S.ACCEPTED}, S.APPROVED),
}


def may(swap: Swap, verb: str, by: Actor) -> bool:
    """The law of a swap: the buttons of its page, and the guard of its services.

    Nobody approves a swap of their own.
    """
    if swap.state not in MOVES[verb][0]:
        return False
    planner = by.may(P.ROSTER) and by.user_id not in {swap.asked_by_id, swap.to_user_id}
    match verb:
        case "accept":
            return by.user_id == swap.to_user_id
        case "withdraw":
            return by.user_id == swap.asked_by_id
        case "refuse":
            return planner or (by.user_id == swap.to_user_id and swap.state == S.ASKED)
    return planner


def ask(
    shift: Shift, to: User, *, other: Shift | None = None, words: str = "", by: Actor, at: datetime
) -> Swap:
    """Ask somebody to take a shift of one's own, for ``other`` of theirs or for none.

    Raises NotAllowed for a shift that is not one's own, Invalid, WrongState when one of them has
    begun or a swap of it is open already, and Stale when one of them is gone.
    """
    with held(shift.post):
        for each in filter(None, (shift, other)):
            fresh(each)
        if by.user is None or shift.user_id != by.user_id:
            raise NotAllowed(_("只能为自己的班次申请换班。"))
        if to.pk == by.user_id or (
            other is not None and (other.user_id, other.post_id) != (to.pk, shift.post_id)
        ):
            words_ = _("请选择对方在同一岗位的班次。")
            raise Invalid(words_, other=words_)
        may_sit(shift.post, [to], at)
        _ahead([shift, other], at)
        if shift.swaps.filter(state__in=OPEN_SWAPS).exists():
            raise WrongState(_("这个班次已有一项换班申请。"))
        swap = Swap.objects.create(
            shift=shift, other=other, asked_by=by.user, to_user=to, words=words.strip()[:200]
        )
        _record(swap, "ask", by, at, tell=[to.pk])
    return swap


def accept(swap: Swap, *, by: Actor, at: datetime) -> None:
    """The other agrees; the planners are asked. Raises NotAllowed or WrongState."""
    with _moved(swap, "accept", by):
        _ahead([swap.shift, swap.other], at)
        planners = [user.pk for user in people.standing(P.ROSTER, on=localdate(at))]
        _record(swap, "accept", by, at, tell=[*planners, swap.asked_by_id])


def refuse(swap: Swap, *, by: Actor, at: datetime) -> None:
    """The other, or a planner, says no. Raises NotAllowed or WrongState."""
    with _moved(swap, "refuse", by):
        _record(swap, "refuse", by, at, tell=[swap.asked_by_id, swap.to_user_id])


def withdraw(swap: Swap, *, by: Actor, at: datetime) -> None:
    """Whoever asked takes it back. Raises NotAllowed or WrongState."""
    with _moved(swap, "withdraw", by):
        _record(swap, "withdraw", by, at, tell=[swap.to_user_id])


def approve(swap: Swap, *, by: Actor, at: datetime) -> None:
    """A planner agrees, and the shifts change hands.

    Raises NotAllowed, and WrongState when a shift has begun or is no longer theirs.
    """
    with _moved(swap, "approve", by):
        pair = [(swap.shift, swap.asked_by, swap.to_user)]
        if swap.other is not None:
            pair.append((swap.other, swap.to_user, swap.asked_by))
        for shift, *_rest in pair:
            fresh(shift)
        _ahead([shift for shift, *_rest in pair], at)
        if any(shift.user_id != had.pk for shift, had, _gets in pair):
            raise WrongState(_("班次已经变动，请重新申请。"))
        _exchange(pair, by, at)
        _record(swap, "approve", by, at, tell=[swap.asked_by_id, swap.to_user_id])


def _exchange(pair: list[tuple[Shift, User, User]], by: Actor, at: datetime) -> None:
    befores = [rows.snapshot(shift) for shift, *_rest in pair]
    aside = [shift.pk for shift, *_rest in pair]  # the two of one hour change places
    for (shift, _had, gets), before in zip(pair, befores, strict=True):
        shift.user, shift.source = gets, Source.SWAP
        write(shift, before, by=by, at=at, aside=aside)


@contextmanager
def _moved(swap: Swap, verb: str, by: Actor) -> Iterator[None]:
    """Lock, check, change. Raises WrongState or NotAllowed, and Stale when it is no more.

    The lock is the post's, as for everything that may take the shift away, and the swap with it.
    """
    try:
        post = swap.shift.post
    except Shift.DoesNotExist:
        raise gone() from None
    with held(post):
        try:
            swap.refresh_from_db(from_queryset=Swap.objects.select_for_update())
        except Swap.DoesNotExist:
            raise gone() from None
        sources, target = MOVES[verb]
        if swap.state not in sources:
            raise WrongState(_("这项换班申请已经处理。"))
        if not may(swap, verb, by):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        swap.state = target
        swap.save(update_fields=["state"])
        yield


def _ahead(shifts: Iterable[Shift | None], at: datetime) -> None:
    if any(shift is not None and shift.from_at <= at for shift in shifts):
        raise WrongState(_("已经开始或结束的班次不能换。"))


def _record(swap: Swap, verb: str, by: Actor, at: datetime, *, tell: Iterable[int]) -> None:
    SwapStep.objects.create(swap=swap, verb=verb, by=by.user, at=at)
    template = "shift_swap" if verb in {"ask", "accept"} else "shift_changed"
    told = sorted({pk for pk in tell if pk != by.user_id})
    if told:
        jobs.defer(
            "notices.tell", people=told, template=template, key=f"swap{swap.pk}:{verb}",
            facts={"time": swap.shift.from_at.isoformat()},
        )  # fmt: skip
