"""What somebody is still writing: kept as it stands, checked and numbered only when it is sent."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import WrongState
from hotline.base.words import LONGEST
from hotline.cases import policies
from hotline.cases.codes import State
from hotline.cases.models import Case
from hotline.cases.services import files
from hotline.people.actor import Actor

if TYPE_CHECKING:
    from hotline.cases.services.intake import Words


def draft_of(key: UUID, *, by: Actor) -> Case | None:
    """The draft that somebody's form has made already."""
    return Case.objects.filter(form_key=key, owner=by.user, state=State.DRAFT).first()


def keep(
    words: "Words", *, by: Actor, at: datetime, key: UUID | None = None, draft: Case | None = None
) -> Case:
    """Keep what has been written so far, files included; only files are checked.

    ``key`` is the form's own: the same form kept again is the same draft. Raises WrongState when
    it has been submitted meanwhile, Invalid for a file that cannot be taken.
    """
    with transaction.atomic():
        case = _held(draft, key, by) or Case(created_at=at, stage_at=at, owner=by.user)
        case.form_key = key or case.form_key
        case.body, case.title = words.body[:LONGEST], words.title[:80]
        for name in ("type", "category", "place", "target_unit", "mode"):
            setattr(case, name, getattr(words, name))
        case.place_detail = words.place_detail[:80]
        case.save()
        files.attach(case, words.files, at=at, signed=by.user)
    return case


def _held(draft: Case | None, key: UUID | None, by: Actor) -> Case | None:
    """The draft under a lock, so that what is being submitted is not overwritten."""
    rows = Case.objects.select_for_update(of=("self",))
    if draft is not None:
        case = rows.filter(pk=draft.pk).first()
        gone = case is None
    else:
        case = rows.filter(form_key=key).first() if key else None
        gone = False
    if gone or (case and not _is_own(case, by)):
        raise WrongState(_("这份草稿已经提交。"))
    return case


def discard(case: Case, *, by: Actor) -> None:
    """Throw a draft away. Raises WrongState for anything that has been submitted."""
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
        if held is None or not _is_own(held, by):
            raise WrongState(_("只有草稿可以删除。"))
        files.drop(held.attachments.all())
        held.delete()


def drop_files(case: Case, keys: Collection[str], *, by: Actor) -> None:
    """Take files back from a draft. What has been submitted keeps its files."""
    if case.state == State.DRAFT and policies.is_requester(by, case):
        files.drop(case.attachments.filter(key__in=keys))


def _is_own(case: Case, by: Actor) -> bool:
    return case.state == State.DRAFT and policies.is_requester(by, case)
