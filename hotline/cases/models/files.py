"""Photos and files that belong to a request."""

from typing import ClassVar

from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from hotline.cases.models.case import Case
from hotline.cases.models.order import WorkOrder
from hotline.people.models import User


class FileState(TextChoices):
    PENDING = (
        "PENDING",
        _("处理中"),
    )  # not yet stripped of what it tells beyond the picture
    READY = "READY", _("可查看")
    REFUSED = "REFUSED", _("无法处理")


class Attachment(models.Model):
    """One file. Its key says nothing and cannot be guessed; its own name stays with its sender."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    order = models.ForeignKey(WorkOrder, models.PROTECT, null=True, related_name="attachments")
    key = models.CharField(max_length=43)
    name = models.CharField(max_length=200)
    mime = models.CharField(max_length=100)
    extension = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=FileState)
    sealed = models.BooleanField(default=False)  # part of a crisis file
    withheld = models.BooleanField(default=False)  # a clerk keeps it from the units
    inner = models.BooleanField(default=False, db_default=False)  # the office's: a leader's paper
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="attachment_key"),
            models.CheckConstraint(name="attachment_not_empty", condition=models.Q(size__gt=0)),
        ]

    @property
    def is_photo(self) -> bool:
        return self.mime.startswith("image/")
