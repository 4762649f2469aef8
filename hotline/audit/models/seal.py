"""The daily seals over what may only be added to. They are only ever added to themselves."""

from typing import ClassVar

from django.db import models


class Seal(models.Model):
    """Everything recorded up to a moment and after the seal before: its counts and roots, signed.

    ``body`` is the JSON that was signed, byte for byte (docs/history.md). ``signature`` and
    ``digest`` are hexadecimal.
    """

    number = models.PositiveIntegerField(unique=True)  # 1, 2, 3 …, none left out
    until = models.DateTimeField(unique=True)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return str(self.number)


class Leaves(models.Model):
    """A short hash of every row that a seal covers, some thousands a part: to say which was changed."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="leaves", db_index=False)
    table = models.CharField(max_length=40)
    part = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["seal", "table", "part"], name="leaves_in_order")
        ]


class Horizon(models.Model):
    """The one row that says up to when is sealed, or being sealed: nothing is recorded before it.

    A clock that jumps back therefore puts no row into a day that is closed.
    """

    until = models.DateTimeField()
