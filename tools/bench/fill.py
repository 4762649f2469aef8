"""A database with so many requests of the last two and a half years, written by COPY."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction

from hotline.cases.models import Case, Counter
from hotline.people.models import User
from tools import unlimited
from tools.bench.lives import DAY, Book, Writer
from tools.bench.people import MARK, gather
from tools.bench.sheets import Sheet, copy_in

SPAN = timedelta(days=913)
OPEN_DAYS = 14
BATCH = 5_000
KEPT = {"django_migrations", "django_content_type"}  # everything else is ours to empty


def is_ours() -> bool:
    """Is there nobody and nothing in the database but what an earlier run has made?"""
    accounts = User.objects.values_list("account", flat=True).iterator()
    if any(not account.startswith(MARK) for account in accounts):
        return False
    # Without a stranger, what is marked as a demo or came from our forms is an earlier run's.
    return User.objects.exists() or not Case.objects.exists()


def fill(
    size: int,
    *,
    at: datetime,
    seed: int = 1,
    still_open: int | None = None,
    checked: bool = False,
    tell: Callable[[int], None] = lambda done: None,
) -> Writer:
    """Write ``size`` requests into an empty database and return who can write more.

    Unless ``still_open`` says how many, one in a hundred is open, at least 300 where there are as
    many, at most 3,000: what an office has in hand does not grow with its archive. ``checked`` looks at every foreign key, ``tell``
    is called with how many are written.
    """
    rng = Random(seed)  # noqa: S311 - texts, not secrets
    cast = gather(rng, students=max(50, min(size // 10, 20_000)))
    writer = Writer(Book(), cast, rng, at)
    unlimited.lift()
    if still_open is None:
        still_open = min(max(size // 100, 300), 3_000, size // 2)
    step = (SPAN - OPEN_DAYS * DAY) / max(1, size - still_open)
    for n in range(size):
        if n < size - still_open:
            writer.archived(at - SPAN + step * (n + rng.random()))
        else:
            writer.open(at - rng.uniform(0.05, OPEN_DAYS) * DAY)
        if (n + 1) % BATCH == 0 or n + 1 == size:
            write_down(writer.book, checked=checked)
            tell(n + 1)
    return writer


def write_down(book: Book, *, checked: bool = False) -> None:
    """Copy a book into the tables, with its counters, and let ids go on after it."""
    with transaction.atomic():
        if not checked:
            _trust()
        copy_in(connection, book.sheets)
        Counter.objects.bulk_create(
            [Counter(month=month, last=last) for month, last in book.counters.items()],
            update_conflicts=True, unique_fields=["month"], update_fields=["last"],
        )  # fmt: skip
    _restart_sequences(book)


def go_on(book: Book) -> None:
    """Let a book's ids follow those which the service has given meanwhile."""
    with connection.cursor() as cursor:
        for sheet in book.sheets:
            if "id" in sheet.usual:
                cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {sheet.table}")  # noqa: S608
                sheet.next = cursor.fetchone()[0]


def _trust() -> None:
    """Spare a superuser the look at every foreign key: a test has looked at them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
        if row and row[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")


def _restart_sequences(book: Book) -> None:
    with connection.cursor() as cursor:
        for sheet in [*book.sheets, Sheet(User)]:
            if "id" in sheet.usual:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{sheet.table}', 'id'), "  # noqa: S608
                    f"(SELECT max(id) FROM {sheet.table}))"
                )


def empty() -> None:
    """Take everything out again."""
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def settle() -> None:
    """Let the planner know the tables, and write everything out before anything is measured."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def bytes_a_request(requests: int) -> int:
    """All tables and their indexes, over the number of requests."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
            "AND relname LIKE 'cases\\_%'"
        )
        return int(cursor.fetchone()[0]) // requests
