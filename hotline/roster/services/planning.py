"""A range of days planned by rotation: seen before it is written, and taken back as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline.base import jobs
from hotline.base.refusals import Invalid, WrongState
from hotline.catalog import calendars
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.permissions import P
from hotline.people.services import rows
from hotline.roster import queries
from hotline.roster.models import Days, Pattern, Position, Post, Run, Shift, Source
from hotline.roster.services.shifts import held, is_far, may_sit
from hotline.worktime.clock import ZONE

DAYS_MOST = 92


class Turns(TextChoices):
    """When it is the next one's turn."""

    SHIFT = "SHIFT", gettext_lazy("每班轮换")
    DAY = "DAY", gettext_lazy("每天轮换")
    WEEK = "WEEK", gettext_lazy("每周轮换")


@dataclass(frozen=True)
class Plan:
    """What is to be planned. ``main`` and ``second`` take turns in their order."""

    post: Post
    patterns: Sequence[Pattern]
    main: Sequence[User]
    from_date: date
    to_date: date  # included
    second: Sequence[User] = ()
    turns: str = Turns.SHIFT


@dataclass(frozen=True)
class Line:
    """One shift of a plan, not yet written. ``why_not`` says why it will not be."""

    shift: Shift
    pattern: Pattern
    why_not: str = ""


def preview(plan: Plan, *, at: datetime) -> list[Line]:
    """What planning would write, day by day; whatever is there stays, and is said.

    Raises Invalid for a plan that cannot be carried out.
    """
    _check(plan, at)
    start, end = _midnight(plan.from_date), _midnight(plan.to_date + timedelta(days=2))
    there = list(queries.between(start, end).filter(post=plan.post))
    lines = []
    for shift, pattern in _rotation(plan):
        why = _why_not(shift, there, at)
        lines.append(Line(shift, pattern, why))
        if not why:
            there.append(shift)
    return lines


def carry_out(plan: Plan, *, by: Actor, at: datetime) -> Run:
    """Write what the preview shows, and tell each person once. Raises NotAllowed or Invalid."""
    rows.allow(by, P.ROSTER)
    with held(plan.post):
        lines = [line for line in preview(plan, at=at) if not line.why_not]
        if not lines:
            raise Invalid(_("这段时间没有可以排的班次。"))
        run = Run.objects.create(
            post=plan.post, from_date=plan.from_date, to_date=plan.to_date, by=by.user, at=at
        )
        for line in lines:
            line.shift.run = run
        Shift.objects.bulk_create([line.shift for line in lines])
        rows.revision(run, None, rows.snapshot(run), by=by, at=at).save()
        _tell([line.shift for line in lines], f"run{run.pk}")
    return run


def undo(run: Run, *, by: Actor, at: datetime) -> int:
    """Take back what a planning wrote, as far as it lies ahead and nobody has changed it since.

    Returns how many shifts that were. Raises NotAllowed, and WrongState when it was undone before.
    """
    rows.allow(by, P.ROSTER)
    with held(run.post):
        run.refresh_from_db()
        if run.undone_at is not None:
            raise WrongState(_("这次排班已经撤销。"))
        before, run.undone_at = rows.snapshot(run), at
        run.save(update_fields=["undone_at"])
        ahead = run.shifts.filter(from_at__gt=at, source=Source.PLAN)
        gone = list(ahead.select_related("user").order_by("from_at"))
        ahead.delete()
        rows.revision(run, before, rows.snapshot(run), by=by, at=at).save()
        _tell(gone, f"run{run.pk}:undone")
    return len(gone)


def _check(plan: Plan, at: datetime) -> None:
    if not plan.post.by_turns:
        raise Invalid(_("这个岗位不排班。"), post=_("这个岗位不排班。"))
    if plan.to_date < plan.from_date:
        raise Invalid(_("结束须晚于开始。"), to_date=_("结束须晚于开始。"))
    if (plan.to_date - plan.from_date).days >= DAYS_MOST:
        words = _("一次最多排 %d 天。") % DAYS_MOST
        raise Invalid(words, to_date=words)
    if is_far(_midnight(plan.from_date), at):
        words = _("只能排前后两年以内的班次。")
        raise Invalid(words, from_date=words)
    for name, chosen in (("patterns", plan.patterns), ("main", plan.main)):
        if not chosen:
            raise Invalid(_("请至少选择一项。"), **{name: _("请至少选择一项。")})
    may_sit(plan.post, [*plan.main, *plan.second], at)


def _rotation(plan: Plan) -> Iterator[tuple[Shift, Pattern]]:
    """Every shift of the range, in time order, with whose turn it is."""
    nth = count()
    for day_number in range((plan.to_date - plan.from_date).days + 1):
        day = plan.from_date + timedelta(days=day_number)
        for pattern in sorted(plan.patterns, key=lambda p: (p.starts, p.pk)):
            if not _used_on(pattern, day):
                continue
            shift_number = next(nth)
            turn = {Turns.SHIFT: shift_number, Turns.DAY: day_number}.get(
                Turns(plan.turns), day_number // 7
            )
            from_at, to_at = hours(pattern, day)
            for position, people in ((Position.MAIN, plan.main), (Position.SECOND, plan.second)):
                if people:
                    yield Shift(
                        post=plan.post, user=people[turn % len(people)], position=position,
                        from_at=from_at, to_at=to_at, source=Source.PLAN,
                    ), pattern  # fmt: skip


def _used_on(pattern: Pattern, day: date) -> bool:
    if pattern.days == Days.ANY:
        return True
    works = bool(calendars.office().spans_on(day))
    return works == (pattern.days == Days.WORK)


def hours(pattern: Pattern, day: date) -> tuple[datetime, datetime]:
    """From when until when a pattern's shift of a day lasts."""
    last = day if pattern.ends > pattern.starts else day + timedelta(days=1)
    return datetime.combine(day, pattern.starts, ZONE), datetime.combine(last, pattern.ends, ZONE)


def _why_not(shift: Shift, there: list[Shift], at: datetime) -> str:
    if shift.from_at <= at:
        return _("已经过去")
    near = [s for s in there if s.from_at < shift.to_at and shift.from_at < s.to_at]
    if shift.position == Position.MAIN and any(s.position == Position.MAIN for s in near):
        return _("已有主班")
    if any(s.user_id == shift.user_id for s in near):
        return _("本人已在班")
    return ""


def _tell(shifts: Sequence[Shift], key: str) -> None:
    """Each person once, with the first of the shifts that concern them."""
    first: dict[int, Shift] = {}
    for shift in shifts:
        first.setdefault(shift.user_id, shift)
    for user_id, shift in first.items():
        jobs.defer(
            "notices.tell", people=[user_id], template="shift_changed", key=key,
            facts={"time": shift.from_at.isoformat()},
        )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), ZONE)
