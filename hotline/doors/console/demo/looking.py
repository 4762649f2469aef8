"""What the demo shows of looking: who worked on a request had looked at it; somebody looked at too
much; identities that were asked for."""

from datetime import datetime, timedelta

from hotline.audit.models import Alert
from hotline.audit.services import watching
from hotline.cases.codes import Mode, State
from hotline.cases.models import Case, Step
from hotline.cases.services import looking, unmasking
from hotline.cases.sight import sight_of, unit_sight
from hotline.doors.console.demo.people import Cast
from hotline.people.actor import Actor
from hotline.people.models import User
from hotline.people.queries import actor_of
from hotline.worktime.clock import day_of

DAYS, STEPS_MOST = 3, 200
MANY = 64  # more than anybody looks at in an hour
SEARCHES = 3
EXPLAINED = "月度质量抽查，已与热线办主任核对，抽查名单在案。"
REASONS = (
    "需要当面核对补办材料的领取人，电话转接多次未成功。",
    "拟约谈了解情况，须先确认是否为本校教职工。",
    "来电人自称本人，需要核对后四位再谈个人情况。",
)


def write(cast: Cast, *, until: datetime) -> None:
    """Look as people do: a minute before each of the last days' steps, and now and then too much."""
    _before_steps(until)
    today = day_of(until)
    clerk, manager, deputy, auditor = (
        actor_of(cast.named[account], on=today)
        for account in ("clerk", "manager", "deputy", "auditor")
    )
    _too_much(clerk, manager, until - timedelta(hours=2))
    watching.watch(at=until - timedelta(hours=1))
    for alert in Alert.objects.filter(kind="MANY"):
        watching.explain(alert, words=EXPLAINED, by=auditor, at=until - timedelta(minutes=30))
    _asked_for(clerk, manager, deputy, until)


def _before_steps(until: datetime) -> None:
    recent = Step.objects.filter(
        at__gt=until - timedelta(days=DAYS), at__lte=until, by__isnull=False, case__seal=""
    ).exclude(side="REQUESTER")
    rows = recent.select_related("by", "case__category", "order__unit").order_by("-at")
    for step in reversed(rows[:STEPS_MOST]):
        at = step.at - timedelta(minutes=1)
        actor = _actor(step.by, at)
        if step.order is not None and step.side == "UNIT":
            step.order.case = step.case
            looking.looked(unit_sight(step.order, at=at), by=actor)
        else:
            looking.looked(sight_of(actor, step.case, at=at), by=actor)


def _actor(user: User | None, at: datetime) -> Actor:
    return actor_of(user, on=day_of(at)) if user is not None else Actor()


def _too_much(clerk: Actor, manager: Actor, at: datetime) -> None:
    """A check of many requests within an hour, and one person searched for again and again."""
    rows = Case.objects.filter(state=State.ARCHIVED, seal="").order_by("-id")
    for nth, case in enumerate(rows[:MANY]):
        looking.looked(sight_of(manager, case, at=at + timedelta(seconds=40 * nth)), by=manager)
    for nth in range(SEARCHES):
        moment = at + timedelta(minutes=7 * nth)
        looking.searched("00000000000", [], by=clerk, at=moment)


def _asked_for(clerk: Actor, manager: Actor, deputy: Actor, until: datetime) -> None:
    """Identities: one seen at once, one that two agreed on, one that waits."""
    open_ = Case.objects.filter(seal="", mode=Mode.NAMED, category__isnull=False)
    open_ = open_.exclude(state__in=[State.DRAFT, State.ARCHIVED]).select_related("category")
    plain = open_.filter(category__sensitive=False).order_by("-id").first()
    sensitive = list(open_.filter(category__sensitive=True).order_by("-id")[:2])
    at = until - timedelta(minutes=50)
    for case, actor, words in zip(
        [plain, *sensitive], (clerk, clerk, manager), REASONS, strict=False
    ):
        sight = sight_of(actor, case, at=at) if case is not None else None
        if sight is None or not sight.unmaskable:
            continue
        row = unmasking.ask(sight, fields=["name"], purpose="VERIFY", words=words, by=actor, at=at)
        if row.two and actor is clerk:
            unmasking.grant(row, by=deputy, at=at + timedelta(minutes=6))
        seen = sight_of(actor, row.case, at=at + timedelta(minutes=7))
        if seen.unmasked:
            looking.looked(seen, by=actor)
