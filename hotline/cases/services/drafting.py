"""What somebody is still writing: kept as it stands, checked and numbered only when it is sent."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hotline.base.compiled import Compiled
from hotline.base.refusals import WrongState
from hotline.base.words import LONGEST
from hotline.cases import policies
from hotline.cases.codes import Seal, State
from hotline.cases.models import Attachment, Case, Draft, NamedPerson
from hotline.cases.services import files, recusing
from hotline.cases.services.given import Words
from hotline.people.actor import SYSTEM, Actor

KEPT = Compiled(
    lambda key, owner: Case.objects.filter(
        form_key=key, owner=owner, state=State.DRAFT
    ).values_list("pk"),
    key=UUID,
    owner=int,
)


def draft_of(key: UUID, *, by: Actor) -> Case | None:
    """The draft that somebody's form has made already."""
    found = KEPT.rows(key=key, owner=by.user_id) if by.user_id else []
    return Case.objects.filter(pk=found[0][0]).first() if found else None


def keep(
    words: Words, *, by: Actor, at: datetime, key: UUID | None = None, draft: Case | None = None
) -> Case:
    """Keep what has been written so far, files included; only files are checked.

    A form that is kept twice at the same moment is one draft.

    ``key`` is the form's own: the same form kept again is the same draft. Raises WrongState when
    it has been submitted meanwhile, Invalid for a file that cannot be taken.
    """
    with files.staged(words.files, draft) as staged:
        try:
            return _keep(words, staged, draft, key, by=by, at=at)
        except IntegrityError:
            return _keep(words, staged, draft, key, by=by, at=at)


@transaction.atomic
def _keep(
    words: Words, staged: list[Attachment], draft: Case | None, key: UUID | None, *, by: Actor,
    at: datetime,
) -> Case:  # fmt: skip
    case = _kept(draft, key, by) or Case(created_at=at, owner=by.user, form_key=key)
    case.stage_at = at  # when it was last worked on
    case.body, case.title = words.body[:LONGEST], words.title[:80]
    for name in ("type", "category", "place", "target_unit", "mode"):
        setattr(case, name, getattr(words, name))
    case.place_detail = words.place_detail[:80]
    case.seal = Seal.OFFICE if words.about_office else Seal.NONE
    case.save()
    case.named_people.all().delete()
    NamedPerson.objects.bulk_create(
        NamedPerson(case=case, name=name[:60], at=at) for name in recusing.split(words.named)
    )
    files.record(staged, case, at=at, signed=by.user)
    return case


def _kept(draft: Case | None, key: UUID | None, by: Actor) -> Case | None:
    if draft is None:
        draft = Case.objects.filter(form_key=key).only("pk").first() if key else None
    return take(draft, by=by) if draft else None


def take(draft: Case, *, by: Actor) -> Case:
    """The draft as it is now, under a lock, so that what is being submitted is not overwritten.

    Raises WrongState when it has been submitted or thrown away meanwhile.
    """
    case = Case.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    own = by.is_system or (case is not None and policies.is_requester(by, case))
    if case is None or case.state != State.DRAFT or not own:
        raise WrongState(_("这份草稿已经提交或删除。"))
    return case


def discard(draft: Case, *, by: Actor) -> None:
    """Throw a draft away, with its files. Raises WrongState for anything that has been submitted."""
    with transaction.atomic():
        case = take(draft, by=by)
        files.drop(case.attachments.all())
        case.delete()


def old(before: datetime) -> QuerySet[Case]:
    """Drafts of requests that nobody has come back to since."""
    return Case.objects.filter(state=State.DRAFT, stage_at__lt=before)


def old_forms(before: datetime) -> QuerySet[Draft]:
    """What was typed into other forms, and left there."""
    return Draft.objects.filter(at__lt=before)


def forget(*, before: datetime, most: int) -> int:
    """Throw old drafts away, at most so many of each kind; how many."""
    done = 0
    for draft in old(before).order_by("id")[:most]:
        with suppress(WrongState):  # somebody sends it at this moment
            discard(draft, by=SYSTEM)
            done += 1
    forms = list(old_forms(before).order_by("id").values_list("pk", flat=True)[:most])
    Draft.objects.filter(pk__in=forms).delete()
    return done + len(forms)


def drop_files(draft: Case, keys: Collection[str], *, by: Actor) -> None:
    """Take files back from a draft. Raises WrongState: what has been submitted keeps its files."""
    if keys:
        with transaction.atomic():
            files.drop(take(draft, by=by).attachments.filter(key__in=keys))
