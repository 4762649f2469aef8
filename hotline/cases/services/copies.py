"""The copy of a request that units read (脱敏件): proposed here, confirmed by a clerk."""

from django.utils.translation import gettext as _

from hotline.base.masking import KNOWN, find_personal, redact, words_of
from hotline.base.refusals import Invalid
from hotline.base.words import clean, shorten
from hotline.cases.codes import Mode
from hotline.cases.models import Case
from hotline.cases.models.record import RemarkKind


def set_copy(case: Case, title: str, body: str) -> None:
    """Write the units' copy onto a request that is being moved. Raises Invalid."""
    title, body = shorten(clean(title), 80), clean(body, field="shown_body")
    if not title or not body:
        raise Invalid(_("请填写转给单位的标题和内容。"), shown_body=_("请填写转给单位的内容。"))
    if case.hides_requester and leaks_requester(case, title, body):
        words = _("转给单位的内容里仍有诉求人的姓名或号码，请删去。")
        raise Invalid(words, shown_body=words)
    case.shown_title, case.shown_body = title, body


def raise_secrecy(case: Case) -> None:
    """From 实名 to 保密, never down: what units were to read is a clerk's to release anew."""
    if case.mode != Mode.NAMED:
        return
    case.mode = Mode.CONFIDENTIAL
    case.shown_title = case.shown_body = ""
    case.remarks.filter(kind__in=[RemarkKind.SUPPLEMENT, RemarkKind.URGE]).update(shown="")
    withhold_documents(case)


def withhold_documents(case: Case) -> None:
    """A document says inside who wrote it: of a hidden requester a clerk looks at it first."""
    case.attachments.filter(order=None).exclude(mime__startswith="image/").update(withheld=True)


def known_words(case: Case) -> list[str]:
    """What is known of the requester and would give them away in a text."""
    person = getattr(case, "requester", None)
    return words_of(person) if person else []


def leaks_requester(case: Case, *texts: str) -> bool:
    """Does a text contain the requester's own name or number?"""
    known = known_words(case)
    return any(find_personal(text, known=known, kinds=KNOWN) for text in texts)


def proposed_copy(case: Case) -> tuple[str, str]:
    """Title and text as a unit might read them: for 保密 without anything personal, else
    without the names of third parties."""
    known = known_words(case)
    if case.hides_requester:
        return redact(case.title, known=known), redact(case.body, known=known)
    kinds = frozenset({"name", "identity"})
    return (
        redact(case.title, kinds=kinds, spare=known),
        redact(case.body, kinds=kinds, spare=known),
    )
