"""Who must not have to do with a request (回避): people it names, and people who step aside."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hotline.base.encrypted import EncryptedText, Fingerprint
from hotline.base.naming import usual
from hotline.cases.models.case import Case
from hotline.people.models import Unit, User


class NamedPerson(models.Model):
    """涉及人员: somebody whom a request names; never shown it, whatever their role.

    ``name`` is what was written, ``user`` the account that it was found to be. A name that several
    have is a row for each; one that nobody of the staff has is kept without an account, and means
    whoever of the staff bears it later: it is found as the name alone, without title and office.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="named_people", db_index=False)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    name = EncryptedText(of="named", findable=True, found_as=usual, max_length=60)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)  # it was somebody else, a clerk found

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["case"], name="named_in"),
            models.Index(
                fields=["user"],
                name="named_who",
                condition=Q(user__isnull=False, removed_at__isnull=True),
            ),
            models.Index(
                Fingerprint("name"),
                name="named_as",
                condition=Q(user__isnull=True, removed_at__isnull=True),
            ),
        ]

    @property
    def told(self) -> str:
        """What was written, and the number of the account that it is."""
        return f"{self.name} {self.user.account}" if self.user else self.name


class Recusal(models.Model):
    """回避: one person has nothing to do with one request, or with all of a unit, college or person."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="recusals")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = EncryptedText(of="recusal", max_length=500)  # says what ties people together
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="recusal_from_one_thing",
                condition=Q(case__isnull=False, unit__isnull=True, person__isnull=True)
                | Q(case__isnull=True, unit__isnull=False, person__isnull=True)
                | Q(case__isnull=True, unit__isnull=True, person__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=["user", what],
                    name=f"recusal_once_from_a_{what}",
                    condition=Q(ended_at__isnull=True),
                )
                for what in ("case", "unit", "person")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user"], name="recusal_who", condition=Q(ended_at__isnull=True))
        ]
