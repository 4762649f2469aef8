"""What slips and instructions have in common: a number of the month, and words that were typed."""

from datetime import datetime

from django.db import connection, models
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean
from hotline.cases.numbers import month_of

WORDS_MOST = 2000


def next_number(counter: type[models.Model], prefix: str, at: datetime) -> str:
    """As DB2606-012; the counter's row stays locked until the transaction ends, so none is missing."""
    month, table = month_of(at), counter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (month, last) VALUES (%s, 1) ON CONFLICT (month) "  # noqa: S608 - our own table
            f"DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [month],
        )
        return f"{prefix}{month}-{cursor.fetchone()[0]:03d}"


def words_of(text: str, field: str) -> str:
    """What was typed, tidied. Raises Invalid where that is nothing."""
    words = clean(text, most=WORDS_MOST, field=field)
    if not words:
        told = _("请填写内容。")
        raise Invalid(told, **{field: told})
    return words
