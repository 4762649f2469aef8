"""What the demo shows of deadlines: vacations on the calendar, the ladder climbed, slips answered."""

from datetime import date, datetime, timedelta

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.catalog import calendars
from hotline.catalog.services import calendars as publishing
from hotline.doors.console.demo.people import Cast
from hotline.oversight.models import SlipState, Supervision
from hotline.oversight.services import slips, sweeping
from hotline.people.actor import SYSTEM, Actor
from hotline.people.queries import actor_of
from hotline.worktime.clock import day_of

WINTER, SUMMER = ((1, 20), (2, 20)), ((7, 15), (8, 28))
FEEDBACK = "已安排维修班组到场，所需配件预计两日内到货，本周内完成并回复诉求人。"
REQUIREMENTS = (
    "同类诉求近期较多，请说明原因、已采取的措施和彻底解决的时间。",
    "请本周内办结，并将办理情况回复诉求人。",
)
SLIPS = 5
GROUND = "原因已说明，办结计划可行，予以销号，按计划办理。"


def publish_vacations(first: date, *, until: datetime) -> None:
    """The vacations of every year that the demo tells of, and of the next."""
    data = calendars.usual()
    data["office"]["periods"] = [
        _period(name, year, *span)
        for year in range(first.year, day_of(until).year + 2)
        for name, span in (("寒假", WINTER), ("暑假", SUMMER))
    ]
    at = datetime.combine(first, datetime.min.time(), until.tzinfo)
    publishing.publish(data, note="各学年寒暑假", by=SYSTEM, at=at)


def _by_hand(overseer: Actor, until: datetime) -> None:
    """督查督办 asks about a few that units have in hand, whatever their clocks say."""
    under_way = Case.objects.filter(
        state=State.IN_PROGRESS, seal="", urgency__code__in=["U2", "U3"]
    )
    for nth, case in enumerate(under_way.select_related("lead_unit").order_by("id")[:SLIPS]):
        at = until - timedelta(hours=30 * (SLIPS - nth) // SLIPS)
        slips.open_by_hand(
            case,
            requirement=REQUIREMENTS[nth % 2],
            reason="DB04",
            by=overseer,
            at=max(at, case.stage_at),
        )


def _period(
    name: str, year: int, first: tuple[int, int], last: tuple[int, int]
) -> dict[str, object]:
    return {
        "name": name, "from": str(date(year, *first)), "to": str(date(year, *last)),
        "kind": "vacation", "week": [],
    }  # fmt: skip


def climb(cast: Cast, *, until: datetime) -> None:
    """Let the sweep look once, and units and overseers answer for some of what it raised."""
    sweeping.sweep(at=until)
    today = day_of(until)
    overseer = actor_of(cast.named["supervisor"], on=today)
    _by_hand(overseer, until)
    for nth, slip in enumerate(Supervision.objects.select_related("case", "unit").order_by("id")):
        at = min(until, slip.opened_at + timedelta(minutes=1))
        head = cast.heads.get(slip.unit.code)
        if nth % 3 == 0 or head is None or slip.case.seal:
            continue
        slips.feed_back(slip, words=FEEDBACK, by=head, at=at)
        if nth % 3 == 2 and slip.state == SlipState.ANSWERED:
            slips.discharge(slip, words=GROUND, by=overseer, at=at)
