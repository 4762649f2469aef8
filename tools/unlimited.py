"""No limits for callers who do in seconds what people do in weeks; the checks are paid all the same."""

from hotline.limits.codes import MOST, codes
from hotline.limits.models import OwnLimit


def lift() -> None:
    """Give every limit of the database that Django is set up on the highest number there is."""
    own = [OwnLimit(code=code, value=MOST) for code, _limit, _kind in codes()]
    OwnLimit.objects.bulk_create(own, ignore_conflicts=True)
