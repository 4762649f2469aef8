"""What people do with an alarm: see it, take it, rehearse it."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from hotline.base.refusals import NotAllowed, WrongState
from hotline.cases.recusal import open_to
from hotline.oversight.alarms import calling, policies
from hotline.oversight.models import Alarm, AlarmView
from hotline.people.actor import Actor
from hotline.people.permissions import P

REHEARSING = 0x1922  # an advisory lock: of two who start a drill at once, the second sees the first


def see(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """Record that somebody has opened it, the first time. Raises NotAllowed."""
    if by.user is None or not policies.may_see(by, alarm):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    AlarmView.objects.get_or_create(alarm=alarm, user=by.user, defaults={"at": at})


def acknowledge(alarm: Alarm, *, by: Actor, at: datetime) -> bool:
    """Take it: nobody else is called. False when somebody was quicker; that one stays on record.

    Raises NotAllowed, and WrongState when it is over without anybody's word.
    """
    see(alarm, by=by, at=at)
    with transaction.atomic():
        alarm.refresh_from_db(from_queryset=Alarm.objects.select_for_update())
        if not policies.may_acknowledge(by, alarm):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        if alarm.acknowledged_at is not None:
            return False
        if alarm.closed_at is not None:
            raise WrongState(_("这次告警已经结束。"))
        alarm.acknowledged_by, alarm.acknowledged_at, alarm.next_at = by.user, at, None
        if alarm.is_drill:
            alarm.closed_at = at
        alarm.save(update_fields=["acknowledged_by", "acknowledged_at", "next_at", "closed_at"])
        alarm.calls.filter(user=by.user, answered_at=None).update(answered_at=at)
        calling.hush(alarm)
    return True


def drill(*, by: Actor, at: datetime) -> Alarm:
    """Rehearse: the same calls without a request, said to be a drill. Counts in no figure.

    Raises NotAllowed, and WrongState while another drill is under way.
    """
    if not policies.may_drill(by):
        raise NotAllowed(_("您没有执行此操作的权限。"))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REHEARSING])
        if waiting(drills=True).exists():
            raise WrongState(_("已有一次演练正在进行。"))
        alarm = Alarm.objects.create(opened_at=at, opened_by=by.user, next_at=at)
        calling.call_next(alarm.pk, at=at)
    alarm.refresh_from_db()
    return alarm


def stop_drill(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """End a drill that nobody has answered. Raises NotAllowed or WrongState."""
    with transaction.atomic():
        alarm.refresh_from_db(from_queryset=Alarm.objects.select_for_update())
        if not alarm.is_drill or not policies.may_drill(by):
            raise NotAllowed(_("您没有执行此操作的权限。"))
        if not alarm.is_open:
            raise WrongState(_("这次演练已经结束。"))
        alarm.closed_at, alarm.next_at = at, None
        alarm.save(update_fields=["closed_at", "next_at"])
        calling.hush(alarm)


def waiting(*, drills: bool) -> QuerySet[Alarm]:
    """Alarms, or drills, that nobody has taken yet."""
    return Alarm.objects.filter(acknowledged_at=None, closed_at=None, case__isnull=drills)


def visible_to(actor: Actor) -> QuerySet[Alarm]:
    """Alarms that somebody may see, the latest first: policies.may_see, asked of all at once."""
    return _seen_by(actor).select_related("case", "opened_by", "acknowledged_by")


def _seen_by(actor: Actor) -> QuerySet[Alarm]:
    if actor.user_id is None:
        return Alarm.objects.none()
    rows = Alarm.objects.exclude(case__owner=actor.user_id).exclude(case__in=actor.bearer_of)
    rows = rows.filter(Q(case=None) | open_to(actor, "case__"))
    if actor.may(P.CRISIS):
        return rows
    if policies.may_drill(actor):
        return rows.filter(Q(case=None) | Q(calls__user=actor.user_id)).distinct()
    return rows.none()
