"""Lawful holes in the record: words are taken out, never put in, and a signed statement says where.

The statement bears the whole hash of every row before and after. Whoever verifies the history finds
the row that stands there, follows it back to what was sealed, and needs no word that was erased.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from hotline.audit import canon, keys, reading
from hotline.audit.models import Erasure, ErasureKind, Seal
from hotline.cases.models import Case
from hotline.people.models import User
from hotline.worktime.clock import ZONE

Wanted = Mapping[str, Mapping[int, Sequence[str]]]  # by table, of which row which columns


@transaction.atomic
def blank(
    wanted: Wanted, *, case: Case | None = None, user: User | None = None, why: str, at: datetime
) -> Erasure:
    """Blank columns of rows that are only added to, and sign for it; of a request or of an account.

    ``why`` is a code, no words. Raises KeyError for a column that may not be blanked.
    """
    kind, subject = _subject(case, user)
    rows = {table: _blanked(table, of) for table, of in sorted(wanted.items()) if of}
    said = {"why": why, "subject": subject, "rows": rows}
    touched = [f"{table}:{line[0]}" for table, lines in rows.items() for line in lines]
    return _signed(kind, said, at=at, case=case, user=user, touched=touched)


def _subject(case: Case | None, user: User | None) -> tuple[ErasureKind, dict[str, Any]]:
    """Whom it is about, told so that it is found again in a database that was restored."""
    if case is not None:
        told = {"id": case.pk, "number": case.number or "", "created_at": _moment(case.created_at)}
        return ErasureKind.CASE, told
    if user is None:
        raise ValueError("an erasure is about a request or an account")
    return ErasureKind.PERSON, {"id": user.pk, "created_at": _moment(user.created_at)}


def _blanked(table: str, wanted: Mapping[int, Sequence[str]]) -> list[list[Any]]:
    """Blank them; for each row its id, the columns, its hash before and after."""
    covering = _columns_when(table, sorted(wanted))
    before = {pk: reading.hash_of(table, pk, covering[pk]) for pk in covering}
    by_columns: dict[tuple[str, ...], list[int]] = {}
    for pk in covering:
        by_columns.setdefault(tuple(sorted(wanted[pk])), []).append(pk)
    for columns, ids in by_columns.items():
        _update(table, columns, ids)
    return [
        [pk, sorted(wanted[pk]), before[pk], reading.hash_of(table, pk, covering[pk])]
        for pk in sorted(covering)
    ]


def _columns_when(table: str, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """By which columns the seal over each row has hashed it: columns are added as years go by."""
    moments = reading.recorded(table, ids, lock=True)
    if not moments:
        return {}
    seals = Seal.objects.filter(until__gt=min(moments.values())).order_by("until")
    known = [(seal.until, canon.columns_in(seal.body, table)) for seal in seals.iterator()]
    now = canon.TABLES[table]
    return {
        pk: next((columns for until, columns in known if until > moment and columns), now)
        for pk, moment in moments.items()
    }


def _update(table: str, columns: Sequence[str], ids: Sequence[int]) -> None:
    sets = ", ".join(f"{_name(column)} = {canon.ERASABLE[table][column]}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hotline.erasing', %s, true)", [table])
        cursor.execute(f"UPDATE {_name(table)} SET {sets} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608
        cursor.execute("SELECT set_config('hotline.erasing', '', true)")


@transaction.atomic
def expire(
    table: str, *, before: datetime, keep: Iterable[int], why: str, at: datetime, most: int
) -> int:
    """Remove rows of a log that were recorded before a moment and are sealed; how many went.

    Only whole stretches up to the end of a seal, at most ``most`` rows a time, the oldest first.
    ``keep`` are ids that must stay. Raises KeyError for a table of which nothing may be removed.
    """
    if table not in canon.EXPIRING:
        raise KeyError(table)
    seal = Seal.objects.filter(until__lte=before).order_by("-until").first()
    if seal is None:
        return 0
    kept = reading.standing(table, sorted(keep), before=seal.until)
    gone = reading.remove(table, before=seal.until, keep=kept, most=most)
    if gone:
        said = {
            "why": why, "table": table, "until": _moment(seal.until), "count": gone, "kept": kept,
        }  # fmt: skip
        _signed(ErasureKind.EXPIRY, said, at=at, table=table, until=seal.until)
    return gone


def _signed(kind: ErasureKind, said: Mapping[str, Any], *, at: datetime, **fields: Any) -> Erasure:
    body = canon.written({
        "version": canon.VERSION, "kind": str(kind), "made_at": _moment(at), "key": keys.public(), **said,
    })  # fmt: skip
    return Erasure.objects.create(
        kind=kind, at=at, body=body, digest=canon.digest(body), signature=keys.sign(body), **fields
    )


def _moment(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat()


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
