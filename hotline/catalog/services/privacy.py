"""Privacy notices: one draft at a time, published from a moment on, never changed afterwards."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import clean
from hotline.catalog.models import PrivacyNotice
from hotline.people import services as people
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.worktime.clock import day_of


@dataclass(frozen=True)
class Texts:
    """What a notice says, in both languages."""

    text: str
    text_en: str
    spoken: str
    spoken_en: str
    change: str = ""
    change_en: str = ""


def draft() -> PrivacyNotice | None:
    """What somebody is writing."""
    return PrivacyNotice.objects.filter(from_at=None).first()


@transaction.atomic
def save_draft(texts: Texts, *, by: Actor, at: datetime, seen: int | None = None) -> PrivacyNotice:
    """Write the draft, the one there is or a new one. Raises NotAllowed, Stale or Invalid."""
    people.allow(by, P.PRIVACY)
    people.one_at_a_time(PrivacyNotice)
    row = draft() or PrivacyNotice()
    for name, value in asdict(texts).items():
        field: Any = PrivacyNotice._meta.get_field(name)
        setattr(row, name, clean(value, most=field.max_length, field=name))
    row.by, row.at = by.user, at
    people.save(row, by=by, at=at, permission=P.PRIVACY, seen=seen if row.pk else None)
    return row


@transaction.atomic
def publish(
    row: PrivacyNotice,
    *,
    from_at: datetime | None,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> PrivacyNotice:
    """Put the draft in force from a moment on, now where none is named. It can never be edited again.

    Raises NotAllowed; WrongState for what is no draft any more; Stale when it was changed since it
    was looked at; Invalid for a moment that is past, or before another version that still waits.
    """
    people.allow(by, P.PRIVACY)
    people.one_at_a_time(PrivacyNotice)
    fresh = PrivacyNotice.objects.filter(pk=row.pk, from_at=None).first()
    if fresh is None:
        raise WrongState(_("这份草稿已经发布或删除。"))
    begins = from_at or at
    latest = PrivacyNotice.objects.exclude(from_at=None).order_by("-from_at").first()
    if begins < at or (latest is not None and latest.from_at and begins <= latest.from_at):
        words = _("生效时间须在现在之后，并晚于已发布的各版。")
        raise Invalid(words, from_at=words)
    if latest is not None and not (fresh.change and fresh.change_en):
        words = _("请写明与上一版相比改了什么：师生会看到这句话。")
        raise Invalid(words, change=words)
    fresh.version, fresh.from_at = _next_version(begins), begins
    fresh.by, fresh.at = by.user, at
    people.save(fresh, by=by, at=at, permission=P.PRIVACY, seen=seen)
    return fresh


@transaction.atomic
def discard(row: PrivacyNotice, *, by: Actor, at: datetime) -> None:
    """Throw the draft away. Raises NotAllowed, and WrongState for what is published."""
    people.allow(by, P.PRIVACY)
    if not PrivacyNotice.objects.filter(pk=row.pk, from_at=None).exists():
        raise WrongState(_("这份草稿已经发布或删除。"))
    people.remove(row, by=by, at=at, permission=P.PRIVACY)


def _next_version(begins: datetime) -> str:
    """2026-01, 2026-02 …: the year in which it begins, and which one of it."""
    year = day_of(begins).year
    count = PrivacyNotice.objects.filter(version__startswith=f"{year}-").count()
    return f"{year}-{count + 1:02}"
