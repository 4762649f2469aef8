"""That somebody has looked whether a role is still needed."""

from typing import ClassVar

from django.db import models

from hotline.people.models.persons import Membership, User


class Review(models.Model):
    """One look at one membership; rows are only ever added, and go with what they are about."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="reviews")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["membership", "at"])]
