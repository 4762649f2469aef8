"""What a person has put right about themselves reaches their requests that are still under way."""

from django.db import transaction

from hotline.cases.codes import State
from hotline.cases.models import Case, Requester
from hotline.people.models import User

CARRIED = frozenset({"name", "account", "phone"})  # kind and college stay as figures count them


@transaction.atomic
def carry(user: User, column: str, *, was: str, now: str) -> None:
    """Where a request bears what ``was`` wrong, it bears the right value; another, given by hand, stays."""
    if column not in CARRIED:
        return
    cases = Case.objects.filter(owner=user, erased_at=None).exclude(state=State.ARCHIVED)
    # Locked, or one that is made anonymous at this moment would be given a name again.
    open_ = list(cases.select_for_update().order_by("id").values_list("pk", flat=True))
    for row in Requester.objects.filter(case__in=open_):
        if getattr(row, column) == was:
            Requester.objects.filter(pk=row.pk).update(**{column: now})
