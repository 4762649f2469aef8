"""The switch: on with words for everybody and an end, off with everything back as it was."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.cases.models import Case
from hotline.cases.services import merging
from hotline.limits.services import ruling
from hotline.people import services as people
from hotline.people.actor import SYSTEM, Actor
from hotline.surge.models import Surge
from hotline.surge.policies import switcher, why_alone

LONGEST = timedelta(days=14)
PERCENT_MOST = 1000


@dataclass
class Plan:
    """What is told to everybody, and until when; text and title in English where there are any."""

    title: str
    text: str
    until: datetime
    title_en: str = ""
    text_en: str = ""
    link: str = ""
    asks: bool = True
    percent: int = 300


@transaction.atomic
def turn_on(plan: Plan, *, by: Actor, at: datetime) -> Surge:
    """Begin a surge. Raises NotAllowed, WrongState while one is on, Invalid."""
    permission = switcher(by)
    people.one_at_a_time(Surge)
    if Surge.objects.filter(on=True).exists():
        raise WrongState(_("突发模式已经开启。"))
    surge = Surge(began_at=at, by=by.user)
    _write(surge, plan, at=at)
    people.save(surge, by=by, at=at, permission=permission)
    ruling.raise_for_accounts(surge.percent, until=surge.until)
    return surge


@transaction.atomic
def change(surge: Surge, plan: Plan, *, by: Actor, at: datetime) -> None:
    """Say something else, or until later or sooner. Raises NotAllowed, WrongState, Invalid."""
    permission = switcher(by)
    _take(surge)
    _write(surge, plan, at=at)
    people.save(surge, by=by, at=at, permission=permission)
    ruling.raise_for_accounts(surge.percent, until=surge.until)


@transaction.atomic
def turn_off(surge: Surge, *, by: Actor, at: datetime) -> None:
    """End it: everything is back as it was, and its summary stays. Raises NotAllowed, WrongState."""
    permission = switcher(by)
    _take(surge)
    surge.on, surge.ended_at = False, at
    people.save(surge, by=by, at=at, permission=permission)
    ruling.raise_for_accounts(100, until=at)


def end_overdue(*, at: datetime) -> int:
    """End what should have ended by itself."""
    over = list(Surge.objects.filter(on=True, until__lte=at))
    for surge in over:
        turn_off(surge, by=SYSTEM, at=at)
    return len(over)


@transaction.atomic
def name_lead(surge: Surge, case: Case, *, by: Actor, at: datetime) -> None:
    """Say which request is handled for all that are about it. Raises NotAllowed, WrongState, Invalid."""
    _take(surge)
    if why_alone(case):
        raise Invalid(_("这件诉求须单独办理，不能作主件。"), lead=_("须单独办理，不能作主件。"))
    merging.begin_event(case, by=by, at=at)
    surge.lead = case
    # Whoever may note on the request has named it; the surge's row records by whose hand.
    with people.recorded(surge, by=SYSTEM, at=at):
        surge.save(update_fields=["lead"])


def _take(surge: Surge) -> None:
    """The row as it is, under a lock. Raises WrongState once it is over."""
    surge.refresh_from_db(from_queryset=Surge.objects.select_for_update())
    if not surge.on:
        raise WrongState(_("这次突发模式已经结束。"))


def _write(surge: Surge, plan: Plan, *, at: datetime) -> None:
    wrong = {}
    if not at < plan.until <= at + LONGEST:
        wrong["until"] = _("自动结束时间须在现在之后、14 天以内。")
    if not 100 <= plan.percent <= PERCENT_MOST:
        wrong["percent"] = _("须为 100 到 1000 的整数。")
    if plan.link and not _is_link(plan.link):
        wrong["link"] = _("请填写 https:// 开头的网址，或本平台以 / 开头的地址。")
    if wrong:
        raise Invalid(_("请更正标出的内容。"), **wrong)
    for name, value in vars(plan).items():
        setattr(surge, name, value.strip() if isinstance(value, str) else value)


def _is_link(text: str) -> bool:
    ours = text.startswith("/") and not text.startswith("//") and "\\" not in text
    return ours or text.startswith("https://")
