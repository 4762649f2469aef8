"""Publishing calendars: the office's and the line's hours, periods, days, and years of holidays."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hotline.base import jobs
from hotline.base.refusals import Invalid, Stale
from hotline.base.words import clean
from hotline.catalog import calendars
from hotline.catalog.models import Publication
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime import paper, plan

PUBLISHING = 0x1921  # an advisory lock: two publications at once, the second sees the first
YEAR_BYTES_MOST = 100_000
YEARS = range(2000, 2100)
SETTLED = timedelta(minutes=2)  # longer than any move takes that began before a publication


def latest() -> Publication | None:
    """What is in force, None as long as nothing has been published."""
    return Publication.objects.order_by("-id").first()


@transaction.atomic
def publish(
    data: Mapping[str, Any], *, note: str, by: Actor, at: datetime, seen: int | None = None
) -> Publication:
    """Put calendars in force; running promises are counted again, and never to anyone's harm.

    ``seen`` is the number of the publication that the person started from. Raises NotAllowed,
    Stale when there is a newer one, Invalid for what cannot be a calendar.
    """
    people.allow(by, P.CATALOG)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
    now = latest()
    if seen is not None and seen != (now.pk if now else 0):
        raise Stale(_("日历刚刚被其他人修改过。您填写的内容已保留，请核对后再发布。"))
    _check(data)
    if now is not None and now.data == data:
        raise Invalid(_("与现行日历相同，没有需要发布的修改。"))
    row = Publication(data=dict(data), note=clean(note, most=200, field="note"), by=by.user, at=at)
    people.save(row, by=by, at=at, permission=P.CATALOG)
    jobs.defer("cases.recount", publication_id=row.pk)
    # and again for what was being dispatched by the old one at this very moment
    jobs.defer("cases.recount", at=at + SETTLED, publication_id=row.pk)
    return row


def load_year(text: str, *, by: Actor, at: datetime) -> Publication:
    """Load one year of holidays from JSON, as public data sets have it, and publish it.

    Raises NotAllowed; Invalid for what is no such year, or one that is known so already.
    """
    law = paper.read_law([])
    try:
        if len(text) > YEAR_BYTES_MOST:
            raise ValueError("too long")
        year = plan.read_announced(json.loads(text))
        names = {*year.off.values(), *year.work.values()}
        if min(year.years) not in YEARS or not all(map(str.isprintable, names)):
            raise ValueError("no year, or no names, of this century")
    except (ValueError, OverflowError, RecursionError):
        words = _("不是一个年度的放假安排：应为含 year 和 days（name、date、isOffDay）的 JSON。")
        raise Invalid(words, text=words) from None
    number = min(year.years)
    now = latest()
    data = dict(now.data) if now else calendars.usual()
    others = [row for row in data.get("statutory", ()) if row["year"] != number]
    data["statutory"] = sorted([*others, *paper.write_law(year)], key=lambda row: row["year"])
    if number in law.years and paper.write_law(year)[0] == _year_of(law, number):
        words = _("%(year)s 年的放假安排已随程序提供，内容相同。") % {"year": number}
        raise Invalid(words, text=words)
    return publish(data, note=_("载入 %(year)s 年放假安排") % {"year": number}, by=by, at=at)


def _year_of(law: plan.Statutory, year: int) -> dict[str, Any]:
    return next(row for row in paper.write_law(law) if row["year"] == year)


def _check(data: Mapping[str, Any]) -> None:
    try:
        calendars.read(None, dict(data))
    except paper.Nonsense as problem:
        told = _problem(problem)
        raise Invalid(told, **{problem.where: told}) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Invalid(_("日历的内容不完整。")) from None


def _problem(problem: paper.Nonsense) -> str:
    lines = {
        "hours": _(
            "第 %(n)s 组工作时间有误：时段写作 08:00-12:00，同一天不能重叠，不能跨午夜（请分成两段）。"
        ),
        "periods": _("第 %(n)s 个时期有误：须有起止日期，止不早于起，最长一年。"),
        "days": _("第 %(n)s 个单独设定的日子有误：须是有效的日期，同一天只能设定一次。"),
    }
    return lines.get(problem.where, _("日历的内容不完整。")) % {"n": problem.line}
