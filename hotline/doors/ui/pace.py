"""How often somebody may do something: what the doors ask the limiter, in one place.

Nobody who writes of a danger is refused: screening goes before counting. Whoever has signed in is
counted by their account alone, so no stranger behind the same address takes anything from them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from hotline.base.refusals import Refusal, TooMany
from hotline.cases.screen import Sign, screen
from hotline.doors.ui import devices
from hotline.limits.codes import Kind, Limit
from hotline.limits.services import spending
from hotline.limits.services.spending import Spent
from hotline.people.actor import Actor
from hotline.upkeep import metrics

View = Callable[..., HttpResponse]
Costs = dict[Limit, int]
MEGABYTE = 1024 * 1024
HEARD_MOST = 20_000  # characters of a text that are screened


@contextmanager
def paced(
    request: HttpRequest, costs: Costs, *, by: Actor, heard: str = "", at: datetime | None = None,
    returns: bool = True,
) -> Iterator[None]:  # fmt: skip
    """Take ``costs`` from what ``by`` has left; with ``returns``, they have them again when the
    house refuses.

    ``heard`` is what they wrote: with a sign of a crisis in it nothing is counted. Raises TooMany.
    """
    if heard and screen(heard[:HEARD_MOST]) > Sign.NONE:
        yield
        return
    taken: list[Spent] = []
    try:
        for limit, cost in costs.items():
            _take(request, limit, cost, taken, by=by, at=at or now())
        yield
    except Refusal:
        for spent in taken if returns else []:
            spending.give_back(spent)
        raise


def of_files(files: list[Any]) -> Costs:
    """What uploads cost: each of them, and their megabytes, begun ones whole."""
    if not files:
        return {}
    size = sum(file.size or 0 for file in files)
    return {Limit.FILES: len(files), Limit.MEGABYTES: max(1, -(-size // MEGABYTE))}


def at_most(limit: Limit) -> Callable[[View], View]:
    """A page that may be asked for so often; POST and GET alike."""

    def guard(view: View) -> View:
        @wraps(view)
        def counted(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            with paced(request, {limit: 1}, by=request.actor):
                return view(request, *args, **kwargs)

        counted.limit = limit  # type: ignore[attr-defined]
        return counted

    return guard


def _take(
    request: HttpRequest, limit: Limit, cost: int, taken: list[Spent], *, by: Actor, at: datetime
) -> None:
    for kind, name in _who(request, by):
        # Of whom we do not know, nothing in the database says to the second when they were here.
        moment = at if kind is Kind.ACCOUNT else at.replace(second=0, microsecond=0)
        spent = spending.spend(limit, kind, name, at=moment, cost=cost)
        if spent.wait:
            metrics.limited(limit=limit, subject=kind)
            raise _refusal(limit, kind, spent, at=at)
        taken.append(spent)


def _who(request: HttpRequest, by: Actor) -> list[tuple[Kind, str]]:
    """The browser before the address: one that asks in vain takes nothing from its neighbours."""
    if by.user_id is not None:
        return [(Kind.ACCOUNT, str(by.user_id))]
    browser = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")[:64]
    place = devices.place_of(request)
    found = [(Kind.BROWSER, browser), (Kind.ADDRESS, place)]
    return [(kind, name) for kind, name in found if name]


def _refusal(limit: Limit, kind: Kind, spent: Spent, *, at: datetime) -> TooMany:
    seconds = max(1, -int(-spent.wait.total_seconds() // 1))
    values = {
        "what": limit.label, "minutes": -(-seconds // 60),
        "time": f"{localtime(at + spent.wait):%H:%M}",
    }  # fmt: skip
    words = _("短时间内次数过多（%(what)s）。请在 %(minutes)d 分钟后（%(time)s）再试。") % values
    if kind is not Kind.ACCOUNT:
        words += _("登录后按您自己的账号计数，不受他人影响。")
    return TooMany(words, seconds=seconds)
