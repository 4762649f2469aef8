"""Moments in words. Formatted here, in one pass, because a template filter a row is slow."""

from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hotline.worktime.clock import ZONE

SOON = timedelta(hours=4)


def full(at: datetime | None) -> str:
    """2026-06-03 14:05, Asia/Shanghai."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if at else ""


def read(text: str) -> datetime | None:
    """A moment as an address carries it (ISO 8601, with its zone), in UTC; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    known = moment.tzinfo is not None and 1990 <= moment.year <= 2200
    return moment.astimezone(UTC) if known else None


def day(on: date | None) -> str:
    return on.strftime("%Y-%m-%d") if on else ""


def brief(at: datetime | None, now: datetime) -> str:
    """今天 14:05, 06-03 14:05 this year, else the day."""
    if at is None:
        return ""
    local, here = at.astimezone(ZONE), now.astimezone(ZONE)
    if local.date() == here.date():
        return _("今天 %(time)s") % {"time": local.strftime("%H:%M")}
    return local.strftime("%m-%d %H:%M" if local.year == here.year else "%Y-%m-%d")


def span(length: timedelta) -> str:
    """A length of time, in its two largest units: 2天3小时."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        words = ngettext("%d 天", "%d 天", days) % days
        return (
            f"{words} {ngettext('%d 小时', '%d 小时', hours) % hours}"
            if hours and days < 7
            else words
        )
    if hours:
        words = ngettext("%d 小时", "%d 小时", hours) % hours
        return (
            f"{words} {ngettext('%d 分', '%d 分', rest) % rest}" if rest and hours < 12 else words
        )
    return ngettext("%d 分", "%d 分", rest) % rest


def left(due: datetime | None, now: datetime) -> str:
    """ "剩 3 小时", or "超 2 天" when it is past."""
    if due is None:
        return ""
    if due >= now:
        return _("剩 %(span)s") % {"span": span(due - now)}
    return _("超 %(span)s") % {"span": span(now - due)}


def tone(due: datetime | None, now: datetime) -> str:
    """late, soon or calm; said in words beside it as well."""
    if due is None:
        return "none"
    if due < now:
        return "late"
    return "soon" if due - now < SOON else "calm"
