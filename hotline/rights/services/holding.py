"""依法留存: a proceeding keeps a request as it is; ended, its age counts as ever."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid, NotAllowed, WrongState
from hotline.base.words import clean
from hotline.cases.models import Case
from hotline.people.actor import Actor
from hotline.rights import queries
from hotline.rights.models import Hold

WORDS_LEAST = 5


def hold(case: Case, *, words: str, by: Actor, at: datetime) -> Hold:
    """Let nothing of a request be erased until somebody ends it. Raises NotAllowed, Invalid, WrongState."""
    _allow(case, by)
    text = clean(words, most=500, field="words")
    if len(text) < WORDS_LEAST:
        short = _("请写明依据，如案号、来文编号。")
        raise Invalid(short, words=short)
    try:
        with transaction.atomic():
            _refuse_erased(case)
            return Hold.objects.create(case=case, words=text, by=by.user, at=at)
    except IntegrityError:
        raise WrongState(_("这件诉求已经依法留存。")) from None


def _refuse_erased(case: Case) -> None:
    """Wait for an erasure that is under way, and look again then."""
    row = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if row.erased_at is not None:
        raise WrongState(_("这件诉求已匿名化，不能再变动。"))


def end(case: Case, *, by: Actor, at: datetime) -> None:
    """The proceeding is over. Raises NotAllowed, and WrongState where nothing holds it."""
    _allow(case, by)
    rows = Hold.objects.filter(case=case, ended_at=None)
    if not rows.update(ended_at=at, ended_by=by.user):
        raise WrongState(_("这件诉求没有依法留存。"))


def _allow(case: Case, by: Actor) -> None:
    if not queries.decides(by, case):
        raise NotAllowed(_("您没有决定依法留存的权限。"))
