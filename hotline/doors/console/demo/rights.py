"""What the demo shows of people's rights: one who asks to be forgotten, one who was refused, a hold, a run
of the rules of age with its certificate."""

from datetime import datetime, timedelta

from hotline.cases.codes import State
from hotline.cases.services import workbench
from hotline.doors.console.demo.people import Cast
from hotline.people.actor import SYSTEM
from hotline.people.queries import actor_of
from hotline.rights import obstacles
from hotline.rights.services import claims, holding, retention
from hotline.worktime.clock import day_of

REFUSED = "该事项已进入诉讼程序（2026民初118号），判决生效前须保存原始记录，结案后可再次申请。"
HELD = "诉讼：2026民初118号，法务部门来函。"


def write(cast: Cast, *, until: datetime) -> None:
    """Ask, hold, refuse and clear away, in the last days before the demo begins."""
    manager = actor_of(cast.named["manager"], on=day_of(until))
    over = obstacles.over().exclude(obstacles.in_files()).filter(state=State.ARCHIVED)
    own = list(over.filter(owner__isnull=False).select_related("owner").order_by("-id")[:2])
    for case, days in zip(own, (9, 2), strict=False):
        by = actor_of(case.owner, on=day_of(until)) if case.owner else SYSTEM
        claim = claims.ask(case, by=by, at=until - timedelta(days=days))
        if case is own[0]:
            at = until - timedelta(days=1)
            holding.hold(case, words=HELD, by=manager, at=at)
            claims.refuse(claim, ground="PROCEEDING", words=REFUSED, by=manager, at=at)
    at = until - timedelta(days=45)  # typed and left there: the night has something to clear away
    workbench.keep_draft(None, "registration", {}, by=cast.named["clerk"], at=at)
    retention.run(by=SYSTEM, at=until)
