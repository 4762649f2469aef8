"""A look at how many come: it suggests, and a person switches."""

from datetime import datetime

from django.db import transaction

from hotline.surge import formulas, queries
from hotline.surge.models import Pulse


@transaction.atomic
def look(*, at: datetime) -> Pulse:
    """Write down how many came within the hour, and whether that calls for a surge."""
    came, earlier = queries.came(at)
    Pulse.objects.all().delete()
    return Pulse.objects.create(
        at=at, came=came, usual_tenths=round(10 * earlier / formulas.DAYS),
        suggested=formulas.suggests(came, earlier),
    )  # fmt: skip
