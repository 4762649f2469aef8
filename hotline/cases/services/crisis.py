"""The crisis lane (U0): open it, keep what was said sealed, and lead out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, WrongState
from hotline.base.words import clean, shorten
from hotline.cases import seals
from hotline.cases.codes import LIVE_ORDERS, Seal, State
from hotline.cases.models import Case, CrisisFile, Remark
from hotline.cases.models.record import RemarkKind
from hotline.cases.screen import Sign, screen
from hotline.cases.services import copies
from hotline.cases.services.turn import cancel_orders, cancel_visits, move, next_round
from hotline.catalog.models import Urgency
from hotline.people.actor import SYSTEM, Actor
from hotline.worktime.clock import ZONE

SEALED_TITLE = "危机件"  # what stands in its place; those who may not know do not see even this


def alarm(case: Case, *, by: Actor, at: datetime, version: int | None = None) -> None:
    """Open the crisis lane (T29): seal the words, call off every unit. Anyone may."""
    with move(case, "alarm", by=by, at=at, version=version) as turn:
        turn.facts["orders"] = case.orders.filter(state__in=LIVE_ORDERS).count()
        cancel_orders(case, at=turn.at)
        _seal_words(case, turn.at)
        case.merged_into = None
        cancel_visits(case, at=turn.at)
        turn.facts["seal"] = case.seal
        case.seal = Seal.CRISIS
        case.urgency = Urgency.objects.get(code="U0")


def heed(case: Case, *texts: str, at: datetime) -> None:
    """Open the crisis lane where what somebody has just said leaves no doubt."""
    if case.state != State.CRISIS and screen(*texts) is Sign.STRONG:
        alarm(case, by=SYSTEM, at=at)


@contextmanager
def heeded(case: Case, *texts: str, at: datetime) -> Iterator[None]:
    """Around the move that records what somebody says: both happen, or neither."""
    with transaction.atomic():
        yield
        heed(case, *texts, at=at)


def note(case: Case, *, words: str, by: Actor, at: datetime) -> None:
    """Record what the crisis team did. Only the team reads it; the step says that, not what."""
    with move(case, "crisis_note", by=by, at=at, text=_("危机处置记录")) as turn:
        _write_note(case, words, by, turn.at)


def stand_down(
    case: Case,
    *,
    title: str,
    remaining: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> None:
    """The person is safe; an ordinary matter remains, told afresh without the crisis.

    Raises WrongState for what another organ had: that goes back there, and never to the office.
    """
    if case.referred_to in seals.HANDED_OVER:
        raise WrongState(_("这件诉求此前已转其他部门，请选择“交回接收部门”。"))
    with move(
        case,
        "stand_down",
        by=by,
        at=at,
        version=version,
        text=_("人员平安，转办剩余事项"),
    ) as turn:
        case.seal = seals.goes_back_to(case)
        case.left_at = None
        if case.closed_at is not None:
            next_round(case, turn.at)  # what was answered before is done
        case.flagged = False
        case.urgency = None
        case.title, case.body = shorten(clean(title), 80), clean(remaining)
        case.shown_title = case.shown_body = ""
        copies.raise_secrecy(case)
        case.accepted_at = case.accepted_at or at


def hand_back(
    case: Case, *, title: str, remaining: str, by: Actor, at: datetime, version: int | None = None
) -> None:
    """The person is safe; what the petition or discipline office had is theirs again."""
    if case.referred_to not in seals.HANDED_OVER:
        raise WrongState(_("这件诉求没有转过其他部门。"))
    words = _("人员平安，交回接收部门")
    with move(case, "hand_back", by=by, at=at, version=version, text=words):
        case.seal, case.flagged, case.urgency = seals.goes_back_to(case), False, None
        case.title, case.body = shorten(clean(title), 80), clean(remaining)
        case.shown_title = case.shown_body = ""
        copies.raise_secrecy(case)


def seal(case: Case, *, words: str, by: Actor, at: datetime, version: int | None = None) -> None:
    """Nothing remains for anyone else: the file is archived, sealed, without rating or message."""
    with move(case, "seal", by=by, at=at, version=version, text=_("危机处置结束，封存")) as turn:
        _write_note(case, words, by, turn.at)


def _write_note(case: Case, words: str, by: Actor, at: datetime) -> None:
    text = clean(words, field="words")
    if not text:
        raise Invalid(_("请填写处置情况。"), words=_("请填写处置情况。"))
    Remark.objects.create(case=case, kind=RemarkKind.CRISIS_NOTE, text=text, by=by.user, at=at)


def _seal_words(case: Case, at: datetime) -> None:
    """All that has been said so far is the crisis team's alone to read, half-written forms too."""
    said = [case.title, case.body, case.place_detail]
    file, new = CrisisFile.objects.get_or_create(
        case=case,
        defaults={"title": case.title, "body": _together(said[1:]), "sealed_at": at},
    )
    if not new:  # a second alarm: what remained after the first goes into the same file
        file.body = _together([file.body, f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}", *said])
        file.save(update_fields=["body"])
    case.title, case.body, case.place_detail = SEALED_TITLE, "", ""
    case.shown_title = case.shown_body = ""
    case.attachments.update(sealed=True)
    case.remarks.exclude(kind=RemarkKind.CRISIS_NOTE).update(sealed=True)
    case.ratings.update(sealed=True)
    case.drafts.all().delete()


def _together(texts: list[str]) -> str:
    return "\n\n".join(text for text in texts if text)
