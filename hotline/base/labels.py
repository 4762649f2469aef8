"""The words for stored codes, in the reader's language."""

from typing import Any

from django.db import models


class Spoken(models.Model):
    """A row whose ``get_state_display`` and its kin put one label into words.

    Django's puts all of them into words to find one, and a page asks for dozens.
    """

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> str:  # noqa: N802 - Django's name for it
        value = getattr(self, field.attname)
        return str(dict(field.flatchoices).get(value, value))
