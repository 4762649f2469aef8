"""One act for many requests: each by the service that deals with one, in the name of who chose it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, NotAllowed, Refusal, WrongState
from hotline.cases import queries
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import merging, triage
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.surge.models import Batch, Canned, Item, Surge
from hotline.surge.policies import may_switch, why_alone

MOST = 200
UNDO = timedelta(seconds=60)
R, W = Item.Result, Item.Why


class Alone(Refusal):
    """It has to be dealt with by itself; ``words`` is the code of why."""


@transaction.atomic
def begin(
    surge: Surge, chosen: Collection[int], *, by: Actor, at: datetime, answer: Canned | None = None
) -> Batch:
    """Give an answer to the chosen requests, or without one merge them into the lead, in a minute.

    Who cannot be dealt with so is said at once. Raises NotAllowed, WrongState, Invalid.
    """
    permission = P.ANSWER if answer else P.TRIAGE
    if by.user is None or not by.may(permission):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    if answer is not None and (answer.surge_id != surge.pk or not answer.usable):
        raise WrongState(_("这条答复还没有通过审核，或已撤下。"))
    if answer is None and surge.lead is None:
        raise WrongState(_("请先指定主件。"))
    if not 0 < len(set(chosen)) <= MOST:
        raise Invalid(_("请选择 1 到 %(most)d 件诉求。") % {"most": MOST})
    rows = (
        queries.office_list(by).filter(pk__in=chosen).select_related("type", "category", "urgency")
    )
    batch = Batch.objects.create(
        surge=surge, answer=answer, into=None if answer else surge.lead, by=by.user, at=at,
        begins_at=at + UNDO,
    )  # fmt: skip
    Item.objects.bulk_create([_item(batch, case) for case in rows.order_by("id")])
    jobs.defer("surge.carry_out", at=batch.begins_at, batch_id=batch.pk)
    return batch


def _item(batch: Batch, case: Case) -> Item:
    why = why_alone(case) or _why_not(batch, case)
    return Item(batch=batch, case=case, result=R.REFUSED if why else R.WAITING, why=why)


def _why_not(batch: Batch, case: Case) -> str:
    if case.state not in {State.SUBMITTED, State.ACCEPTED} or case.pk == batch.into_id:
        return W.STATE
    if case.type is None:
        return W.TYPELESS
    return W.NO_QUESTION if batch.answer and not case.type.is_consultation else ""


def _why_no_more(batch: Batch) -> str:
    if not batch.by.is_active:
        return W.NOT_ALLOWED
    return W.OTHER if batch.answer is not None and not batch.answer.usable else ""


@transaction.atomic
def stop(batch: Batch, *, by: Actor, at: datetime) -> int:
    """Do nothing more of it; how many it was in time for. Raises NotAllowed."""
    if batch.by_id != by.user_id and not may_switch(by):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    Batch.objects.filter(pk=batch.pk, stopped_at=None, done_at=None).update(stopped_at=at)
    return batch.items.filter(result=R.WAITING).update(result=R.STOPPED)


def carry_out(batch: Batch, *, at: datetime) -> None:
    """Do what waits, one after the other; may run twice."""
    if at < batch.begins_at:
        return
    for pk in list(batch.items.filter(result=R.WAITING).values_list("pk", flat=True)):
        with transaction.atomic():
            item = batch.items.select_for_update(of=("self",)).select_related("case").get(pk=pk)
            if item.result == R.WAITING:
                item.why = _deal_with(_fresh(batch), item.case, at=at)
                item.result = R.REFUSED if item.why else R.DONE
                item.save(update_fields=["result", "why"])
    Batch.objects.filter(pk=batch.pk, done_at=None).update(done_at=at)


def _fresh(batch: Batch) -> Batch:
    """As it stands now: between two of its requests its answer may be withdrawn, or an account closed."""
    return Batch.objects.select_related("answer", "by").get(pk=batch.pk)


def _deal_with(batch: Batch, case: Case, *, at: datetime) -> str:
    """Accept it if nobody has, then answer or merge it; why not, or nothing."""
    why = why_alone(case) or _why_not(batch, case) or _why_no_more(batch)
    if why:
        return why
    by = people.actor_of(batch.by, on=localdate(at))
    try:
        with transaction.atomic():
            if case.state == State.SUBMITTED:
                _accept(batch, case, by=by, at=at)
            if batch.answer is not None:
                text, basis = batch.answer.text, batch.answer.basis
                triage.answer(case, words=text, basis=basis, by=by, at=at)
            elif batch.into is not None:
                merging.merge(case, into=batch.into, reason="BD02", by=by, at=at)
    except Alone as refusal:
        return str(refusal)
    except WrongState:
        return W.STATE
    except NotAllowed:
        return W.NOT_ALLOWED
    except Refusal:
        return W.OTHER
    return ""


def _accept(batch: Batch, case: Case, *, by: Actor, at: datetime) -> None:
    """With what the requester has chosen, else with what the answer or the lead is about."""
    pattern = batch.answer or batch.into
    category = case.category or (pattern.category if pattern else None)
    urgency = category.urgency if category else None
    if category is None or urgency is None or case.type is None:
        raise Alone(W.TYPELESS)
    triage.accept(
        case, category=category, type=case.type, urgency=urgency, by=by, at=at,
        version=case.version,
    )  # fmt: skip
    if why := why_alone(case):  # what it is about makes it one of those
        raise Alone(why)
