"""What may not be disabled, because something in use stands on it."""

from collections.abc import Iterable

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import listed
from hotline.catalog.models import (
    Aspect,
    Branch,
    Category,
    Reason,
    RequestType,
    UnitRule,
    Urgency,
)
from hotline.people.models import Unit

# Reasons that the house itself gives: asked for facts, no reply to it, waiting for a leader, …
GIVEN_BY_THE_HOUSE = frozenset({"GQ01", "GQ04", "BS06", "CB06", "DB05", "DB06"})


def refuse_to_disable(row: Model) -> None:
    """Raises Invalid when a row is disabled although it is needed."""
    if getattr(row, "enabled", True) or row.pk is None:
        return
    if words := _needed(row):
        raise Invalid(words, enabled=words)


def _needed(row: Model) -> str:
    if isinstance(row, Urgency):
        return _("紧急程度分级不能停用。")
    if isinstance(row, Reason) and row.code in GIVEN_BY_THE_HOUSE:
        return _("这个原因由系统在流转中使用，不能停用。")
    if users := list(_users(row)[:8]):
        return _("仍有启用的项目在使用它：%(names)s。") % {"names": listed(users)}
    return ""


def _users(row: Model) -> list[str]:
    """What in use stands on a row, by name."""
    if isinstance(row, Aspect):
        return _names(row.branches.filter(enabled=True))
    if isinstance(row, Branch):
        return _names(row.categories.filter(enabled=True))
    if isinstance(row, RequestType):
        return _names(Category.objects.filter(enabled=True, type=row))
    if isinstance(row, Unit):
        rules = UnitRule.objects.filter(lead=row).values("category")
        leads = Category.objects.filter(Q(lead=row) | Q(pk__in=rules), enabled=True)
        return _names(leads) + [str(unit) for unit in row.sections.filter(enabled=True)]
    return []


def _names(rows: Iterable[Branch | Category]) -> list[str]:
    return [f"{row.code} {row}" for row in rows]
