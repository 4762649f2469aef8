"""More time for a unit (T15): whether it may still be asked for, and until when at most."""

from datetime import datetime

from django.utils.translation import gettext as _

from hotline.cases.models import WorkOrder
from hotline.catalog import calendars, policy


def latest(order: WorkOrder) -> datetime:
    """As long as the longest matter may take, counted from the dispatch."""
    case = order.case
    limit = policy.of(case.policy_id).terms.extension_limit
    return calendars.current().of(case.urgency).after(order.sent_at, *limit)


def why_none(order: WorkOrder, *, at: datetime) -> str:
    """Why no time can be asked for any more; "" where it can."""
    if at >= order.due_at:
        return _("办理时限已过，不能再申请延期。")
    if order.extensions.exists():
        return _("同一工单只能申请一次延期。")
    return ""
