"""A roster for the demo: a week behind, two ahead, a swap that waits, a sheet to sign, a drill."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hotline.doors.console.demo.people import Cast
from hotline.oversight.alarms import answering
from hotline.people.actor import SYSTEM, Actor
from hotline.people.models import User
from hotline.roster import queries, services
from hotline.roster.models import Pattern, Position, Post
from hotline.roster.services import handover, planning, setup, swaps
from hotline.roster.services.planning import Plan, Turns
from hotline.worktime.clock import day_of

PHONES = {"duty": "010-55550110", "hotline": "010-55550123"}  # numbers that nobody has
NOTES = (
    "三号楼停水已报后勤，维修人员预计十点到场；两件回访对方要求明天上午再打。",
    "晚间来电较多，多为选课系统登录问题，已请信息中心核实；无其他事项。",
)


def write(cast: Cast, *, until: datetime) -> None:
    """Plan the posts of the office around ``until``; the last days are left open, as is usual."""
    services.load_defaults()
    office = [*cast.office["R2"], *cast.office["R3"]]
    clerks, crisis = _people(office), _people(cast.office["R12"])
    _plan("hotline", ("day", "evening", "night"), clerks, until, days=19, second=clerks[::-1])
    _plan("crisis", ("full",), crisis, until, days=20, turns=Turns.DAY)
    for post in Post.objects.order_by("id"):
        post.phone = PHONES.get(post.code, "")
        names = crisis if post.code == "crisis" else None
        setup.save_post(post, names, by=SYSTEM, at=until)
    _swap(office, until)
    _sheets(office, until)
    _drill(cast, until - timedelta(days=3, hours=5))


def _people(actors: Sequence[Actor]) -> list[User]:
    return [actor.user for actor in actors if actor.user is not None]


def _plan(
    code: str,
    patterns: Sequence[str],
    people: list[User],
    until: datetime,
    *,
    days: int,
    second: Sequence[User] = (),
    turns: str = Turns.SHIFT,
) -> None:
    first = day_of(until) - timedelta(days=7)
    plan = Plan(
        Post.objects.get(code=code), list(Pattern.objects.filter(code__in=patterns)), people,
        first, first + timedelta(days=days), second=second, turns=turns,
    )  # fmt: skip
    planning.carry_out(plan, by=SYSTEM, at=until - timedelta(days=9))


def _swap(office: Sequence[Actor], until: datetime) -> None:
    ahead = queries.between(until, until + timedelta(days=9)).filter(post__code="hotline")
    mine = [
        s for s in ahead if s.from_at > until + timedelta(days=2) and s.position == Position.MAIN
    ]
    if len(mine) > 1:
        asking = next(actor for actor in office if actor.user_id == mine[0].user_id)
        swaps.ask(mine[0], mine[1].user, other=mine[1], words="当天有课", by=asking, at=until)


def _sheets(office: Sequence[Actor], until: datetime) -> None:
    """Two sheets of past shifts: the first signed by whoever came next."""
    past = queries.between(until - timedelta(days=2), until).filter(
        post__code="hotline", position=Position.MAIN, to_at__lte=until
    )
    by_user = {actor.user_id: actor for actor in office}
    for shift, text in zip(list(past)[-2:], NOTES, strict=False):
        sheet = handover.write(
            shift.post, open_items={"urgent": [], "visits": [], "drafts": 0, "draft_numbers": []},
            notes=text, by=by_user[shift.user_id], at=shift.to_at,
        )  # fmt: skip
        if text is NOTES[0]:
            on = queries.on_duty(shift.to_at, "hotline")
            if on and on[0].pk != shift.user_id:
                handover.sign(sheet, by=by_user[on[0].pk], at=shift.to_at + timedelta(minutes=5))


def _drill(cast: Cast, at: datetime) -> None:
    """The manager rehearsed; whoever of the crisis team was on duty took it in three minutes."""
    drill = answering.drill(by=cast.office["R4"][0], at=at)
    called = set(drill.calls.values_list("user", flat=True))
    taker = next(actor for actor in cast.office["R12"] if actor.user_id in called)
    answering.acknowledge(drill, by=taker, at=at + timedelta(minutes=3))
