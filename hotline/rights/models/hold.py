"""依法留存: while a proceeding lasts, nothing of a request is erased, by nobody and by no rule."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hotline.base.encrypted import EncryptedText
from hotline.cases.models import Case
from hotline.people.models import User


class Hold(models.Model):
    """One reason to keep one request as it is, from its beginning to its end."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds", db_index=False)
    words = EncryptedText(of="hold", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case"], name="hold_one_at_a_time", condition=Q(ended_at__isnull=True)
            )
        ]
        indexes: ClassVar = [models.Index(fields=["case", "-id"], name="hold_on")]
