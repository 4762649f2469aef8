"""A look at how many come: it suggests, and a person switches."""

from datetime import datetime

from django.db import transaction

from hotline.surge import formulas, queries
from hotline.surge.models import Pulse


@transaction.atomic
def look(*, at: datetime) -> Pulse:
    """Write down how many came within the hour, whether that calls for a surge, and how long one waits.

    Pages read it: in a surge they are asked for more often than such a count can be made.
    """
    came, earlier = queries.came(at)
    Pulse.objects.all().delete()
    return Pulse.objects.create(
        at=at, came=came, usual_tenths=round(10 * earlier / formulas.DAYS),
        suggested=formulas.suggests(came, earlier), wait_minutes=queries.waiting_minutes(at),
    )  # fmt: skip
