"""Questions about alerts that are asked in more than one place."""

from django.db.models import Exists, OuterRef, QuerySet

from hotline.audit.models import Alert, AlertNote


def within_an_alert() -> Exists:
    """Is a look of the person and in the time of some alert?"""
    return Exists(
        Alert.objects.filter(by=OuterRef("by"), since__lt=OuterRef("at"), until__gte=OuterRef("at"))
    )


def alerts(*, unexplained: bool = False) -> QuerySet[Alert]:
    """The latest first; with ``unexplained`` only those of which nobody has said what they were."""
    rows = Alert.objects.select_related("by", "case__requester").prefetch_related("notes__by")
    if unexplained:
        rows = rows.filter(~Exists(AlertNote.objects.filter(alert=OuterRef("pk"))))
    return rows.order_by("-id")
