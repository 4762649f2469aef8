"""Short counts for those who read no list: unit heads on working mornings, leaders on Mondays."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.timezone import localdate

from hotline.cases.codes import ACTIVE, LIVE_ORDERS, OrderState
from hotline.cases.models import Case, WorkOrder
from hotline.cases.seals import WALKING
from hotline.catalog import calendars
from hotline.notices import rest
from hotline.notices.codes import Channel
from hotline.notices.models import Preference
from hotline.notices.services.outbox import tell
from hotline.people import queries as people
from hotline.people.models import Unit, User
from hotline.people.permissions import P

LADDER = (Channel.WECOM, Channel.MAIL, Channel.PAGE)
IN_HAND = LIVE_ORDERS - {OrderState.ANSWERED}


def to_heads(*, at: datetime) -> int:
    """Each unit's head reads how many of its orders are open, late, due today; nothing of whose.

    Only on working days, once a day, and not where all three are nought.
    """
    if not calendars.office().is_working_day(localdate(at)):
        return 0
    tomorrow = rest.day_began(at) + timedelta(days=1)
    counts = (
        WorkOrder.objects.filter(state__in=IN_HAND, case__seal__in=WALKING)
        .values("unit")
        .annotate(
            open=Count("id"), late=Count("id", filter=Q(due_at__lt=at)),
            today=Count("id", filter=Q(due_at__gte=at, due_at__lt=tomorrow)),
        )
    )  # fmt: skip
    told = 0
    for row in counts:
        heads = _willing(
            list(people.holders(P.APPROVE, unit=Unit(pk=row["unit"]), on=localdate(at)))
        )
        facts = {name: row[name] for name in ("open", "late", "today")}
        key = f"head:{row['unit']}:{localdate(at):%Y%m%d}"
        told += tell(heads, "digest_head", facts, key=key, at=at, ladder=LADDER)
    return told


def to_leaders(*, at: datetime) -> int:
    """Each leader reads the past seven days in four numbers; sealed files are not among them."""
    since = rest.day_began(at) - timedelta(days=7)
    week = Q(submitted_at__gte=since, submitted_at__lt=at)
    counts = Case.objects.filter(seal="").aggregate(
        received=Count("id", filter=week),
        closed=Count("id", filter=Q(first_closed_at__gte=since, first_closed_at__lt=at)),
        open=Count("id", filter=Q(state__in=ACTIVE)),
        late=Count("id", filter=Q(state__in=ACTIVE, due_at__lt=at)),
    )
    leaders = _willing(people.standing(P.INSTRUCT, on=localdate(at)))
    key = f"leader:{localdate(at):%Y%m%d}"
    return tell(leaders, "digest_leader", counts, key=key, at=at, ladder=LADDER)


def _willing(users: list[User]) -> list[User]:
    without = Preference.objects.filter(user__in=users, digests=False)
    unwilling = set(without.values_list("user_id", flat=True))
    return [user for user in users if user.pk not in unwilling]
