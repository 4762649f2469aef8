"""What makes a desk comfortable: drafts, saved filters, who else is here; and the number counter."""

from typing import ClassVar

from django.db import models

from hotline.base.encrypted import EncryptedJSON, EncryptedText
from hotline.cases.models.case import Case
from hotline.people.models import User


class Counter(models.Model):
    """The last number given in a month; its row lock makes numbers gap-free."""

    month = models.CharField(max_length=4, primary_key=True)  # 2606
    last = models.PositiveIntegerField()


class Draft(models.Model):
    """What somebody has typed into a form and not yet sent; ``case`` None before there is one."""

    case = models.ForeignKey(Case, models.CASCADE, null=True, related_name="drafts")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    form = models.CharField(max_length=24)
    data = EncryptedJSON(of="draft")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "by", "form"], name="draft_one_a_form", nulls_distinct=False
            )
        ]


class Presence(models.Model):
    """Who has a request open; renewed while the page is, forgotten after a minute."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "user"], name="presence_one_a_person")
        ]


class SavedFilter(models.Model):
    """A list's filter that somebody keeps under a name."""

    by = models.ForeignKey(User, models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=40)
    query = EncryptedText(of="filter", max_length=800)  # a phone number may have been sought

    class Meta:
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "name"], name="saved_filter_one_a_name")
        ]
