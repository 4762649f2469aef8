"""What a requester agrees to as it stands, and whether there is a notice that they have not read."""

from collections.abc import Collection, Iterable
from datetime import datetime

from hotline.base.compiled import Compiled
from hotline.cases.codes import Mode
from hotline.cases.models import Case, Consent, ConsentKind, NoticeRead
from hotline.catalog import privacy
from hotline.catalog.models import PrivacyNotice
from hotline.people.models import User

CONTACT = frozenset({ConsentKind.SMS, ConsentKind.WECHAT})


def kinds_for(mode: str) -> list[ConsentKind]:
    """What there is to agree to: nobody can be reached who is not known."""
    return [kind for kind in ConsentKind if mode != Mode.ANONYMOUS or kind not in CONTACT]


def standing(case: Case) -> dict[str, Consent]:
    """The latest choice of each kind; none of a kind that nobody was asked about."""
    return {row.kind: row for row in CHOSEN.instances(case=case.pk)}


CHOSEN = Compiled(lambda case: Consent.objects.filter(case=case).order_by("id"), case=int)


def refused(cases: Iterable[Case], kinds: Collection[str]) -> set[tuple[int, str]]:
    """Which of these the requester has not agreed to, or no longer: (case, kind). One query."""
    rows = Consent.objects.filter(case__in=list(cases), kind__in=kinds).order_by("id")
    latest = {(row.case_id, row.kind): row.given for row in rows}
    return {key for key, given in latest.items() if not given}


def latest_of(user: User) -> dict[str, bool]:
    """What a person chose last, in any request of theirs: their form begins with it."""
    rows = Consent.objects.filter(case__owner=user).order_by("kind", "-id").distinct("kind")
    return dict(rows.values_list("kind", "given"))


def unread_by(user: User, at: datetime) -> PrivacyNotice | None:
    """The notice in force, where the person has read an earlier one and not this."""
    notice = privacy.in_force(at)
    if notice is None or not privacy.has_changed(at):  # on every page: spare it the question
        return None
    read = set(NoticeRead.objects.filter(user=user).values_list("version", flat=True))
    return notice if read and notice.version not in read else None


def unread_for(case: Case, at: datetime) -> PrivacyNotice | None:
    """The same for the bearer of a request without an owner."""
    notice = privacy.in_force(at)
    if notice is None or not case.privacy_notice or case.privacy_notice == notice.version:
        return None
    read = NoticeRead.objects.filter(case=case, version=notice.version)
    return None if read.exists() else notice
