"""What makes a desk comfortable: typed text that survives, kept filters, who else is here."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean
from hotline.cases.models import Case, Draft, Presence, SavedFilter
from hotline.people.models import User

HERE_SECONDS = 60


def keep_draft(
    case: Case | None, form: str, data: Mapping[str, object], *, by: User, at: datetime
) -> None:
    """Keep what somebody has typed into a form of a request, or one that has no request yet."""
    Draft.objects.update_or_create(case=case, by=by, form=form, defaults={"data": data, "at": at})


def draft_of(case: Case | None, form: str, *, by: User) -> dict[str, object] | None:
    """What this person had typed there before, if anything."""
    return Draft.objects.filter(case=case, by=by, form=form).values_list("data", flat=True).first()


def drop_draft(case: Case | None, form: str, *, by: User) -> None:
    """Forget a draft: it was sent, or thrown away."""
    Draft.objects.filter(case=case, by=by, form=form).delete()


def arrive(case: Case, *, by: User, at: datetime) -> QuerySet[Presence]:
    """Say that somebody has the request open, and return who else has."""
    Presence.objects.update_or_create(case=case, user=by, defaults={"at": at})
    since = at - timedelta(seconds=HERE_SECONDS)
    others = Presence.objects.filter(case=case, at__gte=since).exclude(user=by)
    return others.select_related("user").order_by("id")


def save_filter(name: str, query: str, *, by: User) -> SavedFilter:
    """Keep a list's filter under a name; the same name again replaces it. Raises Invalid."""
    name = clean(name, most=40, field="name")
    if not name:
        raise Invalid(_("请给筛选起个名字。"), name=_("请给筛选起个名字。"))
    query = clean(query, most=800)
    row, _made = SavedFilter.objects.update_or_create(by=by, name=name, defaults={"query": query})
    return row


def drop_filter(pk: int, *, by: User) -> None:
    """Forget one of one's own filters."""
    SavedFilter.objects.filter(pk=pk, by=by).delete()
