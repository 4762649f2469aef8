"""A request is made anonymous: whoever asked, and every word, leave it; what the figures count stays.

Category, unit, states, moments, results and ratings are kept as they are, so every figure is the same
before and after. Rows that are only added to are not written here: audit signs for those.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from hotline.cases.models import (
    Attachment,
    Case,
    Contact,
    CrisisFile,
    Draft,
    Event,
    Extension,
    Look,
    NamedPerson,
    NoticeRead,
    PetitionEntry,
    PetitionFile,
    Presence,
    Proposal,
    Rating,
    Recusal,
    Remark,
    Reply,
    Requester,
    Step,
    Unmasking,
    UnmaskingEvent,
    VisitTry,
    WorkOrder,
)
from hotline.cases.services import files, looking
from hotline.people import queries as people
from hotline.people.models import User

NO_WORDS = "—"  # where the table demands some
Columns = Mapping[int, tuple[str, ...]]


def sealed_rows(case: Case) -> dict[str, Columns]:
    """What must leave the rows that are only added to: of which row which columns, by table.

    Words that staff wrote may name the requester; a move of theirs says whose it was; a search bears
    the fingerprint of their number.
    """
    steps: dict[int, tuple[str, ...]] = {}
    for pk, text, by in Step.objects.filter(case=case).values_list("pk", "text", "by"):
        lost = (*(("text",) if text else ()), *(("by_id",) if by and by == case.owner_id else ()))
        if lost:
            steps[pk] = lost
    asked = Unmasking.objects.filter(case=case).exclude(words="")
    events = UnmaskingEvent.objects.filter(unmasking__case=case).exclude(words="")
    entries = PetitionEntry.objects.filter(file__case=case).exclude(text="")
    found = Look.objects.filter(Q(case=case) | Q(cases__contains=[case.pk])).exclude(sought="")
    return {
        "cases_step": steps,
        "cases_unmasking": dict.fromkeys(asked.values_list("pk", flat=True), ("words",)),
        "cases_unmaskingevent": dict.fromkeys(events.values_list("pk", flat=True), ("words",)),
        "cases_look": dict.fromkeys(found.values_list("pk", flat=True), ("sought",)),
        "cases_petitionentry": dict.fromkeys(entries.values_list("pk", flat=True), ("text",)),
    }


def searches_for(user: User) -> Columns:
    """Searches of staff for a person by one of their numbers, present or past, whatever they found."""
    numbers = [looking.sought(text) for text in people.numbers_of(user)]
    rows = Look.objects.filter(sought__in=numbers).values_list("pk", flat=True)
    return dict.fromkeys(rows, ("sought",))


def erase(case: Case, *, at: datetime) -> None:
    """Take everything personal off a request whose row is locked; its files go once that is committed."""
    owner = case.owner_id
    about = case.category or case.type
    title = about.name if about else NO_WORDS
    _words_of_orders(case)
    _words_of_rooms(case, title)
    Remark.objects.filter(case=case).update(text="", shown="")
    Proposal.objects.filter(case=case).update(text="")
    VisitTry.objects.filter(visit__case=case).update(words="")
    Rating.objects.filter(case=case).exclude(words="").update(words=NO_WORDS)
    if owner is not None:
        for signed in (Remark, Rating, NamedPerson):
            signed.objects.filter(case=case, by=owner).update(by=None)
    files.drop(Attachment.objects.filter(case=case))
    for model in (Draft, Presence, NoticeRead):
        model.objects.filter(case=case).delete()
    Event.objects.filter(master=case).update(title=title)
    Requester.objects.filter(case=case).update(
        name="", account="", phone="", grade="", college=None
    )
    Case.objects.filter(pk=case.pk).update(
        title=title, body="", place=None, place_detail="", city_number="", shown_title=title,
        shown_body="", answer="", basis="", owner=None, code_hash="", form_key=None, flagged=False,
        erased_at=at,
    )  # fmt: skip
    case.refresh_from_db()


def _words_of_orders(case: Case) -> None:
    WorkOrder.objects.filter(case=case).update(opinion="")
    of_order = {"order__case": case}
    Contact.objects.filter(**of_order).update(words="")
    Reply.objects.filter(**of_order).update(text="", internal="")
    Extension.objects.filter(**of_order).update(text="", interim="", decision="")


def _words_of_rooms(case: Case, title: str) -> None:
    """Of files apart, once the rule of archives reaches them, and of who keeps away from it and why.

    Whom it names still keeps away: the account stays, what the requester wrote of them goes.
    """
    NamedPerson.objects.filter(case=case).update(name="")
    Recusal.objects.filter(case=case).update(reason="")
    CrisisFile.objects.filter(case=case).update(title=title, body="")
    PetitionFile.objects.filter(case=case).update(register="")
    PetitionFile.objects.filter(case=case).exclude(told="").update(told=NO_WORDS)


def drop_files(rows: QuerySet[Attachment], *, most: int) -> int:
    """Delete files that are past their age, at most so many; how many."""
    with transaction.atomic():
        found = list(rows.order_by("id")[:most])
        files.drop(found)
    return len(found)


def forget_person(user: User) -> None:
    """Of somebody whose account is going: what they have typed and not sent, kept filters, and why
    others keep away from what they ask."""
    Draft.objects.filter(by=user).delete()
    Presence.objects.filter(user=user).delete()
    NoticeRead.objects.filter(user=user).delete()
    user.saved_filters.all().delete()
    Recusal.objects.filter(person=user).update(reason="")
