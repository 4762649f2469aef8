"""Seals: once a day everything that was recorded is counted, chained, signed, and closed for good.

Writers wait for nobody. The horizon is moved first, so that nothing is recorded before it any
more; then each table is locked for an instant, alone, which is had when whoever was still writing
is done. After that the rows before the horizon stand still, and are read at leisure.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from hotline.audit import canon, keys, reading
from hotline.audit.models import Horizon, Leaves, Seal
from hotline.base import bulk
from hotline.base.refusals import WrongState
from hotline.worktime.clock import ZONE, day_of

PATIENCE = "2s"  # a lock that is not had in this time is not waited for: who writes must not wait behind it


def seal_due(*, at: datetime) -> list[Seal]:
    """Seal every day that is over and not sealed, Asia/Shanghai; what was before the first in one."""
    return [seal(until=until, at=at) for until in _due(at)]


def _due(at: datetime) -> Iterator[datetime]:
    midnight = datetime.combine(day_of(at), time(), ZONE)
    last = Seal.objects.order_by("-number").first()
    if last is None:
        yield midnight
        return
    next_ = datetime.combine(day_of(last.until) + timedelta(days=1), time(), ZONE)
    while next_ <= midnight:
        yield next_
        next_ += timedelta(days=1)


def seal(*, until: datetime, at: datetime) -> Seal:
    """Seal everything recorded before ``until`` and not sealed yet.

    Raises WrongState when that moment is still to come or is sealed; OperationalError when a table
    is locked for long: the next run does it.
    """
    last = Seal.objects.order_by("-number").first()
    if until > at or (last is not None and until <= last.until):
        raise WrongState("that moment is sealed already, or still to come")
    _close(until)
    with transaction.atomic():
        (pk,) = bulk.reserve(
            Seal, 1
        )  # leaves are written as they come; the seal, which tells of them, last
        row = Seal(pk=pk, number=last.number + 1 if last else 1, until=until)
        since = last.until if last else None
        row.body = canon.written({
            "version": canon.VERSION, "number": row.number, "since": _moment(since),
            "until": _moment(until), "made_at": _moment(at),
            "previous": last.digest if last else "", "key": keys.public(),
            "tables": {
                table: _table(row, table, columns, since)
                for table, columns in canon.TABLES.items()
            },
        })  # fmt: skip
        row.digest, row.signature = canon.digest(row.body), keys.sign(row.body)
        row.save(force_insert=True)  # its number is unique: of two runs at once one fails, whole
    return row


def _close(until: datetime) -> None:
    """From here on nothing is recorded before ``until``, and whoever was still writing is done."""
    with transaction.atomic():
        Horizon.objects.update_or_create(pk=1, defaults={"until": until})
    for table in canon.TABLES:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table)} IN SHARE MODE")


def _table(
    seal: Seal, table: str, columns: tuple[str, ...], since: datetime | None
) -> dict[str, Any]:
    """What a seal says of a table; the leaves of its rows are written meanwhile."""
    root, whole, count, last = canon.Root(table), sha256(), 0, 0
    rows = reading.rows(table, columns, since, seal.until)
    for part in itertools.count():
        some = list(itertools.islice(rows, canon.PART))
        if not some:
            break
        for row in some:
            root.add(row.whole)
        data = canon.packed((row.leaf for row in some), last)
        whole.update(data)
        count, last = count + len(some), some[-1].leaf.id
        Leaves.objects.create(seal_id=seal.pk, table=table, part=part, data=data)
    return {
        "columns": list(columns), "count": count, "root": root.hex(), "leaves": whole.hexdigest(),
    }  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.astimezone(ZONE).isoformat() if at else ""
