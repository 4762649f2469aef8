"""Numbers without gaps: a counter is a table of one row a month (``month``, ``last``)."""

from django.db import connection, models


def take(counter: type[models.Model], month: str, count: int = 1) -> range:
    """Take the next ``count`` numbers of a month (2606), the first of which is 1.

    The counter's row stays locked until the transaction ends, so that one which is rolled back
    leaves no gap: take numbers last.
    """
    table = counter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (month, last) VALUES (%s, %s) ON CONFLICT (month) "  # noqa: S608 - our own table
            f"DO UPDATE SET last = {table}.last + %s RETURNING last",
            [month, count, count],
        )
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)
