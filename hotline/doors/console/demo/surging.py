"""What the demo shows of a surge: one that is over, with its requests, its answers, its summary."""

from datetime import datetime, timedelta
from typing import Any

from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.catalog.models import Category
from hotline.doors.console.demo.people import Cast
from hotline.people.actor import Actor
from hotline.people.queries import actor_of
from hotline.surge.models import Surge
from hotline.surge.policies import why_alone
from hotline.surge.services import answers, joining, switch
from hotline.surge.services.switch import Plan
from hotline.worktime.clock import day_of

BEGAN, LASTED = timedelta(hours=52), timedelta(hours=30)
MEMBERS = 6
CLASS = "H2"  # 住宿与后勤
PLAN: dict[str, Any] = {
    "title": "宿舍区停水抢修", "title_en": "Water supply in the dormitories",
    "text": "主管道破裂，正在抢修，预计当晚恢复；每两小时在此更新。",
    "text_en": "A main has burst and is being repaired; water should be back tonight. Updated every two hours.",
}  # fmt: skip
ANSWER = "主管道已修复，各楼今晚八点起陆续恢复供水；刚恢复时水色可能发黄，放流几分钟即可。"
SECOND = "停水期间，各楼一层设有临时供水点，早七点到晚十点开放。"


def write(cast: Cast, *, until: datetime) -> None:
    """Switch on and off again, two days ago; a clerk has found some requests that were about it."""
    clerk, manager = (
        actor_of(cast.named[account], on=day_of(until)) for account in ("clerk", "manager")
    )
    began = until - BEGAN
    surge = switch.turn_on(Plan(until=until, **PLAN), by=manager, at=began)
    found = _about_it(began)
    for case in found[:MEMBERS]:
        joining.bring_in(surge, case, by=clerk, at=began + LASTED)
    if found and found[0].category is not None:
        _write_answers(surge, found[0].category, clerk, manager, at=began + timedelta(hours=1))
    switch.turn_off(surge, by=manager, at=began + LASTED)


def _about_it(began: datetime) -> list[Case]:
    rows = Case.objects.filter(
        submitted_at__gt=began - timedelta(days=7), submitted_at__lt=began + LASTED, seal="",
        category__code__startswith=CLASS, merged_into=None,
    ).exclude(state__in=[State.DRAFT, State.CRISIS, State.MERGED])  # fmt: skip
    related = rows.select_related("type", "category", "urgency").order_by("-id")
    return [case for case in related if not why_alone(case)]


def _write_answers(
    surge: Surge, category: Category, clerk: Actor, manager: Actor, *, at: datetime
) -> None:
    """One that was passed, and one that nobody has looked at yet."""
    for title, text in (("恢复供水", ANSWER), ("临时供水点", SECOND)):
        made = answers.write(
            surge, title=title, text=text, basis="后勤处停水抢修通告", category=category, by=clerk, at=at
        )  # fmt: skip
        if text == ANSWER:
            answers.pass_(made, by=manager, at=at + timedelta(minutes=8))
