"""Unusual looking becomes alerts, each occasion once; the auditors are told, and say what it was."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from hotline.audit import unusual
from hotline.audit.models import Alert, AlertNote
from hotline.base import jobs
from hotline.base.refusals import Invalid, NotAllowed
from hotline.base.words import clean
from hotline.people import queries as people
from hotline.people.actor import Actor
from hotline.people.permissions import P

WORDS_LEAST = 5  # characters


def watch(*, at: datetime) -> int:
    """Raise what is unusual in the looks up to ``at``; how many alerts are new."""
    rows = [
        Alert(
            key=f"{each.kind}:{each.by}:{each.occasion}", kind=each.kind, by_id=each.by,
            case_id=each.case, since=each.since, until=at, count=each.amount, most=each.most, at=at,
        )
        for each in unusual.found(at)
    ]  # fmt: skip
    known = set(Alert.objects.filter(key__in=[r.key for r in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    with transaction.atomic():
        Alert.objects.bulk_create(fresh, ignore_conflicts=True)
        if fresh:
            _tell(len(fresh), at)
    return len(fresh)


def _tell(count: int, at: datetime) -> None:
    auditors = [user.pk for user in people.standing(P.LOOKS, on=localdate(at))]
    if auditors:
        jobs.defer(
            "notices.tell", people=auditors, template="unusual_looks",
            key=f"looks{at:%Y%m%d%H%M}", facts={"count": count},
        )  # fmt: skip


def explain(alert: Alert, *, words: str, by: Actor, at: datetime) -> AlertNote:
    """Say what an alert was. Nobody explains their own. Raises NotAllowed and Invalid."""
    if by.user is None or not by.may(P.LOOKS) or by.user_id == alert.by_id:
        raise NotAllowed(_("须由另一位审计员说明。"))
    text = clean(words, most=1000, field="words")
    if len(text) < WORDS_LEAST:
        short = _("请写明核实的情况。")
        raise Invalid(short, words=short)
    return AlertNote.objects.create(alert=alert, by=by.user, at=at, words=text)
