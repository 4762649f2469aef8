"""Who is called, and when the next. Safe to run twice, late, or after a crash.

opened ──► on duty ──5 min──► next name ──5 min──► … ──► managers and 政务值班 ──► everyone again
   └──────────── acknowledged, or the request has left the lane: nobody any more ────────────┘

Never whose request it is. In earnest there is no last call: after two hours they only come more slowly.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from hotline.base import jobs
from hotline.cases import recusal
from hotline.cases.codes import State
from hotline.cases.models import Case, Step
from hotline.catalog import terms
from hotline.oversight.models import Alarm, AlarmCall, Why
from hotline.people import queries as people
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.roster import queries as roster
from hotline.roster.models import Post

GROUP, OFFICE = "crisis", "duty"  # codes of posts
BRISK = 24  # calls of one alarm at the school's pace: two hours of five minutes
SLOW = timedelta(minutes=30)  # between the calls after these
LOST = timedelta(hours=1)  # an alarm step that nobody has rung for is looked for so far back
Group = list[tuple[User | None, str, Why]]  # a person or, without one, a number; and why


def raise_alarm(case: Case, *, at: datetime) -> Alarm | None:
    """Open the alarm of a request's latest cry, once, and call the first; None when it is over."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        step = case.steps.filter(verb="alarm").order_by("seq").last()
        if step is None or case.state != State.CRISIS:
            return None
        alarm, fresh = Alarm.objects.get_or_create(
            step=step,
            defaults={"case": case, "opened_at": at, "opened_by": step.by, "next_at": at},
        )
        if fresh:
            call_next(alarm.pk, at=at)
    return alarm


def call_next(alarm_id: int, *, at: datetime) -> bool:
    """Call whoever is next, if it is time and nobody has taken it; did anybody get called?"""
    with transaction.atomic():
        alarm = (
            Alarm.objects.select_for_update(of=("self",)).select_related("case").get(pk=alarm_id)
        )
        if alarm.next_at is None or (at < alarm.next_at and not _beyond(alarm.next_at, at)):
            return False
        if _over(alarm):
            _end(alarm, at)
            return False
        group = _next(alarm, at)
        if not group:
            _nobody(alarm, at)
            return False
        alarm.rung += 1
        alarm.next_at = at + pace(alarm)
        alarm.save(update_fields=["rung", "next_at"])
        AlarmCall.objects.bulk_create(
            AlarmCall(alarm=alarm, rung=alarm.rung, user=user, phone=phone, why=why, at=at)
            for user, phone, why in group
        )
        _tell(alarm, [user.pk for user, *_rest in group if user is not None])
        jobs.defer("oversight.chase_alarm", at=alarm.next_at, alarm_id=alarm.pk)
    return True


def limit() -> timedelta:
    """How long somebody has until the next is called."""
    return timedelta(minutes=max(1, terms.current().alarm_minutes))


def pace(alarm: Alarm) -> timedelta:
    """How long until the next call: the school's limit, and a longer one after two hours of it."""
    return limit() if alarm.rung < BRISK else longest()


def longest() -> timedelta:
    """No call is ever further off than that."""
    return max(limit(), SLOW)


def _beyond(next_at: datetime, at: datetime) -> bool:
    """Has the clock been set back since? Then nobody waits until it has come round again."""
    return next_at > at + longest()


def sweep(*, at: datetime) -> int:
    """Whatever a crash left behind: calls that are overdue, cries that nobody rang for."""
    found = 0
    due = Q(next_at__lte=at) | Q(next_at__gt=at + longest())
    for pk in Alarm.objects.filter(due).order_by("next_at").values_list("pk", flat=True):
        found += call_next(pk, at=at)
    cries = Step.objects.filter(
        verb="alarm", at__gt=at - LOST, case__state=State.CRISIS, case__is_demo=False
    ).exclude(pk__in=Alarm.objects.filter(step__isnull=False).values("step"))
    for case in Case.objects.filter(pk__in=cries.values("case")).order_by("id"):
        found += raise_alarm(case, at=at) is not None
    return found


def _over(alarm: Alarm) -> bool:
    return not alarm.is_open or (alarm.case is not None and alarm.case.state != State.CRISIS)


def _end(alarm: Alarm, at: datetime) -> None:
    """Nobody is called any more; unless somebody has taken it, it is over with that."""
    alarm.next_at = None
    if alarm.acknowledged_at is None:
        alarm.closed_at = alarm.closed_at or at
    alarm.save(update_fields=["next_at", "closed_at"])


def _nobody(alarm: Alarm, at: datetime) -> None:
    """There is nobody to call: a drill has gone round; in earnest we look again for somebody."""
    if alarm.is_drill:
        _end(alarm, at)
        return
    alarm.next_at = at + pace(alarm)
    alarm.save(update_fields=["next_at"])


# --- Whom next ----------------------------------------------------------------------------


def _next(alarm: Alarm, at: datetime) -> Group:
    """The next to be called. A drill goes round once; in earnest everyone is called again."""
    called = list(alarm.calls.values_list("user_id", "why"))
    team = _standing(P.CRISIS, alarm, at)
    line, on_duty = _line(at)
    line = [user for user in line if user.pk in team]
    if alarm.rung == 0:
        first = [user for user in on_duty if user.pk in team]
        if first:
            return [(user, "", Why.ON_DUTY) for user in first]
        if not line and team:
            return [(user, "", Why.TEAM) for user in team.values()]
    waiting = [user for user in line if user.pk not in {pk for pk, _why in called}]
    if waiting:
        return [(waiting[0], "", Why.LISTED)]
    if not {Why.MANAGER, Why.DUTY_OFFICE} & {why for _pk, why in called}:
        above = _above(alarm, at, but={pk for pk, _why in called})
        if above:
            return above
    if alarm.is_drill:
        return []
    return _everyone(alarm, line or list(team.values()), at)


def _standing(permission: P, alarm: Alarm, at: datetime) -> dict[int, User]:
    """Who may be called, having this permission: not whoever asked, who is the one in need, and not
    whom it names."""
    on = localdate(at)
    found = people.standing(permission, on=on)
    if alarm.case is None:
        return {user.pk: user for user in found}
    away = {alarm.case.owner_id} | recusal.kept_away(alarm.case, found, on=on)
    return {user.pk: user for user in found if user.pk not in away}


def _line(at: datetime) -> tuple[list[User], list[User]]:
    """Everyone of the group in order, and those of them on duty."""
    if not Post.objects.filter(code=GROUP, enabled=True).exists():
        return [], []
    return roster.line_of(at, GROUP), roster.on_duty(at, GROUP)


def _above(alarm: Alarm, at: datetime, *, but: set[int | None]) -> Group:
    """The office's managers, and the number of the university's duty office."""
    managers = [u for u in _standing(P.ROSTER, alarm, at).values() if u.pk not in but]
    group: Group = [(user, "", Why.MANAGER) for user in managers]
    office = Post.objects.filter(code=OFFICE, enabled=True).exclude(phone="").first()
    if office is not None:
        group.append((None, office.phone, Why.DUTY_OFFICE))
    return group


def _everyone(alarm: Alarm, team: Sequence[User], at: datetime) -> Group:
    users = {user.pk: user for user in team} | _standing(P.ROSTER, alarm, at)
    return [(user, "", Why.AGAIN) for user in users.values()]


def hush(alarm: Alarm) -> None:
    """Whoever has not been reached yet need not be."""
    jobs.defer("notices.take_back", key=f"alarm{alarm.pk}:")


def _tell(alarm: Alarm, people_ids: list[int]) -> None:
    """By every channel at once: number and moment, nothing else; a drill says that it is one."""
    if not people_ids:
        return
    facts: dict[str, int | str] = {"time": alarm.opened_at.isoformat()}
    if alarm.case is not None:
        facts["number"] = alarm.case.number or ""
    jobs.defer(
        "notices.tell", people=people_ids, facts=facts, case_id=alarm.case_id,
        template="drill_alarm" if alarm.is_drill else "crisis_alarm",
        key=f"alarm{alarm.pk}:{alarm.rung}", urgent=True, every_channel=True,
    )  # fmt: skip
